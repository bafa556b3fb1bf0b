"""Read a tar archive as it comes, in bounded memory: its names, sizes and links may be hostile.

`tarfile` keeps a name or an attribute as long as the archive says. Here what is too long is cut.
Source: pax and ustar of POSIX.1-2017, and "Basic Tar Format" of GNU tar.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

BLOCK = 512
# In bytes, of the content of one header: a name, or attributes. A path on Linux has 4096.
MAX_HEADER = 1 << 16
FILE_TYPES = (b"\0", b"0", b"7", b"S")
# What has no content, whatever its size says: links, devices, folders and pipes.
EMPTY_TYPES = (b"1", b"2", b"3", b"4", b"5", b"6")
LONG_NAME, LONG_LINK, ATTRIBUTES, COMMON_ATTRIBUTES, SPARSE = b"L", b"K", b"x", b"g", b"S"
# Where a header of a sparse file, and the blocks after it, say that one more follows.
SPARSE_CONTINUES, SPARSE_CONTINUES_AGAIN = 482, 504
# The first byte of a number that is no octal text.
BINARY = 0x80
# The digits of the longest length that is meant.
MAX_DIGITS = 19


class BadArchiveError(Exception):
    """This is no tar archive, or it ends too early; the text says which."""


class TarMember(NamedTuple):
    """A file, folder or link; `start` is where its first header begins in the archive."""

    name: str
    is_file: bool
    size: int
    start: int


class TarStream:
    """A tar archive that comes in pieces."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._buffer = b""
        # How much of the buffer is read, and where it begins in the archive.
        self._at = self._base = 0
        # Of the last member, in bytes: content that is not read, and what fills its last block.
        self._left = self._padding = 0

    def members(self) -> Iterator[TarMember]:
        """Yield each member; what is not read of its content is skipped.

        Raises `BadArchiveError`.
        """
        start, long_name, attributes = -1, b"", _NO_ATTRIBUTES
        while any(block := self._next_header()):
            if start < 0:
                start = self._base + self._at - BLOCK
            kind, size = block[156:157], _number(block[124:136])
            self._left, self._padding = size, -size % BLOCK
            if kind == LONG_NAME:
                long_name = self.read(MAX_HEADER).partition(b"\0")[0]
            elif kind == ATTRIBUTES:
                attributes = _attributes(self.read(MAX_HEADER))
            elif kind not in (LONG_LINK, COMMON_ATTRIBUTES):
                size = 0 if kind in EMPTY_TYPES else int(attributes.get(b"size", size))
                self._left, self._padding = size, -size % BLOCK
                if kind == SPARSE:
                    self._skip_sparse_map(block)
                name = attributes.get(b"path") or long_name or _name(block)
                is_file = kind in FILE_TYPES
                yield TarMember(name.decode(errors="surrogateescape"), is_file, size, start)
                start, long_name, attributes = -1, b"", _NO_ATTRIBUTES

    def read(self, limit: int) -> bytes:
        """Return the next bytes of the content of the last member, at most `limit`."""
        return b"".join(self.content(limit))

    def content(self, limit: int | None = None) -> Iterator[bytes]:
        """Yield the content of the last member as it comes, at most `limit` bytes of it."""
        count = self._left if limit is None else min(limit, self._left)
        while count:
            piece = self._take(count)
            count -= len(piece)
            self._left -= len(piece)
            yield piece

    def drain(self) -> None:
        """Read what follows the last member, to the end of the stream."""
        for piece in self._pieces:
            del piece

    def _next_header(self) -> bytes:
        """Return the next header; zeros at the end of the archive."""
        self._skip(self._left + self._padding)
        self._left = self._padding = 0
        if self._at == len(self._buffer) and not self._fill():
            return b""
        block = self._block()
        if not is_header(block):
            raise BadArchiveError("it is no tar archive")
        return block

    def _block(self) -> bytes:
        block = self._buffer[self._at : self._at + BLOCK]
        self._at += len(block)
        while len(block) < BLOCK:
            block += self._take(BLOCK - len(block))
        return block

    def _take(self, limit: int) -> bytes:
        """Return from one to `limit` bytes. Raises `BadArchiveError` at the end of the stream."""
        if self._at == len(self._buffer) and not self._fill():
            raise BadArchiveError("it ends too early")
        piece = self._buffer[self._at : self._at + limit]
        self._at += len(piece)
        return piece

    def _skip(self, count: int) -> None:
        while count > len(self._buffer) - self._at:
            count -= len(self._buffer) - self._at
            if not self._fill():
                raise BadArchiveError("it ends too early")
        self._at += count

    def _fill(self) -> bool:
        """Replace the buffer by the next piece; return whether there is one."""
        self._base += len(self._buffer)
        self._buffer, self._at = next(self._pieces, b""), 0
        return bool(self._buffer)

    def _skip_sparse_map(self, block: bytes) -> None:
        continues = block[SPARSE_CONTINUES]
        while continues:
            continues = self._block()[SPARSE_CONTINUES_AGAIN]


def is_header(block: bytes) -> bool:
    """Whether a tar archive may begin with a block, or go on or end with it."""
    if block[257:262] == b"ustar" or not any(block):
        return True
    # The oldest format has no magic number, and nothing but this sum.
    digits = block[148:156]
    wanted = digits.strip(b" \0")
    found = sum(block) - sum(digits) + len(digits) * ord(" ")
    return len(block) == BLOCK and wanted.lstrip(b"0") == b"%o" % found


_NO_ATTRIBUTES: Mapping[bytes, bytes] = {}


def _attributes(content: bytes) -> Mapping[bytes, bytes]:
    """Return the path and the size among the attributes of a member, as far as they are there."""
    found: dict[bytes, bytes] = {}
    at = 0
    while at < len(content):
        digits = content[at : at + MAX_DIGITS].partition(b" ")[0]
        if not digits.isdigit() or int(digits) <= len(digits):
            break
        end = at + int(digits)
        if end > len(content):
            break
        name, _, value = content[at + len(digits) + 1 : end - 1].partition(b"=")
        if name == b"path" or (name == b"size" and value.isdigit() and len(value) <= MAX_DIGITS):
            found[name] = value
        at = end
    return found


def _name(block: bytes) -> bytes:
    name = block[:100].partition(b"\0")[0]
    # GNU tar's own format has other fields there, and writes a blank.
    prefix = block[345:500].partition(b"\0")[0] if block[257:263] == b"ustar\0" else b""
    return prefix + b"/" + name if prefix else name


def _number(field: bytes) -> int:
    if field[0] & BINARY:
        return int.from_bytes(field[1:])
    digits = field.strip(b" \0") or b"0"
    if not digits.isdigit():
        raise BadArchiveError("it is no tar archive")
    try:
        return int(digits, 8)
    except ValueError:
        raise BadArchiveError("it is no tar archive") from None
