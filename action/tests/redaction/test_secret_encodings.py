"""Each encoding, as its printer writes it."""

import base64
import html
import json
import re
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, quote_plus
from xml.etree import ElementTree as ET

import pytest

from rehearsal.redaction.redactor import REPLACEMENT

from .test_redactor import AWKWARD, redactor

# Written by the printers that it names: https://www.npmjs.com has those of npm.
PRINTED = json.loads(Path(__file__).with_name("printed.json").read_text())
# A secret that ends where 64 or 76 columns do, and one that three lines hold.
BINARY = bytes(range(256))


def attribute(value: str, encoding: str) -> str:
    written: bytes = ET.tostring(ET.Element("failure", {"message": value}), encoding=encoding)
    return written[written.index(b'message="') + 9 : written.rindex(b'"')].decode()


@pytest.mark.parametrize(
    "printed", [pytest.param(each, id=each["printer"]) for each in PRINTED["printed"]]
)
def test_redactor__what_real_printers_wrote(printed: dict[str, str]) -> None:
    assert redactor(PRINTED["value"]).redact(printed["text"]) == printed["redacted"]


@pytest.mark.parametrize(
    "shown",
    [
        pytest.param(AWKWARD, id="plain"),
        pytest.param(json.dumps(AWKWARD), id="json"),
        pytest.param(json.dumps(AWKWARD, ensure_ascii=False), id="json-utf8"),
        pytest.param(html.escape(AWKWARD), id="html"),
        pytest.param(html.escape(AWKWARD, quote=False), id="html-text"),
        pytest.param(quote(AWKWARD), id="url-path"),
        pytest.param(quote(AWKWARD, safe=""), id="url"),
        pytest.param(quote_plus(AWKWARD), id="url-form"),
        pytest.param(repr(AWKWARD), id="repr"),
        pytest.param(repr(AWKWARD.encode()), id="repr-bytes"),
        pytest.param(ascii(AWKWARD), id="ascii"),
        pytest.param(attribute(AWKWARD, "us-ascii"), id="xml-attribute-ascii"),
        pytest.param(attribute(AWKWARD, "utf-8"), id="xml-attribute"),
        pytest.param(html.escape(AWKWARD).replace("&quot;", "&#34;"), id="jinja"),
        pytest.param(quote(AWKWARD, safe="!'()*~"), id="url-javascript"),
        pytest.param(re.sub("%..", lambda m: m[0].lower(), quote(AWKWARD)), id="url-low"),
        pytest.param(html.escape(json.dumps(AWKWARD)[1:-1]), id="json-in-html"),
        pytest.param(json.dumps(html.escape(AWKWARD))[1:-1], id="html-in-json"),
        pytest.param(html.escape(repr(AWKWARD)[1:-1]), id="repr-in-html"),
        pytest.param(json.dumps(json.dumps(json.dumps(AWKWARD)))[7:-7], id="json-in-json-in-json"),
        pytest.param(quote(quote(AWKWARD)), id="url-in-url"),
        pytest.param(AWKWARD.encode().hex(), id="hex"),
        pytest.param(AWKWARD.encode().hex().upper(), id="hex-upper"),
    ],
)
def test_redactor__python(shown: str) -> None:
    out = redactor(AWKWARD).redact(f"before {shown} after\n")
    assert re.fullmatch(r"before ([\"']|b')?\*\*\*[\"']? after\n", out)


@pytest.mark.parametrize(
    "value, shown",
    [
        # As documented for System.Text.Json's default encoder.
        pytest.param(
            "it's <b>+é`&\"1",
            r"it\u0027s \u003Cb\u003E\u002B\u00E9\u0060\u0026\u00221",
            id="dotnet",
        ),
        pytest.param("it's <b>é&1", r"it\u0027s \u003cb\u003e\u00e9\u00261", id="low"),
        pytest.param("a/b<c>d&e", r"a\/b\u003Cc\u003Ed\u0026e", id="one-of-each"),
        pytest.param("pass=wörd 1", "pass=3Dw=C3=B6rd 1", id="mail"),
        pytest.param('it\'s "quoted"', "it''s \"quoted\"", id="sql"),
        pytest.param('it\'s "quoted"', 'it\'s ""quoted""', id="csv"),
        pytest.param("pa$$word%d", "pa$$$$word%d", id="compose"),
    ],
)
def test_redactor__other_printers(value: str, shown: str) -> None:
    assert redactor(value).redact(f"<{shown}>") == "<***>"


def test_redactor__a_quote_in_the_repr_of_a_sentence() -> None:
    shown = repr("it's \"o'brien-12345\", he said")
    assert redactor("o'brien-12345").redact(shown) == "'it\\'s \"***\", he said'"


SHELL_VALUES = [
    "it's a secret",
    "two\nlines'",
    'say "$HOME" `id`',
    "tab\tand \\ é !x",
    "plain-1234",
]


@pytest.mark.parametrize("value", SHELL_VALUES)
@pytest.mark.parametrize(
    "shell, script",
    [
        ("bash", 'printf %q "$1"'),
        ("bash", 'echo "${1@Q}"'),
        ("bash", 'set -x; : "$1"'),
        ("bash", "v=$1; declare -p v"),
        ("sh", 'set -x; : "$1"'),
    ],
)
@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_redactor__shells(shell: str, script: str, locale: str, value: str) -> None:
    argv = [shell, "-c", script, shell, value]
    done = subprocess.run(argv, env={"LC_ALL": locale}, capture_output=True, check=True)
    out = redactor(value).redact_bytes(done.stdout + done.stderr)
    assert re.fullmatch(rb"""(\+ : |declare -- v=)?\$?['"]?\*\*\*['"]?\n?""", out)


@pytest.mark.parametrize("value", SHELL_VALUES)
def test_redactor__shlex(value: str) -> None:
    assert redactor(value).redact(shlex.quote(value)).strip("'") == "***"


@pytest.mark.parametrize("before", [b"", b"u", b"us", b"user", b"user:"])
@pytest.mark.parametrize("after", [b"", b"x", b"xy", b"xyz"])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_redactor__base64_at_every_alignment(
    before: bytes, after: bytes, encode: Callable[[bytes], bytes]
) -> None:
    value = "p?ss>w~rd-0123"
    encoded = encode(before + value.encode() + after)
    for text in (encoded, encoded.rstrip(b"=")):
        out = redactor(value).redact_bytes(text)
        assert REPLACEMENT in out
        # What is left of the secret are the bits it shares with its neighbours: one byte each side.
        left = len(out) - len(REPLACEMENT)
        assert left <= 4 * (len(before) // 3 + len(after) // 3 + 2) + 4


@pytest.mark.parametrize("width", [64, 76])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\\n", "\\r\\n"])
@pytest.mark.parametrize("value", ["secret", "p?ss>w~rd-0123", "long one " * 20])
def test_redactor__base64_in_lines(width: int, end: str, value: str) -> None:
    r = redactor(value)
    for before in range(70):
        encoded = base64.b64encode(BINARY[:before] + value.encode() + BINARY[:30]).decode()
        lines = [encoded[at : at + width] for at in range(0, len(encoded), width)]
        out = r.redact(end.join(lines))
        # At most two characters of it are left in the line before.
        own = len(base64.b64encode(value.encode())) - 4
        breaks = out.count(end)
        left = len(out) - len(REPLACEMENT) - breaks * len(end)
        assert "***" in out
        assert left <= len(encoded) - own + 4


def test_redactor__base64_of_a_key_in_a_document() -> None:
    key = "-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0B\nAQEFAASCBKcwggSj\n-----END KEY-----\n"
    document = json.dumps({"name": "x", "key": key})
    out = redactor(key).redact(base64.encodebytes(document.encode()).decode())
    assert out.count("***") == 2
