"""What to paste for an input: into the step of a workflow, or on a command line."""

import re
from collections.abc import Sequence

from rehearsal.config.flag_words import flag_line, in_flags
from rehearsal.config.input_table import INPUTS
from rehearsal.config.input_types import SCRIPT
from rehearsal.dataclass import dataclass
from rehearsal.diagnosis.facts import Facts
from rehearsal.diagnosis.workflow_edits import VARIABLE, edit_key, edit_list, edit_variables
from rehearsal.regex import regex
from rehearsal.source.text_lines import split_lines
from rehearsal.source.workflow_step import WorkflowStep, find_workflow_step

# The source of these facts: `given NAME` for each input that was given, `flags only`, `call`.
INPUTS_ORIGIN = "inputs origin"
# The source of the lines of the workflow file: number and text.
WORKFLOW_STEP = "workflow step"
# What is left of a snippet that is not needed.
NO_SNIPPET = regex(r"\n{4,}")
# Where nothing is left before it.
GOES_ON = regex(r"\A# and (?:also, )?")
GIVEN, FLAGS_ONLY = "given ", "flags only"
CALL = "call"
# As `in_step` and `in_step_env` write them.
ADDED_INPUT = regex(
    r"^# (?P<lead>.*)in (?P<file>[^,\n]+), under the (?P<owner>step|job)'s with:, add:\n"
    r"(?P<name>[a-z-]+): (?P<value>.+(?:\n  .+)*)$",
    re.MULTILINE,
)
ADDED_VARIABLE = regex(
    r"^# (?P<lead>.*)under the step's env:, add:\n(?P<lines>\w+: .+(?:\n\w+: .+)*)$",
    re.MULTILINE,
)
# An input `secrets`, and the variables of the step that hold them.
ADDED_SECRETS = regex(
    r"^# (?P<lead>.*)in (?P<file>[^,\n]+), under the step's with:, add:\nsecrets: .+(?:\n  .+)*"
    r"\n\n# and also, under the step's env:, add:\n(?P<lines>\w+: .+(?:\n\w+: .+)*)$",
    re.MULTILINE,
)


@dataclass(frozen=True, kw_only=True)
class InputsOrigin:
    """Where the inputs came from: the path of the workflow file, or flags alone.

    `given` are the names of the inputs whose values are not their defaults. `is_call` says that a
    job calls rehearsal.yml, instead of a step that uses the action.
    """

    workflow: str = ""
    given: tuple[str, ...] = ()
    flags_only: bool = False
    is_call: bool = False

    def lines(self) -> tuple[str, ...]:
        """Return the facts that `fit_paste` reads."""
        kinds = {FLAGS_ONLY: self.flags_only, CALL: self.is_call}
        given = (f"{GIVEN}{name}" for name in self.given)
        return (*given, *(kind for kind, holds in kinds.items() if holds))


def in_step(name: str, value: str, lead: str = "") -> str:
    """Return the text to paste that gives an input to the step.

    `value` is YAML: one line, or `|` and indented lines. `lead` is what the
    comment begins with, like "and ".
    """
    return f"# {lead}in {{workflow|your workflow}}, under the step's with:, add:\n{name}: {value}"


def in_step_env(name: str, value: str) -> str:
    """Return the text to paste, after `in_step`, that gives a variable to the step itself."""
    return f"# and also, under the step's env:, add:\n{name}: {value}"


def fit_paste(paste: str, facts: Facts) -> str:
    """Return what `in_step` wrote as it fits where the inputs come from.

    YAML allows no key twice, so an input that the step has already gets another line or another
    value. Without a workflow inputs are flags. A job that calls rehearsal.yml gives secrets in
    one text.
    """
    lines, given = facts.lines.get(INPUTS_ORIGIN, ()), set(given_inputs(facts))
    file = facts.locations().get("workflow", "")
    if step := _workflow_step(facts):
        paste = _in_file(paste, step, file, is_call=CALL in lines)
        # What could not be changed by lines.
        given |= step.inputs
    if FLAGS_ONLY in lines:
        paste = ADDED_VARIABLE.sub(_as_export, paste)
        return in_flags(ADDED_INPUT.sub(lambda found: _as_flag(found, given), paste))
    if CALL in lines:
        paste = ADDED_SECRETS.sub(lambda found: _in_call(found, given), paste)
        paste = paste.replace(", under the step's with:", ", under the job's with:")
    return ADDED_INPUT.sub(lambda found: _in_given_input(found, given), paste)


def given_inputs(facts: Facts) -> list[str]:
    """Return the names of the inputs that were given."""
    lines = facts.lines.get(INPUTS_ORIGIN, ())
    return [line.removeprefix(GIVEN) for line in lines if line.startswith(GIVEN)]


def step_lines(text: str, given: Sequence[str]) -> tuple[str, ...]:
    """Return the facts from which `fit_paste` knows the step of a workflow file: its lines."""
    step = find_workflow_step(text, given)
    if not step:
        return ()
    lines = split_lines(text)[step.first - 1 : step.last]
    return tuple(f"{number} {line}" for number, line in enumerate(lines, start=step.first))


def _workflow_step(facts: Facts) -> WorkflowStep | None:
    numbered = [line.partition(" ") for line in facts.lines.get(WORKFLOW_STEP, ())]
    if not numbered or not all(number.isdigit() for number, _, _ in numbered):
        return None
    text = [""] * (int(numbered[0][0]) - 1) + [line for _, _, line in numbered]
    return find_workflow_step("\n".join(text), ())


def _in_file(paste: str, step: WorkflowStep, file: str, *, is_call: bool) -> str:
    """Name the lines of the workflow file; what cannot be changed by lines stays as it is.

    What the step has already is not proposed.
    """

    def place(found: re.Match[str], edit: str | None) -> str:
        if edit is None:
            return found[0]
        return f"# {found['lead']}in {file}, {edit}" if edit else ""

    def as_input(found: re.Match[str]) -> str:
        name, value = found["name"], found["value"]
        if INPUTS[name].type.is_list:
            return place(found, edit_list(step, "with", name, _text(value).split("\n")))
        return place(found, edit_key(step, "with", name, value))

    def as_variables(found: re.Match[str]) -> str:
        return place(found, edit_variables(step, found["lines"].splitlines()))

    def as_secrets(found: re.Match[str]) -> str:
        lines = [line.replace(": ", "=", 1) for line in found["lines"].splitlines()]
        return place(found, edit_list(step, "secrets", "container-secrets", lines))

    if is_call:
        paste = ADDED_SECRETS.sub(as_secrets, paste)
    else:
        paste = ADDED_VARIABLE.sub(as_variables, paste)
    fitted = NO_SNIPPET.sub("\n\n", ADDED_INPUT.sub(as_input, paste)).strip("\n")
    return GOES_ON.sub("# ", fitted)


def _in_call(found: re.Match[str], given: set[str]) -> str:
    """Return what gives the secrets to rehearsal.yml: `container-secrets`, NAME=value a line."""
    lines = [line.replace(": ", "=", 1) for line in found["lines"].splitlines()]
    where = f"# {found['lead']}in {found['file']}, under the job's secrets:, "
    if "secrets" not in given:
        text = "\n".join(f"  {line}" for line in lines)
        return f"{where}add:\ncontainer-secrets: |\n{text}"
    text = "\n".join(lines)
    return f"{where}{_add_line(text)} (after container-secrets: |):\n{text}"


def _in_given_input(found: re.Match[str], given: set[str]) -> str:
    name, value = found["name"], found["value"]
    if name not in given:
        return found[0]
    where = f"# {found['lead']}in {found['file']}, in the {found['owner']}'s input {name}, "
    if INPUTS[name].type.is_list:
        return f"{where}{_add_line(_text(value))} (after {name}: |):\n{_text(value)}"
    return f"{where}write instead:\n{name}: {value}"


def _as_flag(found: re.Match[str], given: set[str]) -> str:
    name, value = found["name"], _text(found["value"])
    where = f"# {found['lead']}on the command line, "
    kind = INPUTS[name].type
    if not kind.is_list or kind is SCRIPT:
        todo = f"write instead of --{name}" if name in given else "add"
        return f"{where}{todo}:\n{flag_line(name, value)}"
    # The flag of a list can be repeated.
    parts = [value] if "<<" in value else value.split("\n")
    flags = "\n".join(flag_line(name, part) for part in parts)
    variable = VARIABLE.match(value) if name in given and len(parts) == 1 else None
    todo = f"add, or change that of {variable[1]} to it" if variable else "add"
    return f"{where}{todo}:\n{flags}"


def _as_export(found: re.Match[str]) -> str:
    names = (line.partition(":")[0] for line in found["lines"].splitlines())
    lines = "\n".join(f"export {name}=VALUE" for name in names)
    return f"# {found['lead']}before the command:\n{lines}"


def _add_line(value: str) -> str:
    if "\n" in value:
        return "add these lines"
    variable = VARIABLE.match(value)
    return "add this line" + (f", or change that of {variable[1]} to it" if variable else "")


def _text(value: str) -> str:
    """Return the text that YAML means."""
    if value.startswith("|\n"):
        return "\n".join(line.removeprefix("  ") for line in value.splitlines()[1:])
    return value[1:-1] if value[0] == value[-1] == "'" else value
