"""A Grid that runs where localhost is not this machine: it is told, and how to start it."""

import secrets
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest

from .faults import Fault, Line
from .grid import require_image, wait_until_ready
from .leftovers import engine
from .repository import Repository
from .runner import Runner
from .services import GRID
from .test_faults import assert_told, planted, rehearsed_with

__all__ = ["planted"]
# One worker starts the Grid that these tests share.
pytestmark = pytest.mark.xdist_group("remote-grid")

VISIT = """\
import os
import unittest

from selenium import webdriver


class VisitTest(unittest.TestCase):
    def test_title(self):
        options = getattr(webdriver, os.environ["OPTIONS"])()
        options.add_argument("-headless")
        browser = webdriver.Remote(os.environ["SELENIUM_REMOTE_URL"], options=options)
        self.addCleanup(browser.quit)
        browser.get(os.environ["REHEARSAL_URL"])
        self.assertEqual(browser.title, "Tiny")
"""


def refused(name: str, options: str, says: str) -> Fault:
    """Return what one browser's user is told."""
    return Fault(
        name=name,
        verdict="tests-failed",
        diagnosis="remote-browser-address",
        inputs={
            "test-env": f"OPTIONS={options}",
            "test-command": f"{sys.executable} -m unittest visit",
        },
        told=("cannot open the app at localhost:", "--network host", "publish-address"),
        lines=(Line(file="visit.py", holds="browser.get", says=says),),
    )


FAULTS = (
    refused("remote-browser-address", "ChromeOptions", "net::ERR_CONNECTION_REFUSED"),
    refused("remote-browser-firefox", "FirefoxOptions", "about:neterror?e=connectionFailure"),
)


@pytest.fixture(scope="module")
def grid() -> Iterator[str]:
    """Run a Grid in a container with an address of its own; return its URL."""
    require_image()
    # Not with the id of a run, whose containers have to be gone at its end.
    name = f"bridged-grid-{secrets.token_hex(4)}"
    engine("run", "--detach", "--name", name, "--publish", "127.0.0.1::4444", GRID)
    try:
        address = engine("port", name, "4444/tcp").split()[0]
        wait_until_ready(int(address.rpartition(":")[2]))
        yield f"http://{address}"
    finally:
        engine("rm", "--force", "--volumes", name)


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_remote_browser__in_a_container_of_its_own(
    fault: Fault, grid: str, tiny: Repository, runner: Runner, planted: dict[str, str]
) -> None:
    tiny.write("visit.py", VISIT)
    fault = replace(
        fault,
        inputs={**fault.inputs, "selenium-url": grid},
        told=(f"The browser at {grid.partition('//')[2]} cannot", *fault.told),
    )
    assert_told(rehearsed_with(fault, tiny, runner, planted), fault, runner, planted)
