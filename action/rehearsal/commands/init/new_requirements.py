"""A requirements file for tests whose packages no file of the repository lists."""

import posixpath
from collections.abc import Iterator

from rehearsal.commands.init.declared_versions import with_version
from rehearsal.commands.init.input_line import NewFile
from rehearsal.commands.init.survey import Survey
from rehearsal.commands.init.tests_address import PAGE
from rehearsal.source.project_files import ProjectFiles, join, upwards
from rehearsal.source.suite_command import SuiteCommand, guess_command, lists_all

FILE = "requirements.txt"


def find_requirements(survey: Survey) -> str:
    """Return the path of the file that lists the packages of the tests, empty if there is none."""
    project, suite = survey.project, survey.suite
    command = guess_command(project, suite)
    own = join(suite, FILE)
    if project.has(suite, FILE) and lists_all(project, own, command.packages):
        return own
    return command.requirements


def new_requirements(survey: Survey) -> NewFile | None:
    """Return the file to write beside the tests, None if none is needed or one is there already."""
    command = guess_command(survey.project, survey.suite) if survey.suite else SuiteCommand()
    if not command.packages or find_requirements(survey):
        return None
    if survey.project.has(survey.suite, FILE):
        return None
    lines = [f"# What the tests in {survey.suite} import: written by rehearse init."]
    listed: list[str] = []
    # Django's test runner imports the settings, which need the packages of the app.
    if "django" in command.packages and (app := _app_requirements(survey.project, survey.suite)):
        lines.append(f"-r {posixpath.relpath(app, survey.suite)}")
        listed = [each for each in command.packages if lists_all(survey.project, app, [each])]
    lines += (
        with_version(survey.project, survey.suite, each)
        for each in _with_plugins(survey, command.packages)
        if each not in listed
    )
    return NewFile(path=join(survey.suite, FILE), text="\n".join(lines) + "\n")


def _with_plugins(survey: Survey, packages: tuple[str, ...]) -> Iterator[str]:
    """Yield the packages; tests with the fixture `page` get pytest-playwright for playwright."""
    texts = (survey.project.read(path) for path in survey.project.below(survey.suite))
    has_page = "pytest" in packages and any(PAGE.search(text) for text in texts)
    if has_page and "playwright" not in packages:
        yield "pytest-playwright"
    for each in packages:
        yield "pytest-playwright" if has_page and each == "playwright" else each


def _app_requirements(project: ProjectFiles, suite: str) -> str:
    """Return the nearest requirements file that lists Django, empty if there is none."""
    paths = (join(folder, FILE) for folder in upwards(suite) if project.has(folder, FILE))
    return next((path for path in paths if lists_all(project, path, ["django"])), "")
