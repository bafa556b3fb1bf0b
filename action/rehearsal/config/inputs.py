"""The inputs as they arrive, and typed readers that explain what is wrong."""

import json
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from rehearsal.config.input_table import INPUTS
from rehearsal.config.input_types import Input
from rehearsal.dataclass import dataclass
from rehearsal.verdict import MisconfiguredError

# The action sets it. Where it is set, no workflow file is read and no progress is drawn.
INPUTS_VARIABLE = "REHEARSAL_INPUTS"

# In bytes. GitHub hands all inputs to the action in one variable; see execve(2), MAX_ARG_STRLEN.
LONGEST_INPUTS = (128 << 10) - len(f"{INPUTS_VARIABLE}=\0")

# An error message is for reading: the rest of a longer value does not help.
LONGEST_SHOWN = 200


def is_action(environ: Mapping[str, str]) -> bool:
    """Whether the action called, on GitHub, and gave its inputs."""
    return INPUTS_VARIABLE in environ


def given_names(given: Mapping[str, object]) -> tuple[str, ...]:
    """Return the names of the inputs whose values are not their defaults, without unknown names."""
    values = {name: "" if value is None else str(value).strip() for name, value in given.items()}
    return tuple(
        name
        for name, value in values.items()
        if name in INPUTS and value not in ("", INPUTS[name].default)
    )


@dataclass(frozen=True)
class Inputs:
    """A full set of inputs: the value of each input in `table`."""

    values: Mapping[str, str]
    table: Mapping[str, Input]

    @classmethod
    def of(cls, given: Mapping[str, object], table: Mapping[str, Input] = INPUTS) -> "Inputs":
        """Return the values given, and the default of every other input.

        Raises `MisconfiguredError` for a name that is not in the table, and for inputs that are too
        long together.
        """
        values = {name: "" if value is None else str(value) for name, value in given.items()}
        for name, value in values.items():
            if name not in table:
                raise unknown_input(name, table)
            if not _can_be_passed_on(value):
                raise MisconfiguredError(
                    f"The input {name} holds a NUL or invalid Unicode, which no program accepts.",
                    hint=f"Write {name} again, as plain text in UTF-8.",
                )
        size = len(
            json.dumps(values, indent=2, ensure_ascii=False).encode(errors="surrogateescape")
        )
        if size > LONGEST_INPUTS:
            raise MisconfiguredError(
                f"The inputs have {size >> 10} KiB together. GitHub hands them to the action in "
                "one variable, and Linux takes 128 KiB in it.",
                hint="Put long secrets and variables into the step's env: and only their names "
                "into the inputs. Put long scripts into files of the repository.",
            )
        return cls({name: each.default for name, each in table.items()} | values, table)

    def text(self, name: str) -> str:
        """Return the value without the white space around it.

        Raises `MisconfiguredError` unless the input's type accepts it.
        """
        value = self.values[name].strip()
        allowed = self.table[name].type
        if not allowed.accepts(value):
            raise self.error_for(name, allowed.allowed)
        return value

    def number(self, name: str) -> int:
        """Return a whole number; 0 where an optional one is empty. Raises like `text`."""
        return int(self.text(name) or 0)

    def boolean(self, name: str) -> bool:
        """Return 'true' or 'false' as a bool. Raises like `text`."""
        return self.text(name) == "true"

    def block(self, name: str) -> str:
        """Return a script or a list of variables as it was written."""
        return self.values[name]

    def lines(self, name: str) -> tuple[str, ...]:
        """Return the lines that are not blank, without the white space around them."""
        return tuple(line for _, line in self.numbered_lines(name))

    def numbered_lines(self, name: str) -> tuple[tuple[int, str], ...]:
        """Return the same lines with their numbers, from 1."""
        lines = enumerate(self.values[name].splitlines(), start=1)
        return tuple((number, line.strip()) for number, line in lines if line.strip())

    def error_for(
        self, name: str, allowed: str, hint: str = "", *, line: int = 0
    ) -> MisconfiguredError:
        """Return the error for an input: its name, what was found, what is allowed.

        `line` is the number of the wrong line, or 0 if the whole value is wrong.
        """
        where = f"{name}, line {line}," if line else name
        if self.table[name].type.confidential:
            found = "(not shown, it may hold a secret)"
        else:
            found = quoted(self.values[name])
        return MisconfiguredError(
            f"The input {where} is {found}; it has to be {allowed}.",
            hint=hint or f"Correct {name} in the step's with:.",
        )


def unknown_input(name: str, known: Iterable[str]) -> MisconfiguredError:
    """Return the error for a name that is not an input."""
    near = get_close_matches(name, known, n=1)
    return MisconfiguredError(
        f"There is no input named {name!r}." + (f" Did you mean {near[0]}?" if near else ""),
        hint=f"The inputs are: {', '.join(known)}.",
    )


def from_action(environ: Mapping[str, str]) -> dict[str, object]:
    """Return what action.yml passes in one variable; nothing where it is not set."""
    try:
        given = json.loads(environ.get(INPUTS_VARIABLE) or "{}")
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise MisconfiguredError(
            f"{INPUTS_VARIABLE} is not a JSON object.",
            hint="action.yml sets it to ${{ toJSON(inputs) }}; on a laptop leave it unset.",
        )
    return given


def quoted(value: object) -> str:
    """Quote a value for an error: control characters visible, not too long."""
    text = str(value)
    return repr(text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "…")


def _can_be_passed_on(value: str) -> bool:
    try:
        # A flag may hold bytes that are not UTF-8, such as a file's name: programs accept these.
        value.encode(errors="surrogateescape")
    except UnicodeEncodeError:
        return False
    return "\0" not in value
