"""The beginning of an error page: its chunks joined, unpacked and decoded, as far as it came."""

import codecs
import re
import zlib
from collections.abc import Mapping

from rehearsal.regex import regex

# In bytes. Error pages say what they are in their first lines.
MAX_BODY = 4096
# In bytes. Chunks of a few bytes need more than they carry.
MAX_CHUNKED = 4 * MAX_BODY
# The line before a chunk, after the end of the chunk before it.
CHUNK_SIZE = regex(rb"(?:\r?\n)?([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\n]*)?\r?\n")
CHARSET = regex(r"charset\s*=\s*[\"']?([^\s\"';]+)", re.IGNORECASE)
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# zlib finds out itself whether there is a header of gzip or of zlib, or is told that there is none.
ANY_HEADER, NO_HEADER = 32 + zlib.MAX_WBITS, -zlib.MAX_WBITS


def is_complete(received: bytes, headers: Mapping[str, str]) -> bool:
    """Return whether all of the page is there, or enough of it."""
    if _is_chunked(headers):
        page, ended = _join_chunks(received)
        return ended or len(page) >= MAX_BODY or len(received) >= MAX_CHUNKED
    return len(received) >= _length(headers)


def page_text(received: bytes, headers: Mapping[str, str]) -> str:
    """Return the beginning of the page as text, or say why it cannot be read."""
    chunked = _is_chunked(headers)
    page = _join_chunks(received[:MAX_CHUNKED])[0] if chunked else received[: _length(headers)]
    page = page[:MAX_BODY]
    coding = headers.get("content-encoding", "").lower()
    if coding in {"gzip", "x-gzip", "deflate"}:
        page = _unpack(page)
    elif page and coding not in {"", "identity"}:
        return f"(the page is compressed: {coding})"
    return _decode(page, headers.get("content-type", ""))


def _length(headers: Mapping[str, str]) -> int:
    """Return how much of the page is wanted, in bytes."""
    length = headers.get("content-length", "")
    return min(int(length), MAX_BODY) if re.fullmatch("[0-9]{1,15}", length) else MAX_BODY


def _is_chunked(headers: Mapping[str, str]) -> bool:
    return "chunked" in headers.get("transfer-encoding", "").lower()


def _join_chunks(received: bytes) -> tuple[bytes, bool]:
    """Return what the chunks carry, and whether the last one is there (RFC 9112, 7.1)."""
    joined, at = b"", 0
    while size := CHUNK_SIZE.match(received, at):
        at = size.end() + int(size[1], 16)
        if at == size.end():
            return joined, True
        joined += received[size.end() : at]
    # A server that only says that it sends chunks has sent the page itself.
    return (joined, False) if at else (received, False)


def _unpack(page: bytes) -> bytes:
    for header in (ANY_HEADER, NO_HEADER):
        try:
            return zlib.decompressobj(header).decompress(page, MAX_BODY)
        except zlib.error:
            continue
    return page


def _decode(page: bytes, content_type: str) -> str:
    charset = next((name for mark, name in BYTE_ORDER_MARKS if page.startswith(mark)), "")
    if not charset and (found := CHARSET.search(content_type)):
        charset = found[1]
    try:
        return page.decode(charset or "utf-8", errors="replace")
    except (LookupError, ValueError):  # No such charset, or one that is none of text.
        return page.decode(errors="replace")
