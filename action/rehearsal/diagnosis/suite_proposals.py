"""Proposals for the tests' own environment on the runner."""

import re

from rehearsal.diagnosis.facts import TEST_ENVIRONMENT
from rehearsal.diagnosis.proposal_context import Context
from rehearsal.results.file_names import TEST_LOG
from rehearsal.source.known_packages import is_known, package_of
from rehearsal.source.packages import require_package
from rehearsal.source.project_files import ProjectFiles

MISSING_MODULE = r"^(?:E +)?ModuleNotFoundError: No module named '([^'\n]+)'"
REQUIREMENTS = (TEST_ENVIRONMENT, r"^requirements (.+)$")
# The file of the app's own packages, which the tests may need, too.
OF_THE_APP = "requirements.txt"


def tests_package(context: Context) -> str:
    """Return how the tests get the package whose Python module they lack.

    Nothing is returned if their requirements name it: then another Python runs the tests.
    """
    project, module = context.shape.project, context.find(TEST_LOG, MISSING_MODULE)
    if not module or own_module(context):
        return ""
    package = package_of(module)
    if given := context.find(*REQUIREMENTS):
        is_there = _names(project, given, package)
        is_sure = is_known(module) and not is_there
        return context.describe(require_package(project, given, package)) if is_sure else ""
    if _names(project, OF_THE_APP, package):
        return context.in_step("test-requirements", OF_THE_APP)
    return ""


def installed_by(context: Context) -> str:
    """Return the tests' requirements if they name the package whose module is missing."""
    module, given = context.find(TEST_LOG, MISSING_MODULE), context.find(*REQUIREMENTS)
    is_there = module and given and _names(context.shape.project, given, package_of(module))
    return context.place(given) if is_there else ""


def own_module(context: Context) -> str:
    """Return the project's folder or file of the Python module that the tests lack."""
    top = context.find(TEST_LOG, MISSING_MODULE).partition(".")[0]
    if not top:
        return ""
    for folder in context.shape.project.nearest_first():
        if folder.rpartition("/")[2] == top:
            return context.place(folder)
        if context.shape.project.has(folder, f"{top}.py"):
            return context.place(f"{folder}/{top}.py")
    return ""


def _names(project: ProjectFiles, file: str, package: str) -> bool:
    """Whether a file of requirements has a package. Source: PEP 503, for names that are equal."""
    parts = re.split(r"[-_.]+", package.partition("[")[0])
    name = "[-_.]+".join(map(re.escape, parts))
    return bool(re.search(rf"^{name}(?![\w.-])", project.read(file), re.MULTILINE | re.IGNORECASE))
