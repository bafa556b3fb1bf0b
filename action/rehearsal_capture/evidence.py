"""Write what the browsers show when a test fails."""

from __future__ import annotations

import hashlib
import os
import re
import socket
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Protocol

from rehearsal_capture.quiet import Quiet
from rehearsal_capture.trace.recorder import RECORDER

# A rehearsal keeps names of up to 100 characters unchanged, and `.xml` may follow.
_MAX_NAME_LENGTH = 96
_HASH_LENGTH = 8
PROBLEMS = "problems.txt"
# Exceptions of pytest that end a test which has not failed.
_NOT_FAILURES = ("Skipped", "XFailed", "Exit")
# Attributes of an exception that ends a test: whether its evidence is kept, and the snapshots of
# browsers that were closed before.
_KEPT = "_rehearsal_kept"
_SNAPSHOTS = "_rehearsal_snapshots"
_HERE = Path(__file__).parent


class Browser(Protocol):
    """A session of Selenium or a page of Playwright."""

    def limited(self) -> AbstractContextManager[None]:
        """Return a context in which the browser is given little time to answer."""

    def close_dialogs(self) -> list[str]:
        """Close the dialogs that hide the page, and return their texts."""

    def readers(self) -> dict[str, Callable[[], bytes]]:
        """Return how to read each file of the evidence, by its name."""

    def forget(self) -> None:
        """Leave the browser out from now on."""


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


def keep(
    name: Callable[[], str], error: BaseException, browsers: Callable[[], Sequence[Browser]]
) -> None:
    """Save the evidence of a failed test, once for each error; raise nothing.

    `name` returns the test's dotted name, `browsers` those that it uses.
    """
    with Quiet():
        _remove_our_frames(error)
        if not getattr(error, _KEPT, False) and type(error).__name__ not in _NOT_FAILURES:
            setattr(error, _KEPT, True)
            earlier = [found for each in _chain(error) for found in vars(each).pop(_SNAPSHOTS, ())]
            snapshots = [*earlier, *filter(None, map(take_snapshot, browsers()))]
            if snapshots:
                _write(folder_of(name()), snapshots)
            # A browser that has ended shows nothing more, but what led to it is known.
            RECORDER.write(folder_of(name()), name(), error=error)


def _chain(error: BaseException | None) -> list[BaseException]:
    """Return an exception and those that led to it."""
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found


def attach_snapshot(error: BaseException, browser: Browser) -> None:
    """Add a snapshot to an error that closes a browser before the runner reports the error."""
    if found := take_snapshot(browser):
        setattr(error, _SNAPSHOTS, [*getattr(error, _SNAPSHOTS, ()), found])


def take_snapshot(browser: Browser) -> dict[str, bytes | Exception]:
    """Return the content of each file of the evidence, or the error that prevented it.

    A browser that gives no content has gone or does not answer, and is forgotten. The result is
    empty if it has gone.
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


def _write(folder: Path, snapshots: list[dict[str, bytes | Exception]]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    names = [(name, number) for number, found in enumerate(snapshots, start=1) for name in found]
    failure = 1
    while any(
        (folder / _file_name(name, failure, number)).exists()
        for name, number in names
        if name != PROBLEMS
    ):
        failure += 1
    problems = b""
    for number, found in enumerate(snapshots, start=1):
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
    return f"{stem}{RECORDER.suffix}{failure_part}{browser_part}{dot}{suffix}"


def _remove_our_frames(error: BaseException) -> None:
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
    return _HERE in Path(entry.tb_frame.f_code.co_filename).parents
