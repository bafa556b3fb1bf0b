"""Browsers elsewhere: a real Selenium Grid, beside the rehearsal and as one of its services."""

import json
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from .contract import assert_verdict
from .grid import PORT, Grid, require_image, serve_grid, wait_until_ready
from .leftovers import engine
from .repository import Repository
from .runner import ActionResult, Runner
from .services import GRID

# One at a time: the service listens on a port of the machine.
pytestmark = pytest.mark.xdist_group("grid")

NAMES = {"screenshot.png", "page.html", "address.txt", "console.log"}
# A suite that knows nothing of us, with two browsers of a Grid.
SUITE = """\
import os
import unittest

from selenium import webdriver


class Visit:
    def setUp(self):
        self.options.add_argument("-headless")
        self.browser = webdriver.Remote(os.environ["SELENIUM_REMOTE_URL"], options=self.options)

    def tearDown(self):
        self.browser.quit()

    def test_heading(self):
        self.browser.get(os.environ["REHEARSAL_URL"])
        self.assertEqual(self.browser.find_element("tag name", "h1").text, "It works")

    def test_title(self):
        self.browser.get(os.environ["REHEARSAL_URL"])
        self.browser.execute_script("console.error('seen by the console')")
        self.assertEqual(self.browser.title, "Large")


class ChromeTest(Visit, unittest.TestCase):
    options = webdriver.ChromeOptions()


class FirefoxTest(Visit, unittest.TestCase):
    options = webdriver.FirefoxOptions()
"""
# The same with rehearsal_testing, once for each browser; and with one session for several tests.
OWN_SUITE = """\
import os

from rehearsal_testing import BrowserTestCase


class VisitTest(BrowserTestCase):
    def test_title(self):
        self.browser.get(os.environ["REHEARSAL_URL"])
        self.browser.execute_script("console.error('seen by the console')")
        self.assertEqual(self.browser.title, "Large")


class SharedTest(BrowserTestCase):
    shared_browser = True

    def setUp(self):
        self.browser.get(os.environ["REHEARSAL_URL"])
        self.assertEqual(self.browser.get_cookies(), [])
        self.browser.add_cookie({"name": "left", "value": "behind"})

    def test_a_heading(self):
        self.browser.execute_script("console.error('seen by an earlier test')")
        self.assertEqual(self.browser.find_element("tag name", "h1").text, "It works")

    def test_b_title(self):
        self.browser.execute_script("console.error('seen by the console')")
        self.assertEqual(self.browser.title, "Large")

    def test_c_window(self):
        self.browser.switch_to.new_window()
        self.assertEqual(len(self.browser.window_handles), 2)
"""
UNITTEST = f"{sys.executable} -m unittest test_visit"


@pytest.fixture(scope="module")
def grid(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grid]:
    with serve_grid(tmp_path_factory.mktemp("grid")) as running:
        yield running


def assert_evidence(rehearsed: ActionResult, names: dict[str, set[str]]) -> None:
    """Hold what is kept of each failed test against the names of its files."""
    assert rehearsed.evidence is not None
    failed = json.loads(rehearsed.file("verdict.json"))["tests"]["failed"]
    assert {each["name"].rpartition("test_visit.")[2] for each in failed} == set(names)
    for each in failed:
        folder = rehearsed.evidence / each["evidence"]
        assert names[each["name"].rpartition("test_visit.")[2]] <= {
            file.name for file in folder.iterdir()
        }
        assert "<title>Tiny</title>" in (folder / "page.html").read_text()
        assert "//localhost:" in (folder / "address.txt").read_text()
        assert (folder / "screenshot.png").read_bytes().startswith(b"\x89PNG")


def test_grid__stories_on_two_browsers(superlists: Repository, runner: Runner, grid: Grid) -> None:
    (superlists.root / "functional_tests/requirements.txt").unlink()
    stories = f"{sys.executable} manage.py test functional_tests.test_new_visitor"
    sessions = grid.log.count("Session created by the Node")
    rehearsed = runner.use(
        superlists,
        {
            "generate-secrets": "DJANGO_SECRET_KEY",
            "env": "DJANGO_ALLOWED_HOST=localhost",
            "setup-command": "python manage.py migrate --noinput",
            "selenium-url": grid.url,
            "test-command": f"BROWSER=chrome {stories}\nBROWSER=firefox {stories}",
        },
    )
    assert_verdict(rehearsed, "passed")
    log = grid.log
    assert log.count("Session created by the Node") == sessions + 2
    assert '"browserName": "firefox"' in log or "browserName: firefox" in log


@pytest.mark.parametrize("browser", ["chrome", "firefox"])
def test_grid__evidence_of_a_failed_test(
    browser: str, tiny: Repository, runner: Runner, grid: Grid
) -> None:
    tiny.write("test_visit.py", OWN_SUITE)
    inputs = {
        "selenium-url": grid.url,
        "test-env": f"BROWSER={browser}",
        "test-command": UNITTEST,
    }
    sessions = grid.log.count("Session created by the Node")
    rehearsed = runner.use(tiny, inputs)
    assert_verdict(rehearsed, "tests-failed")
    assert rehearsed.outputs["tests"] == "4"
    assert_evidence(rehearsed, {"VisitTest.test_title": NAMES, "SharedTest.test_b_title": NAMES})
    for failed in json.loads(rehearsed.file("verdict.json"))["tests"]["failed"]:
        console = rehearsed.file(f"{failed['evidence']}/console.log")
        assert "seen by the console" in console
        assert "seen by an earlier test" not in console
    assert grid.log.count("Session created by the Node") == sessions + 2


def test_grid__evidence_of_a_suite_that_knows_nothing_of_it(
    tiny: Repository, runner: Runner, grid: Grid
) -> None:
    tiny.write("test_visit.py", SUITE)
    rehearsed = runner.use(tiny, {"selenium-url": grid.url, "test-command": UNITTEST})
    assert_verdict(rehearsed, "tests-failed")
    assert rehearsed.outputs["tests"] == "4"
    # Without BiDi, which only a suite can ask for, Firefox's console cannot be read.
    assert_evidence(
        rehearsed,
        {"ChromeTest.test_title": NAMES, "FirefoxTest.test_title": NAMES - {"console.log"}},
    )


def test_grid__as_a_service(tiny: Repository, runner: Runner, run_id: str) -> None:
    require_image()
    tiny.write("test_visit.py", SUITE)
    inputs = {
        "services": f"grid={GRID}",
        "selenium-url": "grid",
        "test-command": f"[ $SELENIUM_REMOTE_URL = http://localhost:{PORT} ]\n{UNITTEST}",
    }
    rehearsed = runner.use(tiny, inputs)
    assert_verdict(rehearsed, "tests-failed")
    assert_evidence(
        rehearsed,
        {"ChromeTest.test_title": NAMES, "FirefoxTest.test_title": NAMES - {"console.log"}},
    )
    host = json.loads(rehearsed.file("services/grid.json"))["HostConfig"]
    assert (host["NetworkMode"], host["ShmSize"]) == ("host", 2 << 30)
    assert not host["PortBindings"]
    assert "Session created by the Node" in rehearsed.file("services/grid.log")
    assert run_id not in engine("ps", "--all", "--format", "{{.Names}}")


@pytest.fixture
def grid_elsewhere(run_id: str) -> Iterator[tuple[str, str]]:
    """A Grid whose localhost is not this machine's: its URL, and what reaches this machine."""
    require_image()
    name = f"grid-{run_id}"
    options = ("--detach", "--name", name, "--shm-size", "2g", "--publish", f"127.0.0.1::{PORT}")
    engine("run", *options, GRID)
    try:
        port = engine("port", name, str(PORT)).strip().rpartition(":")[2]
        wait_until_ready(int(port))
        (network,) = json.loads(engine("inspect", name))[0]["NetworkSettings"]["Networks"].values()
        yield f"http://127.0.0.1:{port}", network["Gateway"]
    finally:
        engine("rm", "--force", name)


def test_grid__elsewhere_with_publish_address(
    tiny: Repository, runner: Runner, grid_elsewhere: tuple[str, str]
) -> None:
    tiny.write("test_visit.py", SUITE)
    url, address = grid_elsewhere
    inputs = {
        "publish-address": address,
        "selenium-url": url,
        "test-command": f"[[ $TEST_SERVER == {address}:* ]]\n{UNITTEST} -k heading",
    }
    rehearsed = runner.use(tiny, inputs)
    assert_verdict(rehearsed, "passed", warned=True)
    assert rehearsed.outputs["tests"] == "2"
    assert f"publish-address is {address}: while the rehearsal runs, everybody" in rehearsed.log


def test_grid__as_a_service_whose_port_is_taken(
    tiny: Repository, runner: Runner, tmp_path: Path
) -> None:
    require_image()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        inputs = {
            "services": f"grid={GRID}",
            "selenium-url": "grid",
            "service-ready": f"grid={port}",
            "test-command": f"touch {tmp_path}/ran",
        }
        rehearsed = runner.use(tiny, inputs)
    assert_verdict(rehearsed, "misconfigured")
    assert f"port {port} of this machine is taken" in rehearsed.errors
    assert not (tmp_path / "ran").exists()
