"""How the tests of a project are run, and told where the app is."""

import pytest

from rehearsal.commands.init.browser_tests import find_browser_tests

from .projects import BROWSER_TEST, STARTPROJECT, draft_of, project_of

APP = {
    "Dockerfile": 'FROM node:22\nWORKDIR /app\nCOPY . .\nEXPOSE 3000\nCMD ["node", "server.js"]\n',
    "server.js": "app.get('/', home);\n",
}
PLAYWRIGHT = APP | {
    "package.json": '{"devDependencies": {"@playwright/test": "^1.5"}}',
    "package-lock.json": "{}",
    "playwright.config.ts": "export default { testDir: './tests', use: { baseURL: URL } };\n",
    "tests/home.spec.ts": "test('greets', async ({ page }) => { await page.goto('/'); });\n",
}
CYPRESS = APP | {
    "package.json": '{"devDependencies": {"cypress": "^14"}}',
    "cypress.config.js": "module.exports = { e2e: { baseUrl: 'http://localhost:3000' } };\n",
    "cypress/e2e/home.cy.js": "it('greets', () => cy.visit('/'));\n",
}
PAGE_TEST = "def test_greets(page):\n    page.goto('/')\n"
PYPROJECT = '[dependency-groups]\ntest = ["pytest-playwright>=0.7", {include-group = "x"}]\n'


def test_playwright__its_browser_is_installed() -> None:
    read = {"playwright.config.ts": "  testDir: './tests', baseURL: process.env.BASE_URL ?? 'x'\n"}
    draft = draft_of(PLAYWRIGHT | read)
    assert draft.inputs()["test-command"] == (
        'export BASE_URL="$REHEARSAL_URL"\n'
        "npm ci && npx playwright install chromium && npx playwright test"
    )
    assert draft.notes == ()


@pytest.mark.parametrize(
    "script, command",
    [
        ("playwright test", "npm run test:ui"),
        ("playwright test --ui", "npx playwright test"),
    ],
)
def test_playwright__a_script_runs_it_unless_it_opens_a_window(script: str, command: str) -> None:
    package = (
        f'{{"scripts": {{"test:ui": "{script}"}}, "devDependencies": {{"@playwright/test": 1}}}}'
    )
    inputs = draft_of(PLAYWRIGHT | {"package.json": package}).inputs()
    assert inputs["test-command"] == f"npm ci && npx playwright install chromium && {command}"


def test_playwright__an_app_of_its_own_is_a_note() -> None:
    config = "export default {\n  testDir: 'tests',\n  webServer: { command: 'npm start' },\n};\n"
    (note,) = draft_of(PLAYWRIGHT | {"playwright.config.ts": config}).notes
    assert note.startswith("playwright.config.ts has webServer")


IMPORT = "import { test } from '@playwright/test';\n"


@pytest.mark.parametrize(
    "files, suite",
    [
        ({"e2e/web/a.spec.ts": IMPORT, "e2e/web/b/c.spec.ts": IMPORT}, "e2e/web"),
        ({"a/one.spec.ts": IMPORT, "b/two.spec.ts": IMPORT, "src/unit.test.ts": ""}, "."),
        ({"home.spec.ts": IMPORT, "a/one.spec.ts": IMPORT}, "."),
        ({"src/unit.test.ts": "import test from 'vitest';\n"}, "."),
    ],
    ids=["below one folder", "in two folders", "beside the config", "none imports it"],
)
def test_find_browser_tests__a_config_that_names_no_folder(
    files: dict[str, str], suite: str
) -> None:
    config = {"playwright.config.ts": "export default { use: {} };\n"}
    assert find_browser_tests(project_of(config | files)) == suite


def test_cypress__takes_the_address_from_its_variable() -> None:
    inputs = draft_of(CYPRESS).inputs()
    assert inputs["test-command"] == (
        'export CYPRESS_BASE_URL="$REHEARSAL_URL"\nnpm install && npx cypress run'
    )
    assert "host-port" not in inputs


def test_pytest_playwright__gets_the_address_by_its_option() -> None:
    draft = draft_of(APP | {"tests/e2e/test_home.py": PAGE_TEST, "pyproject.toml": PYPROJECT})
    assert draft.inputs()["test-command"] == (
        "python -m playwright install chromium\n"
        'python -m pytest tests/e2e --base-url "$REHEARSAL_URL"'
    )
    (file,) = draft.files
    assert file.path == "tests/e2e/requirements.txt"
    assert file.text.splitlines()[1:] == ["pytest-playwright>=0.7", "pytest"]


@pytest.mark.parametrize(
    "pyproject, selenium",
    [
        ('[project.optional-dependencies]\ne2e = ["Selenium~=4.30"]', "Selenium~=4.30"),
        ('[tool.poetry.group.test.dependencies]\nselenium = "^4.30"', "selenium>=4.30"),
        ('[tool.poetry.group.test.dependencies]\nselenium = {version = "4"}', "selenium"),
        ('[tool.poetry.dev-dependencies]\nselenium = ">=4,<5"', "selenium>=4,<5"),
        ("[tool", "selenium"),
        ("project = 1\ntool = 1\ndependency-groups = 1", "selenium"),
    ],
)
def test_new_requirements__versions_of_a_group(pyproject: str, selenium: str) -> None:
    files = APP | {"tests/e2e/test_home.py": BROWSER_TEST, "pyproject.toml": pyproject}
    (file,) = draft_of(files).files
    assert file.text.splitlines()[1:] == [selenium]


def test_browser_tests__in_a_folder_of_any_name() -> None:
    files = APP | {"checks/test_home.py": BROWSER_TEST}
    command = draft_of(files).inputs()["test-command"]
    assert command == "python -m unittest discover -s checks"


def test_browser_tests__among_others_are_a_note() -> None:
    files = APP | {"tests/test_home.py": BROWSER_TEST, "tests/test_models.py": "import unittest\n"}
    draft = draft_of(files)
    assert "test-command" not in draft.inputs()
    (note,) = draft.notes
    assert note.startswith("tests/test_home.py is a browser test in a folder with other tests.")


def test_address__is_given_by_the_name_that_the_tests_read() -> None:
    test = BROWSER_TEST.replace("REHEARSAL_URL", "APP_URL")
    inputs = draft_of(APP | {"tests/e2e/test_home.py": test}).inputs()
    assert inputs["test-command"].splitlines()[0] == 'export APP_URL="$REHEARSAL_URL"'
    django = STARTPROJECT["functional_tests/test_visitor.py"].replace("REHEARSAL_URL", "SITE_HOST")
    inputs = draft_of(STARTPROJECT | {"functional_tests/test_visitor.py": django}).inputs()
    assert inputs["test-command"] == (
        'export SITE_HOST="$TEST_SERVER"\npython manage.py test functional_tests'
    )


def test_address__a_fixed_port_is_that_of_the_host() -> None:
    test = BROWSER_TEST.replace('os.environ["REHEARSAL_URL"]', '"http://localhost:5000/"')
    inputs = draft_of(APP | {"tests/e2e/test_home.py": test}).inputs()
    assert inputs["host-port"] == "5000"
