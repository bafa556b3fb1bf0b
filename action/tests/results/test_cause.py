from dataclasses import replace

import pytest

from rehearsal.report.cause_text import cause_text
from rehearsal.results.cause import CORRECT_IT, LOG_ERRORS, MAX_TEXT, UNKNOWN, CauseSummary
from rehearsal.results.diagnosis import Diagnosis
from rehearsal.results.evidence_index import EvidenceIndex, FailedTestEvidence, LogLine
from rehearsal.results.frame import ProjectFrame
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.results.tests import Failure
from rehearsal.verdict import Problem, Verdict

WHAT = "The container ended before it was ready: exit code 1."
OWN = ProjectFrame(
    file="app.py", line=3, function="main", error="ShopError: shut", text="Traceback\nShopError"
)
KNOWN = Diagnosis(
    id="x",
    title="The variable KEY is missing",
    hint="Hand it over.",
    paste="with:\n  secrets: KEY",
    matching_lines=("KeyError: 'KEY'",),
)


def record(verdict: Verdict = Verdict.CRASHED, **changes: object) -> RehearsalResult:
    problem = Problem(verdict, WHAT, hint="Look.")
    return RehearsalResult(name="r", problems=(problem,), **changes)  # type: ignore[arg-type]


def told(record: RehearsalResult, exhibits: EvidenceIndex | None = None) -> CauseSummary:
    found = replace(record, index=exhibits or EvidenceIndex()).cause
    assert found
    return found


def test_cause__of_a_pass_is_none() -> None:
    assert replace(RehearsalResult(name="r"), index=EvidenceIndex(frame=OWN)).cause is None


def test_cause__a_diagnosis_comes_before_the_problem() -> None:
    found = told(record(diagnoses=(KNOWN,)), EvidenceIndex(frame=OWN))
    assert found.known
    assert (found.title, found.message, found.hint) == (KNOWN.title, WHAT, KNOWN.hint)
    assert cause_text(found) == (
        "The variable KEY is missing\nHand it over.\n\nwith:\n  secrets: KEY\n\n"
        f"What happened: {WHAT}"
    )
    assert found.lines == KNOWN.matching_lines


def test_cause__shows_the_project_frame_of_the_diagnosed_exception() -> None:
    text = "Traceback\n  File a\nKeyError: 'KEY'"
    own = replace(OWN, error="KeyError: 'KEY'", text=text, request="/buy")
    found = told(record(diagnoses=(KNOWN,)), EvidenceIndex(frame=own))
    assert found.lines == tuple(text.splitlines())
    assert found.location == "app.py:3, in main, answering /buy with 500"
    found = told(
        record(diagnoses=(KNOWN,)),
        EvidenceIndex(frame=replace(own, request="GET /buy", repeated=True, function="<module>")),
    )
    assert found.location == "app.py:3 (the app did not log it; found by repeating GET /buy)"
    # A merge knows the last line alone.
    found = told(record(diagnoses=(KNOWN,)), EvidenceIndex(frame=replace(own, text=own.error)))
    assert found.lines == KNOWN.matching_lines


def test_cause__ignores_the_frame_of_another_exception() -> None:
    found = told(record(diagnoses=(KNOWN,)), EvidenceIndex(frame=replace(OWN, text="a\nb")))
    assert (found.lines, found.location) == (KNOWN.matching_lines, "")


def test_cause__without_a_diagnosis_shows_the_key_lines() -> None:
    found = told(record(key_lines=("queue cannot be reached", "bye")))
    assert cause_text(found) == (
        f"{WHAT}\nLook.\n\n{UNKNOWN} These lines say most:\n\nqueue cannot be reached\nbye"
    )


def test_cause__without_a_diagnosis_and_key_lines() -> None:
    assert cause_text(told(record())) == f"{WHAT}\nLook.\n\n{UNKNOWN}"


def test_cause__without_a_diagnosis_is_the_exception_of_the_app() -> None:
    found = told(record(key_lines=("ShopError: shut",)), EvidenceIndex(frame=OWN))
    assert found.title == "The app raised ShopError: shut at app.py:3"
    assert found.lines == ("Traceback", "ShopError")
    assert cause_text(found) == (
        f"{found.title}\n{CORRECT_IT}\n\nTraceback\n\nWhat happened: {WHAT}"
    )


STOPPED = FailedTestEvidence(
    failure=Failure(name="T.test_buy", message="no", line=28), file="tests/test_shop.py"
)


def test_cause__of_an_exception_quotes_its_line_and_names_the_test() -> None:
    text = (
        'Traceback (most recent call last):\n  File "app.py", line 30, in outer\n    main()\n'
        '  File "app.py", line 3, in main\n    shop.open()\nShopError: shut'
    )
    own = replace(OWN, text=text)
    failed = EvidenceIndex(failed=(replace(STOPPED, frame=own),))
    during = "It came while T.test_buy ran, which stopped at tests/test_shop.py:28."
    assert told(record(Verdict.TESTS_FAILED), failed).hint == (
        f"This line raised it: shop.open()\n\n{CORRECT_IT} {during}"
    )
    # Of what the code raises itself the line says no more than the title.
    bare = replace(own, text=text.replace("shop.open()", 'raise ShopError("shut")'))
    failed = EvidenceIndex(failed=(replace(STOPPED, frame=bare),))
    assert told(record(Verdict.TESTS_FAILED), failed).hint == during
    assert told(record(), EvidenceIndex(frame=bare)).hint == ""
    # Installed Python may have no source; other languages have no such line.
    for other in (
        text.replace("    shop.open()\n", ""),
        "ShopError: shut\n    at app.py:3",
    ):
        index = EvidenceIndex(frame=replace(OWN, text=other))
        assert told(record(), index).hint == CORRECT_IT


@pytest.mark.parametrize(
    "lines, logged",
    [
        ((), ""),
        ((LogLine(start=1, text="no stock", is_key=True),), " The app logged then: no stock"),
        (
            (LogLine(start=1, text="GET /"), LogLine(start=2, text="no stock", is_key=True)),
            " The app logged then: no stock",
        ),
        ((LogLine(start=1, text="GET /"),), " The app logged no error at that moment."),
    ],
    ids=["no log", "an error", "an error after a line", "no error"],
)
def test_cause__without_an_exception_says_where_to_begin(
    lines: tuple[LogLine, ...], logged: str
) -> None:
    index = EvidenceIndex(failed=(replace(STOPPED, app_lines=lines),))
    hint = told(record(Verdict.TESTS_FAILED), index).hint
    begin = f"Begin at tests/test_shop.py:28, where T.test_buy stopped.{logged}"
    assert hint == f"{begin}\n\nLook.\n\n{UNKNOWN}"


def test_cause__of_an_exception_names_it_once() -> None:
    own = replace(OWN, text="Traceback\n  File a\nShopError: shut")
    text = cause_text(told(record(), EvidenceIndex(frame=own)))
    assert text.count("ShopError: shut") == 1
    assert "\n  File a\n" in text


@pytest.mark.parametrize("repeated", [True, False])
@pytest.mark.parametrize("known", [(), (KNOWN,)], ids=["unknown", "known"])
def test_cause__of_what_the_app_did_not_log_says_how_to_log_it(
    *, repeated: bool, known: tuple[Diagnosis, ...]
) -> None:
    own = replace(OWN, error="KeyError: 'KEY'", request="GET /", repeated=repeated)
    hint = told(record(diagnoses=known), EvidenceIndex(frame=own)).hint
    assert hint.endswith(LOG_ERRORS) is repeated


def test_cause__of_failed_tests_uses_only_their_frames() -> None:
    failed = FailedTestEvidence(failure=Failure(name="t", message="no"))
    exhibits = EvidenceIndex(failed=(failed,), frame=OWN)
    assert told(record(Verdict.TESTS_FAILED), exhibits).title == WHAT
    failed = FailedTestEvidence(failure=Failure(name="t", message="no"), frame=OWN)
    exhibits = EvidenceIndex(failed=(failed,))
    assert "The app raised" in told(record(Verdict.TESTS_FAILED), exhibits).title


def test_cause__of_failed_tests_without_a_frame_is_the_suite_s() -> None:
    failed = FailedTestEvidence(failure=Failure(name="t", message="no"))
    exhibits = EvidenceIndex(failed=(failed,), suite_frame=OWN)
    assert told(record(Verdict.TESTS_FAILED), exhibits).title.startswith("The app raised ShopError")


@pytest.mark.parametrize("verdict", [Verdict.CANCELLED, Verdict.ERROR], ids=str)
def test_cause__of_a_cancelled_run_or_our_own_fault_ignores_the_frame(
    verdict: Verdict,
) -> None:
    assert cause_text(told(record(verdict), EvidenceIndex(frame=OWN))) == f"{WHAT}\nLook."


def test_cause__of_a_wrong_input_is_its_message() -> None:
    problem = Problem(Verdict.MISCONFIGURED, "The input port is '80a'.", hint="Give a number.")
    found = told(RehearsalResult(name="r", problems=(problem,)))
    assert cause_text(found) == "The input port is '80a'.\nGive a number."


def test_cause__cuts_a_long_exception_in_the_title() -> None:
    own = ProjectFrame(file="a.py", line=1, function="", error="E" * 9999, text="")
    assert len(told(record(), EvidenceIndex(frame=own)).title) < MAX_TEXT + 50
