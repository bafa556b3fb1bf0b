"""Find browser tests by what their files import, if no folder has one of the usual names."""

import posixpath
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from rehearsal.regex import regex
from rehearsal.source.project_files import ProjectFiles, join
from rehearsal.source.suite_finder import TEST_FILE

PLAYWRIGHT = regex(r"playwright\.config\.[cm]?[jt]s")
CYPRESS = regex(r"cypress\.config\.[cm]?[jt]s|cypress\.json")
TEST_FOLDER = regex(r"\btestDir\s*:\s*[\"'](?:\./)?(?P<folder>[\w./-]+?)/?[\"']")
IMPORTS_PLAYWRIGHT = regex(r"[\"']@playwright/test[\"']")
DRIVES_BROWSER = regex(
    r"^[ \t]*(?:from|import) (?:selenium|playwright|splinter|rehearsal_testing|seleniumbase)\b",
    re.MULTILINE,
)


def find_browser_tests(project: ProjectFiles) -> str:
    """Return the nearest folder in which all tests drive a browser, empty if there is none."""
    for folder in project.nearest_first():
        for name in project.folders[folder]:
            if PLAYWRIGHT.fullmatch(name):
                found = TEST_FOLDER.search(project.read(join(folder, name)))
                tests = join(folder, found["folder"]) if found else folder
                is_own = tests != folder and tests in project.folders
                return tests if is_own else _playwright_tests(project, folder)
            if CYPRESS.fullmatch(name) and join(folder, "cypress") in project.folders:
                return join(folder, "cypress")
    return next(_python_folders(project), "")


def mixed_tests(project: ProjectFiles) -> str:
    """Return the first browser test in a folder with other tests, empty if there is none."""
    return next(
        (
            path
            for folder in project.nearest_first()
            for path in _tests(project, folder)
            if DRIVES_BROWSER.search(project.read(path))
        ),
        "",
    )


def _playwright_tests(project: ProjectFiles, folder: str) -> str:
    """Return the folder below a config that holds all its tests: it need not name one."""
    tests = [
        posixpath.dirname(path) or "."
        for path in project.below(folder)
        if TEST_FILE.fullmatch(PurePosixPath(path).name)
        and IMPORTS_PLAYWRIGHT.search(project.read(path))
    ]
    return posixpath.commonpath(tests) or "." if tests and "." not in tests else folder


def _python_folders(project: ProjectFiles) -> Iterator[str]:
    for folder in project.nearest_first():
        tests = _tests(project, folder)
        if folder != "." and tests:
            # The driver may be started in a file that all of them import.
            shared = (join(folder, name) for name in project.folders[folder] if name not in tests)
            own = all(DRIVES_BROWSER.search(project.read(path)) for path in tests)
            by_others = any(
                DRIVES_BROWSER.search(project.read(path)) for path in shared if "conftest" in path
            )
            if own or by_others:
                yield folder


def _tests(project: ProjectFiles, folder: str) -> list[str]:
    return [
        join(folder, name)
        for name in project.folders[folder]
        if name.endswith(".py") and TEST_FILE.fullmatch(PurePosixPath(name).name)
    ]
