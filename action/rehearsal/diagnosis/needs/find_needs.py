"""Find what the next rehearsals would stop at, after a rehearsal that failed early."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from rehearsal.dataclass import dataclass
from rehearsal.diagnosis.causes import CAUSES
from rehearsal.diagnosis.facts import Facts
from rehearsal.diagnosis.faults import attempt
from rehearsal.diagnosis.needs.browsers import browsers
from rehearsal.diagnosis.needs.given import Given
from rehearsal.diagnosis.needs.hosts import hosts
from rehearsal.diagnosis.needs.joint_paste import join_pastes, join_places
from rehearsal.diagnosis.needs.need_context import NeedContext, Proposal
from rehearsal.diagnosis.needs.static_files import static_files
from rehearsal.diagnosis.needs.suite_packages import suite_packages
from rehearsal.diagnosis.needs.tables import tables
from rehearsal.diagnosis.needs.variables import variables
from rehearsal.diagnosis.paste import INPUTS_ORIGIN, WORKFLOW_STEP, fit_paste
from rehearsal.diagnosis.proposal_context import Context
from rehearsal.diagnosis.rules import diagnose
from rehearsal.redaction.redactor import Redactor
from rehearsal.results.diagnosis import Diagnosis
from rehearsal.results.map_texts import map_texts
from rehearsal.results.next_need import NextNeeds
from rehearsal.verdict import Verdict

BEFORE_READY = (
    Verdict.BUILD_FAILED,
    Verdict.SETUP_FAILED,
    Verdict.CRASHED,
    Verdict.NOT_READY,
)
# Causes after which no test has opened a page.
NO_PAGE_OPENED = frozenset({"no-browser", "no-display", "driver-version", "tests-missing-module"})
Finder = Callable[[NeedContext], Iterator[Proposal]]


@dataclass(frozen=True, kw_only=True)
class _NeedKind:
    """One kind of need, and when to look for it.

    It is left out if the rehearsal has passed `seen_from` (`start`, `page`, `style` or `tests`),
    or if one of the causes `covered_by` was diagnosed, which says the same.
    """

    find: Finder
    seen_from: str
    covered_by: frozenset[str] = frozenset()


# In the order in which a rehearsal meets them.
NEED_KINDS = (
    _NeedKind(find=variables, seen_from="start"),
    _NeedKind(find=hosts, seen_from="start", covered_by=frozenset({"disallowed-host"})),
    _NeedKind(
        find=tables,
        seen_from="page",
        covered_by=frozenset({"missing-table", "missing-migrations", "missing-column"}),
    ),
    _NeedKind(
        find=static_files,
        seen_from="style",
        covered_by=frozenset({"static-files", "not-collected", "static-root", "static-name"}),
    ),
    _NeedKind(
        find=suite_packages, seen_from="tests", covered_by=frozenset({"tests-missing-module"})
    ),
    _NeedKind(find=browsers, seen_from="tests", covered_by=frozenset({"no-browser", "no-display"})),
)


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What this rehearsal has shown: its facts and diagnoses, and whether the app was ready."""

    facts: Facts
    diagnoses: Sequence[Diagnosis] = ()
    was_ready: bool = False

    @property
    def causes(self) -> set[str]:
        """The ids of the causes that fit."""
        return {each.id for each in self.diagnoses}

    def is_open(self, stage: str) -> bool:
        """Whether the rehearsal failed before this stage could show a need."""
        facts = self.facts
        is_answered = facts.text("answer").startswith("HTTP status")
        is_start = facts.verdict in BEFORE_READY and not self.was_ready
        if stage == "start":
            return is_start and not is_answered
        if stage == "tests":
            return is_start or "tests-missing-module" in self.causes
        if stage == "page":
            return is_start or bool(self.causes & NO_PAGE_OPENED)
        is_served = any(line.startswith("served ") for line in facts.lines.get("page links", ()))
        return (is_start or facts.verdict is Verdict.TESTS_FAILED) and not is_served


def find_needs(seen: Seen, context: Context, given: Given, faults: list[str]) -> NextNeeds:
    """Return what the next rehearsals would stop at.

    Left out is what this rehearsal has diagnosed, or has shown to work. If one of the finders
    raises, its error is added to `faults`, and the others go on.
    """
    need_context = NeedContext(context, given)
    found: list[Proposal] = []
    for kind in NEED_KINDS:
        if not seen.causes & kind.covered_by and seen.is_open(kind.seen_from):
            found += attempt(faults, partial(_all, kind.find, need_context), [])
    paste = attempt(faults, lambda: _joint_paste(seen, context, given, found), "")
    return NextNeeds(needs=tuple(each.need for each in found), paste=paste)


def without_secrets(found: NextNeeds, redactor: Redactor) -> NextNeeds:
    """Return the needs without secrets, and no text to paste that would have *** for one."""
    paste = "" if redactor.names_in(found.paste) else found.paste
    return replace(map_texts(found, redactor.redact), paste=paste)


def _joint_paste(seen: Seen, context: Context, given: Given, found: Sequence[Proposal]) -> str:
    pastes = [each.paste for each in found]
    if not any(pastes):
        return ""
    joint = join_pastes([_raw_paste(seen), *pastes], known=set(given.variables))
    joint = joint.replace("{workflow|your workflow}", context.workflow or "your workflow")
    return join_places(fit_paste(joint, seen.facts))


def _all(find: Finder, context: NeedContext) -> list[Proposal]:
    return list(find(context))


def _raw_paste(seen: Seen) -> str:
    """Return the text of the first diagnosis to paste, before it is fitted to the workflow."""
    if not seen.diagnoses:
        return ""
    lines = {
        source: found
        for source, found in seen.facts.lines.items()
        if source not in {INPUTS_ORIGIN, WORKFLOW_STEP}
    }
    raw = diagnose(replace(seen.facts, lines=lines), CAUSES)
    return next((each.paste for each in raw if each.id == seen.diagnoses[0].id), "")
