import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.results.json_fields import InvalidDocumentError
from rehearsal.results.read_json import VERSION, UnsupportedVersionError, read_json
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.results.shard import Shard
from rehearsal.results.tests import Results
from rehearsal.results.write_json import write_json
from rehearsal.verdict import Problem, Verdict

from .test_write_json import everything

WHOLE = json.loads(write_json(everything()))


def changed(place: str, value: Any) -> str:
    """Return a whole verdict.json with one field, like `tests.failed.0.name`, set to something."""
    whole = json.loads(json.dumps(WHOLE))
    *path, last = (int(part) if part.isdigit() else part for part in place.split("."))
    inner: Any = whole
    for part in path:
        inner = inner[part]
    inner[last] = value
    return json.dumps(whole)


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


@pytest.mark.parametrize(
    "result",
    [
        pytest.param(everything(), id="everything"),
        pytest.param(RehearsalResult(name="r"), id="nothing"),
        pytest.param(RehearsalResult(name="r", results=Results()), id="unknown counts"),
    ],
)
def test_read_json__is_what_was_written(result: RehearsalResult) -> None:
    text = write_json(result)
    assert write_json(read_json(text)) == text


@given(
    verdict=st.sampled_from(Verdict),
    words=st.text(),
    number=st.integers(min_value=0, max_value=1 << 40),
    seconds=st.floats(min_value=0, max_value=1e9),
)
def test_recall__holds_whatever_was_told(
    verdict: Verdict, words: str, number: int, seconds: float
) -> None:
    record = RehearsalResult(
        name=words,
        started=seconds,
        problems=() if verdict is Verdict.PASSED else (Problem(verdict, words),),
        results=Results(tests=number),
        notices=(words,),
        ready_seconds=seconds,
    )
    text = write_json(record)
    assert write_json(read_json(text)) == text


def test_recall__passes_over_what_it_does_not_know() -> None:
    assert read_json(changed("later", {"a": 1})).name == "77-1-abc"


# What stands there for both, or is worked out from the rest.
DERIVED = ("version", "exit-code")


@pytest.mark.parametrize("place", [each for each in places(WHOLE) if each not in DERIVED])
def test_recall__a_wrong_type_is_one_error_or_what_the_field_may_hold(place: str) -> None:
    for value in (-1, True, "x", [3], {"x": 3}, 1e9, None):
        # A text may be any text, a number any number: then it is told again.
        with suppress(InvalidDocumentError):
            assert json.loads(write_json(read_json(changed(place, value))))


@pytest.mark.parametrize(
    "place, value, words",
    [
        ("version", VERSION + 1, "its format is 2"),
        ("version", "1", "version is not a count"),
        ("version", None, "version is not a count"),
        ("verdict", "fine", "a verdict that is none: 'fine'"),
        ("verdict", "passed", "its verdict is passed, and its problems make it tests-failed"),
        ("problems", [], "its verdict is tests-failed, and its problems make it passed"),
        ("shard", "5/4", "shard is '5/4'"),
        ("shard", "../x", "shard is '../x'"),
        ("started", 1e13, "started is not a time"),
        ("tests.failed.0.name", 3, r"tests.failed[0].name is not a text"),
        ("stages.0.seconds", -1, r"stages[0].seconds is not a number"),
        ("shards.0.verdict", "x", r"shards[0] has a verdict that is none"),
        ("image", "x" * 30_000, "image is not a text of at most 20000 characters"),
    ],
)
def test_recall__says_what_is_wrong(place: str, value: Any, words: str) -> None:
    with pytest.raises(InvalidDocumentError) as raised:
        read_json(changed(place, value))
    assert words in str(raised.value)


def test_recall__a_newer_format_is_told_from_a_broken_one() -> None:
    with pytest.raises(UnsupportedVersionError):
        read_json(changed("version", VERSION + 1))


def test_recall__a_pass_with_failures_is_none() -> None:
    text = write_json(RehearsalResult(name="r", results=Results(tests=3, failures=1)))
    with pytest.raises(InvalidDocumentError, match="its verdict is passed, and 1 tests failed"):
        read_json(text)


def test_recall__a_pass_of_which_a_shard_did_not_is_none() -> None:
    shards = tuple(Shard(name="x", verdict=each) for each in (Verdict.PASSED, Verdict.CRASHED))
    text = write_json(RehearsalResult(name="r", shards=shards))
    with pytest.raises(
        InvalidDocumentError, match="its verdict is passed, and that of a shard is crashed"
    ):
        read_json(text)


def test_recall__earlier_files_without_later_fields_can_be_read() -> None:
    whole = {k: v for k, v in WHOLE.items() if k not in {"origin", "request", "shards", "shard"}}
    record = read_json(json.dumps(whole))
    assert (record.origin.repository, record.request, record.shards, record.shard) == (
        "",
        None,
        (),
        "",
    )
