import unittest

import pytest
from selenium.common.exceptions import NoSuchElementException

from rehearsal_testing.attempt_record import AttemptRecord
from rehearsal_testing.junit import Case
from rehearsal_testing.recording_result import RecordingResult

CHROME_SAYS = """no such element: Unable to locate element: {"selector":"[id="x"]"}
  (Session info: chrome=156.0.8078.79); For documentation on this error, please visit: https://x"""
FIREFOX_SAYS = 'Unable to locate element: [id="x"]; For documentation on this error, please: https'


class Story(unittest.TestCase):
    __test__ = False
    raises: BaseException | None = None

    def runTest(self) -> None:  # noqa: N802
        if self.raises is not None:
            raise self.raises

    def skips_a_part(self) -> None:
        with self.subTest(part=1):
            self.skipTest("not this part")


def start_attempt(record_type: type[AttemptRecord] = AttemptRecord) -> AttemptRecord:
    # Without a browser, no evidence is written.
    case = Case(classname="a.B", name="test_c", file="a.py", line=1)
    return record_type.start(case, {"REHEARSAL_EVIDENCE": "/nowhere"})


def run(case: unittest.TestCase) -> tuple[AttemptRecord, unittest.TestResult]:
    result, attempt = unittest.TestResult(), start_attempt()
    case.run(RecordingResult(result, case, attempt))  # type: ignore[arg-type]
    return attempt, result


@pytest.mark.parametrize(
    "says,message",
    [
        (CHROME_SAYS, 'no such element: Unable to locate element: {"selector":"[id="x"]"}'),
        (FIREFOX_SAYS, 'Unable to locate element: [id="x"]'),
    ],
    ids=["chrome", "firefox"],
)
def test_driver_error__is_recorded_without_stack_and_links(says: str, message: str) -> None:
    case = Story()
    case.raises = NoSuchElementException(says, stacktrace=["#0 0x55d0", "#1 0x55d1"])
    attempt, result = run(case)
    (error,) = attempt.errors
    assert error.message == f"Message: {message}"
    assert "0x55d0" not in error.traceback
    assert "0x55d0" not in result.errors[0][1]


def test_sub_test__that_is_skipped_does_not_skip_the_test() -> None:
    attempt, result = run(Story("skips_a_part"))
    assert attempt.skipped is None
    assert [reason for _, reason in result.skipped] == ["not this part"]


def test_result__gets_an_error_after_evidence_is_saved() -> None:
    events: list[str] = []

    class Result(unittest.TestResult):
        def addError(self, *_: object) -> None:  # noqa: N802
            events.append("passed on")

    class Watched(AttemptRecord):
        def save_evidence(self, error: BaseException) -> None:  # noqa: ARG002  (the real one needs it)
            events.append("saved")

    case = Story()
    case.raises = KeyError("x")
    case.run(RecordingResult(Result(), case, start_attempt(Watched)))  # type: ignore[arg-type]
    assert events == ["saved", "passed on"]


def test_result__has_the_other_attributes_of_the_real_one() -> None:
    result = RecordingResult(unittest.TestResult(), Story(), start_attempt())
    assert result.failfast is False
    assert not hasattr(result, "addSomethingNew")
