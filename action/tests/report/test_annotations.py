from dataclasses import replace

import pytest

from rehearsal.report.annotations import (
    AUDIT_TITLE,
    MAX_ANNOTATIONS,
    MAX_CAUSE,
    WARNING_TITLE,
    Annotation,
    error_annotations,
    warning_annotations,
)
from rehearsal.report.audit_words import audit_text
from rehearsal.report.cause_text import PASTE_TOO_LONG
from rehearsal.results.diagnosis import Diagnosis
from rehearsal.results.evidence_index import EvidenceIndex, FailedTestEvidence
from rehearsal.results.frame import ProjectFrame
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.results.tests import Failure
from rehearsal.verdict import Problem, Verdict

from ..audits import audit

FRAME = ProjectFrame(
    file="superlists/lists/views.py",
    line=24,
    function="new_list",
    error="OperationalError: no such table: lists_list",
    text="trace",
)
TESTS_FAILED = Problem(Verdict.TESTS_FAILED, "1 of 3 tests failed.", hint="Look.")


def evidence_of(
    *names: str,
    message: str = "1 != 2",
    attempts: int = 1,
    file: str = "",
    frame: ProjectFrame | None = None,
) -> tuple[FailedTestEvidence, ...]:
    failures = (Failure(name=n, message=message, line=7, attempts=attempts) for n in names)
    return tuple(FailedTestEvidence(failure=each, file=file, frame=frame) for each in failures)


def errors(
    index: EvidenceIndex, *problems: Problem, diagnoses: tuple[Diagnosis, ...] = ()
) -> list[Annotation]:
    result = RehearsalResult(name="r", problems=problems, diagnoses=diagnoses, index=index)
    return error_annotations(result)


def test_errors__the_cause_then_each_failed_test_and_the_app_s_line() -> None:
    index = EvidenceIndex(failed=evidence_of("t.T.bad", frame=FRAME, file="site/t.py"), frame=FRAME)
    known = Diagnosis(id="x", title="The variable KEY is missing", hint="Hand it over.")
    assert errors(index, TESTS_FAILED, diagnoses=(known,)) == [
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


def test_errors__the_line_at_fault_follows_the_cause() -> None:
    """It is not told again as the line where the app failed."""
    known = Diagnosis(
        id="x", title="There is no page", hint="Add it.", file=FRAME.file, line=FRAME.line
    )
    index = EvidenceIndex(failed=evidence_of("t.T.bad", frame=FRAME, file="site/t.py"), frame=FRAME)
    found = errors(index, TESTS_FAILED, diagnoses=(known,))
    assert [each.title for each in found[1:]] == ["The cause is here", "t.T.bad"]
    assert found[1] == Annotation(
        title="The cause is here", message="There is no page", file=FRAME.file, line=FRAME.line
    )
    crashed = Problem(Verdict.CRASHED, "It ended.", hint="Look.")
    crash = errors(EvidenceIndex(frame=FRAME), crashed, diagnoses=(known,))
    assert [each.title for each in crash[1:]] == ["The cause is here"]


def test_errors__the_same_line_of_the_app_once() -> None:
    found = errors(EvidenceIndex(failed=evidence_of("a", "b", frame=FRAME)), TESTS_FAILED)
    assert [each.title for each in found[1:]] == ["a", "The app failed in new_list", "b"]


def test_errors__a_test_outside_the_checkout_has_no_line() -> None:
    found = errors(EvidenceIndex(failed=evidence_of("a")), TESTS_FAILED)
    assert found[1] == Annotation(title="a", message="1 != 2")


@pytest.mark.parametrize("function, place", [("", "here"), ("<module>", "here"), ("f", "in f")])
def test_errors__of_a_crash_name_the_app_s_line(function: str, place: str) -> None:
    frame = ProjectFrame(
        file="app.py", line=3, function=function, error="KeyError: 'KEY'", text="t"
    )
    found = errors(EvidenceIndex(frame=frame), Problem(Verdict.CRASHED, "It ended."))
    assert found[1] == Annotation(
        title=f"The app failed {place}",
        message="KeyError: 'KEY'",
        file="app.py",
        line=3,
    )


@pytest.mark.parametrize(
    "source, excerpt, title",
    [
        ("setup.log", ("Traceback", FRAME.error), "setup-command failed in new_list"),
        ("before.log", ("Traceback", FRAME.error), "before-command failed in new_list"),
        ("setup.log", ("no such file",), "The app failed in new_list"),
    ],
    ids=["setup-command", "before-command", "the app meanwhile"],
)
def test_errors__of_setup_name_what_failed(
    source: str, excerpt: tuple[str, ...], title: str
) -> None:
    problem = Problem(Verdict.SETUP_FAILED, "It ended.", source=source, excerpt=excerpt)
    found = errors(EvidenceIndex(frame=FRAME), problem)
    assert (found[1].title, found[1].message) == (title, FRAME.error)


def test_errors__what_the_app_raised_during_the_suite() -> None:
    found = errors(EvidenceIndex(failed=evidence_of("a", "b"), suite_frame=FRAME), TESTS_FAILED)
    assert [each.title for each in found[1:]] == ["a", "b", "The app failed in new_list"]
    assert found[-1].message == FRAME.error
    asked = replace(FRAME, request="GET /lists/1/")
    found = errors(EvidenceIndex(failed=evidence_of("a"), suite_frame=asked), TESTS_FAILED)
    assert found[-1].message.endswith("\nThe app raised this, answering GET /lists/1/ with 500.")
    repeated = replace(asked, repeated=True)
    found = errors(EvidenceIndex(failed=evidence_of("a"), suite_frame=repeated), TESTS_FAILED)
    assert found[-1].message.endswith("\nThe app raised this when GET /lists/1/ was repeated.")


def test_errors__of_a_build_stand_on_the_line_of_the_dockerfile() -> None:
    text = "RUN make\nmake: *** no rule\nexit code: 2"
    frame = ProjectFrame(
        file="web/Dockerfile", line=3, function="", error="exit code: 2", text=text
    )
    found = errors(EvidenceIndex(frame=frame), Problem(Verdict.BUILD_FAILED, "It did not build."))
    assert found[1] == Annotation(
        title="The build failed here", message=text, file="web/Dockerfile", line=3
    )


def test_errors__of_a_pass_are_none_although_the_app_raised() -> None:
    assert errors(EvidenceIndex(flaky=evidence_of("t"), frame=FRAME)) == []


def test_errors__a_message_is_never_empty() -> None:
    """The runner drops an annotation without a message."""
    found = errors(EvidenceIndex(failed=evidence_of("t", message="")), TESTS_FAILED)
    assert found[1].message == "failed"


def test_errors__leave_room_for_other_steps() -> None:
    tests = evidence_of(*(f"t{n}" for n in range(100)), frame=FRAME)
    found = errors(EvidenceIndex(failed=tests), TESTS_FAILED)
    assert len(found) == MAX_ANNOTATIONS <= 8
    assert found[0].title == "Dress rehearsal: tests-failed"


def test_errors__keep_the_whole_name_of_a_test() -> None:
    names = ("smoke.cart shows v1.2 banner", "e2e.login opens GET /index.html", "t.test_a[b.c/d]")
    found = errors(EvidenceIndex(failed=evidence_of(*names)), TESTS_FAILED)
    assert [each.title for each in found[1:]] == [*names]


def warnings(*flaky: FailedTestEvidence, warning: str = "") -> list[Annotation]:
    index = EvidenceIndex(failed=evidence_of("failed"), flaky=flaky)
    return warning_annotations(
        RehearsalResult(name="r", index=index, warnings=(warning,) if warning else ())
    )


def test_warnings__about_the_run_first() -> None:
    first, second = warnings(*evidence_of("t.T.shaky"), warning="No test was counted.")
    assert (first.message, first.file) == ("No test was counted.", "")
    assert second.title == "Flaky: t.T.shaky"


@pytest.mark.parametrize("attempts, words", [(1, "1 != 2\n"), (3, "1 != 2 (3 times)\n")])
def test_warnings__one_for_each_flaky_test(attempts: int, words: str) -> None:
    (found,) = warnings(*evidence_of("t.T.shaky", attempts=attempts, file="site/t.py"))
    assert (found.title, found.file, found.line) == ("Flaky: t.T.shaky", "site/t.py", 7)
    assert found.message.startswith(words)
    assert "passed on a retry" in found.message


def test_warnings__leave_room_for_other_steps() -> None:
    assert len(warnings(*evidence_of(*map(str, range(30))))) == MAX_ANNOTATIONS


def test_warnings__without_a_flaky_test_are_none() -> None:
    assert warnings() == []


def test_audit__one_warning_for_all_findings() -> None:
    result = RehearsalResult(name="r", audit=audit("a", "b"), warnings=("It is old.",))
    assert error_annotations(result) == []
    found = warning_annotations(result)
    assert [each.title for each in found] == [AUDIT_TITLE, WARNING_TITLE]
    assert "b: The message of b.\nThe hint of b." in found[0].message
    assert not warning_annotations(RehearsalResult(name="r", audit=audit(waived="a")))


def test_audit__enforced_it_is_the_only_error() -> None:
    """What the app raised meanwhile did not make it fail."""
    found = audit("a", "b", mode="enforce")
    problem = Problem(Verdict.AUDIT_FAILED, "It failed.", hint="Look.")
    result = RehearsalResult(
        name="r", audit=found, problems=(problem,), index=EvidenceIndex(frame=FRAME)
    )
    (error,) = error_annotations(result)
    assert error == Annotation(title="Dress rehearsal: audit-failed", message=audit_text(found))
    assert not warning_annotations(result)


def test_audit__another_problem_comes_first() -> None:
    problem = Problem(Verdict.CRASHED, "It ended.")
    found = RehearsalResult(name="r", audit=audit("a", mode="enforce"), problems=(problem,))
    assert [each.title for each in error_annotations(found)] == ["Dress rehearsal: crashed"]


@pytest.mark.parametrize("lines, is_whole", [(10, True), (400, False)])
def test_errors__what_is_to_be_pasted_is_whole_or_elsewhere(lines: int, is_whole: bool) -> None:
    """The step log cuts a long message in its middle."""
    paste = "".join(f"    - name: step {number}\n" for number in range(lines))
    known = Diagnosis(id="x", title="A step is missing", hint="Add it.", paste=paste)
    message = errors(EvidenceIndex(), TESTS_FAILED, diagnoses=(known,))[0].message
    assert (paste.strip("\n") in message) is is_whole
    assert ("step 5" in message) is is_whole
    assert (PASTE_TOO_LONG in message) is not is_whole
    assert message.startswith("A step is missing\nAdd it.\n\n")
    assert len(message) <= MAX_CAUSE
