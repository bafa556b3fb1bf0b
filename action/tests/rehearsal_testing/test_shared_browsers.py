"""Browsers that are kept from test to test: real ones, and what a test leaves in them."""

import itertools
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from .pages import DJANGO, PYTEST, SETTINGS, PageHandler, serve
from .sandbox import Sandbox

pytestmark = pytest.mark.e2e

PAGE = """<!doctype html><title>page {path}</title><h1>{path}</h1><p id="sent">{cookie}</p>
<input id="typed"><input id="file" type="file">
<button id="popup" onclick="window.open('/popup', '', 'width=300,height=300')">pop-up</button>
<a id="download" href="/report.txt" download>report</a>{frame}
"""
COUNTED = itertools.count(1)
SUITE = Path(__file__).with_name("shared_suite.py")
BASE = """
import contextlib, os, signal, subprocess
from rehearsal_testing import BrowserTestCase

SITE = os.environ["SITE"]


class Base(BrowserTestCase):
    shared_browser = True

    def note(self):
        with open(os.environ["SESSIONS"], "a") as file:
            print(self.id(), self.browser.session_id, file=file)
"""
FAILING = (
    BASE
    + """

class One(Base):
    def visit(self, *names):
        for name, browser in zip(names, (self.browser, self.new_browser())):
            browser.get(f"{SITE}/{name}")
            browser.execute_script(f"console.error('seen by {name}')")

    def test_a_fails(self):
        self.visit("a", "b")
        self.fail("no")

    def test_b_passes(self):
        self.visit("x", "y")


class Two(One):
    test_a_fails = None

    def test_c_fails(self):
        self.visit("c", "d")
        self.fail("no")
"""
)
FAILING_FUNCTIONS = """
import os

SITE = os.environ["SITE"]


def visit(names, *browsers):
    for name, browser in zip(names, browsers):
        browser.get(f"{SITE}/{name}")
        browser.execute_script(f"console.error('seen by {name}')")


def test_a_fails(browser, new_browser):
    visit("ab", browser, new_browser())
    assert not "a"


def test_b_passes(browser, new_browser):
    visit("xy", browser, new_browser())


def test_c_fails(browser, new_browser):
    visit("cd", browser, new_browser())
    assert not "c"
"""
CRASHING = (
    BASE
    + """

class Crash(Base):
    def test_a_breaks_it(self):
        self.browser.get(SITE + "/a")
        group = (self._open_browsers()[0].workspace.folder / "group").read_text().strip()
        driver = self._open_browsers()[0].driver.service.process.pid
        number = getattr(signal, os.environ["HOW"])
        for line in subprocess.check_output(["ps", "-eo", "pid,pgid"], text=True).splitlines()[1:]:
            pid, pgid = line.split()
            if pgid == group and int(pid) != driver:
                # The end of one may have ended others.
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(pid), number)

    def test_b_gets_another(self):
        self.browser.get(SITE + "/b")
        self.assertEqual(self.browser.title, "page /b")
"""
)
FLAKY = (
    BASE
    + """

class Flaky(Base):
    def test_a(self):
        self.note()

    def test_b(self):
        self.note()
        with open(os.environ["SESSIONS"]) as file:
            self.assertEqual(file.read().count("test_b"), 2)

    def test_c(self):
        self.note()
"""
)
FORKING = (
    BASE
    + """
import time
from rehearsal_testing.browser_pool import BROWSER_POOL


class Forking(Base):
    def test_browser_outlives_a_child(self):
        self.browser.get(SITE + "/a")
        child = os.fork()
        if not child:
            os._exit(0)
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        self.assertEqual(self.browser.title, "page /a")

    def test_child_outlives_the_browser(self):
        self.browser.get(SITE + "/a")
        group = int((self._open_browsers()[0].workspace.folder / "group").read_text())
        child = os.fork()
        if not child:
            time.sleep(120)
            os._exit(0)
        BROWSER_POOL.close()
        self.wait_for(lambda: self.assertRaises(ProcessLookupError, os.killpg, group, 0), "the end")
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
"""
)


class Handler(PageHandler):
    def answer(self) -> None:
        if self.path == "/report.txt":
            self.close_connection = True
            self.send_page("the report", Content_Type="text/plain", Cache_Control="no-store")
        elif self.path == "/counted":
            count = str(next(COUNTED))
            self.send_page(count, Content_Type="text/plain", Cache_Control="max-age=3600")
        else:
            frame = '<iframe name="inner" src="/frame"></iframe>' if self.path == "/" else ""
            cookie = self.headers.get("Cookie", "")
            page = PAGE.format(path=self.path, cookie=cookie, frame=frame)
            self.send_page(page, Cache_Control="no-store")


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with serve(Handler) as url:
        yield url


def environ(sandbox: Sandbox, site: str, browser: str) -> dict[str, str]:
    return {
        "SITE": site,
        "BROWSER": browser,
        "SHARED": "1",
        "SESSIONS": str(sandbox.folder / "sessions"),
    }


@pytest.mark.parametrize("browser", ["chrome", "firefox"])
def test_isolation__is_that_of_a_browser_of_its_own(
    sandbox: Sandbox, site: str, browser: str
) -> None:
    """With SHARED=0 the same tests pass, in a browser for each."""
    shutil.copyfile(SUITE, sandbox.code / "test_pages.py")
    variables = environ(sandbox, site, browser)
    code, printed = sandbox.run(["-m", "unittest", "test_pages"], variables)
    assert code == 0, printed
    sessions = [line.split()[1] for line in (sandbox.folder / "sessions").read_text().splitlines()]
    # Some tests change what only a new browser sets right.
    assert len(set(sessions)) <= len(sessions) / 2
    sandbox.assert_processes()
    # A download leaves Firefox's folder for downloads in the home.
    assert sorted(sandbox.temporary.rglob("*")) == []


@pytest.mark.parametrize(
    "browser,runner",
    [
        ("chrome", ["-m", "unittest", "test_pages"]),
        ("firefox", ["-m", "unittest", "test_pages"]),
        ("chrome", [*DJANGO, "--parallel=2"]),
        ("chrome", [*PYTEST, "-n", "2", "test_functions.py", "--shared-browser"]),
    ],
    ids=["unittest", "unittest-firefox", "django-parallel", "xdist"],
)
def test_evidence__is_that_of_the_failed_test(
    sandbox: Sandbox, site: str, browser: str, runner: list[str]
) -> None:
    (sandbox.code / "test_pages.py").write_text(FAILING)
    (sandbox.code / "test_functions.py").write_text(FAILING_FUNCTIONS)
    (sandbox.code / "settings.py").write_text(SETTINGS)
    code, printed = sandbox.run(runner, environ(sandbox, site, browser))
    assert code == 1, printed
    for name, own, others in (("a", "ab", "cd"), ("c", "cd", "ab")):
        (folder,) = sandbox.evidence.glob(f"*.test_{name}_fails")
        for page, suffix in zip(own, ("", "-browser2"), strict=True):
            console = (folder / f"console{suffix}.log").read_text()
            assert f"seen by {page}" in console
            assert not [each for each in {*own, *others} - {page} if f"seen by {each}" in console]
            assert f"<title>page /{page}</title>" in (folder / f"page{suffix}.html").read_text()
            assert (folder / f"address{suffix}.txt").read_text() == f"{site}/{page}\n"
            picture = (folder / f"screenshot{suffix}.png").read_bytes()
            assert picture.startswith(b"\x89PNG")
    sandbox.assert_processes()


@pytest.mark.parametrize(
    "browser,how", [("chrome", "SIGKILL"), ("firefox", "SIGKILL"), ("chrome", "SIGSTOP")]
)
def test_browser__that_has_crashed_is_replaced(
    sandbox: Sandbox, site: str, browser: str, how: str
) -> None:
    (sandbox.code / "test_pages.py").write_text(CRASHING)
    variables = environ(sandbox, site, browser) | {"HOW": how}
    code, printed = sandbox.run(["-m", "unittest", "-v", "test_pages"], variables)
    assert code == 0, printed
    sandbox.assert_nothing_is_left()


def test_retry__gets_a_browser_of_its_own(sandbox: Sandbox, site: str) -> None:
    (sandbox.code / "test_pages.py").write_text(FLAKY)
    variables = environ(sandbox, site, "chrome") | {"REHEARSAL_RETRIES": "1"}
    code, printed = sandbox.run(["-m", "unittest", "test_pages"], variables)
    assert code == 0, printed
    sessions = [line.split()[1] for line in (sandbox.folder / "sessions").read_text().splitlines()]
    # The first and the last test share one; the retry between them does not.
    assert sessions[0] == sessions[1] == sessions[3]
    assert sessions[2] != sessions[0]
    sandbox.assert_nothing_is_left()


def test_fork__leaves_the_browser_to_its_process(sandbox: Sandbox, site: str) -> None:
    (sandbox.code / "test_pages.py").write_text(FORKING)
    variables = environ(sandbox, site, "chrome")
    code, printed = sandbox.run(["-W", "error", "-m", "unittest", "test_pages"], variables)
    assert code == 0, printed
    sandbox.assert_nothing_is_left()
