"""The part of the pytest plugin that runs failed tests again."""

import contextlib
import copy
import os
from collections.abc import Generator
from itertools import chain
from typing import Any, cast

import pytest

# What pytest's own loop over tests is made of, and every plugin that runs tests again builds on.
from _pytest.runner import call_and_report

from rehearsal_testing import retry_loop
from rehearsal_testing.errors import RehearsalSettingsError
from rehearsal_testing.plugin_state import RUNNER
from rehearsal_testing.pytest_attempt import ATTEMPT, EARLIER
from rehearsal_testing.pytest_items import case_of, leaves_its_own_outcome
from rehearsal_testing.retry_policy import announcement, outlive, retries_allowed

# The outcome of what failed and is run again. pytest-rerunfailures has "rerun" for its own.
_RETRIED = "retried"
_ALLOWED = pytest.StashKey[int]()
_LAST = pytest.StashKey[bool]()


class Teller:
    """Prints what a worker, or this process, says of a test that is about to run again."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        line = getattr(report, "retrying", None)
        terminal = self._config.pluginmanager.get_plugin("terminalreporter")
        if line and terminal:
            terminal.ensure_newline()
            # Under xdist it does not know that there are dots in front of it.
            dots = self._config.get_terminal_writer().width_of_current_line
            terminal.write_line(f"\n{line}" if dots else line)


def pytest_configure(config: pytest.Config) -> None:
    """Read REHEARSAL_RETRIES; from here on no test case decides for itself."""
    try:
        config.stash[_ALLOWED] = retries_allowed(os.environ)
    except RehearsalSettingsError as error:
        raise pytest.UsageError(str(error)) from None
    RUNNER.retries = True
    config.pluginmanager.register(Teller(config))


def pytest_unconfigure() -> None:
    RUNNER.retries = False


def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Run a test until it passes or may not run again; what counts is reported, and no more."""
    allowed = item.config.stash[_ALLOWED]
    if not allowed or _others_decide(item):
        return None
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    item.stash[EARLIER] = ()
    while _failed(item, nextitem, allowed):
        _renew(item)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Hand on to a test case what it has to tell with its own outcome."""
    if leaves_its_own_outcome(item):
        instance = cast("pytest.Function", item).instance
        instance.__dict__[retry_loop.EARLIER] = item.stash.get(EARLIER, ())
    yield


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let no sub-test count before the test itself does: pytest reports one at once."""
    report = yield
    if report.failed and _LAST in item.stash:
        attempt = item.stash.get(ATTEMPT, None)
        if item.stash[_LAST]:
            if call.excinfo is not None:
                outlive(call.excinfo.value)
        elif call.when == "call" and attempt and not attempt.recording.final:
            report.outcome = cast("Any", _RETRIED)
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_report_teststatus(report: pytest.TestReport) -> tuple[str, str, str] | None:
    """Count what was run again in pytest's closing line."""
    if str(report.outcome) != _RETRIED:
        return None
    return ("rerun" if hasattr(report, "retrying") else "", "", "")


def _failed(item: pytest.Item, nextitem: pytest.Item | None, allowed: int) -> bool:
    """Run a test once, and return whether it is to run again."""
    session, earlier = item.session, item.stash[EARLIER]
    last = item.stash[_LAST] = len(earlier) >= allowed
    reports = [call_and_report(item, "setup", log=last)]
    if reports[0].passed:
        reports.append(call_and_report(item, "call", log=last))
    attempt = item.stash.get(ATTEMPT, None)
    if session.shouldfail or session.shouldstop:
        nextitem, attempt = None, None

    def may_mend() -> bool:
        return not last and attempt is not None and attempt.recording.may_mend()

    if mending := may_mend():
        # To pytest another test of the same class and module: all that they share stays.
        nextitem = copy.copy(item)
    reports.append(call_and_report(item, "teardown", log=last, nextitem=nextitem))
    if hasattr(item, "_request"):
        cast("Any", item)._request = False  # noqa: SLF001
        cast("Any", item).funcargs = None
    if attempt is not None and (mending or may_mend()):
        item.stash[EARLIER] = attempt.recording.given_up()
        line = announcement(case_of(item).id, item.stash[EARLIER], allowed)
        # None of them failed where only sub-tests did: they have reports of their own.
        _report_retry(item, next((each for each in reports if not each.passed), reports[-1]), line)
        return True
    for report in () if last else reports:
        if str(report.outcome) == _RETRIED:
            report.outcome = "failed"
        item.ihook.pytest_runtest_logreport(report=report)
    return False


def _report_retry(item: pytest.Item, report: pytest.TestReport, line: str) -> None:
    report.outcome = cast("Any", _RETRIED)
    # After a tear-down, whoever writes a report of the test would close it.
    report.when = "call"
    cast("Any", report).retrying = line
    item.ihook.pytest_runtest_logreport(report=report)


def _renew(item: pytest.Item) -> None:
    """Make a test as it was before its first attempt: pytest means each to run once."""
    anew = cast("Any", item)
    anew._report_sections.clear()  # noqa: SLF001
    if isinstance(item.parent, pytest.Class):
        for name in ("_obj", "_instance"):
            item.__dict__.pop(name, None)
    if not hasattr(item, "_request"):
        return
    anew._initrequest()  # noqa: SLF001
    # One of a class or a module that failed would fail in the same way, without being tried.
    for fixture in chain(*anew._fixtureinfo.name2fixturedefs.values()):  # noqa: SLF001
        if fixture.cached_result is not None and fixture.cached_result[2] is not None:
            with contextlib.suppress(Exception):
                fixture.finish(anew._request)  # noqa: SLF001


def _others_decide(item: pytest.Item) -> bool:
    """Whether pytest-rerunfailures runs this test again, or nothing is to run at all."""
    config = item.config
    if config.getoption("setupshow", default=False):
        return True
    if not config.pluginmanager.hasplugin("rerunfailures"):
        return False
    asked = [config.getoption(name, default=None) for name in ("reruns", "force_reruns")]
    asked += [config.getini("reruns"), item.get_closest_marker("flaky")]
    return any(each not in (None, "", 0, "0") for each in asked)
