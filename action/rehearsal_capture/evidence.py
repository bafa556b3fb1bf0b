"""Write what the browsers show when a test fails."""

from __future__ import annotations

import hashlib
import os
import re
import socket
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

from rehearsal_capture.quiet import Quiet

# A rehearsal keeps names of up to 100 characters unchanged, and `.xml` may follow.
_MAX_NAME_LENGTH = 96
_HASH_LENGTH = 8
PROBLEMS = "problems.txt"
# Exceptions of pytest that end a test which has not failed.
_NOT_FAILURES = ("Skipped", "XFailed", "Exit")
# What an exception that ends a test bears: that its evidence is kept, and what was seen before.
_KEPT = "_rehearsal_kept"
_LOOKS = "_rehearsal_looks"
_HERE = Path(__file__).parent


def safe_name(test_id: str) -> str:
    """Return a file name of [A-Za-z0-9._-] for a test, different for different tests."""
    name = re.sub(r"[^A-Za-z0-9._-]", "-", test_id).lstrip("._-")
    if name == test_id and len(name) <= _MAX_NAME_LENGTH:
        return name
    digest = hashlib.sha256(test_id.encode("utf-8", "replace")).hexdigest()[:_HASH_LENGTH]
    return f"{name[: _MAX_NAME_LENGTH - _HASH_LENGTH - 1]}-{digest}"


def folder_of(test: str) -> Path:
    """Return the folder for the evidence of a test, by its dotted name."""
    return Path(os.environ["REHEARSAL_EVIDENCE"], safe_name(test))


def keep(name: Callable[[], str], error: BaseException, browsers: Callable[[], list[Any]]) -> None:
    """Save the evidence of a failed test, by its dotted name, once for each error; raise nothing.

    `browsers` returns what has `limited`, `close_dialogs`, `readers` and `forget`, as a session
    here does.
    """
    with Quiet():
        _without_our_frames(error)
        if not getattr(error, _KEPT, False) and type(error).__name__ not in _NOT_FAILURES:
            setattr(error, _KEPT, True)
            earlier = [found for each in _chain(error) for found in vars(each).pop(_LOOKS, ())]
            looks = [*earlier, *filter(None, map(look, browsers()))]
            if looks:
                _write(folder_of(name()), looks)


def _chain(error: BaseException | None) -> list[BaseException]:
    """Return an exception and those that led to it."""
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found


def look_now(error: BaseException, browser: Any) -> None:
    """Look at a browser that is closed because of an error, which nobody has reported yet."""
    setattr(error, _LOOKS, [*getattr(error, _LOOKS, ()), *filter(None, [look(browser)])])


def look(browser: Any) -> dict[str, bytes | Exception]:
    """Return the content of each file of the evidence, or why there is none.

    A browser that tells nothing is forgotten. It has gone, or does not answer.
    """
    found: dict[str, bytes | Exception] = {}
    hangs = False
    with browser.limited():
        dialogs = browser.close_dialogs()
        for name, read in browser.readers().items():
            try:
                found[name] = read()
            except Exception as error:  # noqa: BLE001, PERF203  (the other files are still read)
                found[name] = error
                hangs = isinstance(error, socket.timeout)
                if hangs:
                    break
    if not any(isinstance(each, bytes) for each in found.values()):
        browser.forget()
        return found if hangs else {}
    closed = "".join(f"An open dialog was closed: {text}\n" for text in dialogs)
    return {**found, **({PROBLEMS: closed.encode("utf-8", "replace")} if closed else {})}


def _write(folder: Path, looks: list[dict[str, bytes | Exception]]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    names = [(name, number) for number, found in enumerate(looks, start=1) for name in found]
    failure = 1
    while any(
        (folder / _file_name(name, failure, number)).exists()
        for name, number in names
        if name != PROBLEMS
    ):
        failure += 1
    problems = b""
    for number, found in enumerate(looks, start=1):
        problems += bytes(found.pop(PROBLEMS, b""))  # type: ignore[arg-type]
        for name, content in found.items():
            target = _file_name(name, failure, number)
            if isinstance(content, bytes):
                (folder / target).write_bytes(content)
            else:
                problems += f"{target}: {content}\n".encode("utf-8", "replace")
    if problems:
        with (folder / PROBLEMS).open("ab") as file:
            file.write(problems)


def _file_name(name: str, failure: int, browser: int) -> str:
    stem, dot, suffix = name.partition(".")
    failure_part = f"-failure{failure}" if failure > 1 else ""
    browser_part = f"-browser{browser}" if browser > 1 else ""
    return f"{stem}{failure_part}{browser_part}{dot}{suffix}"


def _without_our_frames(error: BaseException) -> None:
    """Take this package out of the traceback: it is only between a test and its tools.

    A bare `raise` adds no line for the frame that it is in.
    """
    while error.__traceback__ is not None and _is_ours(error.__traceback__):
        error.__traceback__ = error.__traceback__.tb_next
    entry = error.__traceback__
    while entry is not None:
        if entry.tb_next is not None and _is_ours(entry.tb_next):
            entry.tb_next = entry.tb_next.tb_next
        else:
            entry = entry.tb_next


def _is_ours(entry: TracebackType) -> bool:
    return Path(entry.tb_frame.f_code.co_filename).parent == _HERE
