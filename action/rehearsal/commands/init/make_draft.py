"""Make the draft of a workflow's step from what the repository shows."""

from collections.abc import Iterator

from rehearsal.commands.init.app_port import port_lines
from rehearsal.commands.init.app_variables import variable_lines
from rehearsal.commands.init.companions import companion_lines
from rehearsal.commands.init.displays import display_lines, display_notes
from rehearsal.commands.init.django_settings import django_notes
from rehearsal.commands.init.input_line import Draft, InputLine
from rehearsal.commands.init.live_servers import live_server_notes
from rehearsal.commands.init.new_requirements import new_requirements
from rehearsal.commands.init.ready_path import ready_lines
from rehearsal.commands.init.setup_commands import setup_lines
from rehearsal.commands.init.suites import suite_lines, suite_notes
from rehearsal.commands.init.survey import Survey
from rehearsal.source.project_files import join

# Inputs that give the app a variable.
GIVING = frozenset({"env", "secrets", "generate-secrets"})


def make_draft(survey: Survey) -> Draft:
    """Return the draft: only what the action's defaults do not say."""
    lines = [*_build_lines(survey), *port_lines(survey), *_app_lines(survey)]
    lines += [*suite_lines(survey), *display_lines(survey)]
    return Draft(
        lines=tuple(lines),
        secret_names=tuple(
            dict.fromkeys(
                each.text for each in lines if each.name == "secrets" and "=" not in each.text
            )
        ),
        files=tuple(filter(None, [new_requirements(survey)])),
        notes=(*_notes(survey),),
    )


def _build_lines(survey: Survey) -> Iterator[InputLine]:
    choice, path = survey.choice, survey.choice.dockerfile.path
    if survey.directory != ".":
        why = f"The tests in {survey.suite} start there."
        yield InputLine(name="working-directory", text=survey.directory, why=why)
    context = survey.from_directory(choice.context)
    if context != ".":
        why = f"{path} copies its files from there."
        yield InputLine(name="context", text=context, why=why)
    if path != join(choice.context, "Dockerfile"):
        why = ""
        if choice.others:
            shown = ", ".join(choice.others[:3]) + (", …" if choice.others[3:] else "")
            why = f"Chosen for production; the others are {shown}."
        yield InputLine(name="dockerfile", text=survey.from_directory(path), why=why)
    if choice.target:
        last = choice.dockerfile.final()
        why = f"{path}: its last stage, {last.name if last else ''}, is not that of production."
        yield InputLine(name="target", text=choice.target, why=why)


def _app_lines(survey: Survey) -> Iterator[InputLine]:
    for word in survey.command:
        why = f"{survey.setup.app.path} starts the app so." if survey.setup.app else ""
        yield InputLine(name="command", text=word, why=why)
    beside = list(companion_lines(survey))
    yield from beside
    given = {each.text.partition("=")[0] for each in beside if each.name in GIVING}
    yield from variable_lines(survey, given)
    yield from setup_lines(survey)
    yield from ready_lines(survey)


def _notes(survey: Survey) -> Iterator[str]:
    if survey.shape.django:
        yield from django_notes(survey.shape.django, survey.container)
    yield from suite_notes(survey)
    yield from display_notes(survey)
    yield from live_server_notes(survey)
