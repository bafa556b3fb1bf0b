import gzip
import zlib

import pytest

from rehearsal.outside.error_page import MAX_BODY, is_complete, page_text

PAGE = "<h1>Größe unbekannt</h1>"
UTF8 = PAGE.encode()
CHUNKED = {"transfer-encoding": "chunked"}
RAW_DEFLATE = zlib.compressobj(wbits=-zlib.MAX_WBITS)


def chunks(page: bytes, size: int = 5) -> bytes:
    pieces = [page[at : at + size] for at in range(0, len(page), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in (*pieces, b""))


def packed(coding: str) -> dict[str, str]:
    return {"content-encoding": coding}


def typed(charset: str) -> dict[str, str]:
    return {"content-type": f"text/html; charset={charset}"}


@pytest.mark.parametrize(
    "received, headers",
    [
        pytest.param(UTF8, {}, id="plain"),
        pytest.param(UTF8, packed("identity"), id="identity"),
        pytest.param(UTF8 + b"next", {"content-length": str(len(UTF8))}, id="length"),
        pytest.param(UTF8, {"content-length": "many"}, id="no length"),
        pytest.param(chunks(UTF8), CHUNKED, id="chunks"),
        pytest.param(chunks(UTF8).replace(b"5\r", b"5;a=b\r"), CHUNKED, id="chunk extensions"),
        pytest.param(UTF8, CHUNKED, id="not really chunks"),
        pytest.param(gzip.compress(UTF8), packed("gzip"), id="gzip"),
        pytest.param(gzip.compress(UTF8), packed("X-GZIP"), id="x-gzip"),
        pytest.param(zlib.compress(UTF8), packed("deflate"), id="deflate"),
        pytest.param(
            RAW_DEFLATE.compress(UTF8) + RAW_DEFLATE.flush(), packed("deflate"), id="raw deflate"
        ),
        pytest.param(UTF8, packed("gzip"), id="not really gzip"),
        pytest.param(chunks(gzip.compress(UTF8)), CHUNKED | packed("gzip"), id="gzip in chunks"),
        pytest.param(PAGE.encode("latin-1"), typed("ISO-8859-1"), id="latin-1"),
        pytest.param(PAGE.encode("cp1252"), typed('"windows-1252"'), id="a quoted charset"),
        pytest.param(PAGE.encode("utf-16"), typed("utf-8"), id="a byte order mark"),
        pytest.param(PAGE.encode("utf-8-sig"), {}, id="UTF-8 with a mark"),
        pytest.param(UTF8, typed("x-user-defined"), id="an unknown charset"),
        pytest.param(UTF8, typed("hex"), id="a codec that is no charset"),
        pytest.param(UTF8, typed("utf\0"), id="a charset with NUL"),
    ],
)
def test_page_text__reads(received: bytes, headers: dict[str, str]) -> None:
    assert page_text(received, headers) == PAGE


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip, br"])
def test_page_text__names_a_compression_that_it_cannot_read(coding: str) -> None:
    assert page_text(b"\x1b\x03", packed(coding)) == f"(the page is compressed: {coding})"
    assert page_text(b"", packed(coding)) == ""


def test_page_text__of_a_part() -> None:
    assert page_text(gzip.compress(b"<h1>No</h1>" * 100)[:40], packed("gzip")).startswith("<h1>")
    assert page_text(chunks(UTF8)[:10], CHUNKED) == "<h1>G"
    assert page_text("ö".encode()[:1], {}) == "\ufffd"


def test_page_text__has_a_limit() -> None:
    assert len(page_text(gzip.compress(b"x" * 10**6), packed("gzip"))) == MAX_BODY
    assert len(page_text(chunks(b"x" * 2 * MAX_BODY, 100), CHUNKED)) == MAX_BODY


@pytest.mark.parametrize(
    "received, headers, complete",
    [
        (b"", {}, False),
        (b"", {"content-length": "0"}, True),
        (b"a", {"content-length": "2"}, False),
        (b"ab", {"content-length": "2"}, True),
        (b"x" * MAX_BODY, {"content-length": "1000000"}, True),
        (chunks(b"abc")[:-5], CHUNKED, False),
        (chunks(b"abc"), CHUNKED, True),
        (chunks(b"x" * MAX_BODY)[:-5], CHUNKED, True),
        (chunks(b"x" * MAX_BODY, 1), CHUNKED, True),
    ],
)
def test_is_complete(received: bytes, headers: dict[str, str], complete: bool) -> None:
    assert is_complete(received, headers) is complete
