"""The instructions of a Dockerfile, by stage, with their lines."""

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from itertools import count, islice, takewhile

from rehearsal.dataclass import dataclass
from rehearsal.regex import regex
from rehearsal.source.text_lines import split_lines

FROM = regex(r"(?:--\S+\s+)*(?P<base>\S+)(?:\s+AS\s+(?P<name>\S+))?\s*", re.IGNORECASE | re.DOTALL)
KEYWORD = regex(r"\s*(?P<keyword>[A-Za-z]+)(?:\s+(?P<text>.*))?", re.DOTALL)
# A document in the instruction: its lines end with the name alone.
HEREDOC = regex(r"<<(?P<tabs>-?)(?P<quote>[\"']?)(?P<name>\w+)(?P=quote)")
# Of an instruction; more would only take time.
MAX_DOCUMENTS = 10
# In characters. A variable may be used in its own new value, and so double it each time.
MAX_VALUE = 4096
WITH_HEREDOC = frozenset({"RUN", "COPY", "ADD"})
VARIABLE = regex(r"\$(?:\{(?P<braced>\w+)(?::?[-+](?P<default>[^}]*))?\}|(?P<name>\w+))")


@dataclass(frozen=True, kw_only=True)
class Instruction:
    """One instruction: `text` follows the keyword, with continued lines as one.

    `line` and `last_line` count from 1; `body` are the lines of its documents (`<<EOF`).
    """

    keyword: str
    text: str
    line: int
    last_line: int
    body: str = ""

    @property
    def arguments(self) -> str:
        """The text without the flags before it (`--from=build`)."""
        return re.sub(r"\A(?:--[\w-]+(?:=\S+)?\s+)+", "", self.text)

    def flag(self, name: str) -> str:
        """Return the value of a flag, empty if it is not there."""
        flags = takewhile(lambda word: word.startswith("--"), self.text.split())
        parts = (word.removeprefix("--").partition("=") for word in flags)
        return next((value for found, _, value in parts if found == name), "")


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One stage: its name in lower case, `stage-N` if it has none, and what follows FROM."""

    name: str
    base: str
    instructions: tuple[Instruction, ...]

    def all(self, *keywords: str) -> list[Instruction]:
        """Return the instructions with these keywords, in their order."""
        return [each for each in self.instructions if each.keyword in keywords]

    def last(self, *keywords: str) -> Instruction | None:
        """Return the last instruction with one of these keywords."""
        return next(reversed(self.all(*keywords)), None)


@dataclass(frozen=True, kw_only=True)
class Dockerfile:
    """A Dockerfile: its path in the checkout, its text, and its stages."""

    path: str
    text: str
    stages: tuple[Stage, ...]

    def stage(self, name: str) -> Stage | None:
        """Return the stage of this name, or of this number."""
        for number, stage in enumerate(self.stages):
            if name.lower() in {stage.name, str(number)}:
                return stage
        return None

    def final(self, target: str = "") -> Stage | None:
        """Return the stage that is built: `target`, or the last one."""
        return self.stage(target) if target else next(reversed(self.stages), None)

    def lineage(self, stage: Stage) -> list[Stage]:
        """Return a stage and the stages that it begins with, the nearest first."""
        found: list[Stage] = []
        current: Stage | None = stage
        while current and current not in found:
            found.append(current)
            current = self.stage(current.base)
        return found

    def last(self, stage: Stage, *keywords: str) -> Instruction | None:
        """Return the last instruction with one of these keywords that counts for a stage."""
        found = (each.last(*keywords) for each in self.lineage(stage))
        return next(filter(None, found), None)

    def environment(self, stage: Stage, before: int = 0) -> dict[str, str]:
        """Return the variables of ENV and ARG's defaults, up to line `before` (all without it)."""
        values: dict[str, str] = {}
        for each in reversed(self.lineage(stage)):
            for found in each.all("ENV", "ARG"):
                if not before or found.line < before:
                    values |= _assignments(found, values)
        return values

    def variables(self, stage: Stage) -> dict[str, str]:
        """Return the variables of ENV, which a container gets."""
        known = self.environment(stage)
        found = (each for part in self.lineage(stage) for each in part.all("ENV"))
        names = {name for each in found for name in _assignments(each, {})}
        return {name: value for name, value in known.items() if name in names}


def parse_dockerfile(text: str, path: str = "Dockerfile") -> Dockerfile:
    """Return the stages of a Dockerfile; what stands before the first FROM is in no stage."""
    stages: list[list[Instruction]] = []
    for instruction in instructions(text):
        if instruction.keyword == "FROM":
            stages.append([])
        if stages:
            stages[-1].append(instruction)
    return Dockerfile(path=path, text=text, stages=tuple(map(_stage, count(), stages)))


def _stage(number: int, found: Sequence[Instruction]) -> Stage:
    begun = FROM.match(found[0].text)
    name = (begun and begun["name"]) or f"stage-{number}"
    return Stage(name=name.lower(), base=begun["base"] if begun else "", instructions=tuple(found))


def instructions(text: str) -> Iterator[Instruction]:
    """Yield the instructions of a Dockerfile; comments and empty lines among them are left out."""
    lines = split_lines(text)
    number, parts, begin = 0, [], 0
    while number < len(lines):
        line = lines[number]
        number += 1
        if line.lstrip().startswith("#") or not line.strip():
            continue
        begin = begin or number
        parts.append(line.rstrip().removesuffix("\\").strip())
        if line.rstrip().endswith("\\") and number < len(lines):
            continue
        if found := KEYWORD.fullmatch(" ".join(filter(None, parts))):
            keyword, rest = found["keyword"].upper(), found["text"] or ""
            end = number
            if keyword in WITH_HEREDOC:
                end = _end_of_documents(lines, number, rest)
            body = "\n".join(lines[number:end])
            yield Instruction(keyword=keyword, text=rest, line=begin, last_line=end, body=body)
            number = end
        parts, begin = [], 0


def _end_of_documents(lines: Sequence[str], number: int, text: str) -> int:
    """Return the number of the line that ends the last document of an instruction."""
    for document in islice(HEREDOC.finditer(text), MAX_DOCUMENTS):
        for index in range(number, len(lines)):
            line = lines[index].lstrip("\t") if document["tabs"] else lines[index]
            if line == document["name"]:
                number = index + 1
                break
    return number


def _assignments(instruction: Instruction, known: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that ENV or ARG sets, with those that it uses replaced."""
    name, _, value = instruction.text.partition(" ")
    if instruction.keyword == "ENV" and "=" not in name:
        return {name: expand(value.strip(), known)}
    try:
        words = shlex.split(instruction.text)
    except ValueError:
        words = instruction.text.split()
    parts = (word.partition("=") for word in words)
    return {name: expand(value, known) for name, equals, value in parts if equals}


def expand(text: str, values: Mapping[str, str]) -> str:
    """Return the beginning of a text with its variables replaced; unknown ones stay."""

    def value(found: re.Match[str]) -> str:
        known = values.get(found["braced"] or found["name"])
        default = found["default"] if found["default"] is not None else found[0]
        return known if known is not None else default

    return VARIABLE.sub(value, text)[:MAX_VALUE]
