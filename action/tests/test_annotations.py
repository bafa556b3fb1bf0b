from rehearsal.junit import Failure, Results
from rehearsal.record import Rehearsal
from rehearsal.report.annotations import MOST, Annotation, annotations
from rehearsal.verdict import Problem, Verdict


def record(*failures: Failure) -> Rehearsal:
    problem = Problem(Verdict.TESTS_FAILED, "1 of 3 tests failed.", advice="Look.")
    results = Results(tests=3, failures=len(failures), failed=failures)
    return Rehearsal(name="r", problems=[problem], results=results)


def test_annotations__none_of_a_pass() -> None:
    assert annotations(Rehearsal(name="r", results=Results(tests=3))) == []


def test_annotations__the_deciding_problem_first_then_each_failed_test() -> None:
    failure = Failure(name="t.T.bad", message="1 != 2", file="t.py", line=7)
    assert annotations(record(failure)) == [
        Annotation(title="Dress rehearsal: tests-failed", message="1 of 3 tests failed.\nLook."),
        Annotation(title="t.T.bad", message="1 != 2", file="t.py", line=7),
    ]


def test_annotations__a_message_is_never_empty() -> None:
    """The runner drops an annotation that says nothing."""
    assert annotations(record(Failure(name="t", message="")))[1].message == "failed"


def test_annotations__leave_room_for_other_steps() -> None:
    many = annotations(record(*(Failure(name=f"t{n}", message="m") for n in range(100))))
    assert len(many) == MOST <= 8
    assert many[0].title == "Dress rehearsal: tests-failed"


def test_annotations__are_not_longer_than_github_shows() -> None:
    problem = Problem(Verdict.CRASHED, "w" * 10_000, advice="a")
    long = Failure(name="n" * 10_000, message="m" * 10_000)
    rehearsal = Rehearsal(
        name="r", problems=[problem], results=Results(tests=1, failures=1, failed=(long,))
    )
    for annotation in annotations(rehearsal):
        assert len(annotation.message) < 4096
        assert len(annotation.title) < 256
