"""Python tracebacks in a log, and the lines of the project's own code in them."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from rehearsal.results.frame import ProjectFrame
from rehearsal.source.source_tree import INSTALLED_CODE, SourceTree

HEADER = "Traceback (most recent call last):"
FRAME_LINE = re.compile(
    r'\s+File "(?P<file>[^"]+)", line (?P<line>\d{1,9})(?:, in (?P<function>.+))?'
)
# How Django and Flask log what they were asked when an exception came up.
REQUEST = re.compile(
    r"Internal Server Error: (?P<path>/\S*)$|Exception on (?P<other>/\S*) \[(?P<method>[A-Z]+)\]$"
)
# Between the tracebacks of one failure.
CHAINED = re.compile(r"\s*(?:During handling of the above|The above exception was the direct)")
# What an exception says is missing, and says by name: KeyError: 'NAME'.
NAME_IN_ERROR = re.compile(r"'([^'\n]+)'|\"([^\"\n]+)\"|\b([A-Z][A-Z0-9_]{3,})\b")
# Where other tools than Python's own traceback say which line it was.
FILE_AND_LINE = re.compile(r"(?P<file>[\w./@+-]+\.\w+):(?P<line>[0-9]{1,9})\b")
# What a server says once the app under it has failed: it is no cause. Source: gunicorn, arbiter.py.
SERVER_NOISE = re.compile(
    r"\bHaltServer\b|\bWorker failed to boot\b|\bApp failed to load\b"
    r"|\bException in worker process\b|\bWorker \(pid:\d+\) (?:exited|was sent)\b|\bShutting down: "
)


@dataclass(frozen=True, kw_only=True)
class Frame:
    """One line of code in a traceback, as the app names it; `code` is what stands there."""

    file: str
    line: int
    function: str = ""
    code: str = ""


@dataclass(frozen=True, kw_only=True)
class Traceback:
    """One traceback: its frames, the failing one last, and the exception's line.

    `request` is what was being answered when it came up, empty where the log does not say.
    """

    frames: tuple[Frame, ...]
    error: str
    text: str
    request: str = ""


def tracebacks(text: str) -> Iterator[Traceback]:
    """Yield the Python tracebacks of a log, in their order."""
    lines = text.splitlines()
    before = request = ""
    for number, line in enumerate(lines):
        if line.strip() == HEADER:
            if not CHAINED.match(before):
                found = REQUEST.search(before)
                request = _request_line(found) if found else ""
            yield from _parse_traceback(lines[number:], request)
        before = line if line.strip() else before


def project_frame(text: str, tree: SourceTree) -> ProjectFrame | None:
    """Return the project's own frame of the last traceback that has one.

    It is the nearest to the exception. Where the exception names something, and another frame's
    code does too, it is that one: not the helper that reads any variable, but who asked for this.
    """
    for traceback in reversed(list(tracebacks(text))):
        own = [frame for frame in reversed(traceback.frames) if tree.locate(frame.file)]
        if not own:
            continue
        names = {name for found in NAME_IN_ERROR.findall(traceback.error) for name in found if name}
        frame = next((each for each in own if _has_quoted(each.code, names)), own[0])
        return ProjectFrame(
            file=tree.locate(frame.file),
            line=frame.line,
            function=frame.function,
            error=traceback.error,
            text=without_library_frames(traceback.text, tree),
            request=traceback.request,
        )
    return None


def failing_line(trace: str, file: str, test: str, tree: SourceTree) -> int:
    """Return the line of `file` (in the checkout) where a test failed, 0 where that is not known.

    `trace` is what its report says of it, `test` its name: the test's own line says more than that
    of a helper beside it.
    """
    # A parameter, or what a sub-test is about, stands behind the name.
    name = re.split(r"[\[ ]", test)[0].rpartition(".")[2]
    for traceback in reversed(list(tracebacks(trace))):
        if own := [each for each in traceback.frames if tree.locate(each.file) == file]:
            return ([each for each in own if each.function == name] or own)[-1].line
    mentions = (each for each in FILE_AND_LINE.finditer(trace) if tree.locate(each["file"]) == file)
    return next((int(each["line"]) for each in mentions), 0)


def without_library_frames(text: str, tree: SourceTree) -> str:
    """Return tracebacks with the project's own frames alone, at their place in the checkout.

    Where there is none the text stays as it is.
    """
    return _replace_frames(text, tree.locate)


def without_installed_code(text: str) -> str:
    """Return tracebacks without the frames of installed code, the others as the app names them.

    Where there is no other the text stays as it is.
    """
    return _replace_frames(text, lambda path: "" if INSTALLED_CODE.search(path) else path)


def _replace_frames(text: str, place_of: Callable[[str], str]) -> str:
    out: list[str] = []
    hidden = own = 0
    margin: int | None = None  # of a frame that is left out, while its lines go on
    for line in text.splitlines():
        indent = len(line) - len(line.lstrip())
        if found := FRAME_LINE.fullmatch(line):
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


def _parse_traceback(lines: list[str], request: str) -> Iterator[Traceback]:
    margin = len(lines[0]) - len(lines[0].lstrip())
    frames: list[Frame] = []
    for number, line in enumerate(lines[1:], start=1):
        if found := FRAME_LINE.fullmatch(line):
            frames.append(
                Frame(file=found["file"], line=int(found["line"]), function=found["function"] or "")
            )
        elif line.strip() and not line[margin:].startswith(" "):
            if frames:
                text = "\n".join(lines[: number + 1])
                error = line.strip()
                yield Traceback(frames=tuple(frames), error=error, text=text, request=request)
            return
        elif frames:
            frames[-1] = replace(frames[-1], code=f"{frames[-1].code}{line.strip()}\n")


def _request_line(request: re.Match[str]) -> str:
    return " ".join(filter(None, (request["method"], request["path"] or request["other"])))


def _has_quoted(code: str, names: Iterable[str]) -> bool:
    return any(f"{quote}{name}{quote}" in code for name in names for quote in "'\"")
