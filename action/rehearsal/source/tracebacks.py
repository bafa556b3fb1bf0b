"""The exceptions in a log, and the lines of the project's own code in them."""

import heapq
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from operator import itemgetter

from rehearsal.regex import regex
from rehearsal.results.frame import ProjectFrame
from rehearsal.source.frames import Frame, Traceback
from rehearsal.source.source_tree import INSTALLED_CODE, SourceTree
from rehearsal.source.stacks import Place, place_in, stacks

HEADERS = tuple(f"{kind}Traceback (most recent call last):" for kind in ("", "Exception Group "))
# Before each line of a group of exceptions.
GROUP_MARGIN = regex(r"^\s*[|+] ")
FRAME_LINE = regex(r'\s+File "(?P<file>[^"]+)", line (?P<line>\d{1,9})(?:, in (?P<function>.+))?')
# How Django and Flask log the request during which an exception was raised, and how we do.
REQUEST = regex(
    r"Internal Server Error: (?P<path>/\S*)$|Exception on (?P<other>/\S*) \[(?P<method>[A-Z]+)\]$"
    r"|asked again: (?P<again>GET /\S*)$"
)
# Between the tracebacks of chained exceptions.
CHAINED = regex(r"\s*(?:During handling of the above|The above exception was the direct)")
# A name in an exception's message: KeyError: 'NAME'.
NAME_IN_ERROR = regex(r"'([^'\n]+)'|\"([^\"\n]+)\"|\b([A-Z][A-Z0-9_]{3,})\b")
# In one exception so many names are looked for, in one log so many paths: an app may log millions.
MAX_NAMES = 50
MAX_PATHS = 60
# How pytest and other tools name a line.
FILE_AND_LINE = regex(r"(?<![\w./@+-])(?P<file>[\w./@+-]+\.\w+):(?P<line>[0-9]{1,9})\b")
# What a server logs after its app has failed: not a cause. Source: gunicorn, arbiter.py.
SERVER_NOISE = regex(
    r"\bHaltServer\b|\bWorker failed to boot\b|\bApp failed to load\b"
    r"|\bException in worker process\b|\bWorker \(pid:\d+\) (?:exited|was sent)\b|\bShutting down: "
)


def tracebacks(text: str) -> Iterator[Traceback]:
    """Yield the exceptions of a log, in any language, in their order."""
    lines = text.splitlines()
    found = heapq.merge(_python_tracebacks(lines), stacks(lines), key=itemgetter(0))
    yield from (traceback for _, traceback in found)


def _python_tracebacks(lines: Sequence[str]) -> Iterator[tuple[int, Traceback]]:
    before, request = "", ("", False)
    if not any(HEADERS[0] in line for line in lines):
        return
    lines = [GROUP_MARGIN.sub("", line) for line in lines]
    for number, line in enumerate(lines):
        if line.strip() in HEADERS:
            if not CHAINED.match(before):
                found = REQUEST.search(before)
                request = _request_line(found) if found else ("", False)
            yield from ((number, each) for each in _parse_traceback(lines, number, *request))
        before = line if line.strip() else before


def project_frame(text: str, tree: SourceTree) -> ProjectFrame | None:
    """Return the project's frame in the last traceback that has one.

    This is the frame nearest to the exception. But if the code of another frame quotes a name that
    stands in the exception, that frame is returned: the line that asks for KEY, for example, and
    not the helper that reads any variable.
    """
    found = frame_of(list(tracebacks(text)), tree)
    return found and replace(found, text=without_library_frames(found.text, tree))


def frame_of(found: Sequence[Traceback], tree: SourceTree) -> ProjectFrame | None:
    """Return what `project_frame` does of the tracebacks of a log, with the whole text of one."""
    places: dict[str, str] = {}
    for traceback in reversed(found):
        for frame in reversed(traceback.frames):
            is_known = frame.file in places or INSTALLED_CODE.search(frame.file)
            if not is_known and len(places) < MAX_PATHS:
                places[frame.file] = tree.locate(frame.file)
        own = [frame for frame in reversed(traceback.frames) if places.get(frame.file)]
        if not own:
            continue
        names = _names_in(traceback.error)
        frame = next((each for each in own if _has_quoted(each.code, names)), own[0])
        return ProjectFrame(
            file=places[frame.file],
            line=frame.line,
            function=frame.function,
            error=traceback.error,
            text=traceback.text,
            request=traceback.request,
            repeated=traceback.repeated,
        )
    return None


def _names_in(error: str) -> set[str]:
    quoted = islice(NAME_IN_ERROR.finditer(error), MAX_NAMES)
    return {name for found in quoted for name in found.groups() if name}


def failing_file(trace: str, test: str, tree: SourceTree) -> str:
    """Return the file of a test that failed, by its traceback, or an empty string.

    `trace` is the failure's text, `test` the test's name: its own frame says more than one in a
    helper. Without a traceback, the first file that is named with a line counts.
    """
    for own in _own_frames(trace, test, tree):
        return tree.locate(own[-1].file)
    mentions = (tree.locate(each["file"]) for each in FILE_AND_LINE.finditer(trace))
    return next(filter(None, mentions), "")


def failing_line(trace: str, file: str, test: str, tree: SourceTree) -> int:
    """Return the line of `file` (a path in the checkout) where a test failed, or 0 if unknown.

    `trace` is the failure's text in the report, `test` the test's name: a line in the test itself
    says more than one in a helper of the same file.
    """
    for own in _own_frames(trace, test, tree, file):
        return own[-1].line
    mentions = (each for each in FILE_AND_LINE.finditer(trace) if tree.locate(each["file"]) == file)
    return next((int(each["line"]) for each in mentions), 0)


def _own_frames(trace: str, test: str, tree: SourceTree, file: str = "") -> Iterator[list[Frame]]:
    """Yield the project's frames of each traceback that has any, the last traceback first.

    With `file`, only the frames of this file count. If the test itself has frames, only they do.
    """
    # A parameter or a sub-test's message follows the name.
    name = re.split(r"\.|::", re.split(r"[\[ ]", test)[0])[-1]
    for traceback in reversed(list(tracebacks(trace))):
        places = ((each, tree.locate(each.file)) for each in traceback.frames)
        own = [each for each, place in places if place and (not file or place == file)]
        if own:
            yield [each for each in own if each.function == name] or own


def without_library_frames(text: str, tree: SourceTree) -> str:
    """Return tracebacks with the project's frames only, with their paths in the checkout.

    A text without such frames is returned unchanged.
    """
    return _replace_frames(text, tree.locate)


def without_installed_code(text: str) -> str:
    """Return tracebacks without frames of installed code; paths stay as the app names them.

    A text without other frames is returned unchanged.
    """
    return _replace_frames(text, lambda path: "" if INSTALLED_CODE.search(path) else path)


def _replace_frames(text: str, new_path: Callable[[str], str]) -> str:
    """Give each frame its new path, and leave out the frames whose new path is empty."""
    out: list[str] = []
    hidden = own = 0
    margin: int | None = None  # The indent of a frame that is left out, during its lines of code.
    lines = text.splitlines()
    for number, line in enumerate(lines):
        indent = len(line) - len(line.lstrip())
        place = _place(lines, number)
        if place and place.is_error:
            line = place.with_path(new_path(place.path) or place.path)  # noqa: PLW2901
            place = None
        elif place:
            path = new_path(place.path)
            own += bool(path)
            hidden += not path
            margin = None if path else indent
            line = place.with_path(path)  # noqa: PLW2901
        elif (
            (below := _place(lines, number + 1))
            and below.has_name_above
            and not new_path(below.path)
        ):
            continue
        if margin is not None and (place or not line.strip() or indent > margin):
            continue
        margin = None
        if hidden:
            out.append(f"  … {hidden} frame{'s' if hidden > 1 else ''} of installed code …")
            hidden = 0
        out.append(line)
    return "\n".join(out) if own else text


def _place(lines: Sequence[str], number: int) -> Place | None:
    if number >= len(lines):
        return None
    if found := FRAME_LINE.fullmatch(lines[number]):
        return Place(text=found.string, path=found["file"], columns=found.span("file"))
    return place_in(lines, number)


def _parse_traceback(
    lines: Sequence[str], start: int, request: str, repeated: bool
) -> Iterator[Traceback]:
    margin = len(lines[start]) - len(lines[start].lstrip())
    frames: list[tuple[re.Match[str], list[str]]] = []
    for number in range(start + 1, len(lines)):
        line = lines[number]
        if found := FRAME_LINE.fullmatch(line):
            frames.append((found, []))
        elif line.strip() and (not line[margin:].startswith(" ") or line.strip() in HEADERS):
            # No line is of two tracebacks: a log of headers would take its square of time.
            if frames and line.strip() not in HEADERS:
                yield Traceback(
                    frames=tuple(_python_frame(found, code) for found, code in frames),
                    error=line.strip(),
                    text="\n".join(lines[start : number + 1]),
                    request=request,
                    repeated=repeated,
                )
            return
        elif frames:
            frames[-1][1].append(line.strip())


def _python_frame(found: re.Match[str], code: Sequence[str]) -> Frame:
    return Frame(
        file=found["file"],
        line=int(found["line"]),
        function=found["function"] or "",
        code="".join(f"{line}\n" for line in code),
    )


def _request_line(request: re.Match[str]) -> tuple[str, bool]:
    """Return the request, and whether we asked for it again."""
    if request["again"]:
        return request["again"], True
    return " ".join(filter(None, (request["method"], request["path"] or request["other"]))), False


def _has_quoted(code: str, names: Iterable[str]) -> bool:
    return any(f"{quote}{name}{quote}" in code for name in names for quote in "'\"")
