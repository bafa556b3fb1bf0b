"""What to paste so that a step of the build that failed succeeds."""

import re

from rehearsal.diagnosis.django_static import needed_in_build
from rehearsal.diagnosis.facts import FAILED_STEP, PACKAGE_IS_A_FILE
from rehearsal.diagnosis.missing_variables import missing_variables
from rehearsal.diagnosis.proposal_context import Context
from rehearsal.regex import regex
from rehearsal.source.build_log import FailedStep, find_line
from rehearsal.source.command_line import LIST, CommandLine, instruction_command
from rehearsal.source.dockerfile import Instruction
from rehearsal.source.servers import OPERATORS

MANAGES = regex(r"(?:^|/)(?:manage\.py|django-admin)$")


def build_variable(context: Context) -> str:
    """Return the RUN that failed in the build, with the variables that it misses.

    Django's settings may need more than the one that the error names.
    """
    names = [line.partition(" ")[2] for line in missing_variables(context.facts)]
    command = _failed_command(context)
    if not names or not command or command.joined_by == LIST:
        return ""
    values = dict.fromkeys(names, "only-for-the-build") | _more(context, command, names)
    text = " ".join(f"{name}={value}" for name, value in values.items())
    return context.describe([command.insert_before(_python_part(command), text)])


def _more(context: Context, command: CommandLine, names: list[str]) -> dict[str, str]:
    """Return the other variables that the settings need in the RUN that failed, with values."""
    dockerfile, django, run = context.shape.dockerfile, context.shape.django, _failed_run(context)
    if not dockerfile or not django or not run:
        return {}
    if not any(MANAGES.search(word) for word in command.texts):
        return {}
    stage = next(each for each in dockerfile.stages if run in each.instructions)
    known = dockerfile.environment(stage, before=run.line)
    given = {*names, *(word.partition("=")[0] for word in command.texts if "=" in word)}
    needed = needed_in_build(django, known)
    return {name: value for name, value in needed.items() if name not in given}


def requirements_option(context: Context) -> str:
    """Return the RUN that failed in the build, with the -r that pip misses before a file."""
    command = _failed_command(context)
    found = re.search(PACKAGE_IS_A_FILE, context.facts.text(FAILED_STEP), re.MULTILINE)
    if not command or not found or found["file"] not in command.texts:
        return ""
    return context.describe([command.insert_before(command.texts.index(found["file"]), "-r")])


def _failed_command(context: Context) -> CommandLine | None:
    """Return the command of the RUN that failed in the build."""
    dockerfile, run = context.shape.dockerfile, _failed_run(context)
    return (
        instruction_command(dockerfile.text, dockerfile.path, run) if dockerfile and run else None
    )


def _failed_run(context: Context) -> Instruction | None:
    dockerfile = context.shape.dockerfile
    lines = context.facts.lines.get(FAILED_STEP, ())
    if not dockerfile or not lines:
        return None
    number = find_line(dockerfile.text, FailedStep(instruction=lines[0]))
    runs = (each for stage in dockerfile.stages for each in stage.all("RUN"))
    return next((each for each in runs if each.line == number), None)


def _python_part(command: CommandLine) -> int:
    """Return the index of the first word of the command that runs Python, 0 if none does."""
    begin = found = 0
    for index, word in enumerate(command.texts):
        if word in OPERATORS:
            begin = index + 1
        elif re.search(r"python|manage\.py|django-admin", word):
            found = begin
    return found
