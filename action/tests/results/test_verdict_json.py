import json
import re
from contextlib import suppress
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from rehearsal import __version__
from rehearsal.results.audit import Audit, Finding, Outcome
from rehearsal.results.companion_run import CompanionRun
from rehearsal.results.diagnosis import Diagnosis
from rehearsal.results.engine_versions import EngineVersions
from rehearsal.results.evidence_index import EvidenceIndex, FailedTestEvidence
from rehearsal.results.frame import ProjectFrame
from rehearsal.results.json_decoder import InvalidDocumentError, loads
from rehearsal.results.json_encoder import encode
from rehearsal.results.json_fields import MAX_TEXT
from rehearsal.results.next_need import NextNeed, NextNeeds
from rehearsal.results.origin import Origin, RequestSummary
from rehearsal.results.rehearsal import RehearsalResult, Stage
from rehearsal.results.shard import Shard
from rehearsal.results.tests import Failure, ListedOutcome, ListedTest, Span, SuiteResults
from rehearsal.results.timeline import Milestone, ObservedAnswer, Timeline
from rehearsal.results.verdict_document import MAX_TESTS, VERSION, FailedTest
from rehearsal.results.verdict_json import (
    LIMITS,
    WRITTEN_SIZE,
    UnsupportedVersionError,
    read_json,
    write_json,
)
from rehearsal.verdict import Problem, Verdict

from .recorded import AS_FOUND, TOO_MANY, largest, results

HOSTILE = 'quote " backslash \\ newline \n </script> é \x00 \u2028'
SCHEMA = json.loads((Path(__file__).parents[2] / "verdict.schema.json").read_text(encoding="utf-8"))


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

RERUN = 'rehearse --test-command "pytest -k one"'
OWN = ProjectFrame(file="app/views.py", line=9, function="home", error=HOSTILE, text=HOSTILE)


def failed(folder: str) -> FailedTestEvidence:
    failure = Failure(
        name=HOSTILE,
        message="m",
        file="site/t.py",
        line=7,
        span=Span(start=1.0, end=2.5, exact=True),
        evidence_name=folder,
        attempts=3,
    )
    return FailedTestEvidence(
        failure=failure, file="site/t.py", folder=folder, frame=OWN, rerun=RERUN
    )


FAILED, FLAKY = failed("tests/e"), failed("tests/f")
EVERYTHING = RehearsalResult(
    name="77-1-abc",
    started=1.5,
    stages=(Stage(name="build", seconds=1.235, ok=True),),
    problems=(Problem(Verdict.TESTS_FAILED, HOSTILE, hint="a", excerpt=(HOSTILE, "")),),
    image="app:1",
    image_id="sha256:0",
    image_config="sha256:1",
    image_size=123_456_789,
    engine=EngineVersions(
        name="Docker", version="28.5.2", client="28.2.2", buildx="0.29.1", store="containerd"
    ),
    ready_seconds=0.5,
    requirements_seconds=1.235,
    shard="2/4",
    shards=(Shard(name=HOSTILE, verdict=Verdict.PASSED, shard="1/2", tests=3, seconds=1.235),),
    origin=Origin(
        repository="o/n",
        commit="c",
        ref="refs/heads/m",
        run="https://x",
        attempt=2,
        branch="m",
        pull_request=7,
        head_commit="h",
        is_changed=True,
    ),
    request=RequestSummary(command="0" * 64, browser="firefox", path="/", statuses="200-399"),
    suite_results=SuiteResults(
        test_count=2,
        failure_count=1,
        failed=(FAILED.failure,),
        flaky=(FLAKY.failure,),
        in_other_shards=5,
        tests=(
            ListedTest(name=HOSTILE, outcome=ListedOutcome.FLAKY, seconds=1.235),
            ListedTest(name="t", outcome=ListedOutcome.SKIPPED),
        ),
    ),
    audit=Audit(
        mode="enforce",
        active=True,
        findings=(
            Finding(
                id="deploy-check:W004",
                outcome=Outcome.WAIVED,
                title="t",
                message=HOSTILE,
                hint="a",
                why="w",
                reference="https://x",
                evidence=("line",),
            ),
        ),
        needless_waivers=("headers",),
    ),
    artifact_name="rehearsal-x",
    notices=(HOSTILE,),
    warnings=(HOSTILE,),
    diagnoses=(Diagnosis(id="missing-table", title=HOSTILE, hint="a", matching_lines=("line",)),),
    key_lines=("line",),
    also_needed=NextNeeds(
        needs=(NextNeed(id="tables", text=HOSTILE, hint="a", file="a/0001.py", line=1),),
        paste="setup-command: x",
    ),
    companions=(CompanionRun(kind="service", name="db", image="postgres:17", ready_seconds=1.5),),
    timeline=Timeline(
        milestones=(Milestone(name="ready", seconds=1.235, detail="HTTP status 200"),),
        answers=(ObservedAnswer(text=HOSTILE, first=0.5, last=0.5),),
    ),
    index=EvidenceIndex(failed=(FAILED,), flaky=(FLAKY,), frame=OWN),
)
NOTHING = RehearsalResult(name="r")
UNKNOWN_COUNTS = RehearsalResult(name="r", suite_results=SuiteResults())
DOCUMENT = json.loads(write_json(EVERYTHING))


def changed(place: str, value: Any) -> str:
    """Return a whole verdict.json with one field, like `tests.failed.0.name`, set to something."""
    document = deepcopy(DOCUMENT)
    *path, last = (int(part) if part.isdigit() else part for part in place.split("."))
    inner: Any = document
    for part in path:
        inner = inner[part]
    inner[last] = value
    return json.dumps(document)


def places(value: Any, path: str = "") -> list[str]:
    """Return the place of every field of a document."""
    items = enumerate(value) if isinstance(value, list) else value.items()
    found = []
    for name, inner in items:
        here = f"{path}.{name}".lstrip(".")
        found.append(here)
        if isinstance(inner, list | dict):
            found += places(inner, here)
    return found


FRAME_DOCUMENT = {"file": "app/views.py", "line": 9, "function": "home", "error": HOSTILE}
FAILED_DOCUMENT = {
    "name": HOSTILE,
    "message": "m",
    "attempts": 3,
    "file": "site/t.py",
    "line": 7,
    "span": {"start": 1.0, "end": 2.5, "exact": True},
    "evidence": "tests/e",
    "frame": FRAME_DOCUMENT,
    "rerun": RERUN,
}


def test_write_json__everything() -> None:
    assert json.loads(write_json(EVERYTHING)) == {
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
                "file": "",
                "line": 0,
                "evidence": ["line"],
            }
        ],
        "key-lines": ["line"],
        "also-needed": {
            "needs": [
                {"id": "tables", "text": HOSTILE, "hint": "a", "file": "a/0001.py", "line": 1}
            ],
            "paste": "setup-command: x",
        },
        "started": 1.5,
        "image": "app:1",
        "image-id": "sha256:0",
        "image-config": "sha256:1",
        "image-size": 123_456_789,
        "engine": {
            "name": "Docker",
            "version": "28.5.2",
            "client": "28.2.2",
            "buildx": "0.29.1",
            "store": "containerd",
        },
        "audit": {
            "mode": "enforce",
            "active": True,
            "findings": [
                {
                    "id": "deploy-check:W004",
                    "outcome": "waived",
                    "title": "t",
                    "message": HOSTILE,
                    "hint": "a",
                    "why": "w",
                    "reference": "https://x",
                    "evidence": ["line"],
                }
            ],
            "needless-waivers": ["headers"],
        },
        "artifact-name": "rehearsal-x",
        "ready-seconds": 0.5,
        "requirements-seconds": 1.235,
        "origin": {
            "repository": "o/n",
            "commit": "c",
            "ref": "refs/heads/m",
            "run": "https://x",
            "attempt": 2,
            "branch": "m",
            "pull-request": 7,
            "head-commit": "h",
            "changed": True,
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
            "failed": [FAILED_DOCUMENT],
            "failed-left-out": 0,
            "flaky": [FAILED_DOCUMENT | {"evidence": "tests/f"}],
            "flaky-left-out": 0,
            "in-other-shards": 5,
            "listed": [
                {"name": HOSTILE, "outcome": "flaky", "seconds": 1.235},
                {"name": "t", "outcome": "skipped", "seconds": None},
            ],
        },
        "frame": FRAME_DOCUMENT,
        "stages": [{"name": "build", "seconds": 1.235, "ok": True}],
        "companions": [
            {"kind": "service", "name": "db", "image": "postgres:17", "ready-seconds": 1.5}
        ],
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
        "warnings": [HOSTILE],
    }


def test_write_json__a_run_that_did_not_begin() -> None:
    found = json.loads(write_json(NOTHING))
    assert (found["verdict"], found["exit-code"], found["tests"]) == ("passed", 0, None)
    assert (found["ready-seconds"], found["stages"], found["problems"]) == (None, [], [])
    assert (found["shard"], found["shards"]) == (None, None)


def test_write_json__rounds_durations() -> None:
    stage = Stage(name="build", seconds=1.23456, ok=True)
    found = json.loads(write_json(RehearsalResult(name="r", stages=(stage,))))
    assert found["stages"][0]["seconds"] == 1.235


def test_write_json__a_test_without_a_path_in_the_checkout_keeps_that_of_its_report() -> None:
    evidence = FailedTestEvidence(failure=Failure(name="n", message="m", file="/x/t.py"))
    results = SuiteResults(failure_count=1, failed=(evidence.failure,))
    index = EvidenceIndex(failed=(evidence,))
    found = json.loads(write_json(RehearsalResult(name="r", suite_results=results, index=index)))
    assert found["tests"]["failed"][0]["file"] == "/x/t.py"


def test_write_json__ends_with_a_line_feed() -> None:
    assert write_json(NOTHING).endswith("}\n")


RESULTS = [
    pytest.param(EVERYTHING, id="everything"),
    pytest.param(NOTHING, id="nothing"),
    pytest.param(UNKNOWN_COUNTS, id="unknown counts"),
]


@pytest.mark.parametrize("result", RESULTS)
def test_read_json__returns_what_was_written(result: RehearsalResult) -> None:
    assert read_json(write_json(result)) == result


@given(result=results())
def test_read_json__whatever_is_recorded_is_valid_and_read_back(result: RehearsalResult) -> None:
    text = write_json(result)
    STRICT.validate(json.loads(text))
    assert read_json(text) == result


@AS_FOUND
@given(result=results(wild=True))
def test_write_json__takes_whatever_a_field_can_hold(result: RehearsalResult) -> None:
    text = write_json(result)
    STRICT.validate(loads(text))
    found = read_json(text)
    assert found.verdict is result.verdict
    assert write_json(found) == text


@pytest.mark.parametrize("character", ["x", "\x00", "\ud800"], ids=ascii)
def test_write_json__is_never_larger_than_its_readers_take(character: str) -> None:
    result = largest(character * 2 * MAX_TEXT)
    text = write_json(result)
    assert len(text.encode()) <= WRITTEN_SIZE
    STRICT.validate(loads(text))
    found = read_json(text)
    assert found.verdict is Verdict.CANCELLED
    assert write_json(found) == text
    assert f"verdict.json lists 50 of {TOO_MANY:,} problems." in found.notices


def test_write_json__lists_so_many_tests_and_counts_the_others() -> None:
    many = 100_000
    index = EvidenceIndex(failed=(FAILED,) * many, flaky=(FLAKY,) * (MAX_TESTS + 1))
    counts = SuiteResults(test_count=2 * many, failure_count=many)
    problem = Problem(Verdict.TESTS_FAILED, "m")
    result = RehearsalResult(name="r", problems=(problem,), suite_results=counts, index=index)
    found = read_json(write_json(result))
    assert found.index == EvidenceIndex(failed=(FAILED,) * MAX_TESTS, flaky=(FLAKY,) * MAX_TESTS)
    read = found.suite_results
    assert read
    assert (read.failure_count, read.failed_left_out) == (many, many - MAX_TESTS)
    assert (read.flaky_count, read.flaky_left_out) == (MAX_TESTS + 1, 1)


def test_write_json__does_not_cut_the_name_of_a_folder() -> None:
    folder = f"shards/{'s' * 100}/tests/{'t' * 100}"
    test = FailedTest(name="n" * 999, message="m", file="", line=0, evidence=folder, frame=None)
    assert encode(test)["evidence"] == folder
    assert encode(test, LIMITS[-1])["evidence"] == ""


def test_write_json__cuts_long_texts_in_their_middle() -> None:
    page = f"AssertionError: 'Welcome' not found in '<html>{'<li>item</li>' * 2000}</html>'"
    problem = Problem(Verdict.TESTS_FAILED, page, excerpt=tuple(map(str, range(5000))))
    (found,) = read_json(write_json(RehearsalResult(name="r", problems=(problem,)))).problems
    assert len(found.message) <= MAX_TEXT
    head, gap, tail = re.split(r" … (\S+) characters are left out here … ", found.message)
    assert page.startswith(head)
    assert page.endswith(tail)
    assert f"{len(page) - len(head) - len(tail):,}" == gap
    assert len(head) - len(tail) in {0, 1}
    assert (found.excerpt[499:502]) == ("499", "… 4,001 lines are left out here …", "4501")


def test_read_json__ignores_keys_it_does_not_know() -> None:
    assert read_json(changed("later", {"a": 1})) == EVERYTHING


# Written anew whatever the document says.
DERIVED = ("version", "exit-code")


@pytest.mark.parametrize("place", [each for each in places(DOCUMENT) if each not in DERIVED])
def test_read_json__a_wrong_value_is_refused_or_written_again(place: str) -> None:
    for value in (-1, True, "x", [3], {"x": 3}, 1e9, None):
        with suppress(InvalidDocumentError):
            again = write_json(read_json(changed(place, value)))
            assert read_json(again) == read_json(changed(place, value))


@pytest.mark.parametrize(
    "place, value, words",
    [
        ("version", VERSION + 1, "its format is 2"),
        ("version", "1", "version is not a count"),
        ("version", None, "version is not a count"),
        ("verdict", "fine", "verdict is 'fine', which is not known"),
        ("verdict", "passed", "its verdict is passed, and its problems make it tests-failed"),
        ("problems", [], "its verdict is tests-failed, and its problems make it passed"),
        ("shard", "5/4", "shard is '5/4', which is not like 2/4"),
        ("shard", "../x", "shard is '../x', not like ^"),
        ("shards.0.shard", "5/4", "shard is '5/4', which is not like 2/4"),
        ("started", 1e13, "started is more than 253402300799"),
        ("tests.failed.0.name", 3, "tests.failed[0].name is not a text"),
        ("tests.failed.0.line", "3", "tests.failed[0].line is not a count"),
        ("tests.failed.0.attempts", 0, "tests.failed[0].attempts is less than 1"),
        ("stages.0.seconds", -1, "stages[0].seconds is not a number"),
        ("shards.0.verdict", "x", "shards[0].verdict is 'x', which is not known"),
        ("image", "x" * 30_000, "image is not a text of at most 20000 characters"),
        ("image", "a\ud800", "image has invalid Unicode"),
        ("audit.mode", "x", "audit.mode is 'x', which is not known"),
        ("tests.failed.0.evidence", "tests/../x", "tests.failed[0].evidence is 'tests/../x', not"),
        ("tests.failed.0.evidence", "/tests/x", "tests.failed[0].evidence is '/tests/x', not"),
        ("tests.failed.0.evidence", "tests/x\0", "tests.failed[0].evidence is 'tests/x\\x00', not"),
        ("tests.failed.0.evidence", "tests/x\n", "tests.failed[0].evidence is 'tests/x\\n', not"),
        ("tests.failed.0.evidence", "tests\\x", "tests.failed[0].evidence is 'tests\\\\x', not"),
        ("tests.flaky.0.evidence", "shards/..", "tests.flaky[0].evidence is 'shards/..', not"),
    ],
)
def test_read_json__says_what_is_wrong(place: str, value: Any, words: str) -> None:
    with pytest.raises(InvalidDocumentError) as raised:
        read_json(changed(place, value))
    assert words in str(raised.value)


def test_read_json__a_later_format_may_differ_in_everything_else() -> None:
    with pytest.raises(UnsupportedVersionError):
        read_json(json.dumps({"version": VERSION + 1, "verdict": ["splendid"]}))


def test_read_json__a_document_has_a_version() -> None:
    with pytest.raises(InvalidDocumentError, match="version is not a count"):
        read_json("{}")


def test_read_json__refuses_a_pass_with_failures() -> None:
    text = write_json(
        RehearsalResult(name="r", suite_results=SuiteResults(test_count=3, failure_count=1))
    )
    with pytest.raises(InvalidDocumentError, match="its verdict is passed, and 1 tests failed"):
        read_json(text)


def test_read_json__refuses_a_pass_with_a_shard_that_did_not_pass() -> None:
    shards = tuple(Shard(name="x", verdict=each) for each in (Verdict.PASSED, Verdict.CRASHED))
    text = write_json(RehearsalResult(name="r", shards=shards))
    with pytest.raises(
        InvalidDocumentError, match="its verdict is passed, and that of a shard is crashed"
    ):
        read_json(text)


def test_read_json__keys_with_a_default_may_be_missing() -> None:
    missing = {"origin", "request", "shards", "shard"}
    result = read_json(json.dumps({k: v for k, v in DOCUMENT.items() if k not in missing}))
    assert (result.origin, result.request, result.shards, result.shard) == (Origin(), None, (), "")


def test_schema__is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("result", RESULTS)
def test_schema__names_every_key(result: RehearsalResult) -> None:
    STRICT.validate(json.loads(write_json(result)))


@pytest.mark.parametrize("verdict", Verdict, ids=str)
def test_schema__knows_every_verdict(verdict: Verdict) -> None:
    problems = () if verdict is Verdict.PASSED else (Problem(verdict, "w"),)
    STRICT.validate(json.loads(write_json(RehearsalResult(name="r", problems=problems))))


@pytest.mark.parametrize(
    "field, value",
    [
        ("verdict", "fine"),
        ("version", 2),
        ("stages", [{"name": "x"}]),
        ("stages", [{"name": "x", "seconds": 1, "ok": True}]),
        ("tests", {}),
        ("image", 1),
        ("shard", "x"),
        ("shards", []),
    ],
)
def test_schema__refuses_other_values(field: str, value: object) -> None:
    with pytest.raises(ValidationError):
        STRICT.validate(DOCUMENT | {field: value})


def test_schema__allows_keys_of_later_versions() -> None:
    Draft202012Validator(SCHEMA).validate(DOCUMENT | {"later": 1})
