import pytest

from rehearsal.report.words import (
    LINES_OF_FAILURE,
    LOG_OF_TEST,
    WHOLE_LOG,
    end_title,
    reported_message,
)
from rehearsal.results.browser_steps import TraceStep
from rehearsal.results.evidence_index import FailedTestEvidence
from rehearsal.results.tests import Failure

TIMEOUT = "selenium.common.exceptions.TimeoutException"
CLICK = TraceStep(start=1, seconds=0.1, text="click id=send")
END = TraceStep(start=9, seconds=0.1, text="end the browser")
MISSING = TraceStep(
    start=2, seconds=4.26, text="looked for id=thanks", is_look=True, error="id=thanks: no element"
)
WRONG = TraceStep(
    start=2, seconds=4.26, text="looked for title", is_look=True, answer="title: Shop"
)


def message(said: str, *steps: TraceStep, attempts: int = 1) -> str:
    failure = Failure(name="t", message=said, attempts=attempts)
    return reported_message(FailedTestEvidence(failure=failure, steps=steps))


@pytest.mark.parametrize(
    "said", [TIMEOUT, f"{TIMEOUT}: Message:", f"{TIMEOUT}: Message: \n", "TimeoutException"]
)
def test_reported_message__a_time_out_says_what_was_waited_for(said: str) -> None:
    name = said.partition(":")[0]
    found = message(said, CLICK, MISSING, END)
    assert found == f"{name}: waited 4.3 s for id=thanks: no element"
    assert message(said, CLICK, WRONG) == f"{name}: waited 4.3 s; the last answer was title: Shop"
    assert message(said, CLICK) == message(said) == name


@pytest.mark.parametrize(
    "said", [f"{TIMEOUT}: the cart is empty", "AssertionError", "", "no such element"]
)
def test_reported_message__what_gives_a_reason_or_did_not_wait(said: str) -> None:
    assert message(said, MISSING) == said


def test_reported_message__how_often_it_failed() -> None:
    assert message(TIMEOUT, MISSING, attempts=2).endswith("no element (2 times)")


def test_words__each_view_of_what_the_app_logged_has_a_name_of_its_own() -> None:
    names = {WHOLE_LOG, LOG_OF_TEST, LINES_OF_FAILURE}
    assert len(names) == 3
    assert "app's log" not in names
    assert end_title("container.log") == "The end of container.log, the app's whole log"
    assert end_title("setup.log") == "The end of setup.log"
