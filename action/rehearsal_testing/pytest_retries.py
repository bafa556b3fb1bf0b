"""The part of the pytest plugin that runs failed tests again."""

import contextlib
import copy
import os
from collections.abc import Generator
from itertools import chain
from typing import Any, cast

import pytest

# Private, but the base of pytest's own loop over tests and of every plugin that repeats tests.
from _pytest.runner import call_and_report

from rehearsal_testing import retry_loop
from rehearsal_testing.errors import RehearsalSettingsError
from rehearsal_testing.plugin_state import PLUGIN_STATE
from rehearsal_testing.pytest_attempt import CURRENT_ATTEMPT, EARLIER_ATTEMPTS
from rehearsal_testing.pytest_items import case_of, records_itself
from rehearsal_testing.retry_policy import mark_permanent, retries_allowed, retry_message

# The outcome of a report that does not count. "rerun" is that of pytest-rerunfailures.
_RETRIED = "retried"
_RETRIES_ALLOWED = pytest.StashKey[int]()
_IS_LAST_ATTEMPT = pytest.StashKey[bool]()


class RetryReporter:
    """Prints a line about each retry, those in the workers of xdist too."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        line = getattr(report, "retry_message", None)
        terminal = self._config.pluginmanager.get_plugin("terminalreporter")
        if line and terminal:
            terminal.ensure_newline()
            # Under xdist, `ensure_newline` does not know of the dots in this line.
            dots = self._config.get_terminal_writer().width_of_current_line
            terminal.write_line(f"\n{line}" if dots else line)


def pytest_configure(config: pytest.Config) -> None:
    """Read REHEARSAL_RETRIES; from now on test cases do not retry themselves."""
    try:
        config.stash[_RETRIES_ALLOWED] = retries_allowed(os.environ)
    except RehearsalSettingsError as error:
        raise pytest.UsageError(str(error)) from None
    PLUGIN_STATE.handles_retries = True
    config.pluginmanager.register(RetryReporter(config))


def pytest_unconfigure() -> None:
    PLUGIN_STATE.handles_retries = False


def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Run a test until it passes or may not be retried; report only the last attempt."""
    allowed = item.config.stash[_RETRIES_ALLOWED]
    if not allowed or _is_left_to_pytest(item):
        return None
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    item.stash[EARLIER_ATTEMPTS] = ()
    while _needs_retry_after_attempt(item, nextitem, allowed):
        _reset(item)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Give a test case its earlier attempts, which belong into the outcome it writes."""
    if records_itself(item):
        instance = cast("pytest.Function", item).instance
        instance.__dict__[retry_loop.EARLIER_ATTEMPTS] = item.stash.get(EARLIER_ATTEMPTS, ())
    yield


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Hold back failed sub-tests, which pytest reports at once, until no retry follows."""
    report = yield
    if report.failed and _IS_LAST_ATTEMPT in item.stash:
        attempt = item.stash.get(CURRENT_ATTEMPT, None)
        if item.stash[_IS_LAST_ATTEMPT]:
            if call.excinfo is not None:
                mark_permanent(call.excinfo.value)
        elif call.when == "call" and attempt and not attempt.record.permanent:
            report.outcome = cast("Any", _RETRIED)
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_report_teststatus(report: pytest.TestReport) -> tuple[str, str, str] | None:
    """Count each retry as "rerun" in pytest's last line."""
    if str(report.outcome) != _RETRIED:
        return None
    return ("rerun" if hasattr(report, "retry_message") else "", "", "")


def _needs_retry_after_attempt(
    item: pytest.Item, nextitem: pytest.Item | None, allowed: int
) -> bool:
    """Run a test once; return whether it has to run again."""
    session, earlier = item.session, item.stash[EARLIER_ATTEMPTS]
    last = item.stash[_IS_LAST_ATTEMPT] = len(earlier) >= allowed
    reports = [call_and_report(item, "setup", log=last)]
    if reports[0].passed:
        reports.append(call_and_report(item, "call", log=last))
    attempt = item.stash.get(CURRENT_ATTEMPT, None)
    if session.shouldfail or session.shouldstop:
        nextitem, attempt = None, None

    def may_retry() -> bool:
        return not last and attempt is not None and attempt.record.is_retryable()

    if retries := may_retry():
        # For pytest, another test of the same class and module: shared fixtures stay set up.
        nextitem = copy.copy(item)
    reports.append(call_and_report(item, "teardown", log=last, nextitem=nextitem))
    if hasattr(item, "_request"):
        cast("Any", item)._request = False  # noqa: SLF001
        cast("Any", item).funcargs = None
    if attempt is not None and (retries or may_retry()):
        item.stash[EARLIER_ATTEMPTS] = attempt.record.failed_attempts()
        line = retry_message(case_of(item).id, item.stash[EARLIER_ATTEMPTS], allowed)
        # If only sub-tests failed, all phases have passed.
        failed = next((each for each in reports if not each.passed), reports[-1])
        _report_retry(item, failed, line)
        return True
    for report in () if last else reports:
        if str(report.outcome) == _RETRIED:
            report.outcome = "failed"
        item.ihook.pytest_runtest_logreport(report=report)
    return False


def _report_retry(item: pytest.Item, report: pytest.TestReport, line: str) -> None:
    report.outcome = cast("Any", _RETRIED)
    # A report of the tear-down would end the test for pytest's own JUnit XML.
    report.when = "call"
    cast("Any", report).retry_message = line
    item.ihook.pytest_runtest_logreport(report=report)


def _reset(item: pytest.Item) -> None:
    """Restore the item as it was before its first attempt: pytest runs each item once."""
    private = cast("Any", item)
    private._report_sections.clear()  # noqa: SLF001
    if isinstance(item.parent, pytest.Class):
        for name in ("_obj", "_instance"):
            item.__dict__.pop(name, None)
    if not hasattr(item, "_request"):
        return
    private._initrequest()  # noqa: SLF001
    # pytest caches the error of a shared fixture and would raise it again without a new try.
    for fixture in chain(*private._fixtureinfo.name2fixturedefs.values()):  # noqa: SLF001
        if fixture.cached_result is not None and fixture.cached_result[2] is not None:
            with contextlib.suppress(Exception):
                fixture.finish(private._request)  # noqa: SLF001


def _is_left_to_pytest(item: pytest.Item) -> bool:
    """Whether pytest-rerunfailures retries this test, or pytest runs no tests at all."""
    config = item.config
    if config.getoption("setupshow", default=False):
        return True
    if not config.pluginmanager.hasplugin("rerunfailures"):
        return False
    settings = [config.getoption(name, default=None) for name in ("reruns", "force_reruns")]
    settings += [config.getini("reruns"), item.get_closest_marker("flaky")]
    return any(each not in (None, "", 0, "0") for each in settings)
