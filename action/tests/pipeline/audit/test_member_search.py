from collections.abc import Sequence

import pytest

from rehearsal.outside.tar_stream import TarStream
from rehearsal.pipeline.audit.member_search import MAX_PENDING, MemberSearch
from rehearsal.redaction.literal_search import LiteralSearch

from ...outside.archives import pieces, tar_of

MARK = b"the-mark"


def names_with_mark(data: bytes, size: int) -> list[str]:
    search = MemberSearch(LiteralSearch([MARK]))
    archive = TarStream(search.watch(pieces(data, size)))
    found = []
    for member in archive.members():
        found += [owner.name for owner, _ in search.begin(member)]
    archive.drain()
    return [*found, *(owner.name for owner, _ in search.end())]


@pytest.mark.parametrize("size", [64, 512, 1000, 4096, 1 << 20])
@pytest.mark.parametrize(
    "planted",
    [
        {},
        {"first": MARK},
        {"last": MARK},
        {"b": b"x" * 5000 + MARK + b"y" * 5000},
        {f"{MARK.decode()}-{'long' * 60}": b"1"},
        {"first": MARK + b"z" * 504, "a1": MARK, "b": MARK * 2, "last": bytes(9000) + MARK},
    ],
    ids=["none", "first", "last", "middle", "name", "several"],
)
def test_search__tells_in_which_member(planted: dict[str, bytes], size: int) -> None:
    files: dict[str, bytes] = {"first": b"1"}
    files |= {f"a{n}": b"2" * n for n in range(40)}
    files |= dict.fromkeys(planted, b"3") | {"last": b"4"}
    found = names_with_mark(tar_of(files | planted), size)
    # The long name stands in the attributes and, cut, in the header.
    assert sorted(set(found)) == sorted(planted)
    assert found.count("b") == planted.get("b", b"").count(MARK)


def test_search__hits_in_one_member_are_limited() -> None:
    search = MemberSearch(LiteralSearch([MARK]))
    files: dict[str, bytes] = {"all": MARK * 20_000, "last": b""}
    archive = TarStream(search.watch(pieces(tar_of(files), 1000)))
    hits: Sequence[object] = [hit for member in archive.members() for hit in search.begin(member)]
    assert MAX_PENDING <= len(hits) < MAX_PENDING + 200
