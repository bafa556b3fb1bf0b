"""The base class and the plugin with real browsers, under each runner."""

import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from rehearsal_testing.executables import find_executables

from ..e2e.machine import free_port
from .junit_reports import properties, read_cases
from .pages import DJANGO, PYTEST, SETTINGS, PageHandler, serve
from .sandbox import CHECKOUT, Sandbox

pytestmark = pytest.mark.e2e

SUITE = """
import os, time
from rehearsal_testing import BrowserTestCase

SITE = os.environ["SITE"]


class Page(BrowserTestCase):
    wait_timeout = 0.2

    def tearDown(self):
        self.browser.get("about:blank")


class OneTest(Page):
    def test_fails(self):
        self.browser.get(SITE + "/one")
        self.wait_for(lambda: self.assertIn("two", self.browser.title), "the second page")

    def test_passes(self):
        self.browser.get(SITE + "/quiet")
        self.assertEqual(self.browser.get_window_size(), {"width": 1024, "height": 768})


class TwoTest(Page):
    def test_breaks_with_two_visitors(self):
        self.browser.get(SITE + "/two")
        self.new_browser().get(SITE + "/three")
        self.browser.find_element("id", "not_there")
"""
FUNCTIONS = """
import pytest


@pytest.fixture
def page(browser, live_url):
    browser.get(live_url + "/one")
    return browser


def test_fails(page, wait_for):
    wait_for(lambda: "two" in page.title, "the second page", timeout=0.2)


def test_passes(browser, live_url):
    browser.get(live_url + "/quiet")
    assert browser.get_window_size() == {"width": 1024, "height": 768}


@pytest.fixture
def visitors(browser, new_browser, live_url):
    browser.get(live_url + "/two")
    new_browser().get(live_url + "/three")
    browser.find_element("id", "not_there")


@pytest.mark.parametrize("name", ["a/b"])
def test_set_up_breaks(visitors, name):
    pass
"""
ADDRESSES = """
import os
from rehearsal_testing import BrowserTestCase


class LocalhostTest(BrowserTestCase):
    def test_is_the_address_that_was_probed(self):
        self.browser.get(os.environ["REHEARSAL_URL"])
        self.assertIn("It works", self.browser.page_source)
"""
RUNNERS = {
    "unittest": ["-m", "unittest", "test_pages"],
    "pytest": ["-m", "pytest", "-p", "no:cacheprovider", "test_pages.py"],
    "django": DJANGO,
    "django-parallel": [*DJANGO, "--parallel=2"],
}


class IPv6Server(ThreadingHTTPServer):
    address_family = socket.AF_INET6


class NotFoundHandler(PageHandler):
    def answer(self) -> None:
        self.send_error(404)


class Handler(PageHandler):
    def answer(self) -> None:
        name = self.path.strip("/")
        if name == "":
            self.send_page("<h1>It works</h1>")
        elif name in {"one", "two", "three", "quiet"}:
            script = f"console.warn('the page {name} says so'); no_such_{name}()"
            script = "" if name == "quiet" else f"<script>{script}</script>"
            self.send_page(f"<title>{name}</title>{script}")
        else:
            self.send_page("nothing here", status=404)


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with serve(Handler) as url:
        yield url


@pytest.fixture
def other_program(site: str) -> Iterator[None]:
    """Serve errors on the same port of ::1, as another program might."""
    with serve(NotFoundHandler, ("::1", int(site.rpartition(":")[2])), IPv6Server):
        yield


@pytest.fixture
def suite(sandbox: Sandbox) -> Sandbox:
    (sandbox.code / "test_pages.py").write_text(SUITE)
    (sandbox.code / "settings.py").write_text(SETTINGS)
    return sandbox


def assert_times(cases: dict[str, ET.Element], before: float, after: float) -> None:
    """Fail unless start and end of each test are within the run."""
    for case in cases.values():
        start, end = (float(properties(case)[name]) for name in ("start", "end"))
        assert before < start < end < after
        assert float(case.get("time") or 0) == pytest.approx(end - start, abs=0.01)


def assert_evidence(folder: Path, suffix: str, *, shows: str, hides: list[str]) -> None:
    assert (folder / f"screenshot{suffix}.png").read_bytes().startswith(b"\x89PNG\r\n")
    assert f"<title>{shows}</title>" in (folder / f"page{suffix}.html").read_text()
    assert (folder / f"address{suffix}.txt").read_text().startswith("http://")
    console = (folder / f"console{suffix}.log").read_text()
    assert f"the page {shows} says so" in console
    assert f"no_such_{shows} is not defined" in console
    assert not [name for name in hides if name in console]


@pytest.mark.usefixtures("other_program")
@pytest.mark.parametrize("browser", ["chrome", "firefox"])
def test_localhost__is_127_0_0_1(sandbox: Sandbox, site: str, browser: str) -> None:
    (sandbox.code / "test_pages.py").write_text(ADDRESSES)
    code, printed = sandbox.run(RUNNERS["unittest"], {"REHEARSAL_URL": site, "BROWSER": browser})
    assert code == 0, printed


@pytest.mark.parametrize(
    "browser,runner",
    [
        ("chrome", "unittest"),
        ("chrome", "pytest"),
        ("chrome", "django"),
        ("chrome", "django-parallel"),
        ("firefox", "unittest"),
        ("firefox", "django-parallel"),
    ],
)
def test_failures__leave_evidence_and_nothing_else(
    suite: Sandbox, site: str, browser: str, runner: str
) -> None:
    before = time.time()
    code, printed = suite.run(RUNNERS[runner], {"SITE": site, "BROWSER": browser})
    after = time.time()
    assert code == 1
    assert "AssertionError: 'two' not found in 'one'" in printed
    assert "Waited 0.2 s for the second page." in printed
    assert "NoSuchElementException" in printed

    one = suite.evidence / "test_pages.OneTest.test_fails"
    two = suite.evidence / "test_pages.TwoTest.test_breaks_with_two_visitors"
    assert sorted(suite.evidence.iterdir()) == [one, two]
    assert len(list(one.iterdir())) == 4
    assert len(list(two.iterdir())) == 8
    assert_evidence(one, "", shows="one", hides=["two", "three"])
    assert_evidence(two, "", shows="two", hides=["one", "three"])
    assert_evidence(two, "-browser2", shows="three", hides=["one", "two"])

    cases = read_cases(suite.junit)
    assert_times(cases, before, after)
    assert {name: [child.tag for child in case] for name, case in cases.items()} == {
        "test_pages.OneTest.test_fails": ["properties", "failure"],
        "test_pages.OneTest.test_passes": ["properties"],
        "test_pages.TwoTest.test_breaks_with_two_visitors": ["properties", "error"],
    }
    failure, error = (
        cases["test_pages.OneTest.test_fails"][1],
        cases["test_pages.TwoTest.test_breaks_with_two_visitors"][1],
    )
    assert failure.get("message") == "'two' not found in 'one'"
    assert error.get("type") == "selenium.common.exceptions.NoSuchElementException"
    assert '[id="not_there"]' in (error.get("message") or "")
    assert "test_pages.py" in (error.text or "")
    suite.assert_nothing_is_left()


@pytest.mark.parametrize("workers", [[], ["-n", "2"]], ids=["one process", "xdist"])
def test_functions__leave_the_same_as_a_class(
    sandbox: Sandbox, site: str, workers: list[str]
) -> None:
    (sandbox.code / "test_pages.py").write_text(FUNCTIONS)
    before = time.time()
    code, printed = sandbox.run([*PYTEST, *workers], {"REHEARSAL_URL": site})
    after = time.time()
    assert code == 1
    assert "Waited 0.2 s for the second page" in printed

    cases = read_cases(sandbox.junit)
    assert_times(cases, before, after)
    assert {name: [child.tag for child in case] for name, case in cases.items()} == {
        "test_pages.test_fails": ["properties", "failure"],
        "test_pages.test_passes": ["properties"],
        "test_pages.test_set_up_breaks[a/b]": ["properties", "error"],
    }
    broken, fails = sorted(sandbox.evidence.iterdir(), key=lambda folder: len(folder.name))[::-1]
    assert fails.name == "test_pages.test_fails"
    assert re.fullmatch(r"test_pages\.test_set_up_breaks-a-b--[0-9a-f]{8}", broken.name)
    assert f"What the browser showed is kept in tests/{broken.name} of the evidence" in printed
    assert len(list(fails.iterdir())) == 4
    assert len(list(broken.iterdir())) == 8
    assert_evidence(fails, "", shows="one", hides=["two", "three"])
    assert_evidence(broken, "", shows="two", hides=["one", "three"])
    assert_evidence(broken, "-browser2", shows="three", hides=["one", "two"])
    sandbox.assert_processes()
    # pytest-xdist leaves pytest's temporary folder.
    assert {path.name.partition("-")[0] for path in sandbox.temporary.iterdir()} <= {"pytest"}


@pytest.mark.parametrize("heading", ["It works", "It worked"], ids=["passes", "fails"])
def test_example__of_functions(sandbox: Sandbox, site: str, heading: str) -> None:
    example = (CHECKOUT / "docs/examples/test_home_page_pytest.py").read_text()
    # The page stays the same, and the expectation of the test changes.
    (sandbox.code / "test_home_page.py").write_text(example.replace("It works", heading))
    code, _ = sandbox.run(PYTEST, {"TEST_SERVER": site.removeprefix("http://")})
    assert (code == 0) == (heading == "It works")
    assert len(list(sandbox.evidence.glob("*/screenshot.png"))) == code
    assert list(read_cases(sandbox.junit)) == ["test_home_page.test_greets"]
    sandbox.assert_nothing_is_left()


@pytest.mark.parametrize(
    "signal_number", [signal.SIGTERM, signal.SIGKILL], ids=["SIGTERM", "SIGKILL"]
)
@pytest.mark.parametrize("browser", ["chrome", "firefox"])
def test_killed_tests__leave_nothing(
    sandbox: Sandbox, site: str, browser: str, signal_number: int
) -> None:
    (sandbox.code / "test_slow.py").write_text(
        "import os, time\n"
        "from rehearsal_testing import BrowserTestCase\n"
        "class SlowTest(BrowserTestCase):\n"
        "    def test_first(self):\n"
        "        pass\n"
        "    def test_second(self):\n"
        "        self.browser.get(os.environ['SITE'] + '/quiet')\n"
        "        print('the page is open', flush=True)\n"
        "        time.sleep(60)\n"
    )
    tests = sandbox.start(["-m", "unittest", "test_slow"], {"SITE": site, "BROWSER": browser})
    assert tests.stdout is not None
    with tests.stdout:
        while "the page is open" not in (line := tests.stdout.readline()):
            assert line, "the tests ended before the page was open"
        assert len(sandbox.processes()) > 3
        tests.send_signal(signal_number)
        tests.wait(timeout=60)
        sandbox.assert_nothing_is_left()
    # The outcome of the first test is kept.
    assert list(read_cases(sandbox.junit)) == ["test_slow.SlowTest.test_first"]


def test_remote__a_driver_elsewhere_gives_the_same_evidence(suite: Sandbox, site: str) -> None:
    port = free_port()
    # A geckodriver that runs as a service is like a grid for Selenium.
    executables = find_executables("firefox", suite.environ({}))
    driver = suite.temporary / "geckodriver"
    shutil.copyfile(executables.driver, driver)
    driver.chmod(0o755)
    grid = subprocess.Popen(
        [driver, "--port", str(port), "--websocket-port", "0", "--binary", executables.browser],
        env={**suite.environ({}), "MOZ_CRASHREPORTER_DISABLE": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        code, _ = suite.run(
            [*RUNNERS["unittest"][:-1], "test_pages.OneTest"],
            {
                "SITE": site,
                "BROWSER": "firefox",
                "SELENIUM_REMOTE_URL": f"http://127.0.0.1:{port}",
                "PATH": "/nowhere",
            },
        )
        # The tests have ended their session; only the driver is still running.
        suite.assert_processes("geckodriver")
    finally:
        grid.kill()
        grid.wait()
    assert code == 1
    folder = suite.evidence / "test_pages.OneTest.test_fails"
    assert_evidence(folder, "", shows="one", hides=["two", "three"])
