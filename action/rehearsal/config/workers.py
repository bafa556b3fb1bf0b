"""Read the input workers."""

import re
import shlex

from rehearsal.config.inputs import Inputs
from rehearsal.config.named_lines import NO_COMMENTS, NamedLine, read_named_lines
from rehearsal.config.rehearsal_plan import WorkerPlan
from rehearsal.regex import regex
from rehearsal.verdict import MisconfiguredError

FORM = "NAME=ARGUMENTS, like worker=celery -A config worker"
# What a shell would understand; here it would reach the program as an argument.
SHELL_WORD = regex(r"(?<!\S)(&&|\|\|?|;|&|[0-9]?>>?|<)(?!\S)")


def read_worker_lines(inputs: Inputs) -> dict[str, NamedLine]:
    """Return the lines of workers by name. Raises `MisconfiguredError`."""
    return read_named_lines(inputs, "workers", FORM)


def read_worker(line: NamedLine) -> WorkerPlan:
    """Return the worker that a line describes. Raises `MisconfiguredError`."""
    name, where = line.name, f"workers, line {line.line}"
    try:
        words = shlex.split(line.text)
    except ValueError:
        raise MisconfiguredError(
            f"{where}: the arguments of {name} cannot be split into words.",
            hint="A quote is not closed, or a backslash stands at the end.",
        ) from None
    if len(words) == 1 and re.search(r"\s", words[0]):
        raise MisconfiguredError(
            f"{where}: all arguments of {name} are in quotes, so they are one word, the name "
            "of a program.",
            hint="Remove the quotes around them.",
        )
    if any(word.startswith("#") for word in words) and re.search(r"\s#", line.text):
        raise MisconfiguredError(
            f"{where}: a # begins a comment, which would reach {name} as arguments.",
            hint=NO_COMMENTS,
        )
    if (found := SHELL_WORD.search(line.text)) and found[1] in words:
        raise MisconfiguredError(
            f"{where}: no shell reads the arguments of {name}, so {found[1]} would be one of them.",
            hint=f"If a shell has to read them, write {name}=sh -c '…'.",
        )
    return WorkerPlan(name=name, command=tuple(words))
