"""The files that a test attaches itself, beside the evidence of its failure."""

from __future__ import annotations

import base64
import binascii
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

from rehearsal_capture.evidence import PROBLEMS

# The prefix of these files' names, which no file of ours has.
_OWN = "test-"
_MAX_NAME_LENGTH = 60
# For each test; what its retries attach is among them.
_MAX_FILES = 20
# In bytes, of one file and of all files of a test.
_MAX_SIZE = 10_000_000
_MAX_TOTAL = 30_000_000
_MAX_PATH = 4096
# By the formats of pytest-html, where an attachment does not say its suffix.
_SUFFIXES = {"html": "html", "image": "png", "json": "json", "video": "mp4"}
_MEDIA = ("image", "video")
# What pytest-selenium calls the same messages.
_CONSOLE = "Browser Log"


def attach(folder: Path, extras: list[dict[str, Any]], base: Path) -> None:
    """Write the `extras` of a report into the folder of its test; a relative path is below `base`.

    They are pytest-html's: a name, a format, a suffix, and a text, base64, bytes or a path. A file
    that the folder has already is left out.
    """
    if more := len(extras[_MAX_FILES:]):
        _note_problem(folder, f"{more} more attachments were not kept")
    for extra in extras[:_MAX_FILES]:
        name = f"{_OWN}{extra.get('name') or extra.get('format_type') or 'file'}"
        try:
            if extra.get("name") == _CONSOLE and any(folder.glob("console*.log")):
                continue
            content, suffix = _content(extra, base), _suffix(extra)
            if content.strip() and not _is_kept(folder, content):
                _write(folder, name, suffix, content)
        except Exception as error:  # noqa: BLE001  (the others are still kept)
            _note_problem(folder, f"{name}: {error}")


def _note_problem(folder: Path, problem: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / PROBLEMS).open("ab") as file:
        file.write(f"{problem}\n".encode("utf-8", "replace"))


def _content(extra: dict[str, Any], base: Path) -> bytes:
    """Return the bytes that pytest-html shows or links to."""
    content = extra["content"]
    if isinstance(content, (bytes, bytearray)):
        return bytes(content)
    if not isinstance(content, str):
        content = json.dumps(content, default=str)
    elif content.startswith("data:"):
        head, _, data = content.partition(",")
        return base64.b64decode(data) if head.endswith(";base64") else unquote_to_bytes(data)
    elif extra.get("format_type") in _MEDIA:
        try:
            return base64.b64decode(content, validate=True)
        except (binascii.Error, ValueError):
            if len(content) <= _MAX_PATH and (base / content).is_file():
                return _read(base / content)
    return content.encode("utf-8", "replace")


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_MAX_SIZE + 1)


def _suffix(extra: dict[str, Any]) -> str:
    wanted = re.sub(r"[^A-Za-z0-9]", "", extra.get("extension") or "")
    return wanted or _SUFFIXES.get(extra.get("format_type") or "", "txt")


def _is_kept(folder: Path, content: bytes) -> bool:
    """Return whether a file has the same content, as our own that were taken just before."""
    content = content.strip()
    return any(
        # An address has a line end.
        abs(file.stat().st_size - len(content)) <= 1 and file.read_bytes().strip() == content
        for file in _files(folder)
    )


def _files(folder: Path) -> list[Path]:
    return [each for each in folder.glob("*") if each.is_file()]


def _write(folder: Path, name: str, suffix: str, content: bytes) -> None:
    """Write a file with a name of [A-Za-z0-9._-] that none has. Raises ValueError for too much."""
    there = [each for each in _files(folder) if each.name.startswith(_OWN)]
    size = sum(each.stat().st_size for each in there)
    if len(there) >= _MAX_FILES:
        raise ValueError(f"not kept: it is more than {_MAX_FILES} files")
    if len(content) > _MAX_SIZE or size + len(content) > _MAX_TOTAL:
        raise ValueError("not kept: it is too large")
    stem = re.sub(r"[^A-Za-z0-9._-]+", "-", name)[:_MAX_NAME_LENGTH].rstrip("-.")
    # Names are different on every file system: case makes no difference.
    taken = {each.name.lower() for each in there}
    chosen, number = f"{stem}.{suffix}", 1
    while chosen.lower() in taken:
        number += 1
        chosen = f"{stem}-{number}.{suffix}"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / chosen).write_bytes(content)
