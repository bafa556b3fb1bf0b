"""Exceptions of other languages than Python in a log: Node, Java, Ruby, Go, PHP, .NET, Rust."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from rehearsal.dataclass import dataclass
from rehearsal.regex import regex
from rehearsal.source.frames import Frame, Traceback
from rehearsal.source.languages import LANGUAGES, MAX_LINE, NAMED, Language

# How many lines a message has at most, and how many others may stand between two frames.
MAX_MESSAGE_LINES = 10
MAX_BETWEEN = 100
JVM_FILE = regex(r"\w+\.(?:java|kt|scala|groovy|clj)")
# What each line that names a line of code has, in any language: most lines are none.
PLACE = regex(r"(?:[:(]|line )\d")
# Node shows the line before an error that nothing caught: its place, its code, and a caret.
NODE_PLACE = regex(r"(?P<file>(?:file://)?/[^:]+):(?P<line>\d{1,9})")
MIN_ABOVE = 3
# What Node writes with a stack although nothing failed.
NO_ERROR = regex(r"\(node:\d+\) .*Warning: |Trace\b")
CARET = regex(r"\s*\^+\s*")


@dataclass(frozen=True, kw_only=True)
class Place:
    """A line of a log that names a line of code: `path`, between two columns of `text`.

    Where `is_error`, the line names the exception, too. Where `has_name_above`, the line before
    this one names the function.
    """

    text: str
    path: str
    columns: tuple[int, int]
    is_error: bool = False
    has_name_above: bool = False

    def with_path(self, path: str) -> str:
        """Return the line with another path."""
        start, end = self.columns
        return self.text if path == self.path else self.text[:start] + path + self.text[end:]


def stacks(lines: Sequence[str]) -> Iterator[tuple[int, Traceback]]:
    """Yield the exceptions of a log in their order, each with the number of its first line.

    The exceptions of a chain have the same text: that of the whole chain.
    """
    end = 0
    for number, line in enumerate(lines):
        if number < end or not PLACE.search(line):
            continue
        for language in LANGUAGES:
            if language.frame(line) or language.placed_exception(line):
                start = _start(lines, number, end, language)
                end = _end(lines, number, language)
                place = _place_above(lines, start)
                for each in _chain(lines[start:end], language):
                    yield start, each if not place else _with_place(each, place)
                break


def place_in(lines: Sequence[str], number: int) -> Place | None:
    """Return the place that a line of a stack names.

    The path of a file of the Java machine is that of its package.
    """
    line = lines[number]
    for language in LANGUAGES if PLACE.search(line) else ():
        frame, error = language.frame(line), language.placed_exception(line)
        if found := frame or error:
            above = language.function_above
            return Place(
                text=line,
                path=_path(found),
                columns=found.span("file"),
                is_error=not frame,
                has_name_above=bool(above and number and above.fullmatch(lines[number - 1])),
            )
    return None


def _start(lines: Sequence[str], number: int, end: int, language: Language) -> int:
    """Return the line that names the exception of the frame in line `number`."""
    if language.placed_exception(lines[number]):
        return number
    first = max(end, number - MAX_MESSAGE_LINES)
    above = range(number - 1, first - 1, -1)
    default = number - 1 if language.any_error and number > first else number
    start = next((each for each in above if language.exception(lines[each])), default)
    while start > first and language.chained.search(lines[start]):
        start -= 1  # .NET names the inner exceptions below the outer one, before all frames.
    return start


def _end(lines: Sequence[str], number: int, language: Language) -> int:
    """Return the line after the last frame of the stack that has a frame in line `number`."""
    error = language.exception(lines[number])
    # The message stands below the place.
    end = number + (2 if error and not error["error"] else 1)
    for each in range(end, len(lines)):
        line = lines[each]
        if language.frame(line) or language.chained.search(line):
            end = each + 1
        elif each - end >= MAX_BETWEEN or not language.between.fullmatch(line):
            break
        elif line.strip():
            end = each + 1 if language.names_callee or not line[0].isspace() else end
    return min(end, len(lines))


def _chain(lines: Sequence[str], language: Language) -> Iterator[Traceback]:
    text = "\n".join(lines)
    starts = [0, *(n for n in range(1, len(lines)) if language.chained.search(lines[n]))]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        part = lines[start:end]
        frames = _frames(part, language)
        if frames and not NO_ERROR.match(part[0]):
            yield Traceback(
                frames=tuple(reversed(frames)),
                error=_error(part, language),
                text=text,
            )


def _error(lines: Sequence[str], language: Language) -> str:
    found = language.exception(lines[0])
    named = found if found and found["error"] else NAMED.search(lines[0][:MAX_LINE])
    if named:
        return named["error"].strip()
    below = lines[1].strip() if found and len(lines) > 1 else ""
    return below or language.chained.sub("", lines[0]).strip()


def _frames(lines: Sequence[str], language: Language) -> list[Frame]:
    """Return the frames of one exception, the failing one first."""
    frames = []
    for number, line in enumerate(lines):
        if found := language.frame(line):
            above = language.function_above
            named = above.fullmatch(lines[number - 1]) if above and number else None
            frames.append(_frame(found, named["function"] if named else ""))
    if error := language.placed_exception(lines[0]):
        place = _frame(error)
        if not any(_same_line(each, place) for each in frames):
            frames.insert(0, place)
    if language.names_callee:
        names = [each.function for each in frames if each.function]
        frames = [
            replace(each, function=name)
            for each, name in zip(frames, [*names, *[""] * len(frames)], strict=False)
        ]
    return frames


def _place_above(lines: Sequence[str], start: int) -> Frame | None:
    """Return the place that Node shows above a syntax error; the stack does not name it."""
    above = [line for line in lines[max(0, start - 5) : start] if line.strip()]
    if len(above) < MIN_ABOVE or not CARET.fullmatch(above[-1]):
        return None
    found = NODE_PLACE.fullmatch(above[-3])
    return _frame(found) if found else None


def _with_place(traceback: Traceback, place: Frame) -> Traceback:
    if not traceback.error.startswith("SyntaxError"):
        return traceback
    return replace(traceback, frames=(*traceback.frames, place))


def _same_line(one: Frame, other: Frame) -> bool:
    name = PurePosixPath(other.file).name
    return one.line == other.line and PurePosixPath(one.file).name == name


def _frame(found: re.Match[str], function: str = "") -> Frame:
    name = found.groupdict().get("function") or function
    if JVM_FILE.fullmatch(found["file"]):
        name = ".".join(name.split(".")[-2:])
    return Frame(
        file=_path(found),
        line=int(found["line"]),
        function="" if "<anonymous>" in name else name,
    )


def _path(found: re.Match[str]) -> str:
    """Return the file of a frame; the path of a class is the path of its package."""
    if JVM_FILE.fullmatch(found["file"]):
        package = found["function"].split(".")[:-2]
        return "/".join((*package, found["file"]))
    return found["file"]
