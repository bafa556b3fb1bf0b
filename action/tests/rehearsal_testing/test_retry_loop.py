"""Retries of test cases under any runner; test_pytest_retries.py is about the plugin."""

import time
import unittest
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from rehearsal_testing import (
    BrowserMissingError,
    BrowserSettingsError,
    BrowserTestCase,
    RehearsalSettingsError,
)
from rehearsal_testing.junit import ErrorDetails, FailedAttempt
from rehearsal_testing.retry_policy import retries_allowed, retry_message

from .fakes import FakeDriver
from .junit_reports import properties, read_case, read_results, results
from .sandbox import Sandbox


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("REHEARSAL_EVIDENCE", str(tmp_path / "evidence"))
    monkeypatch.setenv("REHEARSAL_JUNIT", str(tmp_path / "junit"))
    monkeypatch.setenv("REHEARSAL_RETRIES", "2")
    return tmp_path


class Story(BrowserTestCase):
    """Raises one of its `errors` in each attempt until none is left."""

    __test__ = False
    errors: Sequence[BaseException] = ()
    before: Sequence[BaseException] = ()
    after: Sequence[BaseException] = ()
    seen: list[str]

    def setUp(self) -> None:
        assert not hasattr(self, "touched"), "each attempt starts with the original attributes"
        self.touched = True
        self.seen.append("setUp")
        self.raise_one("before")

    def tearDown(self) -> None:
        self.seen.append("tearDown")
        self.raise_one("after")

    def raise_one(self, name: str) -> None:
        errors = list(getattr(type(self), name))
        if errors:
            setattr(type(self), name, errors[1:])
            raise errors[0]

    def test_it(self) -> None:
        self.seen.append(self.browser.page_source)
        self.raise_one("errors")

    def test_parts(self) -> None:
        for number in (1, 2):
            with self.subTest(number=number):
                self.raise_one("errors")

    @unittest.expectedFailure
    def test_fails_as_expected(self) -> None:
        self.seen.append("ran")
        raise AssertionError

    @unittest.expectedFailure
    def test_passes_unexpectedly(self) -> None:
        self.seen.append("ran")


@pytest.fixture(autouse=True)
def _fresh() -> None:
    Story.errors = Story.before = Story.after = ()
    Story.seen = []


def run(name: str, result: unittest.TestResult | None = None) -> unittest.TestResult:
    result = result or unittest.TestResult()
    unittest.TestSuite([Story(name)]).run(result)
    return result


def reported(folder: Path) -> list[str]:
    return results(read_case(folder / "junit"))


def saved_pages(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text() for file in (folder / "evidence").glob("*/page*.html")}


def test_retry__that_passes_makes_the_test_flaky(
    drivers: list[FakeDriver], folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    Story.errors = [AssertionError("not yet\nat all"), KeyError("x")]
    result = run("test_it")
    assert result.wasSuccessful()
    assert result.testsRun == 1
    once = ["setUp", "page of browser {}", "tearDown"]
    assert Story.seen == [each.format(number) for number in (1, 2, 3) for each in once]
    assert all(driver.has_quit for driver in drivers)
    assert reported(folder) == [
        "flakyFailure: not yet\nat all",
        "flakyError: 'x'",
    ]
    assert "Traceback" in (read_case(folder / "junit")[1].text or "")
    assert read_case(folder / "junit")[1].get("type") == "AssertionError"
    assert saved_pages(folder) == {
        "page.html": "page of browser 1",
        "page-retry1.html": "page of browser 2",
    }
    name = f"{Story.__module__}.Story.test_it"
    assert capfd.readouterr().err.split("\n") == [
        "",
        f"retrying {name} (1 of 2): AssertionError: not yet",
        "",
        f"retrying {name} (2 of 2): KeyError: 'x'",
        "",
    ]


@pytest.mark.usefixtures("drivers")
def test_retry__flaky_test_has_the_time_of_its_first_failure(folder: Path) -> None:
    moments: list[float] = []

    class Timed(Story):
        def setUp(self) -> None:
            moments.append(time.time())

    Story.errors = [AssertionError("not yet")]
    unittest.TestSuite([Timed("test_it")]).run(unittest.TestResult())
    case = read_case(folder / "junit")
    found = properties(case)
    start, end = float(found["start"]), float(found["end"])
    assert start <= moments[0] < end <= moments[1]
    assert datetime.fromisoformat(case.get("timestamp") or "").timestamp() == pytest.approx(start)
    assert (folder / "evidence" / found["evidence"]).is_dir()


@pytest.mark.usefixtures("drivers")
def test_retry__test_that_always_fails_reports_the_last_attempt(folder: Path) -> None:
    Story.errors = [AssertionError("one"), KeyError("two"), AssertionError("three")]
    result = run("test_it")
    assert (result.testsRun, len(result.failures), len(result.errors)) == (1, 1, 0)
    assert "AssertionError: three" in result.failures[0][1]
    assert reported(folder) == [
        "failure: three",
        "rerunFailure: one",
        "rerunError: 'two'",
    ]
    assert sorted(saved_pages(folder)) == ["page-retry1.html", "page-retry2.html", "page.html"]


@pytest.mark.usefixtures("drivers")
@pytest.mark.parametrize("place", ["before", "after"])
def test_retry__after_set_up_or_tear_down_failed(folder: Path, place: str) -> None:
    setattr(Story, place, [OSError("disk full")])
    result = run("test_it")
    assert result.wasSuccessful()
    assert reported(folder) == ["flakyError: disk full"]


@pytest.mark.usefixtures("drivers")
@pytest.mark.parametrize("failures,failed", [(3, 0), (5, 1)])
def test_retry__after_failed_sub_tests(folder: Path, failures: int, failed: int) -> None:
    Story.errors = [AssertionError(f"part {number}") for number in range(failures)]
    result = run("test_parts")
    # Two parts an attempt: with five failures the third attempt still has one.
    assert len(result.failures) == failed
    assert result.testsRun == 1
    first = "failure: part 4" if failed else "flakyFailure: part 0 (and 1 more)"
    assert reported(folder)[0] == first


@pytest.mark.usefixtures("drivers")
@pytest.mark.parametrize(
    "error",
    [
        BrowserMissingError("no browser"),
        BrowserSettingsError("no such browser"),
        RehearsalSettingsError("no such shard"),
        unittest.SkipTest("not today"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_retry__does_not_follow_a_permanent_result(folder: Path, error: Exception) -> None:
    Story.errors = [error, error, error]
    result = run("test_it")
    assert Story.seen.count("setUp") == 1
    assert len(result.errors) + len(result.skipped) == 1
    assert result.testsRun == 1
    assert "Error" not in read_case(folder / "junit")[-1].tag


def test_retry__permanent_failure_is_reported_at_once(
    drivers: list[FakeDriver],
) -> None:
    had_quit: list[bool] = []

    class Result(unittest.TestResult):
        def addError(self, test: Any, err: Any) -> None:  # noqa: N802
            had_quit.append(drivers[-1].has_quit)
            super().addError(test, err)

    Story.errors = [OSError("first"), BrowserMissingError("no second browser")]
    assert len(run("test_it", Result()).errors) == 1
    assert had_quit == [False]


@pytest.mark.usefixtures("drivers")
def test_retry__does_not_follow_an_interrupt(folder: Path) -> None:
    Story.errors = [AssertionError("first"), KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        run("test_it")
    assert Story.seen.count("setUp") == 2
    assert reported(folder)[0].startswith("error: ")


@pytest.mark.usefixtures("drivers")
def test_retry__does_not_follow_when_the_run_stops() -> None:
    Story.errors = [AssertionError("first")]
    result = unittest.TestResult()

    class Stops(Story):
        def tearDown(self) -> None:
            result.stop()

    unittest.TestSuite([Stops("test_it")]).run(result)
    assert len(result.failures) == 1


@pytest.mark.parametrize(
    "name,successful", [("test_fails_as_expected", True), ("test_passes_unexpectedly", False)]
)
def test_retry__expected_failures_run_once(name: str, *, successful: bool) -> None:
    assert run(name).wasSuccessful() == successful
    assert Story.seen.count("ran") == 1


@pytest.mark.usefixtures("drivers")
def test_retry__with_failfast_only_the_last_attempt_stops_the_run() -> None:
    Story.errors = [AssertionError(str(number)) for number in range(5)]
    result = unittest.TestResult()
    result.failfast = True
    unittest.TestSuite([Story("test_it"), Story("test_parts")]).run(result)
    assert (result.testsRun, len(result.failures)) == (1, 1)


@pytest.mark.usefixtures("drivers")
def test_retry__that_is_skipped_makes_the_test_flaky(folder: Path) -> None:
    Story.errors = [AssertionError("first"), unittest.SkipTest("gone")]
    result = run("test_it")
    assert [reason for _, reason in result.skipped] == ["gone"]
    assert reported(folder) == ["flakyFailure: first"]


@pytest.mark.usefixtures("drivers")
def test_retry__needs_the_variable(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REHEARSAL_RETRIES")
    Story.errors = [AssertionError("first")]
    assert not run("test_it").wasSuccessful()
    assert reported(folder) == ["failure: first"]


def test_class_set_up__is_retried_after_class_clean_ups(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    errors: list[Exception] = [OSError("disk full")]
    seen: list[str] = []

    class FlakySetUp(BrowserTestCase):
        @classmethod
        def setUpClass(cls) -> None:
            cls.addClassCleanup(seen.append, "cleaned up")
            super().setUpClass()
            seen.append("tried")
            if errors:
                raise errors.pop()

        def runTest(self) -> None:  # noqa: N802
            seen.append("ran")

    result = unittest.TestResult()
    unittest.TestSuite([FlakySetUp()]).run(result)
    assert result.wasSuccessful()
    assert seen == ["tried", "cleaned up", "tried", "ran", "cleaned up"]
    assert read_results(folder / "junit")["setUpClass"] == ["flakyError: disk full"]
    assert ".setUpClass (1 of 2): OSError: disk full\n" in capfd.readouterr().err


def test_class_set_up__permanent_error_is_reported_once() -> None:
    tries: list[int] = []

    class FlakySetUp(BrowserTestCase):
        @classmethod
        def setUpClass(cls) -> None:
            tries.append(1)
            raise (OSError if len(tries) < 2 else BrowserMissingError)("none")

        def runTest(self) -> None: ...  # noqa: N802

    result = unittest.TestResult()
    unittest.TestSuite([FlakySetUp()]).run(result)
    assert (len(result.errors), len(tries)) == (1, 2)


@pytest.mark.parametrize("asked,number", [(None, 0), ("", 0), ("0", 0), (" 2 ", 2), ("10", 10)])
def test_retries_allowed__reads_the_variable(asked: str | None, number: int) -> None:
    environ = {} if asked is None else {"REHEARSAL_RETRIES": asked}
    assert retries_allowed(environ) == number


@pytest.mark.parametrize("asked", ["two", "-1", "1.5", "11", "²"])
def test_retries_allowed__refuses_other_values(asked: str) -> None:
    with pytest.raises(RehearsalSettingsError) as raised:
        retries_allowed({"REHEARSAL_RETRIES": asked})
    assert str(raised.value) == (
        f"REHEARSAL_RETRIES is {asked!r}. Allowed: a number from 0 to 10, how often a "
        "failed test runs again. Without it, no test does."
    )


def test_retry_message__is_one_line_of_limited_length() -> None:
    def line_after(message: str) -> str:
        error = ErrorDetails(kind="error", type="x.E", message=message, traceback="")
        attempt = FailedAttempt(started=0, ended=1, errors=[error])
        return retry_message("a.B.c", [attempt], 2)

    assert line_after("") == "retrying a.B.c (1 of 2): x.E"
    assert line_after("\nfirst\nsecond") == "retrying a.B.c (1 of 2): x.E: first"
    assert len(line_after("long " * 1000)) == 301


SUITE = """
import os, pathlib, time
from rehearsal_testing import BrowserTestCase

class First(BrowserTestCase):
    def test_once(self):
        once = pathlib.Path("once")
        failed = once.exists()
        once.touch()
        self.assertTrue(failed, "later")

class Second(BrowserTestCase):
    def test_never(self):
        for part in ("a", "b"):
            with self.subTest(part=part):
                self.fail("never")

    def test_always(self):
        pass
"""
RUNNERS: dict[str, list[str]] = {
    "unittest": ["-m", "unittest", "test_pages"],
    "unittest, quiet": ["-m", "unittest", "-b", "test_pages"],
    "django": ["-m", "django", "test", "--settings=settings"],
    "django-parallel": ["-m", "django", "test", "--settings=settings", "--parallel=2"],
    "pytest": ["-m", "pytest", "-s", "-p", "no:cacheprovider", "test_pages.py"],
}


@pytest.mark.parametrize(
    "runner",
    # Each starts an interpreter, which is too slow for the inner loop.
    [
        pytest.param(name, marks=() if name == "django-parallel" else pytest.mark.e2e)
        for name in RUNNERS
    ],
)
def test_each_runner__counts_a_test_once_and_by_its_last_attempt(
    sandbox: Sandbox, runner: str
) -> None:
    (sandbox.code / "test_pages.py").write_text(SUITE)
    (sandbox.code / "settings.py").write_text("SECRET_KEY = 'x'\nDATABASES = {}\nUSE_TZ = True\n")
    code, printed = sandbox.run(RUNNERS[runner], {"REHEARSAL_RETRIES": "1"})
    assert code == 1
    if runner == "pytest":
        assert " 2 failed, 3 passed in " in printed, "pytest counts a failed sub-test as one more"
    else:
        assert "Ran 3 tests in" in printed
        assert "FAILED (failures=2)" in printed
    lines = [line for line in printed.splitlines() if line.startswith("retrying ")]
    assert sorted(lines) == [
        "retrying test_pages.First.test_once (1 of 1): AssertionError: False is not true : later",
        "retrying test_pages.Second.test_never (1 of 1): AssertionError: never",
    ]
    assert read_results(sandbox.junit) == {
        "test_once": ["flakyFailure: False is not true : later"],
        "test_never": ["failure: never (and 1 more)", "rerunFailure: never (and 1 more)"],
        "test_always": [],
    }
