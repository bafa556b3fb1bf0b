"""Redaction: across every split, and nothing else."""

import base64
import html
import json
import random
import shlex
import string
from collections.abc import Callable
from itertools import pairwise
from unittest.mock import patch
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rehearsal.redaction import pattern_index
from rehearsal.redaction.redactor import REPLACEMENT, Redactor
from rehearsal.redaction.secret import Secret
from rehearsal.redaction.secret_encodings import patterns

PEM = (
    "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0B\nAQEFAASCBKcwggSj\nQw==\n"
    "-----END PRIVATE KEY-----\n"
)
AWKWARD = 's3cr$t "key" \\ <with> spaces & é-1234567890'
URL = "postgres://app:S3cr3t%2Fpw@db:5432/prod?sslmode=require&sig=abc/def"


def redactor(*values: str) -> Redactor:
    return Redactor(Secret(name=f"S{i}", value=value) for i, value in enumerate(values))


def test_redactor__lines_of_a_key() -> None:
    r = redactor(PEM)
    assert r.redact_bytes(PEM.encode()) == b"***\n"
    assert r.redact_bytes(b"line AQEFAASCBKcwggSj.") == b"line ***."
    assert r.redact_bytes(b"-----BEGIN CERTIFICATE-----") == b"-----BEGIN CERTIFICATE-----"
    assert r.redact_bytes(b"-----BEGIN PRIVATE KEY-----\n") == b"-----BEGIN PRIVATE KEY-----\n"


def test_redactor__keeps_short_values() -> None:
    assert redactor("abc").redact_bytes(b"abc abcabc") == b"abc abcabc"
    assert redactor("abc\nlonger-line").redact_bytes(b"abc longer-line") == b"abc ***"


@pytest.mark.parametrize("value", [b"q1w2e3", b"q-w2e3", b"-=.,!?"])
def test_redactor__six_bytes_at_every_offset(value: bytes) -> None:
    r = redactor(value.decode())
    for before in range(9):
        for after in range(5):
            data = b" " * before + value + b" " * after
            assert r.redact_bytes(data) == b" " * before + b"***" + b" " * after


def test_redactor__overlapping_secrets_leave_no_fragment() -> None:
    assert redactor("abcdefgh", "efghijkl").redact_bytes(b"<abcdefghijkl>") == b"<***>"


def test_redactor__without_secrets() -> None:
    assert Redactor().redact_bytes(b"as it was \xff...\n") == b"as it was \xff...\n"


def test_redactor__many_secrets_in_one_text() -> None:
    values = [f"token-{number * 7919:08}-{number:04x}" for number in range(60)]
    text = "".join(f"{value}, {json.dumps(value)}\n" for value in values)
    assert redactor(*values).redact(text) == '***, "***"\n' * len(values)


def test_stream__holds_back_only_what_may_become_a_secret() -> None:
    stream = redactor("hunter2-hunter2").stream()
    assert stream.feed(b"ready\n") == b"ready\n"
    assert stream.feed(b"password: hunt") == b"password: "
    assert stream.feed(b"ing season\n") == b"hunting season\n"
    assert stream.feed(b"password: hunter2\n") == b"password: hunter2\n"


def test_stream__remembers_no_more_than_a_secret_may_need() -> None:
    stream = redactor(AWKWARD, PEM, URL, "aaaaaaaaaaaa", "\\" * 40, "......" * 3).stream()
    for text in (b"a", b"\\", b".", b"-----BEGIN PRIVATE KEY-----\n", b"postgres://", b"aaaaa\n"):
        for _ in range(30):
            stream.feed(text * 100)
            assert len(stream._tail) < 2000


def test_stream__shows_that_something_is_replaced_whose_start_was_sent() -> None:
    r = Redactor()
    with patch.object(r, "scan", side_effect=[([], 6), ([(3, 9)], 12)]):
        stream = r.stream()
        assert stream.feed(b"before") == b"before"
        assert stream.feed(b"123456") == b"***456"


def test_stream__each_byte_beside_dots() -> None:
    text = b"x.........1234567890...\n"
    out = in_pieces(redactor("secret-1234567890"), text, list(range(1, len(text))))
    assert out == b"x.........***...\n"


ENCODERS: list[Callable[[str], str]] = [
    str,
    json.dumps,
    lambda value: json.dumps(value, ensure_ascii=False),
    lambda value: json.dumps(json.dumps(value)),
    repr,
    ascii,
    lambda value: repr(value.encode()),
    lambda value: json.dumps(repr(value)),
    html.escape,
    lambda value: html.escape(json.dumps(value)),
    lambda value: "".join(f"&#{ord(char)};" if not char.isalnum() else char for char in value),
    lambda value: "".join(f"&#x{ord(char):X};" if not char.isalnum() else char for char in value),
    quote,
    lambda value: quote(value, safe=""),
    shlex.quote,
    lambda value: value.encode().hex(),
    lambda value: value.encode().hex().upper(),
    lambda value: base64.encodebytes(value.encode() * 4).decode(),
    lambda value: json.dumps(base64.encodebytes(b"ab" + value.encode() * 9).decode()),
    lambda value: base64.urlsafe_b64encode(b"a" + value.encode()).decode().rstrip("="),
]
# Each writes such a value with nothing around it.
EXACT_ENCODERS: list[Callable[[str], str]] = [
    str,
    lambda value: quote(value, safe=""),
    lambda value: html.escape(quote(value)),
    lambda value: "".join(f"\\u{ord(char):04x}" if not char.isalnum() else char for char in value),
    lambda value: value.encode().hex(),
    lambda value: value.encode().hex().upper(),
    lambda value: base64.b64encode(value.encode()).decode()[: len(value) * 8 // 6],
]
TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=6, max_size=20)
VALUES = st.lists(
    st.one_of(
        st.text("ab1\n'\\", min_size=6, max_size=14),
        TEXT,
        st.sampled_from([AWKWARD, PEM, URL, "aaaaaaa", "abababab", "......ab"]),
    ),
    min_size=1,
    max_size=4,
)
NOISE = st.one_of(st.binary(max_size=9), st.text("ab1\n'\\", max_size=9).map(str.encode))


@st.composite
def texts(draw: st.DrawFn, values: list[str]) -> tuple[bytes, list[int]]:
    """Draw a text that holds encoded values, some of them cut, and the places where it is split."""
    written = st.builds(
        lambda value, encode, cut: encode(value).encode()[cut:300],
        st.sampled_from(values),
        st.sampled_from(ENCODERS),
        st.integers(-9, 3).map(lambda cut: max(cut, 0)),
    )
    text = b"".join(draw(st.lists(st.one_of(NOISE, written), max_size=5)))
    return text, sorted(draw(st.lists(st.integers(0, len(text)), max_size=9)))


def in_pieces(r: Redactor, text: bytes, cuts: list[int]) -> bytes:
    stream = r.stream()
    out = b"".join(stream.feed(text[a:b]) for a, b in pairwise([0, *cuts, len(text)]))
    return out + stream.flush()


@pytest.mark.parametrize("many", [0, 1000])
@given(data=st.data(), values=VALUES)
def test_stream__any_split_gives_the_same_output(
    many: int, data: st.DataObject, values: list[str]
) -> None:
    with patch.object(pattern_index, "MANY_WINDOWS", many):
        r = redactor(*values)
        text, cuts = data.draw(texts(values))
        assert in_pieces(r, text, cuts) == r.redact_bytes(text) == naive(text, r, values)


def test_stream__the_end_cuts_a_spelling_whose_start_is_another_one() -> None:
    """`%` and `%25` are both spellings: the shorter must not end beyond the data."""
    r, text = redactor("pQ_H|gI%>"), b"a=pQ_H%7CgI%25%3E after, and after that\n"
    for cut in range(len(text)):
        assert in_pieces(r, text, [cut]) == b"a=*** after, and after that\n"


def test_stream__overlapping_occurrences() -> None:
    r, text = redactor("aaaaaaa"), b"a" * 100
    assert in_pieces(r, text, list(range(0, 100, 3))) == r.redact_bytes(text) == b"***"


def naive(text: bytes, r: Redactor, values: list[str]) -> bytes:
    """Compare each pattern everywhere; each run of occurrences that overlap is replaced once."""
    found = [
        (start, end)
        for value in values
        for pattern in patterns(value)
        for start in range(len(text))
        if text[start : start + 4] in pattern.heads
        for end in pattern.ends(text, start)[0]
    ]
    out, done = b"", 0
    for start, end in sorted(found + r._shortened.scan(text)[0]):
        if start >= done:
            out += text[done:start] + REPLACEMENT
        done = max(done, end)
    return out + text[done:]


@pytest.mark.parametrize("encode", ENCODERS)
@settings(max_examples=10)
@given(data=st.data())
def test_redactor__finds_each_encoding_in_any_text(
    encode: Callable[[str], str], data: st.DataObject
) -> None:
    value = data.draw(TEXT.filter(lambda value: len(value.strip()) >= 6))
    before, after = data.draw(NOISE), data.draw(NOISE)
    out = redactor(value).redact_bytes(before + encode(value).encode() + after)
    assert b"***" in out
    assert encode(value).encode() not in out


SECRET_CHARACTERS = string.ascii_letters + string.digits + "-_$%/+=!"
# Of the lines between secrets; no encoding of a secret begins or ends with a parenthesis.
LOG_CHARACTERS = "0123456789abcdef .:[]\n"


@pytest.mark.parametrize("many", [0, 1000])
@pytest.mark.parametrize("seed", range(10))
def test_stream__replaces_each_of_many_secrets_and_nothing_else(seed: int, many: int) -> None:
    """What is expected is known without the patterns: secrets, and lines of a log between them."""
    chance = random.Random(seed)  # noqa: S311 (a test that can be repeated)
    values = [
        "".join(chance.choices(SECRET_CHARACTERS, k=chance.randint(16, 40))) for _ in range(60)
    ]
    text = expected = b""
    for _ in range(60):
        line = f"({''.join(chance.choices(LOG_CHARACTERS, k=chance.randint(0, 60)))})".encode()
        value, encode = chance.choice(values), chance.choice(EXACT_ENCODERS)
        text += line + encode(value).encode()
        expected += line + REPLACEMENT
    cuts = sorted(chance.choices(range(len(text)), k=20))
    with patch.object(pattern_index, "MANY_WINDOWS", many):
        assert in_pieces(redactor(*values), text + b"(", cuts) == expected + b"("
