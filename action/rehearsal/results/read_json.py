"""A rehearsal's account of itself: verdict.json read back, whoever may have written it."""

from collections.abc import Iterator

from rehearsal.results.diagnosis import Diagnosis
from rehearsal.results.evidence_index import EvidenceIndex, FailedTestEvidence
from rehearsal.results.frame import ProjectFrame
from rehearsal.results.json_fields import Fields, InvalidDocumentError
from rehearsal.results.origin import Origin, RequestSummary
from rehearsal.results.rehearsal import RehearsalResult, Stage
from rehearsal.results.shard import Shard, numbers
from rehearsal.results.tests import Failure, Results, Span
from rehearsal.results.timeline import Milestone, ObservedAnswer, Timeline
from rehearsal.verdict import Problem, Verdict

# Of the format: action/verdict.schema.json says what counts it up.
VERSION = 1
# The end of the year 9999: no later one can be written as others write it.
LATEST = 253_402_300_799
WORDS = {str(verdict): verdict for verdict in Verdict}


class UnsupportedVersionError(InvalidDocumentError):
    """It was written by a version whose format this one does not know."""


def read_json(text: str) -> RehearsalResult:
    """Return the rehearsal that the text of a verdict.json tells. Raises `Unexpected`."""
    fields = Fields.read(text)
    if fields.count("version") > VERSION:
        raise UnsupportedVersionError(
            f"its format is {fields.count('version')}, and this version knows {VERSION}"
        )
    tests = fields.within("tests") if fields.has("tests") else None
    result = RehearsalResult(
        name=fields.text("rehearsal"),
        tool=fields.text("tool"),
        started=_time(fields),
        stages=tuple(map(_stage, fields.objects("stages"))),
        problems=tuple(map(_problem, fields.objects("problems"))),
        image=fields.text("image"),
        image_id=fields.text("image-id"),
        ready_seconds=fields.number("ready-seconds") if fields.has("ready-seconds") else None,
        shard=_part(fields),
        results=_results(tests) if tests else None,
        artifact_name=fields.text("artifact-name"),
        notices=fields.texts("notices"),
        timeline=_timeline(fields.within("readiness")),
        diagnoses=tuple(map(_diagnosis, fields.objects("diagnoses"))),
        key_lines=fields.texts("key-lines"),
        origin=_where(fields.within("origin")) if fields.has("origin") else Origin(),
        request=_asked(fields.within("request")) if fields.has("request") else None,
        shards=tuple(_shard(each) for each in fields.objects("shards")),
        index=EvidenceIndex(
            tests=tuple(_exhibits(tests, "failed")),
            flaky=tuple(_exhibits(tests, "flaky")),
            frame=_frame(fields),
        ),
    )
    said = _verdict(fields)
    if said is not result.verdict:
        raise InvalidDocumentError(
            f"its verdict is {said}, and its problems make it {result.verdict}"
        )
    if said is Verdict.PASSED:
        _check_pass(result)
    return result


def _check_pass(result: RehearsalResult) -> None:
    if result.results and result.results.failures:
        raise InvalidDocumentError(
            f"its verdict is passed, and {result.results.failures} tests failed"
        )
    for shard in result.shards:
        if shard.verdict is not Verdict.PASSED:
            raise InvalidDocumentError(
                f"its verdict is passed, and that of a shard is {shard.verdict}"
            )


def _verdict(fields: Fields) -> Verdict:
    word = fields.text("verdict")
    if word not in WORDS:
        raise InvalidDocumentError(
            f"{fields.place or 'it'} has a verdict that is none: {word[:40]!r}"
        )
    return WORDS[word]


def _time(fields: Fields) -> float:
    started = fields.number("started")
    if started > LATEST:
        raise InvalidDocumentError("started is not a time")
    return started


def _part(fields: Fields) -> str:
    shard = fields.text("shard", "")
    if not numbers(shard):
        raise InvalidDocumentError(f"shard is {shard[:40]!r}, which is not like 2/4")
    return shard


def _stage(fields: Fields) -> Stage:
    return Stage(name=fields.text("name"), seconds=fields.number("seconds"), ok=fields.flag("ok"))


def _problem(fields: Fields) -> Problem:
    return Problem(
        _verdict(fields),
        fields.text("message"),
        hint=fields.text("hint"),
        excerpt=fields.texts("excerpt"),
    )


def _diagnosis(fields: Fields) -> Diagnosis:
    return Diagnosis(
        id=fields.text("id"),
        title=fields.text("title"),
        hint=fields.text("hint"),
        paste=fields.text("paste"),
        background=fields.text("background"),
        evidence=fields.texts("evidence"),
    )


def _timeline(fields: Fields) -> Timeline:
    return Timeline(
        milestones=tuple(
            Milestone(
                name=each.text("name"),
                seconds=each.number("seconds"),
                detail=each.text("detail", ""),
            )
            for each in fields.objects("milestones")
        ),
        answers=tuple(
            ObservedAnswer(
                text=each.text("text"),
                first=each.number("first"),
                last=each.number("last"),
                times=each.count("times"),
            )
            for each in fields.objects("answers")
        ),
    )


def _results(fields: Fields) -> Results:
    return Results(
        tests=fields.count("ran") if fields.has("ran") else None,
        failures=fields.count("failures"),
        failed=tuple(map(_failure, fields.objects("failed"))),
        flaky=tuple(map(_failure, fields.objects("flaky"))),
        in_other_shards=fields.count("in-other-shards") if fields.has("in-other-shards") else None,
    )


def _exhibits(fields: Fields | None, name: str) -> Iterator[FailedTestEvidence]:
    for each in fields.objects(name) if fields else ():
        failure = _failure(each)
        yield FailedTestEvidence(
            failure=failure, file=failure.file, folder=failure.evidence, frame=_frame(each)
        )


def _failure(fields: Fields) -> Failure:
    return Failure(
        name=fields.text("name"),
        message=fields.text("message"),
        file=fields.text("file"),
        line=fields.count("line"),
        evidence=fields.text("evidence"),
        span=_span(fields.within("span")) if fields.has("span") else None,
        attempts=fields.count("attempts", 1),
    )


def _span(fields: Fields) -> Span:
    return Span(start=fields.number("start"), end=fields.number("end"), exact=fields.flag("exact"))


def _frame(fields: Fields) -> ProjectFrame | None:
    if not fields.has("frame"):
        return None
    frame = fields.within("frame")
    return ProjectFrame(
        file=frame.text("file"),
        line=frame.count("line"),
        function=frame.text("function"),
        error=frame.text("error"),
        text=frame.text("error"),
    )


def _where(fields: Fields) -> Origin:
    return Origin(
        repository=fields.text("repository"),
        commit=fields.text("commit"),
        ref=fields.text("ref"),
        run=fields.text("run"),
        attempt=fields.count("attempt"),
    )


def _asked(fields: Fields) -> RequestSummary:
    return RequestSummary(
        command=fields.text("test-command-sha256"),
        browser=fields.text("browser"),
        path=fields.text("ready-path"),
        statuses=fields.text("ready-status"),
    )


def _shard(fields: Fields) -> Shard:
    return Shard(
        name=fields.text("name"),
        verdict=_verdict(fields),
        shard=_part(fields),
        browser=fields.text("browser", ""),
        tests=fields.count("tests") if fields.has("tests") else None,
        failures=fields.count("failures"),
        flaky=fields.count("flaky"),
        seconds=fields.number("seconds"),
        page=fields.text("page", ""),
    )
