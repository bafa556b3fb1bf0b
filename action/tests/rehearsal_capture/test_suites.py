"""Suites of others, unchanged, with real browsers: the evidence of a failure, and nothing else."""

import json
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from rehearsal_capture.evidence import safe_name

from ..rehearsal_testing.sandbox import CHECKOUT, Sandbox

pytestmark = pytest.mark.e2e

PYTHON = CHECKOUT / ".cache/suites/bin/python"
CAPTURE = CHECKOUT / "action/rehearsal_capture/python_path"
PYTHON_PATH = os.pathsep.join(map(str, (CAPTURE, CHECKOUT / "action")))
SHOWN = {"address.txt", "console.log", "page.html", "screenshot.png"}
# Of Selenium's sessions.
ALL = SHOWN | {"trace.jsonl"}
BODY = (
    b"<title>one</title><script>console.warn('it says so')</script>"
    b"<button onclick=\"alert('Saved')\">Save</button>"
)

BOOK = """
import os, unittest
from selenium import webdriver


class NewVisitorTest(unittest.TestCase):
    def setUp(self):
        self.browser = webdriver.Firefox()

    def tearDown(self):
        self.browser.quit()

    def test_title(self):
        self.browser.get(os.environ["SITE"])
        self.assertIn(os.environ["TITLE"], self.browser.title)
"""
# Seen once: on a busy machine Chrome ended by itself while a page was loaded.
BROWSER_DIED = "session deleted as the browser has closed the connection"
CHROME = """
import os
from selenium import webdriver


def start():
    options = webdriver.ChromeOptions()
    for argument in ("--headless", "--no-sandbox", "--disable-gpu"):
        options.add_argument(argument)
    driver = webdriver.Chrome(options=options)
    driver.get(os.environ["SITE"])
    return driver
"""
DJANGO = """
import os
from chrome import start
from django.test import SimpleTestCase


class HomeTest(SimpleTestCase):
    def test_title(self):
        driver = start()
        self.addCleanup(driver.quit)
        self.assertEqual(driver.title, os.environ["TITLE"])


class OtherTest(SimpleTestCase):
    def test_nothing(self):
        pass
"""
FIXTURE = """
import os
import pytest
from chrome import start


@pytest.fixture
def driver():
    driver = start()
    yield driver
    driver.quit()


@pytest.mark.parametrize("name", ["a/b"])
def test_title(driver, name):
    assert driver.title == os.environ["TITLE"]


@pytest.mark.xfail
def test_fails_as_expected(driver):
    assert False
"""
SPLINTER = """
import os
from selenium.webdriver import ChromeOptions
from splinter import Browser
from splinter.config import Config


def test_title():
    options = ChromeOptions()
    options.add_argument("--no-sandbox")
    with Browser("chrome", config=Config(headless=True), options=options) as browser:
        browser.visit(os.environ["SITE"])
        assert browser.title == os.environ["TITLE"]
"""
PYTEST_SELENIUM = """
import os
import pytest


@pytest.fixture
def chrome_options(chrome_options):
    for argument in ("--headless", "--no-sandbox", "--disable-gpu"):
        chrome_options.add_argument(argument)
    return chrome_options


class TestPages:
    def test_title(self, selenium):
        selenium.get(os.environ["SITE"])
        assert selenium.title == os.environ["TITLE"]
"""
PLAYWRIGHT = """
import os
import pytest


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    chrome = {"executable_path": os.environ["CHROME"], "args": ["--no-sandbox"]}
    return {**browser_type_launch_args, **chrome}


def test_title(page):
    page.goto(os.environ["SITE"])
    assert page.title() == os.environ["TITLE"]
"""
UNITTEST = ("-m", "unittest", "test_pages")
PYTEST = ("-m", "pytest", "-p", "no:cacheprovider", "test_pages.py")


def names_of(folder: Path) -> set[str]:
    """Return the names of the files of a test, without the pictures: how many there are depends."""
    names = {file.name for file in folder.iterdir()}
    return {name for name in names if not re.fullmatch(r"trace(-retry1)?-\d+\.jpg", name)}


@dataclass(frozen=True, kw_only=True)
class Suite:
    """A suite in one file, how it is run, and the folder of its evidence when its test fails."""

    name: str
    text: str
    command: tuple[str, ...] = PYTEST
    folder: str = "test_pages.test_title"
    files: set[str] = field(default_factory=lambda: ALL)

    def __str__(self) -> str:
        return self.name


SUITES = (
    Suite(
        name="the book",
        text=BOOK,
        command=UNITTEST,
        folder="test_pages.NewVisitorTest.test_title",
        # Firefox tells its console by BiDi only, which the session has not asked for.
        files=ALL - {"console.log"},
    ),
    Suite(
        name="django",
        text=DJANGO,
        command=("-m", "django", "test", "--settings=settings", "--parallel=2"),
        folder="test_pages.HomeTest.test_title",
    ),
    Suite(
        name="xmlrunner",
        # In Chrome, which starts sooner; Firefox is shown by the suite above.
        text=BOOK.replace("from selenium import webdriver", "from chrome import start").replace(
            "webdriver.Firefox()", "start()"
        ),
        command=("-m", "xmlrunner", "--output-file", "/dev/null", "test_pages"),
        folder="test_pages.NewVisitorTest.test_title",
    ),
    Suite(name="fixture", text=FIXTURE, folder=safe_name("test_pages.test_title[a/b]")),
    Suite(
        name="xdist",
        text=FIXTURE,
        command=(*PYTEST, "-n", "2"),
        folder=safe_name("test_pages.test_title[a/b]"),
    ),
    Suite(name="splinter", text=SPLINTER),
    Suite(
        name="pytest-selenium",
        text=PYTEST_SELENIUM,
        command=(*PYTEST, "--driver", "Chrome"),
        folder="test_pages.TestPages.test_title",
        # Its picture, page, address and console are the same as ours.
        files=ALL | {"test-Driver-Log.txt"},
    ),
    Suite(
        name="playwright",
        text=PLAYWRIGHT,
        folder=safe_name("test_pages.test_title[chromium]"),
        files=SHOWN,
    ),
)


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        self.wfile.write(BODY)

    def log_message(self, *_: object) -> None: ...


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://localhost:{server.server_port}/"
        server.shutdown()
        thread.join()


def run(
    sandbox: Sandbox,
    command: tuple[str, ...],
    site: str,
    title: str,
    *,
    python_path: str = PYTHON_PATH,
    extra: Mapping[str, str] | None = None,
) -> tuple[int, str]:
    (sandbox.code / "chrome.py").write_text(CHROME)
    (sandbox.code / "settings.py").write_text("SECRET_KEY = 'x'\nUSE_TZ = True\n")
    environ = sandbox.environ(
        {
            "SITE": site,
            "TITLE": title,
            "MOZ_HEADLESS": "1",
            "SE_OFFLINE": "true",
            "CHROME": shutil.which("chromium") or shutil.which("google-chrome") or "",
            "PATH": f"{CHECKOUT / '.venv/bin'}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": python_path,
            **(extra or {}),
        }
    )
    for attempt in range(3):
        done = subprocess.run(
            [PYTHON, *command],
            cwd=sandbox.code,
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
            check=False,
        )
        print(done.stdout)
        if BROWSER_DIED not in done.stdout:
            break
        print(f"the browser died in attempt {attempt + 1}")
        for folder in sandbox.evidence.glob("*"):
            shutil.rmtree(folder)
    return done.returncode, done.stdout


def same(printed: str) -> list[str]:
    """Return what two runs print alike: not times, sessions, addresses of memory and processes.

    Around pytest's last line are as many signs as the time leaves room for.
    """
    text = re.sub(
        r"=+|\(\d+:\d+:\d+\)|\d+\.\d+s?|0x[0-9a-f]+|session=\"\w+\"|localhost:\d+|<unknown>"
        r"|pid \d+|pytest-\d+|gw\d",
        "",
        printed,
    )
    # In which order xdist's workers end is chance.
    return sorted(line for line in text.splitlines() if not re.match(r"[.xF]+ +\[", line))


@pytest.mark.parametrize("suite", SUITES, ids=str)
def test_suite__leaves_evidence_unchanged(suite: Suite, sandbox: Sandbox, site: str) -> None:
    (sandbox.code / "test_pages.py").write_text(suite.text)
    code, printed = run(sandbox, suite.command, site, "two")
    assert code == 1
    (folder,) = sandbox.evidence.iterdir()
    assert folder.name == suite.folder
    assert names_of(folder) == suite.files
    assert (folder / "screenshot.png").read_bytes().startswith(b"\x89PNG")
    assert "<title>one</title>" in (folder / "page.html").read_text()
    assert (folder / "address.txt").read_text() == f"{site}\n"
    if "console.log" in suite.files:
        assert "it says so" in (folder / "console.log").read_text()
    without = run(sandbox, suite.command, site, "two", python_path="")
    assert same(printed) == same(without[1])
    shutil.rmtree(sandbox.evidence)
    assert run(sandbox, suite.command, site, "one")[0] == 0
    assert not sandbox.evidence.exists()


# As pytest-html's documentation has it; it also reads the console, which tells each message once.
PYTEST_HTML = """
import pytest
import pytest_html


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    if report.when == "call":
        driver = item.funcargs["driver"]
        driver.execute_script("document.title = 'changed'; document.body.append('later')")
        console = " ".join(entry["message"] for entry in driver.get_log("browser"))
        report.extras = [
            *getattr(report, "extras", []),
            pytest_html.extras.image(driver.get_screenshot_as_base64(), "Screenshot"),
            pytest_html.extras.text(console, "Messages"),
        ]
"""
HTML_SUITE = """
import os
import pytest
import pytest_html
from chrome import start


@pytest.fixture
def driver():
    driver = start()
    yield driver
    driver.quit()


def test_title(driver, extras):
    extras.append(pytest_html.extras.json({"user": "edith"}, "State"))
    extras.append(pytest_html.extras.url(driver.current_url))
    assert driver.title == os.environ["TITLE"]


def test_passes(driver, extras):
    extras.append(pytest_html.extras.text("fine", "State"))
"""
ATTACHED = {"test-Messages.txt", "test-Screenshot.png", "test-State.json"}


@pytest.mark.parametrize(
    "options, again",
    [
        pytest.param((), set(), id="plain"),
        pytest.param(("--html=out/report.html",), set(), id="report"),
        pytest.param(("-n", "2"), set(), id="xdist"),
        pytest.param(
            ("-p", "no:flaky", "--reruns", "1"),
            {f"{name.partition('.')[0]}-retry1.{name.partition('.')[2]}" for name in ALL},
            id="rerunfailures",
        ),
    ],
)
def test_pytest_html__attachments_stand_beside_the_test(
    options: tuple[str, ...], again: set[str], sandbox: Sandbox, site: str
) -> None:
    (sandbox.code / "test_pages.py").write_text(HTML_SUITE)
    (sandbox.code / "conftest.py").write_text(PYTEST_HTML)
    command = (*PYTEST, "-p", "no:selenium", *options)
    code, printed = run(sandbox, command, site, "two")
    assert code == 1
    assert "rehearsal_capture" not in printed
    (folder,) = sandbox.evidence.iterdir()
    assert folder.name == "test_pages.test_title"
    assert names_of(folder) == ALL | ATTACHED | again
    assert "it says so" in (folder / "console.log").read_text()
    # What the look has read before it, the test reads as well.
    assert "it says so" in (folder / "test-Messages.txt").read_text()
    assert json.loads((folder / "test-State.json").read_text()) == {"user": "edith"}
    assert (folder / "test-Screenshot.png").read_bytes() != (folder / "screenshot.png").read_bytes()


SETUP_FAILS = """
import pytest
import selenium


@pytest.fixture
def visit():
    raise RuntimeError("no page")


def test_first(visit):
    pass
"""
ATTACH_ALWAYS = """
import pytest
import pytest_html


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    outcome.get_result().extras = [pytest_html.extras.text(call.when, "Phase")]
"""


def test_pytest_html__setup_of_the_first_test_fails(sandbox: Sandbox, site: str) -> None:
    (sandbox.code / "test_pages.py").write_text(SETUP_FAILS)
    (sandbox.code / "conftest.py").write_text(ATTACH_ALWAYS)
    assert run(sandbox, PYTEST, site, "")[0] == 1
    (file,) = sandbox.evidence.rglob("*.txt")
    assert (file.parent.name, file.name) == ("test_pages.test_first", "test-Phase.txt")
    assert file.read_text() == "setup"


CLASS_FIXTURES = """
import unittest
from chrome import start


class Begins(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.browser = start()
        cls.addClassCleanup(cls.browser.quit)
        raise RuntimeError("no page")

    def test_page(self):
        pass


class Ends(unittest.TestCase):
    def test_page(self):
        pass

    @classmethod
    def tearDownClass(cls):
        browser = start()
        try:
            raise RuntimeError("no end")
        finally:
            browser.quit()


class IsSkipped(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        browser = start()
        cls.addClassCleanup(browser.quit)
        raise unittest.SkipTest("not today")

    def test_page(self):
        pass
"""


@pytest.mark.parametrize("runner", ["unittest", "xmlrunner"])
def test_suite__class_fixtures_that_fail(runner: str, sandbox: Sandbox, site: str) -> None:
    (sandbox.code / "test_pages.py").write_text(CLASS_FIXTURES)
    command = ("-m", runner, "test_pages")
    code, printed = run(sandbox, command, site, "")
    assert code == 1
    assert "rehearsal_capture" not in printed
    found = {folder.name: names_of(folder) for folder in sandbox.evidence.iterdir()}
    assert found == {"test_pages.Begins.setUpClass": ALL, "test_pages.Ends.tearDownClass": ALL}
    assert same(printed) == same(run(sandbox, command, site, "", python_path="")[1])


READS_CONSOLE = """
import unittest
from chrome import start


class ConsoleTest(unittest.TestCase):
    def setUp(self):
        self.browser = start()

    def tearDown(self):
        for entry in self.browser.get_log("browser"):
            print("the test reads", entry["level"])
        self.browser.quit()

    def test_before(self):
        self.assertEqual(self.browser.get_log("browser"), [])

    def test_after(self):
        self.fail("as it is")
"""


def test_suite__that_reads_the_console(sandbox: Sandbox, site: str) -> None:
    (sandbox.code / "test_pages.py").write_text(READS_CONSOLE)
    code, printed = run(sandbox, UNITTEST, site, "")
    assert code == 1
    # The look does not take from test_after what it reads then, nor test_before from the evidence.
    assert printed.count("the test reads WARNING") == 1
    found = {folder.name: folder for folder in sandbox.evidence.iterdir()}
    assert sorted(found) == [
        "test_pages.ConsoleTest.test_after",
        "test_pages.ConsoleTest.test_before",
    ]
    for folder in found.values():
        assert "it says so" in (folder / "console.log").read_text()


@pytest.mark.parametrize(
    "extra",
    [
        pytest.param({"REHEARSAL_CAPTURE": "off"}, id="off"),
        pytest.param({"REHEARSAL_EVIDENCE": ""}, id="no folder"),
        pytest.param({"REHEARSAL_EVIDENCE": "/dev/null/no-folder"}, id="no such folder"),
    ],
)
def test_suite__without_evidence(extra: dict[str, str], sandbox: Sandbox, site: str) -> None:
    (sandbox.code / "test_pages.py").write_text(FIXTURE)
    code, printed = run(sandbox, PYTEST, site, "two", extra=extra)
    assert code == 1
    assert "1 failed, 1 xfailed" in printed
    assert "rehearsal_capture" not in printed
    assert not sandbox.evidence.exists()


@pytest.mark.parametrize(
    "module", ["start", "selenium_sessions", "selenium_session", "console_lines", "evidence"]
)
def test_suite__a_fault_of_ours_costs_the_evidence_alone(
    module: str, sandbox: Sandbox, site: str
) -> None:
    broken = sandbox.folder / "broken"
    shutil.copytree(CAPTURE.parent, broken / "rehearsal_capture")
    (broken / f"rehearsal_capture/{module}.py").write_text("raise RuntimeError('planted')\n")
    (sandbox.code / "test_pages.py").write_text(FIXTURE)
    path = os.pathsep.join((str(broken / "rehearsal_capture/python_path"), str(broken)))
    code, printed = run(sandbox, PYTEST, site, "two", python_path=path)
    assert code == 1
    assert "1 failed, 1 xfailed" in printed
    assert "planted" not in printed


FINALLY = """
import os
from chrome import start


def test_title():
    driver = start()
    try:
        driver.find_element("tag name", "button").click()
        assert "two" in os.environ["TITLE"] == "one"
    finally:
        driver.quit()


def test_later():
    assert False
"""


def test_suite__that_closes_its_browser_and_leaves_a_dialog(sandbox: Sandbox, site: str) -> None:
    (sandbox.code / "test_pages.py").write_text(FINALLY)
    assert run(sandbox, PYTEST, site, "two")[0] == 1
    (folder,) = sandbox.evidence.iterdir()
    assert names_of(folder) == {*ALL, "problems.txt"}
    assert (folder / "problems.txt").read_text() == "An open dialog was closed: Saved\n"


CRASHES = """
import unittest
from chrome import start


class CrashTest(unittest.TestCase):
    def test_page(self):
        browser = start()
        self.addCleanup(browser.quit)
        browser.find_element("tag name", "button").click()
        browser.switch_to.alert.accept()
        browser.get("chrome://crash")
"""


def test_trace__of_a_browser_that_crashes(sandbox: Sandbox, site: str) -> None:
    (sandbox.code / "test_pages.py").write_text(CRASHES)
    assert run(sandbox, UNITTEST, site, "")[0] == 1
    text = (sandbox.evidence / "test_pages.CrashTest.test_page/trace.jsonl").read_text()
    head, *all_lines = map(json.loads, text.splitlines())
    lines = [each for each in all_lines if each["k"] in ("step", "look")]
    assert head["test"] == "test_pages.CrashTest.test_page"
    assert head["browser"].startswith("chrome ")
    assert [each.get("cmd", each["k"]) for each in lines] == [
        "start the browser", "go to", "look", "click", "look", "accept dialog", "go to"
    ]  # fmt: skip
    assert (lines[3]["on"], lines[3]["at"]) == ("tag=button", "test_pages.py:10")
    assert "crash" in lines[-1]["error"]


HANGS = """
import unittest
from chrome import start


class HangTest(unittest.TestCase):
    def test_page(self):
        browser = start()
        self.addCleanup(browser.quit)
        browser.set_page_load_timeout(1)
        browser.get("data:text/html,<script>for (;;) {}</script>")
"""


def test_suite__with_a_page_that_never_answers(sandbox: Sandbox, site: str) -> None:
    (sandbox.code / "test_pages.py").write_text(HANGS)
    # Chrome's driver would wait for the page for five minutes before it quits.
    assert run(sandbox, UNITTEST, site, "")[0] == 1
    (folder,) = sandbox.evidence.iterdir()
    assert names_of(folder) == {"problems.txt", "trace.jsonl"}
    problems = (folder / "problems.txt").read_text()
    assert problems == "console.log: the browser does not answer\n"
    lines = [json.loads(line) for line in (folder / "trace.jsonl").read_text().splitlines()]
    steps = [each for each in lines if each.get("k") == "step"]
    assert steps[-1]["error"].startswith("timeout: ")


LEFT_OPEN = """
from chrome import start


def test_leaves_its_browser():
    start()
    assert False


def test_has_none():
    assert False


def test_loses_it():
    driver = start()
    driver.service.process.kill()
    driver.service.process.wait()
    driver.title
"""


def test_suite__browsers_that_are_left_open_or_have_gone(sandbox: Sandbox, site: str) -> None:
    (sandbox.code / "test_pages.py").write_text(LEFT_OPEN)
    code, printed = run(sandbox, PYTEST, site, "")
    assert code == 1
    assert "rehearsal_capture" not in printed
    kept = {folder.name: names_of(folder) for folder in sandbox.evidence.iterdir()}
    # A browser that has gone shows nothing more; its steps are known.
    assert kept == {
        "test_pages.test_leaves_its_browser": ALL,
        "test_pages.test_loses_it": {"trace.jsonl"},
    }


ADOPTED = """
import os
from chrome import start
from rehearsal_testing import BrowserTestCase


class Page(BrowserTestCase):
    def setUp(self):
        self.browser = start()

    def tearDown(self):
        self.browser.quit()

    def test_title(self):
        self.wait_for(lambda: self.assertEqual(self.browser.title, "two"), "it", timeout=0.2)
"""


def test_base_class__adopts_a_driver(sandbox: Sandbox, site: str) -> None:
    (sandbox.code / "test_pages.py").write_text(ADOPTED)
    code, printed = run(sandbox, UNITTEST, site, "", extra={"REHEARSAL_RETRIES": "1"})
    assert code == 1
    assert "Waited 0.2 s for it." in printed
    (folder,) = sandbox.evidence.iterdir()
    names = {f"{name.partition('.')[0]}-retry1.{name.partition('.')[2]}" for name in ALL}
    assert names_of(folder) == ALL | names


def test_sitecustomize__the_hidden_one_runs(sandbox: Sandbox, site: str) -> None:
    (sandbox.code / "sitecustomize.py").write_text("print('the own one of the project')\n")
    path = os.pathsep.join((PYTHON_PATH, str(sandbox.code)))
    code, printed = run(
        sandbox, ("-c", "import sitecustomize as s; print(s.__file__)"), site, "", python_path=path
    )
    assert code == 0
    assert printed.splitlines() == [
        "the own one of the project",
        str(sandbox.code / "sitecustomize.py"),
    ]


def test_python__without_selenium_imports_nothing_of_ours(sandbox: Sandbox, site: str) -> None:
    script = "import sys, unittest; print([m for m in sys.modules if 'rehearsal' in m])"
    _, printed = run(sandbox, ("-c", script), site, "")
    assert printed == "['rehearsal_capture', 'rehearsal_capture.start']\n"
