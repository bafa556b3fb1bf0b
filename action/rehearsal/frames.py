"""Frames: where in the checkout a Python traceback of the container points to."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

OPENING = "Traceback (most recent call last):"
FRAME = re.compile(r'\s+File "(?P<file>[^"]+)", line (?P<line>\d{1,9})(?:, in (?P<function>.+))?')
# Installed code is not the project's, whatever a file of the project's is called.
FOREIGN = re.compile(r"/(?:site|dist)-packages/|/lib/python3|^<")


@dataclass(frozen=True, kw_only=True)
class Frame:
    """One line of code in a traceback, as the app names it."""

    file: str
    line: int
    function: str = ""


@dataclass(frozen=True, kw_only=True)
class Traceback:
    """One traceback: its frames, the failing one last, and the exception's line."""

    frames: tuple[Frame, ...]
    error: str
    text: str


@dataclass(frozen=True, kw_only=True)
class OwnFrame:
    """The project's own line nearest to an exception.

    `file` is relative to the checkout, `text` the traceback without installed code.
    """

    file: str
    line: int
    function: str
    error: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Checkout:
    """The checkout, and the working directory in it that the rehearsal ran in."""

    top: Path
    directory: Path

    def place(self, path: str) -> str:
        """Return the file that a path of the container or of a test means, or nothing.

        It is the longest end of the path that exists below the working directory, and is told
        relative to the checkout.
        """
        if FOREIGN.search(path):
            return ""
        parts = PurePosixPath(path).parts
        if path.startswith(f"{self.directory}/"):
            parts = PurePosixPath(path).relative_to(self.directory).parts
        ends = (parts[start:] for start in range(len(parts)) if ".." not in parts)
        return next(filter(None, map(self._below, ends)), "")

    def _below(self, parts: Iterable[str]) -> str:
        if list(parts)[:1] == ["/"]:
            return ""
        try:
            file = self.directory.joinpath(*parts).resolve()
            if file.is_file() and file.is_relative_to(self.directory.resolve()):
                return str(file.relative_to(self.top.resolve()))
        except (OSError, ValueError):
            pass  # No name that a file can have, or the working directory is no part of the top.
        return ""


def tracebacks(text: str) -> Iterator[Traceback]:
    """Yield the Python tracebacks of a log, in their order."""
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if line.strip() == OPENING:
            yield from _traceback(lines[number:])


def own_frame(text: str, checkout: Checkout) -> OwnFrame | None:
    """Return the project's own frame of the last traceback that has one."""
    for traceback in reversed(list(tracebacks(text))):
        for frame in reversed(traceback.frames):
            if file := checkout.place(frame.file):
                return OwnFrame(
                    file=file,
                    line=frame.line,
                    function=frame.function,
                    error=traceback.error,
                    text=condensed(traceback.text, checkout),
                )
    return None


def condensed(text: str, checkout: Checkout) -> str:
    """Return tracebacks with the project's own frames alone, at their place in the checkout.

    Where there is none the text stays as it is.
    """
    return _condensed(text, checkout.place)


def without_installed(text: str) -> str:
    """Return tracebacks without the frames of installed code, the others as the app names them.

    Where there is no other the text stays as it is.
    """
    return _condensed(text, lambda path: "" if FOREIGN.search(path) else path)


def _condensed(text: str, place_of: Callable[[str], str]) -> str:
    out: list[str] = []
    hidden = own = 0
    margin: int | None = None  # of a frame that is left out, while its lines go on
    for line in text.splitlines():
        indent = len(line) - len(line.lstrip())
        if found := FRAME.fullmatch(line):
            place = place_of(found["file"])
            own += bool(place)
            hidden += not place
            margin = None if place else indent
            line = line.replace(found["file"], place, 1)  # noqa: PLW2901
        if margin is not None and (found or not line.strip() or indent > margin):
            continue
        margin = None
        if hidden:
            out.append(f"  … {hidden} frame{'s' if hidden > 1 else ''} of installed code …")
            hidden = 0
        out.append(line)
    return "\n".join(out) if own else text


def _traceback(lines: list[str]) -> Iterator[Traceback]:
    margin = len(lines[0]) - len(lines[0].lstrip())
    frames: list[Frame] = []
    for number, line in enumerate(lines[1:], start=1):
        if found := FRAME.fullmatch(line):
            frames.append(
                Frame(file=found["file"], line=int(found["line"]), function=found["function"] or "")
            )
        elif line.strip() and not line[margin:].startswith(" "):
            if frames:
                text = "\n".join(lines[: number + 1])
                yield Traceback(frames=tuple(frames), error=line.strip(), text=text)
            return
