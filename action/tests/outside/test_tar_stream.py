import io
import tarfile
import tracemalloc
from collections.abc import Iterator
from itertools import chain, repeat

import pytest

from rehearsal.outside.tar_stream import (
    BLOCK,
    MAX_HEADER,
    BadArchiveError,
    TarMember,
    TarStream,
    is_header,
)

from .archives import pieces, tar_of

LONG = "folder/" * 30 + "file"
FILES = {
    "a": b"",
    "./b/c.txt": b"content",
    LONG: b"x" * 1300,
    "link": b"->/elsewhere",
    "ünïcode-" + "ö" * 120: b"y" * BLOCK,
    "last": b"z",
}
FORMATS = {"ustar": tarfile.USTAR_FORMAT, "gnu": tarfile.GNU_FORMAT, "pax": tarfile.PAX_FORMAT}


def members(data: bytes, size: int = 1 << 16) -> list[TarMember]:
    return list(TarStream(pieces(data, size)).members())


def header(kind: bytes, size: bytes, name: bytes = b"x") -> bytes:
    """Return the header of a member whose size is written so."""
    block = bytearray(tar_of({"x": b""})[:BLOCK])
    block[:100] = name.ljust(100, b"\0")
    block[124:136], block[156:157] = size.rjust(12, b"0"), kind
    return bytes(block)


@pytest.mark.parametrize("kind", FORMATS.values(), ids=FORMATS)
@pytest.mark.parametrize("size", [1, 7, BLOCK, 4096, 1 << 20])
def test_members__as_tarfile_reads_them(kind: int, size: int) -> None:
    files = {
        name: text
        for name, text in FILES.items()
        if kind != tarfile.USTAR_FORMAT or len(name) < 240
    }
    if kind == tarfile.USTAR_FORMAT:
        files = {name: text for name, text in files.items() if name.isascii()}
    data = tar_of(files, kind=kind)
    stream = TarStream(pieces(data, size))
    with tarfile.open(fileobj=io.BytesIO(data)) as expected:
        for member, there in zip(stream.members(), expected.getmembers(), strict=True):
            assert (member.name, member.is_file) == (there.name, there.isreg())
            if there.isreg():
                assert member.size == there.size
                assert stream.read(5) + stream.read(10_000) == files[there.name]
            assert data[member.start : member.start + BLOCK] == data[there.offset :][:BLOCK]


def test_members__content_is_skipped_where_it_is_not_read() -> None:
    assert [member.name for member in members(tar_of(FILES), 100)] == list(FILES)


def test_members__the_oldest_format_has_a_sum_alone() -> None:
    (block,) = (bytearray(tar_of({"old": b""})[:BLOCK]),)
    block[257:265] = bytes(8)
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    assert is_header(bytes(block))
    assert [member.name for member in members(bytes(block) + bytes(1024))] == ["old"]
    block[0] += 1
    assert not is_header(bytes(block))


def test_members__a_size_in_binary() -> None:
    data = header(b"0", b"\x80" + (3).to_bytes(11)) + b"abc".ljust(BLOCK, b"\0") + bytes(1024)
    (member,) = members(data)
    assert member.size == 3


def test_members__a_sparse_file_has_more_headers() -> None:
    first = bytearray(header(b"S", b"5"))
    first[482] = 1
    more = bytearray(BLOCK)
    more[504] = 1
    data = bytes(first) + bytes(more) + bytes(BLOCK) + b"dense".ljust(BLOCK, b"\0")
    stream = TarStream(pieces(data + tar_of({"next": b""})))
    assert [(each.name, stream.read(9)) for each in stream.members()] == [
        ("x", b"dense"),
        ("next", b""),
    ]


def test_members__a_link_has_no_content_whatever_its_size() -> None:
    data = header(b"1", b"777777", b"hard") + tar_of({"next": b"1"})
    assert [member.name for member in members(data)] == ["hard", "next"]


def test_members__an_archive_may_end_without_zeros() -> None:
    assert [member.name for member in members(tar_of({"a": b"1"})[: 2 * BLOCK])] == ["a"]
    assert members(b"") == []


@pytest.mark.parametrize(
    "data",
    [
        b"Error response from daemon: no such image",
        b"x" * BLOCK,
        header(b"0", b"-5"),
        header(b"0", b"9"),
        header(b"0", b"1_0"),
        tar_of({"a": b"content"})[: BLOCK + 3],
        tar_of({"a": b""})[:100],
        header(b"0", b"\xff" * 12),
        header(b"0", b"77777777777"),
    ],
)
def test_members__no_archive_or_a_part_of_one(data: bytes) -> None:
    with pytest.raises(BadArchiveError):
        members(data)


@pytest.mark.parametrize(
    "attributes, name",
    [
        (b"11 path=ab\n", "ab"),
        (b"20 SCHILY.xattr.a=b\n11 path=ab\n", "ab"),
        (b"0 path=ab\n", "x"),
        (b"1 path=ab\n", "x"),
        (b"no number", "x"),
        (b"9" * 60_000, "x"),
        (b"99999999999999 path=ab\n", "x"),
        (b"5011 size=" + b"9" * 5000 + b"\n", "x"),
    ],
    ids=["path", "others", "zero", "short", "words", "digits", "cut", "size"],
)
def test_members__attributes_of_any_form(attributes: bytes, name: str) -> None:
    size = b"%o" % len(attributes)
    data = header(b"x", size) + attributes + bytes(-len(attributes) % BLOCK) + header(b"0", b"0")
    assert [member.name for member in members(data + bytes(1024))] == [name]


def test_members__a_name_without_end_is_cut() -> None:
    size = 64 << 20
    piece = b"n" * (1 << 16)

    def stream() -> Iterator[bytes]:
        yield header(b"L", b"%o" % size)
        yield from repeat(piece, size // len(piece))
        yield header(b"0", b"0")

    tracemalloc.start()
    found = [len(member.name) for member in TarStream(chain(stream(), [bytes(1024)])).members()]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found == [MAX_HEADER]
    assert peak < 1 << 20
