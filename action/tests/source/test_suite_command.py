from pathlib import PurePosixPath

import pytest

from rehearsal.source.project_files import ProjectFiles
from rehearsal.source.suite_command import SuiteCommand, guess_command

SELENIUM = "import os, unittest as u, re\nfrom selenium import webdriver\n"
PLAYWRIGHT = "from playwright.sync_api import Page\ndef test_it(page: Page): ...\n"
DJANGO = "from django.test import LiveServerTestCase\n"


def guess(files: dict[str, str], folder: str) -> SuiteCommand:
    folders: dict[str, tuple[str, ...]] = {".": ()}
    for path in map(PurePosixPath, files):
        for parent in map(str, path.parents):
            folders.setdefault(parent, ())
        folders[str(path.parent)] += (path.name,)
    return guess_command(ProjectFiles(folders=folders, read=files.__getitem__), folder)


@pytest.mark.parametrize(
    "files, text",
    [
        pytest.param({"e2e/test_a.py": PLAYWRIGHT}, "python -m pytest e2e", id="pytest"),
        pytest.param(
            {"e2e/test_a.py": SELENIUM}, "python -m unittest discover -s e2e", id="unittest"
        ),
        pytest.param(
            {"e2e/test_a.py": f"import pytest\n{SELENIUM}"}, "python -m pytest e2e", id="both"
        ),
        pytest.param(
            {"e2e/test_a.py": "from rehearsal_testing.testcase import BrowserTestCase"},
            "python -m unittest discover -s e2e",
            id="our-base-class",
        ),
        pytest.param(
            {"tests/__init__.py": "", "tests/e2e/__init__.py": "", "tests/e2e/test_a.py": SELENIUM},
            "python -m unittest discover -s tests/e2e -t .",
            id="package",
        ),
        pytest.param(
            {"e2e/a_test.py": SELENIUM},
            "python -m unittest discover -s e2e -p '*_test.py'",
            id="named-last",
        ),
        pytest.param(
            {"manage.py": "", "tests/e2e/test_a.py": DJANGO},
            "python manage.py test tests/e2e",
            id="django",
        ),
        pytest.param(
            {"src/manage.py": "", "src/e2e/a_test.py": DJANGO},
            "cd src && python manage.py test e2e --pattern '*_test.py'",
            id="django-below",
        ),
        pytest.param({"e2e/test_a.py": DJANGO}, "python -m pytest e2e", id="no-manage-py"),
        pytest.param(
            {"manage.py": "", "e2e/test_a.py": SELENIUM},
            "python -m unittest discover -s e2e",
            id="django-app-other-tests",
        ),
        pytest.param(
            {"my app/e2e/test_a.py": PLAYWRIGHT}, "python -m pytest 'my app/e2e'", id="space"
        ),
        pytest.param(
            {"package.json": '{"scripts": {"e2e": "x"}}', "package-lock.json": "",
             "e2e/a.spec.ts": ""},
            "npm ci && npm run e2e",
            id="npm-script",
        ),
        pytest.param(
            {"web/package.json": '{"devDependencies": {"@playwright/test": "1"}}',
             "web/yarn.lock": "", "web/e2e/a.spec.ts": ""},
            "cd web && yarn install --frozen-lockfile && yarn run playwright test",
            id="playwright",
        ),
        pytest.param(
            {"package.json": '{"devDependencies": {"cypress": "1"}}', "cypress/a.cy.js": ""},
            "npm install && npx cypress run",
            id="cypress",
        ),
        pytest.param({"package.json": "{}", "e2e/a.spec.ts": ""}, "", id="no-script"),
        pytest.param({"package.json": "[", "e2e/a.spec.ts": ""}, "", id="no-json"),
        pytest.param({"package.json": "[]", "e2e/a.spec.ts": ""}, "", id="a-list"),
        pytest.param({"spec/system/a_spec.rb": ""}, "", id="ruby"),
    ],
)  # fmt: skip
def test_guess_command__text(files: dict[str, str], text: str) -> None:
    *_, path = map(PurePosixPath, files)
    assert guess(files, str(path.parent)).text == text


@pytest.mark.parametrize(
    "requirements, found",
    [
        ({"e2e/requirements.txt": "pytest\nplaywright"}, "e2e/requirements.txt"),
        ({"requirements-dev.txt": "pytest-playwright"}, "requirements-dev.txt"),
        ({"dev-requirements.txt": "pytest\nPlaywright"}, "dev-requirements.txt"),
        ({"requirements/test.txt": "pytest\nplaywright"}, "requirements/test.txt"),
        ({"requirements.txt": "flask", "test_requirements.txt": "pytest\nplaywright"},
         "test_requirements.txt"),
        ({"requirements.txt": "pytest\nplaywright", "e2e/requirements.txt": "pytest\nplaywright"},
         "e2e/requirements.txt"),
        ({"requirements/base.txt": "playwright", "requirements/local.txt": "-r base.txt\npytest"},
         "requirements/local.txt"),
        ({"requirements.txt": "playwright", "ci/requirements.txt": "-r ../requirements.txt\npytest",
          "dev-requirements.txt": "-r ci/requirements.txt"}, "dev-requirements.txt"),
        ({"requirements.txt": "flask\npytest"}, ""),
        ({"notes.txt": "pytest\nplaywright"}, ""),
        ({}, ""),
    ],
)  # fmt: skip
def test_guess_command__requirements(requirements: dict[str, str], found: str) -> None:
    command = guess({"e2e/test_a.py": PLAYWRIGHT, **requirements}, "e2e")
    assert command.requirements == found
    assert command.packages == ("playwright", "pytest")


def test_guess_command__no_requirements_for_the_standard_library() -> None:
    command = guess({"e2e/test_a.py": "import unittest", "requirements.txt": "flask"}, "e2e")
    assert (command.packages, command.requirements) == ((), "")
