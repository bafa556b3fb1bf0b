from hashlib import sha256

import pytest

from rehearsal.redaction.literal_search import AFTER, BEFORE, MANY, MAX_HITS, LiteralSearch

LITERALS = [b"hidden-value", b"another of these values, longer", b"q"]


def found(search: LiteralSearch, data: bytes, sizes: list[int]) -> list[tuple[bytes, int]]:
    stream = search.stream()
    hits = []
    at = 0
    for size in sizes:
        assert stream.position <= at
        hits += stream.feed(data[at : at + size])
        at += size
    hits += stream.feed(data[at:])
    hits += stream.flush()
    assert stream.position == len(data)
    return [(hit.literal, hit.offset) for hit in hits]


@pytest.mark.parametrize("many", [False, True])
def test_search__wherever_a_piece_ends(many: bool) -> None:
    # So many that their words are looked for first.
    others = [b"not in the data, number %d" % n for n in range(MANY)] if many else []
    search = LiteralSearch([*LITERALS, *others])
    data = bytearray(b"." * 3000)
    planted = [(LITERALS[0], 0), (LITERALS[1], 701), (LITERALS[2], 1400), (LITERALS[0], 2988)]
    for literal, at in planted:
        data[at : at + len(literal)] = literal
    for first in range(0, 3000, 7):
        assert found(search, bytes(data), [first]) == planted
        assert found(search, bytes(data), [first, 1, 0, 600]) == planted


def test_search__at_any_place_of_a_word() -> None:
    literals = [sha256(bytes([seed])).digest()[: 15 + seed % 18] for seed in range(MANY * 2)]
    search = LiteralSearch(literals)
    for literal in literals:
        for before in range(9):
            assert found(search, bytes(before) + literal, []) == [(literal, before)]


def test_search__many_literals_do_not_hide_short_ones() -> None:
    search = LiteralSearch([b"short", *(b"a longer literal, number %d" % n for n in range(MANY))])
    assert found(search, b"a short text", []) == [(b"short", 2)]


def test_hit__shows_what_is_around() -> None:
    stream = LiteralSearch([b"mark"]).stream()
    data = bytes(range(100)) * 3 + b"mark" + bytes(range(100)) * 10
    hits = [hit for at in range(0, len(data), 50) for hit in stream.feed(data[at : at + 50])]
    (hit,) = hits + stream.flush()
    assert hit.text == data[300 - BEFORE : 300 + AFTER]


def test_search__hits_of_each_literal_are_limited() -> None:
    hits = LiteralSearch([b"aa", b"bb"]).stream().feed(b"a" * 50_000 + b"bb" + b"." * 1000)
    assert [hit.literal for hit in hits] == [b"aa"] * MAX_HITS + [b"bb"]
