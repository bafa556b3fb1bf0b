"""Secrets planted in every scenario, and the search for them in all that leaves."""

import base64
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import quote

PEM = """\
-----BEGIN PRIVATE KEY-----
cGxhbnRlZCBieSB0aGUgZW5kLXRvLWVuZCB0ZXN0cywgbmV2ZXIgYSBrZXkgb2YgYW55
dGhpbmcgYXQgYWxsLCBub3QgZXZlbiBvZiBhIHNoZWQgaW4gdGhlIGdhcmRlbi4uLi4=
-----END PRIVATE KEY-----
"""

# One of each kind that goes wrong: see where a value is escaped, split, or stripped.
SECRETS = {
    "TINY_PLAIN": "plain-and-long-enough-4711",
    "TINY_PEM": PEM,
    "TINY_JSON": '{"user": "hamlet", "password": "words words words"}',
    "TINY_ODD": "quo\"te's, $dollar, back\\slash, spaces and accénts <&>",
    "TINY_NEWLINE": "it-ends-in-a-newline\n",
}


def find(secrets: Mapping[str, str], places: Mapping[str, bytes]) -> list[str]:
    """Say where a secret's value is found, as it is or line by line."""
    return [
        f"{name} is in {place}"
        for name, value in secrets.items()
        for needle in _needles(value)
        for place, content in places.items()
        if needle in content
    ]


def files(folder: Path) -> dict[str, bytes]:
    """Read every file below a folder, names included."""
    return {
        str(file.relative_to(folder)): str(file.relative_to(folder)).encode()
        + b"\n"
        + file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }


def _needles(value: str) -> Iterable[bytes]:
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
