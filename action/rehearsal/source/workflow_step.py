"""The step of a workflow file that uses the action, or the job that calls rehearsal.yml, by lines.

Read without a YAML parser, which the action does not have. Where the text is unusual, nothing is
found.
"""

from collections.abc import Sequence

from rehearsal.dataclass import dataclass
from rehearsal.regex import regex
from rehearsal.source.text_lines import split_lines

USES = regex(
    r"(?P<before>\s*(?:- +)?)uses: *['\"]?"
    r"(?:\./|\$/|[^'\"\s]*dress-rehearsal)[^'\"\s]*['\"]?\s*(?:#.*)?"
)
# By this name it is the action or one of our workflows, and no other of the repository's own.
OURS = regex(r"dress-rehearsal|(?:\./|\$/)action\b")
# It rehearses nothing.
PUBLISH = regex(r"/publish(?:@|['\"\s]|$)")
KEY = regex(r"(?P<indent> *)(?P<name>[\w-]+):(?P<value>.*)")
# A block of lines that keep their ends.
BLOCK = regex(r"\s*\|[+-]?\s*(?:#.*)?")
COMMENT = regex(r"\s#.*$")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A key below `with:`: its line, its last line, and its value, one line a part.

    `parts` are the lines of a block with their numbers, or the text after the key; `indent` is that
    of the block. `is_block` is None for a value that lines cannot change, like a folded text.
    """

    name: str
    line: int
    last: int
    parts: tuple[tuple[int, str], ...]
    indent: int
    is_block: bool | None


@dataclass(frozen=True, kw_only=True)
class Section:
    """`with:`, `env:` or `secrets:` of a step: its line, where its keys are indented, and these.

    `unreadable` says that it has others, too.
    """

    line: int
    indent: int
    entries: tuple[Entry, ...]
    unreadable: bool

    def find(self, name: str) -> Entry | None:
        """Return the entry of this name."""
        return next((each for each in self.entries if each.name == name), None)


@dataclass(frozen=True, kw_only=True)
class WorkflowStep:
    """A step or a call: its lines, that of its `uses:`, how far its keys are indented, sections.

    Where one of them is `unusual`, like `with: {env: A=b}`, lines cannot be added to it.
    """

    first: int
    last: int
    line: int
    indent: int
    sections: dict[str, Section]
    unusual: bool

    @property
    def inputs(self) -> set[str]:
        """The names of the inputs that it gives."""
        sections = (self.sections.get(name) for name in ("with", "secrets"))
        names = {entry.name for section in sections if section for entry in section.entries}
        # A call gives the secrets for the container under a name of its own.
        return {name.replace("container-secrets", "secrets") for name in names}


def find_workflow_step(text: str, given: Sequence[str]) -> WorkflowStep | None:
    """Return the one step that can have been given these inputs, None if it is not clear which.

    On a laptop flags may have given some of them: then it is the one that surely uses the action.
    """
    lines = split_lines(text)
    steps = [
        _read_step(lines, number, len(found["before"]))
        for number, line in enumerate(lines)
        if (found := USES.fullmatch(line)) and not PUBLISH.search(line)
    ]
    fits = [step for step in steps if set(given) <= step.inputs]
    likely = fits or [step for step in steps if OURS.search(lines[step.line - 1])]
    return likely[0] if len(likely) == 1 and not likely[0].unusual else None


def _read_step(lines: Sequence[str], uses: int, indent: int) -> WorkflowStep:
    first = uses
    while not lines[first][:indent].rstrip().endswith("-") and _is_within(lines, first - 1, indent):
        first -= 1
    last = uses
    while _is_within(lines, last + 1, indent) and not lines[last + 1][:indent].strip():
        last += 1
    sections, unusual = {}, False
    for number in range(first, last + 1):
        key = KEY.fullmatch(lines[number].replace("- ", "  ", 1))
        if key and len(key["indent"]) == indent and key["name"] in {"with", "env", "secrets"}:
            sections[key["name"]] = _read_section(lines, number, last, indent)
            unusual = unusual or bool(COMMENT.sub("", key["value"]).strip())
    return WorkflowStep(
        first=first + 1,
        last=last + 1,
        line=uses + 1,
        indent=indent,
        sections=sections,
        unusual=unusual or any(each.unreadable for each in sections.values()),
    )


def _is_within(lines: Sequence[str], number: int, indent: int) -> bool:
    """Whether a line belongs to a step whose keys are indented so far."""
    if not 0 <= number < len(lines):
        return False
    line = lines[number].replace("- ", "  ", 1)
    return not line.strip() or line.lstrip().startswith("#") or _indent(line) >= indent


def _read_section(lines: Sequence[str], start: int, last: int, indent: int) -> Section:
    end = start
    while end < last and (not lines[end + 1].strip() or _indent(lines[end + 1]) > indent):
        end += 1
    filled = (n for n in range(start + 1, end + 1) if _is_text(lines[n]))
    inner = min((_indent(lines[n]) for n in filled), default=indent + 2)
    keys = [
        n for n in range(start + 1, end + 1) if _indent(lines[n]) == inner and _is_text(lines[n])
    ]
    bounds = zip(keys, [*keys, end + 1][1:], strict=True)
    found = [_read_entry(lines, number, following) for number, following in bounds]
    entries = tuple(filter(None, found))
    unreadable = len(entries) < len(found)
    return Section(line=start + 1, indent=inner, entries=entries, unreadable=unreadable)


def _read_entry(lines: Sequence[str], number: int, following: int) -> Entry | None:
    key = KEY.fullmatch(lines[number])
    if not key:
        return None
    # A comment that is not indented further belongs to what follows.
    inner = (n for n in range(number + 1, following) if _indent(lines[n]) > len(key["indent"]))
    body = [(n + 1, lines[n].strip()) for n in inner if lines[n].strip()]
    value, is_block = COMMENT.sub("", key["value"]).strip(), None
    if BLOCK.fullmatch(key["value"]):
        is_block = True
    elif not body and not value.startswith((">", "&", "*", "|")):
        is_block, body = False, [(number + 1, _unquoted(value))]
    last = body[-1][0] if body else number + 1
    indent = _indent(lines[body[0][0] - 1]) if is_block and body else len(key["indent"]) + 2
    return Entry(
        name=key["name"],
        line=number + 1,
        last=last,
        parts=tuple(body),
        indent=indent,
        is_block=is_block,
    )


def _unquoted(value: str) -> str:
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
    return value[1:-1] if quoted else value


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _is_text(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")
