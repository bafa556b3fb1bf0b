"""Make the draft of a workflow's step from the survey of a repository."""

from collections.abc import Iterator

from rehearsal.commands.init.app_port import port_lines
from rehearsal.commands.init.app_variables import variable_lines
from rehearsal.commands.init.build_arguments import build_argument_lines, build_argument_notes
from rehearsal.commands.init.companions import companion_lines, worker_notes
from rehearsal.commands.init.displays import display_lines, display_notes
from rehearsal.commands.init.django_settings import django_notes
from rehearsal.commands.init.input_line import Draft, InputLine
from rehearsal.commands.init.live_servers import live_server_notes
from rehearsal.commands.init.new_requirements import new_requirements
from rehearsal.commands.init.ready_path import ready_lines
from rehearsal.commands.init.setup_commands import setup_lines
from rehearsal.commands.init.suites import suite_lines, suite_notes
from rehearsal.commands.init.survey import Survey
from rehearsal.config.input_table import INPUTS
from rehearsal.config.input_types import SCRIPT
from rehearsal.regex import regex
from rehearsal.source.project_files import join

# Inputs that give the app a variable.
GIVING = frozenset({"env", "secrets", "generate-secrets"})
# Their names become keys of YAML, and parts of expressions.
NAMES_ONLY = frozenset({"secrets", "generate-secrets"})
VARIABLE_NAME = regex(r"[A-Za-z_][A-Za-z0-9_]*")
# GitHub would evaluate an expression, and each line of a list is one item.
EXPRESSION = "${{"
NOT_WRITTEN = "The value of {} cannot be written as plain text on one line. Write it yourself. {}"


def make_draft(survey: Survey) -> Draft:
    """Return the draft. It has only inputs whose defaults do not fit."""
    found = [
        *_build_lines(survey),
        *build_argument_lines(survey),
        *port_lines(survey),
        *_app_lines(survey),
    ]
    found += [*suite_lines(survey), *display_lines(survey)]
    lines = [each for each in found if _can_be_written(each)]
    return Draft(
        lines=tuple(lines),
        secret_names=tuple(
            dict.fromkeys(
                each.text for each in lines if each.name == "secrets" and "=" not in each.text
            )
        ),
        files=tuple(filter(None, [new_requirements(survey)])),
        notes=(
            *_notes(survey),
            *(NOT_WRITTEN.format(each.name, each.why) for each in found if each not in lines),
        ),
    )


def _can_be_written(line: InputLine) -> bool:
    is_script = INPUTS[line.name].type is SCRIPT
    name = line.text.partition("=")[0]
    if line.name in NAMES_ONLY and not VARIABLE_NAME.fullmatch(name):
        return False
    parts = line.text.split("\n") if is_script else [line.text]
    return EXPRESSION not in line.text and all(part.isprintable() for part in parts)


def _build_lines(survey: Survey) -> Iterator[InputLine]:
    choice, path = survey.choice, survey.choice.dockerfile.path
    chosen = _chosen(survey)
    if survey.directory != ".":
        why = f"The tests in {survey.suite} run from this folder."
        yield InputLine(name="working-directory", text=survey.directory, why=why)
    context = survey.from_directory(choice.context)
    if context != ".":
        why = f"{path} copies its files from this folder."
        if path == join(choice.context, "Dockerfile"):
            why = " ".join(filter(None, (why, chosen)))
        yield InputLine(name="context", text=context, why=why)
    if path != join(choice.context, "Dockerfile"):
        yield InputLine(name="dockerfile", text=survey.from_directory(path), why=chosen)
    if choice.target:
        last = choice.dockerfile.final()
        why = f"{path}: the last stage, {last.name if last else ''}, is not for production."
        yield InputLine(name="target", text=choice.target, why=why)


def _chosen(survey: Survey) -> str:
    """Return the sentence about the Dockerfiles that were not chosen, empty without any."""
    others = survey.choice.others
    shown = ", ".join(others[:3]) + (", …" if others[3:] else "")
    return f"This Dockerfile seems to be for production. Not chosen: {shown}." if others else ""


def _app_lines(survey: Survey) -> Iterator[InputLine]:
    by = f"{survey.setup.app.path} starts" if survey.setup.app else ""
    for word in survey.command:
        why = f"{by} the app with this command." if by else ""
        yield InputLine(name="command", text=word, why=why)
    beside = list(companion_lines(survey))
    yield from beside
    given = {each.text.partition("=")[0] for each in beside if each.name in GIVING}
    yield from variable_lines(survey, given)
    yield from setup_lines(survey)
    yield from ready_lines(survey)


def _notes(survey: Survey) -> Iterator[str]:
    yield from build_argument_notes(survey)
    if survey.shape.django:
        yield from _other_projects(survey, survey.shape.django.manage)
        yield from django_notes(survey.shape.django, survey.container)
    yield from worker_notes(survey)
    yield from suite_notes(survey)
    yield from display_notes(survey)
    yield from live_server_notes(survey)


def _other_projects(survey: Survey, taken: str) -> Iterator[str]:
    """Yield a note if the repository has further Django projects."""
    others = [
        join(folder, "manage.py")
        for folder in survey.project.nearest_first()
        if survey.project.has(folder, "manage.py") and join(folder, "manage.py") != taken
    ]
    if taken and others:
        yield (
            f"The workflow uses {taken}, and there is also {others[0]}. If the image runs "
            f"{others[0]}, change the paths in the inputs."
        )
