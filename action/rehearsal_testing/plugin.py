"""The pytest plugin: fixtures with real browsers, and the outcome of each test.

`-p rehearsal_testing.plugin`, or `pytest_plugins` in conftest.py, switches it on. It has no entry
point: README.md says why.
"""

import os
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from typing import TypeVar

import pytest
from selenium.webdriver.remote.webdriver import WebDriver

from rehearsal_testing.attempt_record import AttemptRecord, drop_driver_stack
from rehearsal_testing.browser import start_browser
from rehearsal_testing.browser_pool import BROWSER_POOL
from rehearsal_testing.browser_settings import BrowserSettings
from rehearsal_testing.pytest_attempt import CURRENT_ATTEMPT, PytestAttempt
from rehearsal_testing.pytest_items import case_of_collector, shares_browser
from rehearsal_testing.waiting import TIMEOUT_SECONDS, WaitFor, bind_browser, wait_until

T = TypeVar("T")

pytest_plugins = [
    "rehearsal_testing.pytest_retries",
    "rehearsal_testing.pytest_shared_browser",
    "rehearsal_testing.pytest_shards",
]


def pytest_itemcollected(item: pytest.Item) -> None:
    """Add `live_server` to the fixtures of a test that uses it through `live_url`.

    pytest-django allows database access, and the server's host, only to tests that name it.
    """
    if isinstance(item, pytest.Function) and not _running_app_url():
        names = item.fixturenames
        if "live_url" not in names or "live_server" in names:
            return
        # No public function tells before a test starts which fixtures there are.
        if item.session._fixturemanager.getfixturedefs("live_server", item):  # noqa: SLF001
            names.append("live_server")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Record an exception that ends the whole session: pytest makes no report of it."""
    try:
        return (yield)
    except BaseException as error:
        if attempt := item.stash.get(CURRENT_ATTEMPT, None):
            attempt.record_abort(error)
        raise


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, None, None]:
    """Start a new record, for each retry as well."""
    item.stash[CURRENT_ATTEMPT] = PytestAttempt(item)
    yield


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Record each phase after all other plugins have edited its report."""
    if call.excinfo is not None:
        drop_driver_stack(call.excinfo.value)
    report = yield
    if attempt := item.stash.get(CURRENT_ATTEMPT, None):
        attempt.record_phase(call, report)
        if call.when == "teardown":
            attempt.finish()
            del item.stash[CURRENT_ATTEMPT]
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Write an error for a file that cannot be imported: none of its tests runs."""
    report = yield
    call: pytest.CallInfo[object] | None = getattr(report, "call", None)
    if report.failed and call is not None and call.excinfo is not None:
        record = AttemptRecord.start(case_of_collector(collector), os.environ)
        record.add_error(call.excinfo.value, failed=False, text=report.longreprtext)
        record.write_report()
    return report


@pytest.fixture
def new_browser(request: pytest.FixtureRequest) -> Iterator[Callable[[], WebDriver]]:
    """Return a function that starts one more browser, with its own profile, at each call."""
    record = request.node.stash[CURRENT_ATTEMPT].record
    browsers = record.browsers
    # A retry must not fail again for what another test has left.
    shared = shares_browser(request.node) and not record.earlier_attempts
    with ExitStack() as cleanups:

        def start() -> WebDriver:
            settings = BrowserSettings.from_environ(os.environ)
            browser = (BROWSER_POOL.take if shared else start_browser)(settings, os.environ)
            cleanups.callback(browser.close)
            browsers.append(browser)
            cleanups.callback(browsers.remove, browser)
            return browser.driver

        yield start


@pytest.fixture
def browser(new_browser: Callable[[], WebDriver]) -> WebDriver:
    """Start the test's first browser, and return its Selenium WebDriver."""
    return new_browser()


@pytest.fixture
def wait_for(request: pytest.FixtureRequest) -> WaitFor:
    """Return a function that waits until a condition holds: see `WaitFor`."""

    def wait(condition: Callable[..., T], what: str, timeout: float = TIMEOUT_SECONDS) -> T:
        __tracebackhide__ = True
        ready = bind_browser(condition, lambda: request.getfixturevalue("browser"))
        return wait_until(ready, what, timeout=timeout)

    return wait


@pytest.fixture
def live_url(request: pytest.FixtureRequest) -> str:
    """Return the URL of the running app, else that of the project's fixture `live_server`."""
    if url := _running_app_url():
        return url
    try:
        server = request.getfixturevalue("live_server")
    except pytest.FixtureLookupError as error:
        if error.argname != "live_server":
            raise
        pytest.fail(
            "live_url: neither REHEARSAL_URL nor TEST_SERVER is set, and there is no fixture "
            "live_server. A rehearsal sets both variables. Elsewhere, start the app and set "
            "REHEARSAL_URL=http://localhost:8888, or define a fixture live_server.",
            pytrace=False,
        )
    return str(getattr(server, "url", server)).rstrip("/")


def _running_app_url() -> str | None:
    # A rehearsal sets both REHEARSAL_URL and TEST_SERVER (HOST:PORT); one of them is enough.
    server = os.environ.get("TEST_SERVER")
    url = os.environ.get("REHEARSAL_URL") or (f"http://{server}" if server else None)
    return url.rstrip("/") if url else None
