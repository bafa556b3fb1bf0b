"""Strategies for what a rehearsal can record, made from the annotations of its dataclasses.

A new field is in them by itself.
"""

import dataclasses
import re
from collections.abc import Mapping
from enum import EnumType
from typing import Any, TypeVar

from hypothesis import Phase, settings
from hypothesis import strategies as st

from rehearsal.results.companion_run import CompanionRun
from rehearsal.results.json_fields import MAX_NUMBER, MAX_TEXT, Hint, fields_of, parse_hint
from rehearsal.results.rehearsal import MAX_TIME, RehearsalResult, Stage
from rehearsal.results.shard import Shard
from rehearsal.results.timeline import Milestone, ObservedAnswer
from rehearsal.results.verdict_document import Derived, Tests, restore
from rehearsal.verdict import Problem, Verdict

T = TypeVar("T")


class LongText(str):
    """A text whose `repr` is short."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"{self[:2]!r} * {len(self) // 2}"


# With control characters, and with halves of surrogate pairs, which no encoding of Unicode has.
CHARACTERS = st.characters(exclude_categories=())
ANY_TEXT = st.text(CHARACTERS, max_size=8) | st.builds(
    lambda pair, times: LongText(pair * times),
    st.text(CHARACTERS, min_size=2, max_size=2),
    st.integers(1, MAX_TEXT),
)
# To make a failing example smaller would take minutes.
AS_FOUND = settings(phases=[Phase.explicit, Phase.generate])
# More than any list may hold.
TOO_MANY = 10_001
SHARDS = st.sampled_from(["", "1/1", "3/7", "9999/9999"])
FAILING = st.sampled_from([each for each in Verdict if each is not Verdict.PASSED])
# As our own clock tells the time that something took.
SECONDS = st.integers(0, 10**9).map(lambda number: float(round(number / 1000, 3)))
# What is checked before the rehearsal begins, comes from our own clock, or is never otherwise.
KNOWN: Mapping[type, Mapping[str, st.SearchStrategy[Any]]] = {
    Problem: {"verdict": FAILING},
    RehearsalResult: {
        "shard": SHARDS,
        "started": st.floats(0, MAX_TIME),
        "ready_seconds": st.none() | SECONDS,
    },
    CompanionRun: {"ready_seconds": st.none() | SECONDS},
    Shard: {"shard": SHARDS, "seconds": SECONDS},
    Stage: {"seconds": SECONDS},
    Milestone: {"seconds": SECONDS},
    ObservedAnswer: {"first": SECONDS, "last": SECONDS},
}


def recorded(kind: type[T], *, wild: bool = False) -> st.SearchStrategy[T]:
    """Return a strategy for a dataclass with all fields that stand in its JSON document.

    Values are read back as they are. `wild` ones are whatever Python can hold in such a field.
    """
    return _objects(kind, wild=wild)


@st.composite
def results(draw: st.DrawFn, /, *, wild: bool = False, **changes: Any) -> RehearsalResult:
    """Return a result, of which `changes` replace fields."""
    result = dataclasses.replace(draw(recorded(RehearsalResult, wild=wild)), **changes)
    derived = draw(recorded(Derived, wild=wild))
    if not result.problems:
        passed = tuple(each for each in result.shards if each.verdict is Verdict.PASSED)
        result = dataclasses.replace(result, shards=passed)
        derived = dataclasses.replace(derived, tests=derived.tests and _all_passed(derived.tests))
    return restore(result, derived)


def largest(text: str, *, entries: int = TOO_MANY) -> RehearsalResult:
    """Return a result with `text` in each field for a text, and so many entries in each list.

    Its last problem decides the verdict: cancelled.
    """
    result = _filled(RehearsalResult, text, entries)
    problems = (*result.problems[1:], Problem(Verdict.CANCELLED, text))
    result = dataclasses.replace(result, problems=problems, shard="", started=1.0)
    return restore(result, _filled(Derived, text, entries))


def _filled(kind: Any, text: str, entries: int) -> Any:
    def value(hint: Hint) -> Any:
        if hint.container is tuple:
            return (value(parse_hint(hint.item)),) * entries
        if dataclasses.is_dataclass(hint.kind):
            return _filled(hint.kind, text, entries)
        if isinstance(hint.kind, EnumType):
            return [*hint.kind][-1] if kind is not Problem else Verdict.TESTS_FAILED
        if hint.kind is not str:
            return hint.kind(1)
        if pattern := hint.json.keywords.get("pattern"):
            return next(each for each in ("", "a", "1/1") if re.fullmatch(pattern, each))
        return hint.json.keywords.get("enum", [text])[0]

    return kind(**{each.name: value(each.hint) for each in fields_of(kind)})


def _objects(kind: Any, *, wild: bool) -> st.SearchStrategy[Any]:
    known = KNOWN.get(kind, {})
    fields: dict[str, Any] = {
        each.name: known[each.name] if each.name in known else _values(each.hint, wild=wild)
        for each in fields_of(kind)
    }
    return st.builds(kind, **fields)


def _all_passed(tests: Tests) -> Tests:
    return dataclasses.replace(tests, failures=0, failed=(), failed_left_out=0)


def _values(hint: Hint, *, wild: bool) -> st.SearchStrategy[Any]:
    found = _not_null(hint, wild=wild)
    return st.none() | found if hint.nullable and not hint.json.null_if_empty else found


def _not_null(hint: Hint, *, wild: bool) -> st.SearchStrategy[Any]:
    if hint.container is tuple:
        return st.lists(_values(parse_hint(hint.item), wild=wild), max_size=2).map(tuple)
    if hint.container is dict:
        return st.dictionaries(st.text(), _values(parse_hint(hint.item), wild=wild), max_size=2)
    if dataclasses.is_dataclass(hint.kind):
        return _objects(hint.kind, wild=wild)
    if isinstance(hint.kind, EnumType):
        members: Any = hint.kind
        return st.sampled_from(members)
    if hint.kind is bool:
        return st.booleans()
    return _texts(hint, wild=wild) if hint.kind is str else _numbers(hint, wild=wild)


def _texts(hint: Hint, *, wild: bool) -> st.SearchStrategy[str]:
    keywords = hint.json.keywords
    if "enum" in keywords:
        return st.sampled_from(keywords["enum"])
    if "pattern" in keywords:
        pattern = st.from_regex(keywords["pattern"], fullmatch=True)
        return st.just("") | pattern if hint.json.null_if_empty else pattern
    return ANY_TEXT if wild else st.text(max_size=8)


def _numbers(hint: Hint, *, wild: bool) -> st.SearchStrategy[Any]:
    if wild:
        return st.integers() if hint.kind is int else st.floats() | st.integers()
    keywords = hint.json.keywords
    lowest, highest = keywords.get("minimum", 0), keywords.get("maximum", MAX_NUMBER)
    if hint.kind is int:
        return st.integers(lowest, highest)
    if hint.json.digits is None:
        return st.floats(lowest, highest)
    return SECONDS.map(lambda number: round(number, hint.json.digits))
