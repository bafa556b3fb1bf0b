import json
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from rehearsal import __version__
from rehearsal.results.diagnosis import Diagnosis
from rehearsal.results.evidence_index import EvidenceIndex, FailedTestEvidence
from rehearsal.results.frame import ProjectFrame
from rehearsal.results.origin import Origin, RequestSummary
from rehearsal.results.read_json import VERSION
from rehearsal.results.rehearsal import RehearsalResult, Stage
from rehearsal.results.shard import Shard
from rehearsal.results.tests import Failure, Results, Span
from rehearsal.results.timeline import Milestone, ObservedAnswer, Timeline
from rehearsal.results.write_json import write_json
from rehearsal.verdict import Problem, Verdict

HOSTILE = 'quote " backslash \\ newline \n </script> é \x00 \u2028'


SCHEMA = json.loads((Path(__file__).parents[2] / "verdict.schema.json").read_text(encoding="utf-8"))
OWN = ProjectFrame(file="app/views.py", line=9, function="home", error=HOSTILE, text="t")


def closed(schema: Any) -> Any:
    """Return a schema that knows no field but those it names, as readers should not."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: closed(value) for key, value in schema.items()}
    if isinstance(found.get("properties"), dict) and "required" in found:
        found["additionalProperties"] = False
    return found


STRICT = Draft202012Validator(closed(deepcopy(SCHEMA)))


def everything() -> RehearsalResult:
    failure = Failure(
        name=HOSTILE,
        message="m",
        file="t.py",
        line=7,
        span=Span(start=1.0, end=2.5, exact=True),
        evidence="e",
        attempts=3,
    )
    test = FailedTestEvidence(failure=failure, file="site/t.py", folder="tests/e", frame=OWN)
    return RehearsalResult(
        name="77-1-abc",
        started=1.5,
        stages=(Stage(name="build", seconds=1.23456, ok=True),),
        problems=(Problem(Verdict.TESTS_FAILED, HOSTILE, hint="a", excerpt=(HOSTILE, "")),),
        image="app:1",
        image_id="sha256:0",
        ready_seconds=0.5,
        shard="2/4",
        shards=(
            Shard(name=HOSTILE, verdict=Verdict.PASSED, shard="1/2", tests=3, seconds=1.23456),
        ),
        origin=Origin(repository="o/n", commit="c", ref="refs/heads/m", run="https://x", attempt=2),
        request=RequestSummary(command="0" * 64, browser="firefox", path="/", statuses="200-399"),
        results=Results(
            tests=2, failures=1, failed=(failure,), flaky=(failure,), in_other_shards=5
        ),
        artifact_name="rehearsal-x",
        notices=(HOSTILE,),
        diagnoses=(Diagnosis(id="missing-table", title=HOSTILE, hint="a", evidence=("line",)),),
        key_lines=("line",),
        timeline=Timeline(
            milestones=(Milestone(name="ready", seconds=1.23456, detail="HTTP status 200"),),
            answers=(ObservedAnswer(text=HOSTILE, first=0.5, last=0.5),),
        ),
        index=EvidenceIndex(tests=(test,), flaky=(replace(test, folder="tests/f"),), frame=OWN),
    )


FRAME = {"file": "app/views.py", "line": 9, "function": "home", "error": HOSTILE}
FAILED = {
    "name": HOSTILE,
    "message": "m",
    "attempts": 3,
    "file": "site/t.py",
    "line": 7,
    "span": {"start": 1.0, "end": 2.5, "exact": True},
    "evidence": "tests/e",
    "frame": FRAME,
}


def test_document__of_everything() -> None:
    assert json.loads(write_json(everything())) == {
        "version": VERSION,
        "tool": f"dress-rehearsal {__version__}",
        "rehearsal": "77-1-abc",
        "verdict": "tests-failed",
        "exit-code": 13,
        "diagnoses": [
            {
                "id": "missing-table",
                "title": HOSTILE,
                "hint": "a",
                "paste": "",
                "background": "",
                "evidence": ["line"],
            }
        ],
        "key-lines": ["line"],
        "started": 1.5,
        "image": "app:1",
        "image-id": "sha256:0",
        "artifact-name": "rehearsal-x",
        "ready-seconds": 0.5,
        "origin": {
            "repository": "o/n",
            "commit": "c",
            "ref": "refs/heads/m",
            "run": "https://x",
            "attempt": 2,
        },
        "request": {
            "test-command-sha256": "0" * 64,
            "browser": "firefox",
            "ready-path": "/",
            "ready-status": "200-399",
        },
        "shard": "2/4",
        "shards": [
            {
                "name": HOSTILE,
                "verdict": "passed",
                "shard": "1/2",
                "browser": "",
                "tests": 3,
                "failures": 0,
                "flaky": 0,
                "seconds": 1.235,
                "page": "",
            }
        ],
        "tests": {
            "ran": 2,
            "failures": 1,
            "failed": [FAILED],
            "flaky": [FAILED | {"evidence": "tests/f"}],
            "in-other-shards": 5,
        },
        "frame": FRAME,
        "stages": [{"name": "build", "seconds": 1.235, "ok": True}],
        "readiness": {
            "milestones": [{"name": "ready", "seconds": 1.235, "detail": "HTTP status 200"}],
            "answers": [{"text": HOSTILE, "first": 0.5, "last": 0.5, "times": 1}],
        },
        "problems": [
            {
                "verdict": "tests-failed",
                "message": HOSTILE,
                "hint": "a",
                "excerpt": [HOSTILE, ""],
            }
        ],
        "notices": [HOSTILE],
    }


def test_document__of_what_never_began() -> None:
    found = json.loads(write_json(RehearsalResult(name="r")))
    assert (found["verdict"], found["exit-code"], found["tests"]) == ("passed", 0, None)
    assert (found["ready-seconds"], found["stages"], found["problems"]) == (None, [], [])


def test_document__ends_in_a_newline() -> None:
    assert write_json(RehearsalResult(name="r")).endswith("}\n")


def test_schema__is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(
    "result",
    [
        pytest.param(everything(), id="everything"),
        pytest.param(RehearsalResult(name="r"), id="nothing"),
        pytest.param(RehearsalResult(name="r", results=Results()), id="unknown counts"),
    ],
)
def test_schema__holds_and_names_every_field(result: RehearsalResult) -> None:
    STRICT.validate(json.loads(write_json(result)))


@pytest.mark.parametrize("verdict", Verdict, ids=str)
def test_schema__knows_every_verdict(verdict: Verdict) -> None:
    record = RehearsalResult(name="r")
    if verdict is not Verdict.PASSED:
        record = replace(record, problems=(Problem(verdict, "w"),))
    STRICT.validate(json.loads(write_json(record)))


@pytest.mark.parametrize(
    "field, value",
    [("verdict", "fine"), ("version", 2), ("stages", [{"name": "x"}]), ("tests", {}), ("image", 1)],
)
def test_schema__refuses_what_is_none(field: str, value: object) -> None:
    found = json.loads(write_json(everything())) | {field: value}
    with pytest.raises(ValidationError):
        STRICT.validate(found)


def test_schema__readers_may_meet_fields_of_later_versions() -> None:
    found = json.loads(write_json(everything())) | {"later": 1}
    Draft202012Validator(SCHEMA).validate(found)
