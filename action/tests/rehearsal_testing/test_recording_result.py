import unittest

import pytest
from selenium.common.exceptions import NoSuchElementException

from rehearsal_testing.attempt_record import Recording
from rehearsal_testing.junit import Case
from rehearsal_testing.recording_result import Recorder

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


def a_recording() -> Recording:
    # No browser, so nothing is ever written.
    case = Case(classname="a.B", name="test_c", file="a.py", line=1)
    return Recording.begin(case, {"REHEARSAL_EVIDENCE": "/nowhere"})


def record(case: unittest.TestCase) -> tuple[Recording, unittest.TestResult]:
    result, recording = unittest.TestResult(), a_recording()
    case.run(Recorder(result, case, recording))  # type: ignore[arg-type]
    return recording, result


@pytest.mark.parametrize(
    "says,message",
    [
        (CHROME_SAYS, 'no such element: Unable to locate element: {"selector":"[id="x"]"}'),
        (FIREFOX_SAYS, 'Unable to locate element: [id="x"]'),
    ],
    ids=["chrome", "firefox"],
)
def test_recorder__a_driver_error_is_told_without_its_trimmings(says: str, message: str) -> None:
    case = Story()
    case.raises = NoSuchElementException(says, stacktrace=["#0 0x55d0", "#1 0x55d1"])
    recording, result = record(case)
    (problem,) = recording.problems
    assert problem.message == f"Message: {message}"
    assert "0x55d0" not in problem.traceback
    assert "0x55d0" not in result.errors[0][1]


def test_recorder__a_skipped_sub_test_does_not_skip_the_test() -> None:
    recording, result = record(Story("skips_a_part"))
    assert recording.skipped is None
    assert [reason for _, reason in result.skipped] == ["not this part"]


def test_recorder__looks_before_it_hands_on() -> None:
    seen: list[str] = []

    class Result(unittest.TestResult):
        def addError(self, *_: object) -> None:  # noqa: N802
            seen.append("handed on")

    class Watched(Recording):
        def keep_evidence(self) -> None:
            seen.append("looked")

    case = Story()
    case.raises = KeyError("x")
    recording = Watched(case=a_recording().case, evidence=a_recording().evidence, browsers=[])
    case.run(Recorder(Result(), case, recording))  # type: ignore[arg-type]
    assert seen == ["looked", "handed on"]


def test_recorder__everything_else_is_the_results_own() -> None:
    result = unittest.TestResult()
    recorder = Recorder(result, Story(), a_recording())
    assert recorder.failfast is False
    assert not hasattr(recorder, "addSomethingNew")
