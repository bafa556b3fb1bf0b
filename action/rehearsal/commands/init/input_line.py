"""The draft of a workflow's step: lines of inputs, each with its reason."""

from collections.abc import Iterable

from rehearsal.dataclass import dataclass


@dataclass(frozen=True, kw_only=True)
class InputLine:
    """A line of an input. `why` is the comment with its reason, the file and the line."""

    name: str
    text: str
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class NewFile:
    """A file to write beside the workflow; its path is relative to the top of the repository."""

    path: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Draft:
    """The draft of a workflow's step.

    `lines` are the lines of its inputs. `secret_names` are the variables of its `env:`, each with
    GitHub's secret of that name. `files` are written beside the workflow. `notes` say what the
    user has to do.
    """

    lines: tuple[InputLine, ...] = ()
    secret_names: tuple[str, ...] = ()
    files: tuple[NewFile, ...] = ()
    notes: tuple[str, ...] = ()

    def inputs(self) -> dict[str, str]:
        """Return the value of each input."""
        return {name: "\n".join(each.text for each in lines) for name, lines in self.by_name()}

    def by_name(self) -> Iterable[tuple[str, list[InputLine]]]:
        """Return the lines of each input, without those that repeat an earlier one."""
        found: dict[str, list[InputLine]] = {}
        for line in self.lines:
            known = found.setdefault(line.name, [])
            if line.text not in (each.text for each in known):
                known.append(line)
        return found.items()


def place(path: str, line: int = 0) -> str:
    """Return `PATH:LINE`, or `PATH` without a line."""
    return f"{path}:{line}" if line else path
