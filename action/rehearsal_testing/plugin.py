"""The pytest plugin: fixtures with real browsers, and the outcome of each test.

Switched on by one line, `-p rehearsal_testing.plugin` or `pytest_plugins` in conftest.py, and never
by an entry point: README.md says why.
"""

import os
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from typing import TypeVar

import pytest
from selenium.webdriver.remote.webdriver import WebDriver

from rehearsal_testing.address import running_app
from rehearsal_testing.attempt_record import Recording, without_trimmings
from rehearsal_testing.browser import start_browser
from rehearsal_testing.browser_settings import BrowserChoice
from rehearsal_testing.pytest_attempt import ATTEMPT, Attempt
from rehearsal_testing.pytest_items import unreadable
from rehearsal_testing.waiting import TIMEOUT_SECONDS, WaitFor, given, wait_until

T = TypeVar("T")

pytest_plugins = ["rehearsal_testing.pytest_retries", "rehearsal_testing.pytest_shards"]


def pytest_itemcollected(item: pytest.Item) -> None:
    """Let a test that gets `live_server` by `live_url` name it, as if it had asked itself.

    pytest-django opens the database, and the server's host, only to tests that name it.
    """
    if isinstance(item, pytest.Function) and not running_app(os.environ):
        names = item.fixturenames
        if "live_url" not in names or "live_server" in names:
            return
        # Nothing public knows before a test begins which fixtures there are.
        if item.session._fixturemanager.getfixturedefs("live_server", item):  # noqa: SLF001
            names.append("live_server")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """See what ends the whole session: no report is made of it."""
    try:
        return (yield)
    except BaseException as error:
        if attempt := item.stash.get(ATTEMPT, None):
            attempt.broke_off(error)
        raise


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, None, None]:
    """Begin anew, for a test that is run again as well."""
    item.stash[ATTEMPT] = Attempt(item)
    yield


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Look at each phase once everybody else has had a say in how it went."""
    if call.excinfo is not None:
        without_trimmings(call.excinfo.value)
    report = yield
    if attempt := item.stash.get(ATTEMPT, None):
        attempt.take_in(call, report)
        if call.when == "teardown":
            attempt.end()
            del item.stash[ATTEMPT]
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Leave an error for a file that could not be read: its tests cannot tell."""
    report = yield
    call: pytest.CallInfo[object] | None = getattr(report, "call", None)
    if report.failed and call is not None and call.excinfo is not None:
        recording = Recording.begin(unreadable(collector), os.environ)
        recording.add(call.excinfo.value, failed=False, text=report.longreprtext)
        recording.write(os.environ)
    return report


@pytest.fixture
def new_browser(request: pytest.FixtureRequest) -> Iterator[Callable[[], WebDriver]]:
    """Start a browser for one more visitor, who shares nothing with the others, at each call."""
    browsers = request.node.stash[ATTEMPT].recording.browsers
    with ExitStack() as ends:

        def start() -> WebDriver:
            browser = start_browser(BrowserChoice.from_environ(os.environ), os.environ)
            ends.callback(browser.close)
            browsers.append(browser)
            ends.callback(browsers.remove, browser)
            return browser.driver

        yield start


@pytest.fixture
def browser(new_browser: Callable[[], WebDriver]) -> WebDriver:
    """Give the test's first browser: a Selenium WebDriver with a fresh profile."""
    return new_browser()


@pytest.fixture
def wait_for(request: pytest.FixtureRequest) -> WaitFor:
    """Wait until a condition holds, and say what was waited for when it never does."""

    def wait(condition: Callable[..., T], what: str, timeout: float = TIMEOUT_SECONDS) -> T:
        __tracebackhide__ = True
        ready = given(condition, lambda: request.getfixturevalue("browser"))
        return wait_until(ready, what, timeout=timeout)

    return wait


@pytest.fixture
def live_url(request: pytest.FixtureRequest) -> str:
    """Give the app's URL: the running app's, else that of the project's fixture `live_server`."""
    running = running_app(os.environ)
    if running is not None:
        return running
    try:
        server = request.getfixturevalue("live_server")
    except pytest.FixtureLookupError as error:
        if error.argname != "live_server":
            raise
        pytest.fail(
            "live_url: neither REHEARSAL_URL nor TEST_SERVER is set, and there is no fixture "
            "live_server. A rehearsal sets both; elsewhere start the app and say where it is, "
            "REHEARSAL_URL=http://localhost:8888 say, or define a fixture live_server.",
            pytrace=False,
        )
    return str(getattr(server, "url", server)).rstrip("/")
