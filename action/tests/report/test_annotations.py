from dataclasses import replace

import pytest

from rehearsal.report.annotations import MOST, Annotation, annotations, warnings
from rehearsal.results.diagnosis import Diagnosis
from rehearsal.results.evidence_index import EvidenceIndex, FailedTestEvidence
from rehearsal.results.frame import ProjectFrame
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.results.tests import Failure, Results
from rehearsal.verdict import Problem, Verdict

OWN = ProjectFrame(
    file="superlists/lists/views.py",
    line=24,
    function="new_list",
    error="OperationalError: no such table: lists_list",
    text="trace",
)


def record(verdict: Verdict = Verdict.TESTS_FAILED) -> RehearsalResult:
    problem = Problem(verdict, "1 of 3 tests failed.", hint="Look.")
    return RehearsalResult(name="r", problems=(problem,))


def failed(*names: str, frame: ProjectFrame | None = None, **changes: str) -> EvidenceIndex:
    return EvidenceIndex(
        tests=tuple(
            FailedTestEvidence(
                failure=Failure(name=name, message=changes.get("message", "1 != 2"), line=7),
                file=changes.get("file", ""),
                frame=frame,
            )
            for name in names
        ),
        frame=frame,
    )


def test_annotations__none_of_a_pass() -> None:
    assert (
        annotations(
            replace(RehearsalResult(name="r", results=Results(tests=3)), index=EvidenceIndex())
        )
        == []
    )


def test_annotations__the_cause_then_each_failed_test_and_the_app_s_own_line() -> None:
    found = record()
    found = replace(
        found,
        diagnoses=(Diagnosis(id="x", title="The variable KEY is missing", hint="Hand it over."),),
    )
    assert annotations(replace(found, index=failed("t.T.bad", frame=OWN, file="site/t.py"))) == [
        Annotation(
            title="Dress rehearsal: tests-failed",
            message="The variable KEY is missing\nHand it over.\n\n"
            "What happened: 1 of 3 tests failed.",
        ),
        Annotation(title="t.T.bad", message="1 != 2", file="site/t.py", line=7),
        Annotation(
            title="The app failed in new_list",
            message="OperationalError: no such table: lists_list\n"
            "The app raised this while t.T.bad ran.",
            file="superlists/lists/views.py",
            line=24,
        ),
    ]


def test_annotations__the_same_line_of_the_app_once() -> None:
    found = annotations(replace(record(), index=failed("a", "b", frame=OWN)))
    assert [each.title for each in found[1:]] == ["a", "The app failed in new_list", "b"]


def test_annotations__a_test_that_is_not_in_the_checkout_has_no_line() -> None:
    assert annotations(replace(record(), index=failed("a")))[1] == Annotation(
        title="a", message="1 != 2"
    )


@pytest.mark.parametrize("function, where", [("", "here"), ("<module>", "in <module>")])
def test_annotations__of_a_crash_on_the_app_s_own_line(function: str, where: str) -> None:
    own = ProjectFrame(file="app.py", line=3, function=function, error="KeyError: 'KEY'", text="t")
    assert annotations(replace(record(Verdict.CRASHED), index=EvidenceIndex(frame=own)))[
        1
    ] == Annotation(
        title=f"The app failed {where}",
        message="KeyError: 'KEY'\nThe app raised this.",
        file="app.py",
        line=3,
    )


def test_annotations__a_pass_with_an_exception_on_the_way_has_none() -> None:
    assert annotations(replace(RehearsalResult(name="r"), index=EvidenceIndex(frame=OWN))) == []


def test_annotations__a_message_is_never_empty() -> None:
    """The runner drops an annotation that says nothing."""
    assert annotations(replace(record(), index=failed("t", message="")))[1].message == "failed"


def test_annotations__leave_room_for_other_steps() -> None:
    many = annotations(replace(record(), index=failed(*(f"t{n}" for n in range(100)), frame=OWN)))
    assert len(many) == MOST <= 8
    assert many[0].title == "Dress rehearsal: tests-failed"


def test_annotations__are_not_longer_than_github_shows() -> None:
    problem = Problem(Verdict.CRASHED, "w" * 10_000, hint="a")
    long = ProjectFrame(file="f", line=1, function="f" * 10_000, error="e" * 10_000, text="")
    exhibits = failed("n" * 10_000, frame=long, message="m" * 10_000)
    found = annotations(replace(RehearsalResult(name="r", problems=(problem,)), index=exhibits))
    assert len(found) == 3
    for annotation in found:
        assert len(annotation.message) < 4096
        assert len(annotation.title) < 256


def warned(index: EvidenceIndex) -> list[Annotation]:
    return warnings(RehearsalResult(name="r", index=index))


def flaky(*names: str, attempts: int = 1, file: str = "site/t.py") -> EvidenceIndex:
    failures = (Failure(name=n, message="1 != 2", line=7, attempts=attempts) for n in names)
    return EvidenceIndex(
        flaky=tuple(FailedTestEvidence(failure=each, file=file, frame=OWN) for each in failures)
    )


@pytest.mark.parametrize("attempts, words", [(1, "1 != 2\n"), (3, "1 != 2 (3 times)\n")])
def test_warnings__one_for_each_flaky_test_on_its_own_line(attempts: int, words: str) -> None:
    (found,) = warned(flaky("t.T.shaky", attempts=attempts))
    assert (found.title, found.file, found.line) == ("Flaky: t.T.shaky", "site/t.py", 7)
    assert found.message.startswith(words)
    assert "passed when it was run again" in found.message
    assert annotations(replace(RehearsalResult(name="r"), index=flaky("t.T.shaky"))) == []


def test_warnings__leave_room_for_other_steps_too() -> None:
    found = warned(flaky(*(f"{n}" * 300 for n in range(30))))
    assert len(found) == MOST
    assert all(len(each.title) < 256 for each in found)


def test_warnings__none_where_nothing_is_flaky() -> None:
    assert warned(failed("t")) == []
