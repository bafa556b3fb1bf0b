"""Redaction: every form, across every split, and nothing else."""

import base64
import html
import json
import re
from collections.abc import Callable
from itertools import pairwise
from urllib.parse import quote, quote_plus
from xml.etree import ElementTree as ET

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rehearsal.redaction.redactor import REPLACEMENT, Redactor
from rehearsal.redaction.secret import Secret
from rehearsal.redaction.secret_encodings import encoded_values

PEM = (
    "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0B\nAQEFAASCBKcwggSj\nQw==\n"
    "-----END PRIVATE KEY-----\n"
)
AWKWARD = 's3cr$t "key" \\ <with> spaces & é-1234567890'
ACCOUNT = json.dumps({"type": "service", "private_key": PEM, "nested": [{"token": "tok-a1b2c3"}]})


def redactor(*values: str) -> Redactor:
    return Redactor(Secret(name=f"S{i}", value=value) for i, value in enumerate(values))


def attribute(value: str, encoding: str) -> bytes:
    written: bytes = ET.tostring(ET.Element("failure", {"message": value}), encoding=encoding)
    return written[written.index(b'message="') + 9 : written.rindex(b'"')]


def test_redactor__a_quote_in_the_repr_of_a_sentence() -> None:
    shown = repr("it's \"o'brien-12345\", he said")
    assert redactor("o'brien-12345").redact(shown) == "'it\\'s \"***\", he said'"


@pytest.mark.parametrize(
    "shown",
    [
        pytest.param(AWKWARD.encode(), id="plain"),
        pytest.param(json.dumps(AWKWARD).encode(), id="json"),
        pytest.param(json.dumps(AWKWARD, ensure_ascii=False).encode(), id="json-utf8"),
        pytest.param(html.escape(AWKWARD).encode(), id="html"),
        pytest.param(html.escape(AWKWARD, quote=False).encode(), id="html-text"),
        pytest.param(quote(AWKWARD).encode(), id="url-path"),
        pytest.param(quote(AWKWARD, safe="").encode(), id="url"),
        pytest.param(quote_plus(AWKWARD).encode(), id="url-form"),
        pytest.param(repr(AWKWARD).encode(), id="repr"),
        pytest.param(repr(AWKWARD.encode()).encode(), id="repr-bytes"),
        pytest.param(ascii(AWKWARD).encode(), id="ascii"),
        pytest.param(attribute(AWKWARD, "us-ascii"), id="xml-attribute-ascii"),
        pytest.param(attribute(AWKWARD, "utf-8"), id="xml-attribute"),
        pytest.param(html.escape(AWKWARD).replace("&quot;", "&#34;").encode(), id="jinja"),
        pytest.param(quote(AWKWARD, safe="!'()*~").encode(), id="url-javascript"),
        pytest.param(re.sub("%..", lambda m: m[0].lower(), quote(AWKWARD)).encode(), id="url-low"),
        pytest.param(html.escape(json.dumps(AWKWARD)[1:-1]).encode(), id="json-in-html"),
        pytest.param(json.dumps(html.escape(AWKWARD))[1:-1].encode(), id="html-in-json"),
        pytest.param(html.escape(repr(AWKWARD)[1:-1]).encode(), id="repr-in-html"),
    ],
)
def test_redactor__every_encoding(shown: bytes) -> None:
    out = redactor(AWKWARD).redact_bytes(b"before " + shown + b" after\n")
    assert re.fullmatch(rb"before ([\"']|b')?\*\*\*[\"']? after\n", out)


@pytest.mark.parametrize("before", [b"", b"u", b"us", b"user", b"user:"])
@pytest.mark.parametrize("after", [b"", b"x", b"xy", b"xyz"])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_redactor__base64_at_every_alignment(
    before: bytes, after: bytes, encode: Callable[[bytes], bytes]
) -> None:
    value = "p?ss>w~rd-0123"
    out = redactor(value).redact_bytes(encode(before + value.encode() + after))
    assert REPLACEMENT in out
    # What is left of the secret are the bits it shares with its neighbours: one byte each side.
    assert len(out) - len(REPLACEMENT) <= 4 * (len(before) // 3 + len(after) // 3 + 2) + 4


def test_redactor__lines_of_a_key() -> None:
    r = redactor(PEM)
    assert r.redact_bytes(PEM.encode()) == b"***"
    assert r.redact_bytes(b"line AQEFAASCBKcwggSj.") == b"line ***."
    assert r.redact_bytes(b"-----BEGIN CERTIFICATE-----") == b"-----BEGIN CERTIFICATE-----"


def test_redactor__strings_inside_json() -> None:
    out = redactor(ACCOUNT).redact_bytes(b"tok-a1b2c3 and MIIEvQIBADANBgkqhkiG9w0B and service")
    assert out == b"*** and *** and ***"


def test_redactor__keeps_short_values() -> None:
    assert redactor("abc").redact_bytes(b"abc abcabc") == b"abc abcabc"
    assert redactor("abc\nlonger-line").redact_bytes(b"abc longer-line") == b"abc ***"


def test_redactor__six_bytes_at_every_offset() -> None:
    r = redactor("q1w2e3")
    for offset in range(9):
        assert r.redact_bytes(b"." * offset + b"q1w2e3.") == b"." * offset + b"***."


def test_redactor__overlapping_secrets_leave_no_fragment() -> None:
    assert redactor("abcdefgh", "efghijkl").redact_bytes(b"<abcdefghijkl>") == b"<***>"


def test_redactor__without_secrets() -> None:
    assert Redactor().redact_bytes(b"as it was \xff\n") == b"as it was \xff\n"


def test_stream__holds_back_only_what_may_become_a_secret() -> None:
    stream = redactor("hunter2-hunter2").stream()
    assert stream.feed(b"ready\n") == b"ready\n"
    assert stream.feed(b"password: hunt") == b"password: "
    assert stream.feed(b"ing season\n") == b"hunting season\n"


def test_encoded_values__exclude_pem_armour() -> None:
    assert not [
        form for form in encoded_values(PEM) if form.startswith(b"-----BEGIN") and len(form) < 40
    ]


SECRETS = st.lists(
    st.one_of(
        st.text("ab1\n", min_size=6, max_size=14),
        st.text(min_size=6, max_size=20),
        st.sampled_from([AWKWARD, PEM, "aaaaaaa", "abababab"]),
    ),
    min_size=1,
    max_size=4,
)


@given(data=st.data(), values=SECRETS)
@example(data=None, values=["aaaaaaa"])
def test_stream__any_split_gives_the_same_output(
    data: "st.DataObject | None", values: list[str]
) -> None:
    r = redactor(*values)
    forms = [form for value in values for form in encoded_values(value)]
    if data is None:
        text, cuts = b"a" * 100, list(range(0, 100, 3))
    else:
        noise = st.one_of(st.binary(max_size=9), st.text("ab1\n", max_size=9).map(str.encode))
        parts = data.draw(st.lists(st.one_of(noise, st.sampled_from(forms or [b""])), max_size=9))
        text = b"".join(parts)
        cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=9)))
    stream = r.stream()
    edges = [0, *cuts, len(text)]
    out = b"".join(stream.feed(text[a:b]) for a, b in pairwise(edges))
    out += stream.flush()
    assert out == r.redact_bytes(text) == naive(text, forms)


def naive(text: bytes, forms: list[bytes]) -> bytes:
    """Mark every byte of every occurrence; each run of overlapping ones becomes one replacement."""
    spans = sorted(
        (at, at + len(form))
        for form in set(forms)
        for at in range(len(text))
        if text.startswith(form, at)
    )
    out, done = b"", 0
    for start, end in spans:
        if start >= done:
            out += text[done:start] + REPLACEMENT
        done = max(done, end)
    return out + text[done:]
