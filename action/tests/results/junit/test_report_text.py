from collections.abc import Iterator
from xml.etree import ElementTree as ET

import pytest

from rehearsal.results.junit.report_text import BEGINNING, CHUNK_SIZE, read_pieces
from rehearsal.results.junit.reports import read_reports


def message_of(failure: bytes, declaration: bytes = b"") -> str:
    """Return the message of the one failure in a report."""
    content = declaration + b"<testsuite><testcase name='a'>" + failure + b"</testcase></testsuite>"
    read = read_reports([("r.xml", content)], retries=False)
    assert read.unread == ()
    return read.results.failed[0].message


@pytest.mark.parametrize(
    "written, shown",
    [
        pytest.param("a\0b", r"a\x00b", id="NUL"),
        pytest.param("a\x08b\x0cc", r"a\x08b\x0cc", id="backspace"),
        pytest.param("a\x1bb", r"a\x1bb", id="ESC"),
        pytest.param("a\ufffe\uffffb", r"a\ufffe\uffffb", id="no characters"),
        pytest.param("a&#0;b&#27;c&#x1B;d&#xFFFF;e", r"a\x00b\x1bc\x1bd\uffffe", id="references"),
        pytest.param("a&#xD800;b&#0000008;c", r"a\ud800b\x08c", id="more references"),
        pytest.param("a&#99999999;b", "a#99999999;b", id="beyond Unicode"),
        pytest.param("a&amp;#8;b", r"a\x08b", id="as surefire writes it"),
        pytest.param("\x1b[1;31mred\x1b[0m &#27;[32mgreen&#x1b;[0m", "red green", id="colours"),
        pytest.param("a &#233; &#10004; &amp; &lt;b&gt; &#x1F600;", "a é ✔ & <b> \U0001f600",
                     id="what is allowed"),
    ],
)  # fmt: skip
def test_characters__are_made_visible(written: str, shown: str) -> None:
    assert message_of(f"<failure>{written}</failure>".encode()) == shown
    assert message_of(f"<failure message='{written}'/>".encode()) == shown


def test_characters__of_a_name_too() -> None:
    content = b"<testsuite><testcase name='a\x1b\0b'><failure/></testcase></testsuite>"
    assert read_reports([("r", content)], retries=False).results.failed[0].name == r"a\x1b\x00b"


@pytest.mark.parametrize(
    "declared, written, shown",
    [
        pytest.param("utf-8", "é€".encode("cp1252"), "é€", id="Windows' bytes"),
        pytest.param("utf-8", "naïve café ✔".encode() + b" \xe9", "naïve café ✔ é", id="mixed"),
        pytest.param("utf-16", "é".encode(), "é", id="UTF-16 that is none"),
        pytest.param("UTF-32", "é".encode(), "é", id="UTF-32 that is none"),
        pytest.param("no-such", "é".encode(), "é", id="unknown"),
        pytest.param("hex", "é".encode(), "é", id="no encoding of text"),
        pytest.param("idna", "é".encode(), "é", id="one that refuses"),
        pytest.param("us-ascii", "é".encode(), "é", id="ASCII that is UTF-8"),
        pytest.param("ISO-8859-1", "é".encode("latin-1"), "é", id="Latin-1"),
        pytest.param("windows-1251", "да".encode("cp1251"), "да", id="Cyrillic"),
        pytest.param("shift_jis", "日本".encode("shift_jis"), "日本", id="Japanese"),
        pytest.param("gb2312", "中文".encode("gb2312") + b"\xff", "中文\ufffd", id="Chinese"),
    ],
)  # fmt: skip
def test_encoding__is_found_whatever_the_declaration_says(
    declared: str, written: bytes, shown: str
) -> None:
    declaration = f"<?xml version='1.0' encoding='{declared}'?>".encode()
    assert message_of(b"<failure>" + written + b"</failure>", declaration) == shown


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
@pytest.mark.parametrize("declared", ["utf-16", "utf-8", ""])
def test_encoding__is_seen_in_the_first_bytes(encoding: str, declared: str) -> None:
    declaration = f"<?xml version='1.0' encoding='{declared}'?>" if declared else ""
    text = f"{declaration}<testsuite><testcase name='é'><failure/></testcase></testsuite>"
    read = read_reports([("r.xml", text.encode(encoding))], retries=False)
    assert [each.name for each in read.results.failed] == ["é"]


# What may fall on the border of two chunks, with how it is read.
CUT = {
    "a": "a", "é": "é", "\U0001f600": "\U0001f600", "&#27;": r"\x1b", "\x1b[31m": "",
    "&#27;[31m": "", "\0": r"\x00", "&amp;": "&", "<i/>": "", "<![CDATA[<]]>": "<",
}  # fmt: skip


@pytest.mark.parametrize("cut", CUT, ids=ascii)
def test_read_pieces__chunks_cut_nothing(cut: str) -> None:
    head = "<a>"
    size = len(cut.encode())
    for before in range(CHUNK_SIZE - len(head) - size, CHUNK_SIZE - len(head) + 1):
        pieces = read_pieces(f"{head}{'x' * before}{cut}y</a>".encode())
        text = "".join(ET.fromstring("".join(pieces)).itertext())  # noqa: S314
        assert text == "x" * before + CUT[cut] + "y"


def begins(text: str) -> Iterator[bool]:
    return (bool(BEGINNING.match(piece)) for piece in read_pieces(text.encode()))


@pytest.mark.parametrize("filler", ["", "x" * (CHUNK_SIZE - 5)], ids=["one-chunk", "two-chunks"])
def test_read_pieces__a_document_begins_with_a_piece(filler: str) -> None:
    text = f"noise\n<?xml version='1.0'?><testsuite>{filler}</testsuite>and <testsuites/>"
    pieces = list(read_pieces(text.encode()))
    assert "".join(pieces) == text.removeprefix("noise\n")
    starts = [piece[:11] for piece in pieces if BEGINNING.match(piece)]
    assert starts == ["<?xml versi", "<testsuite>", "<testsuites"]


def test_read_pieces__a_long_log_before_the_document_may_hold_tags() -> None:
    log = f"INFO <main> started\n{'x' * CHUNK_SIZE}\n"
    assert "".join(read_pieces(f"{log}<testsuite/>".encode())) == "<testsuite/>"
    assert "".join(read_pieces(log.encode())) == log.removeprefix("INFO ")


def test_read_pieces__a_beginning_may_be_cut() -> None:
    for before in range(CHUNK_SIZE - 12, CHUNK_SIZE):
        assert "".join(read_pieces(b"-" * before + b"<testsuite/>")) == "<testsuite/>"


@pytest.mark.parametrize("text", ["", "\n", "no XML", "1 < 2"], ids=repr)
def test_read_pieces__of_no_document(text: str) -> None:
    assert not any(begins(text))
