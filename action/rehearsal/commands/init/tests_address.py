"""How the tests get the app's address, and what has to run before them."""

import re
from collections.abc import Iterator
from dataclasses import replace

from rehearsal.commands.init.browser_tests import CYPRESS, PLAYWRIGHT
from rehearsal.commands.init.input_line import place
from rehearsal.dataclass import dataclass
from rehearsal.regex import regex
from rehearsal.source.project_files import ProjectFiles, join, upwards

# An address that tests open if nothing gives them another one.
FIXED_ADDRESS = regex(r"https?://(?:localhost|127\.0\.0\.1):(?P<port>\d{2,5})")
OUR_ADDRESS = regex(r"\b(?:REHEARSAL_URL|TEST_SERVER)\b|rehearsal_testing|\blive_url\b")
# A variable with the address of the app, as tests read it.
ADDRESS_VARIABLE = regex(
    r"""(?:process\.env\.|(?:environ(?:\.get)?|getenv|env)[\[(]\s*["'])"""
    r"(?P<name>[A-Z][A-Z0-9_]*(?:URL|URI|ADDRESS|ORIGIN|HOST))\b"
)
# The fixture of pytest-base-url, which pytest-playwright and pytest-selenium bring, and its users.
BASE_URL = regex(r"\.goto\(\s*f?[\"'](?:/|\{base_url\})|\bdef test_\w+\([^)]{0,500}\bbase_url\b")
DEFINES_BASE_URL = regex(r"\bdef base_url\b|base_url\s*=|--base-url")
PYTHON_PLAYWRIGHT = regex(r"^[ \t]*(?:from|import) playwright\b", re.MULTILINE)
PAGE = regex(r"\bdef test_\w+\([^)]{0,500}\bpage\b")
WEB_SERVER = regex(r"^[ \t]*webServer\s*:", re.MULTILINE)
WEB_SERVER_NOTE = (
    "{} has webServer, which starts the app without the image. Leave webServer out if "
    "process.env.REHEARSAL_URL is set."
)


@dataclass(frozen=True, kw_only=True)
class TestsAddress:
    """How to give the tests the app's address.

    `before` are lines of shell before the command of the tests, `after` is text behind it.
    `fixed_port` is the only port that the tests can open, and `where` the line that names it; both
    are empty if there is none. `is_playwright` is true if Node's Playwright runs the tests. `note`
    says what the user has to change, empty for nothing.
    """

    before: str = ""
    after: str = ""
    fixed_port: str = ""
    where: str = ""
    is_playwright: bool = False
    note: str = ""


def find_address(project: ProjectFiles, folder: str) -> TestsAddress:
    """Return how the tests of a folder get the address of the app."""
    config = _config(project, folder)
    paths = [*project.below(folder), *([config] if config else [])]
    texts = {path: project.read(path) for path in dict.fromkeys(paths)}
    whole = "\n".join(texts.values())
    name = config.rpartition("/")[2]
    is_playwright = PLAYWRIGHT.fullmatch(name) is not None
    found = TestsAddress(
        before="".join(f"{line}\n" for line in _prepare(config, whole)),
        is_playwright=is_playwright,
        note=WEB_SERVER_NOTE.format(config)
        if is_playwright and WEB_SERVER.search(texts[config])
        else "",
    )
    if OUR_ADDRESS.search(whole):
        return replace(found, note="")
    if CYPRESS.fullmatch(name):
        return replace(found, before=f'{found.before}export CYPRESS_BASE_URL="$REHEARSAL_URL"\n')
    names = list(dict.fromkeys(each["name"] for each in _variables(whole)))
    if len(names) == 1:
        given = "$TEST_SERVER" if names[0].endswith("HOST") else "$REHEARSAL_URL"
        return replace(found, before=f'{found.before}export {names[0]}="{given}"\n')
    if not config and BASE_URL.search(whole) and not DEFINES_BASE_URL.search(whole):
        return replace(found, after=' --base-url "$REHEARSAL_URL"')
    port, where = ("", "") if names else _fixed_port(texts)
    return replace(found, fixed_port=port, where=where)


def _config(project: ProjectFiles, folder: str) -> str:
    """Return the configuration of Playwright or Cypress for a folder, empty without one."""
    for above in upwards(folder):
        for name in project.folders.get(above, ()):
            if PLAYWRIGHT.fullmatch(name) or CYPRESS.fullmatch(name):
                return join(above, name)
    return ""


def _prepare(config: str, text: str) -> Iterator[str]:
    """Yield the command that installs Playwright's own browser, if the tests use Playwright."""
    if not config and (PYTHON_PLAYWRIGHT.search(text) or (PAGE.search(text))):
        yield "python -m playwright install chromium"


def _variables(text: str) -> Iterator[re.Match[str]]:
    for found in ADDRESS_VARIABLE.finditer(text):
        if not found["name"].endswith(("DATABASE_URL", "REDIS_URL", "REMOTE_URL", "DB_HOST")):
            yield found


def _fixed_port(texts: dict[str, str]) -> tuple[str, str]:
    """Return the port in the texts and its place; both are empty if there is none or several."""
    found: dict[str, str] = {}
    for path, text in texts.items():
        for match in FIXED_ADDRESS.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            found.setdefault(match["port"], place(path, line))
    return next(iter(found.items())) if len(found) == 1 else ("", "")
