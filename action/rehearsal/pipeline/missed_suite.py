"""The warning of a rehearsal that ran no test, although the project has some."""

import os
from pathlib import Path

from rehearsal.config.rehearsal_plan import Plan
from rehearsal.outside.files import list_folders, read_text
from rehearsal.source.project_files import ProjectFiles
from rehearsal.source.suite_command import guess_command
from rehearsal.source.suite_finder import find_django_folder, find_suite

NO_TESTS_RAN = "No tests ran: test-command is empty."
# `src/tests/e2e/login` is four folders below the working directory.
SEARCH_DEPTH = 4


def missed_suite_warning(plan: Plan) -> str:
    """Return what to write so that the project's tests run, or an empty text if it has none.

    The plan has no test command. Each line of YAML in the text can be pasted into the step.
    """
    project = ProjectFiles(
        folders=list_folders(plan.directory, SEARCH_DEPTH),
        read=lambda path: read_text(plan.directory / path) or "",
    )
    if folder := find_django_folder(project):
        found = f"But {folder} has manage.py and functional_tests."
        lines = _lines_for_directory(plan, plan.directory / folder)
        end = _about_relative_paths(plan, folder)
    elif folder := find_suite(project):
        found = f"But {folder} has tests."
        command = guess_command(project, folder)
        lines = [f"test-command: {command.text}"] if command.text else []
        end = "The tests find the app at $REHEARSAL_URL."
        if command.requirements:
            lines.append(f"test-requirements: {command.requirements}")
        elif command.packages:
            end = (
                f"Name in test-requirements a file that lists {', '.join(command.packages)}. {end}"
            )
    else:
        return ""
    todo = (
        "Write in the step's with:" if lines else "Name in test-command the command that runs them."
    )
    return "\n".join(filter(None, (f"{NO_TESTS_RAN} {found} {todo}", *lines, end)))


def _lines_for_directory(plan: Plan, directory: Path) -> list[str]:
    """Return the inputs that make a folder the working directory, and build the same image."""
    lines = [f"working-directory: {os.path.relpath(directory, plan.top.resolve())}"]
    build = plan.build
    if plan.image and not build.dockerfile.is_file():
        return lines
    # With an image, too: rehearsal.yml gives its jobs the image that it has built.
    context = os.path.relpath(build.context, directory)
    if context != os.path.relpath(build.context, plan.directory):
        lines.append(f"context: {context}")
    if build.dockerfile != build.context / "Dockerfile":
        lines.append(f"dockerfile: {os.path.relpath(build.dockerfile, directory)}")
    return lines


def _about_relative_paths(plan: Plan, folder: str) -> str:
    names = []
    if any(volume.startswith(".") for volume in plan.container.volumes):
        names.append("volumes")
    if plan.suite.reports_glob:
        names.append("test-reports")
    return f"Relative paths in {' and '.join(names)} then start in {folder}." if names else ""
