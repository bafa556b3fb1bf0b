"""The rules of a diagnosis: patterns, the causes that they identify, and how to match them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from itertools import chain

from rehearsal.config.variables import stored_name
from rehearsal.dataclass import dataclass
from rehearsal.diagnosis.facts import Facts
from rehearsal.diagnosis.key_lines import MAX_LINE_LENGTH
from rehearsal.diagnosis.paste import fit_paste
from rehearsal.regex import regex
from rehearsal.results.diagnosis import Diagnosis
from rehearsal.source.tracebacks import without_installed_code
from rehearsal.verdict import Verdict

# The last lines of a traceback matter most; the log holds all of it.
MAX_EVIDENCE_LINES = 8
# `{name}`, or `{name|default}` for a group that may not have matched; not GitHub's ${{ }}.
PLACEHOLDER = regex(r"(?<!\{)\{(\w+)(?:\|([^{}]*))?\}(?!\})")
# A line of a paste with this is repeated for each value of a group.
EACH = "{each}"
# In such a line: the name of the repository's secret for that value, the name of a variable.
STORED = "{stored}"
# The source in which a variant finds the verdict and the values captured so far.
CAPTURES = "captures"


class Pattern:
    """Regular expressions to search in the facts; their named groups fill placeholders.

    `sources` are searched in order. With `every_value_of`, the name of a group, all different
    values of the group are evidence. The placeholder `others` says how many there are beside the
    first, `all` is a list of them in words, and `each` repeats a line of a paste for each of them.
    Unless `shown`, what is found is no evidence: no log has these words.
    """

    def __init__(
        self,
        sources: str | Iterable[str],
        *patterns: str,
        every_value_of: str = "",
        shown: bool = True,
    ) -> None:
        self.sources = (sources,) if isinstance(sources, str) else tuple(sources)
        self.texts = patterns
        self.every_value_of = every_value_of
        self.shown = shown

    @cached_property
    def patterns(self) -> tuple[re.Pattern[str], ...]:
        """Compile them when one is needed: there are hundreds, and most rehearsals need none."""
        return tuple(re.compile(text, re.MULTILINE) for text in self.texts)

    def find(self, facts: Facts) -> list[re.Match[str]]:
        """Return the last match of the first pattern that is found, in the first source with one.

        With `every_value_of`, return the first match of each value, in the order of the patterns.
        """
        for source in self.sources:
            text = facts.text(source)
            matches = (list(pattern.finditer(text)) for pattern in self.patterns)
            if self.every_value_of:
                found = list(chain.from_iterable(matches))
                values = {match[self.every_value_of]: match for match in reversed(found)}
                if values:
                    return sorted(values.values(), key=found.index)
            elif found := next(filter(None, matches), []):
                return found[-1:]
        return []

    def captures(self, matches: list[re.Match[str]]) -> dict[str, str]:
        """Return the placeholders' values from the matches that `find` returned."""
        if not matches:
            return {}
        values = {name: value for name, value in matches[0].groupdict().items() if value}
        if self.every_value_of:
            each = [match[self.every_value_of] for match in matches]
            values["others"] = f" and {len(each) - 1} more" if len(each) > 1 else ""
            values["all"] = " and ".join(filter(None, (", ".join(each[:-1]), each[-1])))
            values["each"] = "\n".join(each)
        return values


@dataclass(frozen=True, kw_only=True)
class Variant:
    """Texts that replace those of a cause if `pattern` is found; an empty text replaces nothing.

    The pattern may also search the source `captures`: the lines `verdict VERDICT` and, for each
    value captured so far, `NAME VALUE`.
    """

    pattern: Pattern
    title: str = ""
    hint: str = ""
    paste: str = ""
    background: str = ""


@dataclass(frozen=True, kw_only=True)
class GiveUp:
    """When to stop waiting for an app that is not ready: after so many seconds with one cause.

    All patterns of `only_if` have to be found, too. Unless the cause is `certain`, waiting goes on
    while the app logs more than requests, and if the caller gave ready-timeout.
    """

    after: float
    certain: bool = False
    only_if: tuple[Pattern, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Cause:
    """A known cause: it fits if all `patterns` are found and none of `unless`.

    What `details` find is added as evidence and fills placeholders. With an empty `hint` the report
    shows the hint of the problem. The first of `variants` that is found replaces texts.
    `give_up` is for causes that waiting does not remove. `place` is the line at fault, FILE:LINE.
    A `symptom` says what was seen and not why: it is left out if any other cause fits.
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
    place: str = ""
    give_up: GiveUp | None = None
    symptom: bool = False


def diagnose(facts: Facts, causes: Iterable[Cause]) -> list[Diagnosis]:
    """Return the causes that fit, in the given order: the root first. Of symptoms, only one."""
    fitting = [(cause, found) for cause in causes if (found := _match(cause, facts))]
    roots = [found for cause, found in fitting if not cause.symptom]
    return roots or [found for _, found in fitting[:1]]


def _match(cause: Cause, facts: Facts) -> Diagnosis | None:
    if facts.verdict not in cause.verdicts or any(each.find(facts) for each in cause.unless):
        return None
    found: dict[Pattern, list[re.Match[str]]] = {}
    for pattern in cause.patterns:
        found[pattern] = pattern.find(facts)
        if not found[pattern]:
            return None
    found |= {pattern: pattern.find(facts) for pattern in cause.details}
    values = facts.locations()
    for pattern, matches in found.items():
        values |= pattern.captures(matches)
    texts = _choose_variant(cause, facts, values)
    evidence = chain.from_iterable(
        matches[:MAX_EVIDENCE_LINES] for pattern, matches in found.items() if pattern.shown
    )
    file, _, line = _fill(cause.place, values).rpartition(":")
    # What starts with a slash is an address on the page.
    is_known = bool(file) and not file.startswith("/")
    return Diagnosis(
        id=cause.id,
        title=_fill(texts.title or cause.title, values),
        hint=_fill(texts.hint or cause.hint, values),
        paste=fit_paste(_fill(texts.paste or cause.paste, values).strip("\n"), facts),
        background=texts.background or cause.background,
        file=file if is_known else "",
        line=int(line) if is_known else 0,
        matching_lines=tuple(chain.from_iterable(dict.fromkeys(map(_lines, evidence)))),
    )


def _choose_variant(cause: Cause, facts: Facts, values: dict[str, str]) -> Variant | Cause:
    """Return the first variant that fits, else the cause; add its captures to `values`."""
    captures = (f"verdict {facts.verdict}", *(f"{name} {value}" for name, value in values.items()))
    facts = replace(facts, lines={**facts.lines, CAPTURES: captures})
    for variant in cause.variants:
        if matches := variant.pattern.find(facts):
            values |= variant.pattern.captures(matches)
            return variant
    return cause


def _fill(text: str, values: Mapping[str, str]) -> str:
    if EACH in text and "each" in values:
        lines = (
            line.replace(EACH, value).replace(STORED, stored_name(value))
            for line in text.split("\n")
            for value in (values["each"].split("\n") if EACH in line else ("",))
        )
        text = "\n".join(lines)
    return PLACEHOLDER.sub(lambda match: values.get(match[1], match[2] or ""), text)


def _lines(match: re.Match[str]) -> tuple[str, ...]:
    """Return the last of the lines that a match touches, without frames of installed code."""
    text = match.string
    start = text.rfind("\n", 0, match.start()) + 1
    end = text.find("\n", match.end())
    lines = without_installed_code(text[start : end if end != -1 else len(text)]).splitlines()
    return tuple(line[:MAX_LINE_LENGTH] for line in lines[-MAX_EVIDENCE_LINES:] if line.strip())
