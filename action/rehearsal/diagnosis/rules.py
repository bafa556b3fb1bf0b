"""Diagnosis: what is known of a failure, and the known causes that it fits."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import chain

from rehearsal.diagnosis.facts import Facts
from rehearsal.results.diagnosis import Diagnosis
from rehearsal.source.tracebacks import SERVER_NOISE, without_installed_code
from rehearsal.verdict import Verdict

# A traceback's last lines say most; more of it stands in the log.
MAX_EVIDENCE = 8
MAX_KEY_LINES = 5
MAX_LINE = 300
# `{name}`, or `{name|what stands there when it is not known}`; GitHub's ${{ }} is left alone.
PLACEHOLDER = re.compile(r"(?<!\{)\{(\w+)(?:\|([^{}]*))?\}(?!\})")
# Where a wording's clue finds what the cause itself has found.
KNOWN = "known"
# What programs call a failure, whatever they are written in.
ERROR_WORDS = re.compile(
    r"^(?!\s*File )(?=.*(\b(\w*Error|\w*Exception|error|fatal|panic|critical|denied|failed|cannot|"
    r"could not|not found|no such|refused|unable)\b))",
    re.IGNORECASE,
)


class Pattern:
    """Something to look for: in any of `sources`, one of the patterns; its groups fill places.

    Where it is about `each` value of a group, all of them are evidence, those of the first pattern
    first, and `others` says in words how many there are beside the one that fills its place.
    """

    def __init__(self, sources: str | Iterable[str], *patterns: str, each: str = "") -> None:
        self.sources = (sources,) if isinstance(sources, str) else tuple(sources)
        self.patterns = tuple(re.compile(pattern, re.MULTILINE) for pattern in patterns)
        self.each = each

    def find(self, facts: Facts) -> list[re.Match[str]]:
        """Return the last match in the first source that has one: what came last decided.

        Where it is about `each`, it is the first match of each value, from all the patterns.
        """
        for source in self.sources:
            text = facts.text(source)
            matches = (list(pattern.finditer(text)) for pattern in self.patterns)
            if self.each:
                found = list(chain.from_iterable(matches))
                values = {match[self.each]: match for match in reversed(found)}
                if values:
                    return sorted(values.values(), key=found.index)
            elif found := next(filter(None, matches), []):
                return found[-1:]
        return []

    def captures(self, found: list[re.Match[str]]) -> dict[str, str]:
        """Return what fills the places, from what `find` returned."""
        if not found:
            return {}
        others = f" and {len(found) - 1} more" if len(found) > 1 else ""
        known = {"others": others} if self.each else {}
        return known | {name: value for name, value in found[0].groupdict().items() if value}


@dataclass(frozen=True, kw_only=True)
class Variant:
    """What is said instead where the clue is found; what is empty stays as it was.

    Its clue may also look at what is known by then: the verdict and the values of the places, one
    a line (`name KEY`), from the source `known`.
    """

    pattern: Pattern
    title: str = ""
    hint: str = ""
    paste: str = ""
    background: str = ""


@dataclass(frozen=True, kw_only=True)
class Cause:
    """A known cause: it fits when all of `clues` are found and none of `unless`.

    What `shows` finds fills places and becomes evidence, but decides nothing. `sure_after` is for
    causes that waiting does not mend: how many seconds an app that is not ready has to look like
    this before it is given up. An empty `advice` leaves that of the problem, which knows more. Of
    `wordings` the first whose clue is found is said instead.
    """

    id: str
    verdicts: tuple[Verdict, ...]
    patterns: tuple[Pattern, ...]
    title: str
    hint: str = ""
    paste: str = ""
    background: str = ""
    unless: tuple[Pattern, ...] = ()
    details: tuple[Pattern, ...] = ()
    variants: tuple[Variant, ...] = ()
    sure_after: float | None = None


def diagnose(facts: Facts, causes: Iterable[Cause]) -> list[Diagnosis]:
    """Return the causes that fit, in the order they are given: the root first."""
    return [found for cause in causes if (found := _fit(cause, facts))]


def key_lines(facts: Facts, sources: Iterable[str]) -> tuple[str, ...]:
    """Return the lines that say most of a failure whose cause is not known, in their order."""
    for source in sources:
        lines = [line[:MAX_LINE] for line in facts.lines.get(source, ()) if line.strip()]
        said = dict.fromkeys(
            line for line in lines if ERROR_WORDS.search(line) and not SERVER_NOISE.search(line)
        )
        if found := list(said)[-MAX_KEY_LINES:] or lines[-MAX_KEY_LINES:]:
            return tuple(found)
    return ()


def _fit(cause: Cause, facts: Facts) -> Diagnosis | None:
    if facts.verdict not in cause.verdicts or any(clue.find(facts) for clue in cause.unless):
        return None
    found = {clue: clue.find(facts) for clue in (*cause.patterns, *cause.details)}
    if not all(found[clue] for clue in cause.patterns):
        return None
    values = facts.locations()
    for clue, matches in found.items():
        values |= clue.captures(matches)
    words = _choose_variant(cause, facts, values)
    shown = chain.from_iterable(matches[:MAX_EVIDENCE] for matches in found.values())
    return Diagnosis(
        id=cause.id,
        title=_fill(words.title or cause.title, values),
        hint=_fill(words.hint or cause.hint, values),
        paste=_fill(words.paste or cause.paste, values),
        background=words.background or cause.background,
        evidence=tuple(chain.from_iterable(dict.fromkeys(map(_lines, shown)))),
        sure_after=cause.sure_after,
    )


def _choose_variant(cause: Cause, facts: Facts, values: dict[str, str]) -> Variant | Cause:
    """Return the words that fit best; what their clue finds is added to `values`."""
    known = (f"verdict {facts.verdict}", *(f"{name} {value}" for name, value in values.items()))
    facts = replace(facts, lines={**facts.lines, KNOWN: known})
    for wording in cause.variants:
        if found := wording.pattern.find(facts):
            values |= wording.pattern.captures(found)
            return wording
    return cause


def _fill(text: str, values: Mapping[str, str]) -> str:
    return PLACEHOLDER.sub(lambda place: values.get(place[1], place[2] or ""), text)


def _lines(match: re.Match[str]) -> tuple[str, ...]:
    """Return the whole lines that a match touches, its last ones when there are many.

    Of a traceback they are the app's own.
    """
    text = match.string
    start = text.rfind("\n", 0, match.start()) + 1
    end = text.find("\n", match.end())
    lines = without_installed_code(text[start : end if end != -1 else len(text)]).splitlines()
    return tuple(line[:MAX_LINE] for line in lines[-MAX_EVIDENCE:] if line.strip())
