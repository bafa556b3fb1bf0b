"""The runner's side of a job: which lines of a step are commands, what is masked, shown, dropped.

Modelled on actions/runner as of August 2026: ActionCommand.cs (grammar and escapes),
ActionCommandManager.cs (stopping, masks), SecretMasker.cs and ValueEncoders.cs (what a mask hides),
Worker.cs (which masks a secret makes), JobExtension.cs (which outputs of a job are dropped).
"""

import base64
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

_LINE_END = re.compile(r"\r\n|\r|\n")
_STOP = "stop-commands"
_ANNOTATING = ("error", "warning", "notice")
_FOLDING = ("group", "endgroup")
_KNOWN = frozenset({
    *_ANNOTATING, *_FOLDING, _STOP, "add-mask", "add-matcher", "add-path", "debug", "echo",
    "remove-matcher", "save-state", "set-env", "set-output",
})  # fmt: skip
# The order matters, as it does in the runner: %25 last, or %250A would become a line end.
_DATA = (("%0D", "\r"), ("%0A", "\n"), ("%25", "%"))
_PROPERTY = (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%"))
_OLD = (("%3B", ";"), ("%0D", "\r"), ("%0A", "\n"), ("%5D", "]"), ("%25", "%"))
_SHORTEST_TRIMMED = 9
_SHORTEST_PART = 6
_SHORTEST_TOKEN = 7


@dataclass(frozen=True, kw_only=True)
class Annotation:
    """One line that GitHub shows above the job's log."""

    level: str
    text: str
    properties: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class StepLog:
    """A step's output as the runner understands it.

    `lines` is the log that people see; `bare` the same before any mask was laid over it. `masks`
    holds what was asked to be masked, `obeyed` the names of all commands in their order.
    """

    lines: tuple[str, ...]
    bare: tuple[str, ...]
    annotations: tuple[Annotation, ...]
    masks: tuple[str, ...]
    obeyed: tuple[str, ...]

    def masked(self, text: str) -> str:
        """Return what a later step's output would look like in the log."""
        masker = Masker()
        for value in self.masks:
            masker.add(value)
        return "\n".join(masker.apply(line) for line in lines_of(text))


def lines_of(text: str) -> list[str]:
    """Split a step's output as the runner reads it: at CR, LF, or both, and at nothing else."""
    lines = _LINE_END.split(text)
    return lines if lines[-1] else lines[:-1]


def parse_step_logs(*steps: Iterable[str]) -> StepLog:
    """Read the output of one step or several as the runner does, stopped commands included.

    Masks last for the job; commands that one step has stopped work again in the next.
    """
    step = _Step()
    for lines in steps:
        step.token = ""
        for line in lines:
            step.read(line)
    return StepLog(
        lines=tuple(step.lines),
        bare=tuple(step.bare),
        annotations=tuple(step.annotations),
        masks=tuple(dict.fromkeys(step.masks)),
        obeyed=tuple(step.obeyed),
    )


@dataclass(frozen=True, kw_only=True)
class _Command:
    name: str
    properties: Mapping[str, str]
    data: str


@dataclass(kw_only=True)
class _Step:
    """One step under way; each field is what has come together so far."""

    lines: list[str] = field(default_factory=list)
    bare: list[str] = field(default_factory=list)
    annotations: list[Annotation] = field(default_factory=list)
    masks: list[str] = field(default_factory=list)
    obeyed: list[str] = field(default_factory=list)
    token: str = ""
    masker: "Masker" = field(default_factory=lambda: Masker())  # noqa: PLW0108  (defined below)

    def read(self, line: str) -> None:
        known = _KNOWN | ({self.token.lower()} if self.token else set())
        command = _new_command(line, known) or _old_command(line, known)
        if command is None:
            self.show(line)
        elif not self.token:
            self.obeyed.append(command.name)
            self.obey(command, line)
        elif command.name == self.token.lower():
            self.obeyed.append(command.name)
            self.token = ""
            self.show(line)
        else:
            self.show(line)

    def obey(self, command: _Command, line: str) -> None:
        if command.name == _STOP:
            self.stop(command.data, line)
        elif command.name == "add-mask":
            self.mask(command.data)
        elif command.name in _ANNOTATING:
            self.annotate(command.name, command.data, command.properties)
        elif command.name in _FOLDING:
            self.show(f"##[{command.name}]{command.data}")

    def stop(self, token: str, line: str) -> None:
        if not token or token.lower() in _KNOWN or token.lower() == "pause-logging":
            self.annotate("error", "Unable to process command", {})
            return
        self.token = token
        if len(token) >= _SHORTEST_TOKEN:
            self.masker.add(token)
        self.show(line)

    def mask(self, data: str) -> None:
        if not data.strip():
            self.annotate("warning", "Can't add secret mask for empty string", {})
            return
        for value in (data, *filter(None, map(str.strip, re.split(r"[\r\n]", data)))):
            self.masks.append(value)
            self.masker.add(value)

    def annotate(self, level: str, text: str, properties: Mapping[str, str]) -> None:
        self.annotations.append(
            Annotation(
                level=level,
                text=self.masker.apply(text),
                properties={key: self.masker.apply(value) for key, value in properties.items()},
            )
        )
        for line in lines_of(f"##[{level}]{text}"):
            self.show(line)

    def show(self, line: str) -> None:
        self.bare.append(line)
        self.lines.append(self.masker.apply(line))


class Masker:
    """What a mask hides: the value, and the forms that the runner's encoders make of it."""

    def __init__(self) -> None:
        self._hidden: set[str] = set()

    def add_secret(self, value: str) -> None:
        """Hide a secret as the runner does from a job's start: as a whole, and line by line."""
        for part in (value.strip(), *map(str.strip, re.split(r"[\r\n]", value))):
            if part:
                self.add(part)

    def drops(self, output: str) -> bool:
        """Return whether the job loses an output with this value."""
        return self.apply(output) != output

    def add(self, value: str) -> None:
        self._hidden |= {value, *filter(None, _encoded(value))}

    def apply(self, text: str) -> str:
        spans = sorted(
            (found.start(1), found.end(1))
            for hidden in self._hidden
            if hidden in text
            for found in re.finditer(f"(?=({re.escape(hidden)}))", text)
        )
        merged: list[tuple[int, int]] = []
        for start, end in spans:
            if merged and start <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
            else:
                merged.append((start, end))
        for start, end in reversed(merged):
            text = f"{text[:start]}***{text[end:]}"
        return text


def _encoded(value: str) -> Iterable[str]:
    raw = value.encode(errors="surrogateescape")
    for shift in range(3):
        yield base64.b64encode(raw[shift:] if len(raw) > shift else raw).decode()
    yield value.replace('"', '\\"')
    yield value.replace("'", "''")
    yield json.dumps(value, ensure_ascii=False)[1:-1]
    yield quote(value, safe="", errors="surrogateescape")
    yield (
        value.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace('"', "&quot;")
        .replace("'", "&apos;")
    )
    if len(value) >= _SHORTEST_TRIMMED and value[0] == value[-1] == '"':
        yield value[1:-1]
    # PowerShell prints the parts around an ampersand in colours of their own.
    if "&+" in value:
        before, ampersand, after = value.partition("&+")
        after = after[1:]
    else:
        before, ampersand, after = value.rpartition("&")
    if ampersand:
        yield from (part for part in (before + ampersand, after) if len(part) >= _SHORTEST_PART)


def _new_command(line: str, known: Iterable[str]) -> _Command | None:
    """Read `::name key=value,key=value::data`, which nothing but white space may precede."""
    head, separator, data = line.lstrip().removeprefix("::").partition("::")
    name, _, properties = head.partition(" ")
    if not (line.lstrip().startswith("::") and separator and name.lower() in known):
        return None
    return _command(name, properties.strip().split(","), data, _PROPERTY, _DATA)


def _old_command(line: str, known: Iterable[str]) -> _Command | None:
    """Read `##[name key=value;key=value]data`, wherever in the line it begins."""
    _, prefix, rest = line.partition("##[")
    head, bracket, data = rest.partition("]")
    name, _, properties = head.partition(" ")
    if not (prefix and bracket and name.lower() in known):
        return None
    return _command(name, properties.split(";"), data, _OLD, _OLD)


def _command(
    name: str,
    properties: Iterable[str],
    data: str,
    escapes: Iterable[tuple[str, str]],
    data_escapes: Iterable[tuple[str, str]],
) -> _Command:
    pairs = (each.lstrip("=").partition("=") for each in properties)
    return _Command(
        name=name.lower(),
        properties={key: _unescape(value, escapes) for key, _, value in pairs if key and value},
        data=_unescape(data, data_escapes),
    )


def _unescape(text: str, escapes: Iterable[tuple[str, str]]) -> str:
    for escaped, plain in escapes:
        text = text.replace(escaped, plain)
    return text
