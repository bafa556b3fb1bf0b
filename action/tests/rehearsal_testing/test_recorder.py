import unittest

import pytest
from selenium.common.exceptions import NoSuchElementException

from rehearsal_testing.junit import Problem
from rehearsal_testing.recorder import Recorder

CHROME_SAYS = """no such element: Unable to locate element: {"selector":"[id="x"]"}
  (Session info: chrome=156.0.8078.79); For documentation on this error, please visit: https://x"""
FIREFOX_SAYS = 'Unable to locate element: [id="x"]; For documentation on this error, please: https'


class Case(unittest.TestCase):
    __test__ = False
    raises: BaseException | None = None

    def runTest(self) -> None:  # noqa: N802
        if self.raises is not None:
            raise self.raises

    def skips_a_part(self) -> None:
        with self.subTest(part=1):
            self.skipTest("not this part")


def record(case: unittest.TestCase) -> tuple[Recorder, unittest.TestResult]:
    result = unittest.TestResult()
    recorder = Recorder(result, case, lambda *_: None)
    case.run(recorder)  # type: ignore[arg-type]
    return recorder, result


@pytest.mark.parametrize(
    "says,message",
    [
        (CHROME_SAYS, 'no such element: Unable to locate element: {"selector":"[id="x"]"}'),
        (FIREFOX_SAYS, 'Unable to locate element: [id="x"]'),
    ],
    ids=["chrome", "firefox"],
)
def test_recorder__a_driver_error_is_told_without_its_trimmings(says: str, message: str) -> None:
    case = Case()
    case.raises = NoSuchElementException(says, stacktrace=["#0 0x55d0", "#1 0x55d1"])
    recorder, result = record(case)
    (problem,) = recorder.problems
    assert problem.message == f"Message: {message}"
    assert "0x55d0" not in problem.traceback
    assert "0x55d0" not in result.errors[0][1]


def test_recorder__a_skipped_sub_test_does_not_skip_the_test() -> None:
    recorder, result = record(Case("skips_a_part"))
    assert recorder.skipped is None
    assert [reason for _, reason in result.skipped] == ["not this part"]


def test_recorder__looks_before_it_hands_on() -> None:
    seen: list[str] = []

    class Result(unittest.TestResult):
        def addError(self, *_: object) -> None:  # noqa: N802
            seen.append("handed on")

    case = Case()
    case.raises = KeyError("x")
    recorder = Recorder(Result(), case, lambda *_: seen.append("looked"))
    case.run(recorder)  # type: ignore[arg-type]
    assert seen == ["looked", "handed on"]
    assert isinstance(recorder.problems[0], Problem)


def test_recorder__everything_else_is_the_results_own() -> None:
    result = unittest.TestResult()
    recorder = Recorder(result, Case(), lambda *_: None)
    assert recorder.failfast is False
    assert not hasattr(recorder, "addSomethingNew")
