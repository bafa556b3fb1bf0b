"""Secrets planted in every scenario, and the search for them in all that leaves."""

import base64
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

PEM = """\
-----BEGIN PRIVATE KEY-----
cGxhbnRlZCBieSB0aGUgZW5kLXRvLWVuZCB0ZXN0cywgbmV2ZXIgYSBrZXkgb2YgYW55
dGhpbmcgYXQgYWxsLCBub3QgZXZlbiBvZiBhIHNoZWQgaW4gdGhlIGdhcmRlbi4uLi4=
-----END PRIVATE KEY-----
"""

# What GitHub masks of them is each line, `{` and `}` too, and of the last the name of a browser.
IN_LINES = {
    "ACCOUNT": json.dumps(
        {
            "type": "service_account",
            "project_id": "a-stage-of-hamlet",
            "private_key": PEM.replace("c", "k"),
            "token_uri": "https://oauth2.example.com/token",
        },
        indent=2,
    ),
    "PEM": PEM,
    "A_BROWSER": "firefox",
}

# One of each kind that goes wrong: see where a value is escaped, split, or stripped.
SECRETS = {
    "TINY_PLAIN": "plain-and-long-enough-4711",
    "TINY_PEM": PEM,
    "TINY_JSON": '{"user": "hamlet", "password": "words words words"}',
    "TINY_ODD": "quo\"te's, $dollar, back\\slash, spaces and accénts <&>",
    "TINY_NEWLINE": "it-ends-in-a-newline\n",
}

# No encoding changes these letters and digits, save base64: so a core that is found is a leak,
# whatever form the secret around it had. Each half stands for a secret that was split.
_CORE = re.compile(r"(Zq[0-9a-f]{7})(xQ[0-9a-f]{7})")
_GROUP = 3


def make_secrets(mark: str) -> dict[str, str]:
    """Plant one secret of each kind, every part of it with a core that only `mark` has."""
    cores = _cores(mark)
    key = "\n".join(f"{next(cores)}{'A' * 12}{next(cores)}{'/+' * 6}" for _ in range(3))
    pem = f"-----BEGIN PRIVATE KEY-----\n{key}\n-----END PRIVATE KEY-----\n"
    account = {
        "user": next(cores),
        "nested": [{"password": f'{next(cores)} "quoted" \\ ünd so weiter'}],
        "private_key": pem.replace("A" * 12, next(cores)),
    }
    return {
        "PLANTED_PLAIN": f"plain-{next(cores)}~*!",
        "PLANTED_PEM": pem,
        "PLANTED_JSON": json.dumps(account),
        "PLANTED_ODD": f"{next(cores)} quo\"te's, $dollar back\\slash accénts <&> {next(cores)}",
        "PLANTED_QUOTE": f"o'{next(cores)}/o'clock",
        "PLANTED_NEWLINE": f"{next(cores)}\n",
    }


def container_secrets(names: Iterable[str]) -> str:
    """Return what a caller writes to pass secrets of any number of lines to a workflow."""
    return "".join(f"{name}<<END\n${{{{ secrets.{name} }}}}\nEND\n" for name in names)


def find(secrets: Mapping[str, str], places: Mapping[str, bytes]) -> list[str]:
    """Say where a secret is found, in any form, as a whole, line by line, or half of it."""
    return [
        f"{name} is in {place}: {_around(needle, content)!r}"
        for name, value in secrets.items()
        for needle in sorted(_needles(value))
        for place, content in places.items()
        if needle in content
    ]


def assert_no_leak(secrets: Mapping[str, str], *places: Mapping[str, bytes]) -> None:
    """Look for every secret in every place; say all that is found, and where."""
    found = [line for each in places for line in find(secrets, each)]
    assert not found, f"{len(found)} leaks:\n" + "\n".join(found[:60])


def files(folder: Path) -> dict[str, bytes]:
    """Read every file below a folder, names included."""
    return {
        str(file.relative_to(folder)): str(file.relative_to(folder)).encode()
        + b"\n"
        + file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }


def _cores(mark: str) -> Iterator[str]:
    number = 0
    while True:
        digits = sha256(f"{mark}-{number}".encode()).hexdigest()
        yield f"Zq{digits[:7]}xQ{digits[7:14]}"
        number += 1


def _needles(value: str) -> Iterable[bytes]:
    if halves := [half for core in _CORE.findall(value) for half in core]:
        return {form for half in halves for form in (half.encode(), *_in_base64(half.encode()))}
    lines = [line for line in value.splitlines() if len(line) >= 4 and not line.startswith("-----")]
    return {
        needle.encode()
        for needle in (
            *lines,
            quote(value, safe=""),
            json.dumps(value)[1:-1],
            base64.b64encode(value.encode()).decode(),
        )
    }


def _in_base64(raw: bytes) -> Iterator[bytes]:
    """Yield what base64 makes of these bytes wherever they stand, their neighbours left out."""
    for before in range(_GROUP):
        padded = b"\0" * before + raw + b"\0" * (-(before + len(raw)) % _GROUP)
        encoded = base64.b64encode(padded)
        yield encoded[(8 * before + 5) // 6 : 8 * (before + len(raw)) // 6]


def _around(needle: bytes, content: bytes) -> bytes:
    at = content.find(needle)
    return content[max(0, at - 60) : at + len(needle) + 40]
