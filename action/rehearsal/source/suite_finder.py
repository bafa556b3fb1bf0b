"""Find the functional tests of a project by the names of its files and folders."""

from pathlib import PurePosixPath

from rehearsal.regex import regex
from rehearsal.source.project_files import ProjectFiles, join

# Names of folders with tests that need a running app, with `-` as `_`.
SUITE_FOLDERS = frozenset(
    f"{kind}{tests}"
    for kind in ("functional", "e2e", "end_to_end", "acceptance", "browser", "selenium", "ui")
    for tests in ("_tests", "_test")
) | {"e2e", "end_to_end", "cypress"}
# The same, below a folder for all kinds of tests.
PARENT_FOLDERS = frozenset({"test", "tests", "spec", "specs"})
SUITE_SUBFOLDERS = frozenset({
    *("functional", "e2e", "end_to_end", "acceptance", "browser", "selenium", "system", "ui"),
})  # fmt: skip
TEST_FILE = regex(
    r"(test.*|.*_test)\.py|.*[._-](test|spec|cy|e2e)\.\w+|.*Tests?\.\w+|.*\.(feature|robot)"
)


def find_django_folder(project: ProjectFiles) -> str:
    """Return the nearest folder with manage.py and functional_tests, or an empty string."""
    found = (
        folder
        for folder in project.nearest_first()
        if project.has(folder, "manage.py") and join(folder, "functional_tests") in project.folders
    )
    return next(found, "")


def find_suite(project: ProjectFiles) -> str:
    """Return the nearest folder with functional tests, or an empty string."""
    found = (
        folder
        for folder in project.nearest_first()
        if _is_suite(PurePosixPath(folder)) and find_tests(project, folder)
    )
    return next(found, "")


def find_tests(project: ProjectFiles, folder: str) -> list[str]:
    """Return the paths of the files with tests in a folder."""
    return [path for path in project.below(folder) if TEST_FILE.fullmatch(PurePosixPath(path).name)]


def _is_suite(folder: PurePosixPath) -> bool:
    name = folder.name.lower().replace("-", "_")
    return name in SUITE_FOLDERS or (
        name in SUITE_SUBFOLDERS and folder.parent.name.lower() in PARENT_FOLDERS
    )
