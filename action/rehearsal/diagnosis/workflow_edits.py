"""How to give an input to the step of a workflow file: which lines to write, and where.

An edit is a place and the text for it, as the comment over a paste has them: "after line 8, add:".
It is empty if the file says that already, None if the file has it in a form that this cannot
change.
"""

from collections.abc import Sequence

from rehearsal.config.given_inputs import HIDDEN
from rehearsal.regex import regex
from rehearsal.source.workflow_step import Entry, Section, WorkflowStep

# In a line that begins a value of several lines, which are no items of a list.
SEVERAL_LINES = "<<"
# A line that names a variable, an option or a service's variable (with a value or without), which
# counts once.
VARIABLE = regex(r"([\w-]+(?==)|[\w-]+\.\w+(?==|<<|$))")


def edit_key(step: WorkflowStep, section: str, name: str, value: str) -> str | None:
    """Return the edit that gives a key its value in `with:`, `env:` or `secrets:`.

    `value` is YAML.
    """
    found = step.sections.get(section)
    if found is None:
        inner = " " * (step.indent + 2)
        text = f"{' ' * step.indent}{section}:\n{_indented(f'{name}: {value}', inner)}"
        return f"after line {step.line}, add:\n{text}"
    text = _indented(f"{name}: {value}", " " * found.indent)
    entry = found.find(name)
    if entry is None:
        return f"after line {found.line}, add:\n{text}"
    if entry.is_block is not False:
        return None
    if value.strip("'") == entry.parts[0][1]:
        return ""
    return f"instead of line {entry.line}, write:\n{text}"


def edit_list(step: WorkflowStep, section: str, name: str, lines: Sequence[str]) -> str | None:
    """Return the edit that adds lines to an input that has one item a line.

    A line for the same variable is replaced.
    """
    found = step.sections.get(section)
    entry = found.find(name) if found else None
    if found is None or entry is None:
        value = lines[0] if len(lines) == 1 else "\n  ".join(("|", *lines))
        return edit_key(step, section, name, value)
    there = [text for _, text in entry.parts]
    is_odd = any(HIDDEN in text or SEVERAL_LINES in text for text in (*there, *lines))
    if entry.is_block is None or is_odd:
        return None
    new = [line for line in lines if line not in there]
    return _with_lines(found, entry, new) if new else ""


def _with_lines(section: Section, entry: Entry, lines: Sequence[str]) -> str:
    names = {variable[1] for line in lines if (variable := VARIABLE.match(line))}
    replaced = [each for each in entry.parts if _variable(each[1]) in names]
    inner = " " * entry.indent
    if entry.is_block and not replaced:
        return f"after line {entry.line}, add:\n" + "\n".join(f"{inner}{line}" for line in lines)
    if entry.is_block and len(replaced) == len(lines) == 1:
        return f"instead of line {replaced[0][0]}, write:\n{inner}{lines[0]}"
    kept = [text for _, text in entry.parts if text and _variable(text) not in names]
    return _rewritten(section, entry, [*lines, *kept])


def edit_variables(step: WorkflowStep, lines: Sequence[str]) -> str:
    """Return the edit that adds `NAME: value` lines to `env:`."""
    found = step.sections.get("env")
    lines = [line for line in lines if not (found and found.find(line.partition(":")[0]))]
    if not lines:
        return ""
    if found is None:
        text = _indented("\n  ".join(("env:", *lines)), " " * step.indent)
        return f"after line {step.line}, add:\n{text}"
    return f"after line {found.line}, add:\n" + _indented("\n".join(lines), " " * found.indent)


def _rewritten(section: Section, entry: Entry, lines: Sequence[str]) -> str:
    where = (
        f"line {entry.line}" if entry.line == entry.last else f"lines {entry.line} to {entry.last}"
    )
    value = lines[0] if len(lines) == 1 and not entry.is_block else "\n  ".join(("|", *lines))
    text = _indented(f"{entry.name}: {value}", " " * section.indent)
    return f"instead of {where}, write:\n{text}"


def _variable(text: str) -> str:
    found = VARIABLE.match(text)
    return found[1] if found else ""


def _indented(text: str, indent: str) -> str:
    return "\n".join(f"{indent}{line}" for line in text.split("\n"))
