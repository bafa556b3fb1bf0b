import json
from contextlib import suppress
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from rehearsal import __version__
from rehearsal.results.codec import InvalidDocumentError
from rehearsal.results.diagnosis import Diagnosis
from rehearsal.results.evidence_index import EvidenceIndex, FailedTestEvidence
from rehearsal.results.frame import ProjectFrame
from rehearsal.results.origin import Origin, RequestSummary
from rehearsal.results.rehearsal import MAX_TIME, STAGES, RehearsalResult, Stage
from rehearsal.results.shard import Shard
from rehearsal.results.tests import Failure, Span, SuiteResults
from rehearsal.results.timeline import Milestone, ObservedAnswer, Timeline
from rehearsal.results.verdict_document import VERSION
from rehearsal.results.verdict_json import UnsupportedVersionError, read_json, write_json
from rehearsal.verdict import Problem, Verdict

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
    return FailedTestEvidence(failure=failure, file="site/t.py", folder=folder, frame=OWN)


FAILED, FLAKY = failed("tests/e"), failed("tests/f")
EVERYTHING = RehearsalResult(
    name="77-1-abc",
    started=1.5,
    stages=(Stage(name="build", seconds=1.235, ok=True),),
    problems=(Problem(Verdict.TESTS_FAILED, HOSTILE, hint="a", excerpt=(HOSTILE, "")),),
    image="app:1",
    image_id="sha256:0",
    ready_seconds=0.5,
    shard="2/4",
    shards=(Shard(name=HOSTILE, verdict=Verdict.PASSED, shard="1/2", tests=3, seconds=1.235),),
    origin=Origin(repository="o/n", commit="c", ref="refs/heads/m", run="https://x", attempt=2),
    request=RequestSummary(command="0" * 64, browser="firefox", path="/", statuses="200-399"),
    suite_results=SuiteResults(
        test_count=2,
        failure_count=1,
        failed=(FAILED.failure,),
        flaky=(FLAKY.failure,),
        in_other_shards=5,
    ),
    artifact_name="rehearsal-x",
    notices=(HOSTILE,),
    warnings=(HOSTILE,),
    diagnoses=(Diagnosis(id="missing-table", title=HOSTILE, hint="a", matching_lines=("line",)),),
    key_lines=("line",),
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
            "failed": [FAILED_DOCUMENT],
            "flaky": [FAILED_DOCUMENT | {"evidence": "tests/f"}],
            "in-other-shards": 5,
        },
        "frame": FRAME_DOCUMENT,
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


TEXTS = st.text(max_size=8)
COUNTS = st.integers(min_value=0, max_value=(1 << 53) - 1)
SECONDS = st.integers(min_value=0, max_value=10**9).map(lambda number: number / 1000)
TIMES = st.floats(min_value=0, max_value=MAX_TIME)
PARTS = st.sampled_from(["", "1/1", "3/7", "9999/9999"])


def several(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(strategy, max_size=2).map(tuple)


@st.composite
def frames(draw: st.DrawFn) -> ProjectFrame:
    error = draw(TEXTS)
    return ProjectFrame(
        file=draw(TEXTS), line=draw(COUNTS), function=draw(TEXTS), error=error, text=error
    )


@st.composite
def failed_tests(draw: st.DrawFn) -> FailedTestEvidence:
    spans = st.builds(Span, start=TIMES, end=TIMES, exact=st.booleans())
    failure = Failure(
        name=draw(TEXTS),
        message=draw(TEXTS),
        file=draw(TEXTS),
        line=draw(COUNTS),
        evidence_name=draw(TEXTS),
        span=draw(st.none() | spans),
        attempts=draw(st.integers(min_value=1, max_value=11)),
    )
    frame = draw(st.none() | frames())
    return FailedTestEvidence(
        failure=failure, file=failure.file, folder=failure.evidence_name, frame=frame
    )


STAGE = st.builds(
    Stage,
    name=st.sampled_from(STAGES),
    seconds=SECONDS,
    ok=st.booleans(),
    started=st.just(0.0),
)
PROBLEM = st.builds(
    Problem,
    st.sampled_from([each for each in Verdict if each is not Verdict.PASSED]),
    TEXTS,
    hint=TEXTS,
    excerpt=several(TEXTS),
    source=st.just(""),
)
SHARD = st.builds(
    Shard, shard=PARTS, seconds=SECONDS, tests=st.none() | COUNTS, failures=COUNTS, flaky=COUNTS
)
REQUEST = st.builds(RequestSummary, command=st.sampled_from(["", "0" * 64]))
ANSWER = st.builds(
    ObservedAnswer, first=SECONDS, last=SECONDS, times=st.integers(min_value=1, max_value=99)
)
DIAGNOSIS = st.builds(
    Diagnosis,
    id=st.from_regex(r"\A[a-z][a-z-]*\Z"),
    matching_lines=several(TEXTS),
    give_up_after=st.none(),
)


@st.composite
def results(draw: st.DrawFn) -> RehearsalResult:
    """Return a result of which all is recorded that stands in verdict.json, and nothing else."""
    problems = draw(several(PROBLEM))
    passed = not problems
    index = EvidenceIndex(
        failed=() if passed else draw(several(failed_tests())),
        flaky=draw(several(failed_tests())),
        frame=draw(st.none() | frames()),
    )
    counted = SuiteResults(
        test_count=draw(st.none() | COUNTS),
        failure_count=0 if passed else draw(COUNTS),
        failed=tuple(each.failure for each in index.failed),
        flaky=tuple(each.failure for each in index.flaky),
        in_other_shards=draw(st.none() | COUNTS),
    )
    counts_told = draw(st.booleans())
    shards = draw(several(SHARD))
    return RehearsalResult(
        name=draw(TEXTS),
        tool=draw(TEXTS),
        started=draw(TIMES),
        stages=draw(several(STAGE)),
        problems=problems,
        image=draw(TEXTS),
        image_id=draw(TEXTS),
        ready_seconds=draw(st.none() | TIMES),
        shard=draw(PARTS),
        shards=tuple(each for each in shards if each.verdict is Verdict.PASSED or problems),
        origin=draw(st.builds(Origin, attempt=COUNTS)),
        request=draw(st.none() | REQUEST),
        suite_results=counted if index.failed or index.flaky or counts_told else None,
        artifact_name=draw(TEXTS),
        notices=draw(several(TEXTS)),
        warnings=draw(several(TEXTS)),
        timeline=Timeline(
            milestones=draw(several(st.builds(Milestone, seconds=SECONDS))),
            answers=draw(several(ANSWER)),
        ),
        diagnoses=draw(several(DIAGNOSIS)),
        key_lines=draw(several(TEXTS)),
        index=index,
    )


@given(result=results())
def test_read_json__whatever_is_recorded_is_valid_and_read_back(result: RehearsalResult) -> None:
    text = write_json(result)
    STRICT.validate(json.loads(text))
    assert read_json(text) == result


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
