import json

from rehearsal import __version__
from rehearsal.junit import Failure, Results
from rehearsal.record import Rehearsal, Stage
from rehearsal.report.document import VERSION, document
from rehearsal.verdict import Problem, Verdict

HOSTILE = 'quote " backslash \\ newline \n </script> é \x00 \u2028'


def test_document__of_everything() -> None:
    failure = Failure(name=HOSTILE, message="m", file="t.py", line=7)
    rehearsal = Rehearsal(
        name="77-1-abc",
        started=1.5,
        stages=[Stage(name="build", seconds=1.23456, good=True)],
        problems=[Problem(Verdict.TESTS_FAILED, HOSTILE, advice="a", excerpt=(HOSTILE, ""))],
        image="app:1",
        image_id="sha256:0",
        ready_seconds=0.5,
        results=Results(tests=2, failures=1, failed=(failure,)),
        notices=[HOSTILE],
    )
    assert json.loads(document(rehearsal)) == {
        "version": VERSION,
        "tool": f"dress-rehearsal {__version__}",
        "rehearsal": "77-1-abc",
        "verdict": "tests-failed",
        "exit-code": 13,
        "started": 1.5,
        "image": "app:1",
        "image-id": "sha256:0",
        "ready-seconds": 0.5,
        "tests": {
            "ran": 2,
            "failures": 1,
            "failed": [{"name": HOSTILE, "message": "m", "file": "t.py", "line": 7}],
        },
        "stages": [{"name": "build", "seconds": 1.235, "good": True}],
        "problems": [
            {
                "verdict": "tests-failed",
                "what": HOSTILE,
                "advice": "a",
                "excerpt": [HOSTILE, ""],
            }
        ],
        "notices": [HOSTILE],
    }


def test_document__of_what_never_began() -> None:
    found = json.loads(document(Rehearsal(name="r")))
    assert (found["verdict"], found["exit-code"], found["tests"]) == ("passed", 0, None)
    assert (found["ready-seconds"], found["stages"], found["problems"]) == (None, [], [])


def test_document__ends_in_a_newline() -> None:
    assert document(Rehearsal(name="r")).endswith("}\n")
