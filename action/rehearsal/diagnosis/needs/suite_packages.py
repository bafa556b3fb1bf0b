"""Packages that the tests import and that their Python does not have."""

import re
from collections.abc import Iterator

from rehearsal.diagnosis.needs.need_context import NeedContext, Proposal
from rehearsal.diagnosis.paste import in_step
from rehearsal.results.next_need import NextNeed
from rehearsal.source.known_packages import SUITE_MODULES, package_of
from rehearsal.source.packages import require_package
from rehearsal.source.suite_command import guess_command
from rehearsal.source.suite_files import suite_files, suite_python
from rehearsal.source.suite_finder import find_suite

IMPORT = r"^[ \t]*(?:from {module}\b|import {module}\b)"


def suite_packages(context: NeedContext) -> Iterator[Proposal]:
    """Yield each package that is certainly missing, with the first line that imports it."""
    given, project = context.given, context.context.shape.project
    if not given.machine or not suite_python(given.tests.command) or given.tests.is_open:
        return
    places = {}
    for path in suite_files(project, given.tests.command):
        for module in SUITE_MODULES:
            found = re.search(IMPORT.format(module=module), project.read(path), re.MULTILINE)
            if found and module not in places:
                line = project.read(path).count("\n", 0, found.start()) + 1
                places[module] = (context.context.place(path), line)
    if given.tests.requirements is None:
        missing = given.machine.missing_modules()
    else:
        text = given.tests.requirements.lower()
        missing = frozenset(
            module for module in places if not re.search(SUITE_MODULES[module], text)
        )
    for module in sorted(missing & set(places)):
        place, line = places[module]
        yield _package(context, module, place, line)


def _package(context: NeedContext, module: str, place: str, line: int) -> Proposal:
    given, project = context.given, context.context.shape.project
    package = package_of(module)
    paste = ""
    if given.tests.requirements is None:
        suite = find_suite(project)
        file = guess_command(project, suite).requirements if suite else ""
        why = "but the Python that runs the tests does not have it"
        hint = f"Write a file that lists {package}, and name it in test-requirements."
        if file:
            named = context.context.from_folder(context.context.place(file))
            hint = f"Name {named}, which lists what the tests need, in test-requirements."
            paste = in_step("test-requirements", named)
    else:
        file = given.tests.file
        why = f"but {file} does not list it, so the tests will not have it"
        hint = f"Add {package} to {file}."
        paste = context.context.describe(require_package(project, file, package))
    return Proposal(
        need=NextNeed(
            id="test-package",
            text=f"{place}:{line} imports {module}, {why}.",
            hint=hint,
            file=place,
            line=line,
        ),
        paste=paste,
    )
