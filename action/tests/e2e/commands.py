"""The runner's side of workflow commands: what it would show, mask and annotate."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

_COMMAND = re.compile(
    r"^::(?P<name>[^ :]+)(?: (?P<properties>[^:]*(?::(?!:)[^:]*)*))?::(?P<data>.*)$"
)
_DATA = (("%0D", "\r"), ("%0A", "\n"), ("%25", "%"))
_PROPERTY = (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%"))
_ANNOTATING = {"error", "warning", "notice"}


@dataclass(frozen=True, kw_only=True)
class Annotation:
    """One line that GitHub shows above the job's log."""

    level: str
    text: str
    properties: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A step's output as the runner understands it.

    `lines` leaves out the commands that ask for a mask and nothing else; `masks` holds their
    values, one line each.
    """

    lines: tuple[str, ...]
    annotations: tuple[Annotation, ...]
    masks: tuple[str, ...]
    obeyed: tuple[str, ...]


def understand(lines: Iterable[str]) -> Shown:
    """Read a step's output as the runner does, stopped commands included."""
    shown: list[str] = []
    annotations: list[Annotation] = []
    masks: list[str] = []
    obeyed: list[str] = []
    token: str | None = None
    for line in lines:
        command = _COMMAND.match(line.lstrip())
        name = command["name"] if command else None
        if command is None or name is None or (token is not None and name != token):
            shown.append(line)
            continue
        data = _unescape(command["data"], _DATA)
        obeyed.append(name)
        if name == "add-mask":
            masks.extend(data.splitlines())
            continue
        shown.append(line)
        if name == token:
            token = None
        elif name == "stop-commands":
            token = data
        elif name in _ANNOTATING:
            properties = {
                key: _unescape(value, _PROPERTY)
                for key, _, value in (
                    each.partition("=") for each in (command["properties"] or "").split(",") if each
                )
            }
            annotations.append(Annotation(level=name, text=data, properties=properties))
    return Shown(
        lines=tuple(shown),
        annotations=tuple(annotations),
        masks=tuple(masks),
        obeyed=tuple(obeyed),
    )


def _unescape(text: str, escapes: Iterable[tuple[str, str]]) -> str:
    for escaped, plain in escapes:
        text = text.replace(escaped, plain)
    return text
