"""The result of a rehearsal: how it went, stage by stage, and how it ended."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from rehearsal import __version__
from rehearsal.results.cause import CauseSummary, summarize_cause
from rehearsal.results.diagnosis import Diagnosis
from rehearsal.results.evidence_index import EvidenceIndex
from rehearsal.results.origin import Origin, RequestSummary
from rehearsal.results.shard import Shard
from rehearsal.results.tests import Results
from rehearsal.results.timeline import Timeline
from rehearsal.verdict import Problem, Verdict


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One stage: how many seconds it took, and whether it did what it should.

    `started` is in seconds since 1970, 0 where that is not known.
    """

    name: str
    seconds: float
    ok: bool
    started: float = 0.0


@dataclass(frozen=True, kw_only=True)
class RehearsalResult:
    """How one rehearsal went, or several that were merged. Its texts hold no secret.

    `started` is in seconds since 1970. `shard` is the part of the suite that ran, empty where it is
    the whole suite; `shards` are the results that were merged. `diagnoses` are the causes that fit,
    the root first; where none fits, `key_lines` are the log lines that say most. `index` is what
    the reports show of the evidence folder `evidence`.

    Only this machine knows the rest: `container_tail` (the last lines of the app's log),
    `keep_note` (where a container that was left running is) and `remove_command` (which removes
    it).
    """

    name: str
    tool: str = f"dress-rehearsal {__version__}"
    started: float = 0.0
    stages: tuple[Stage, ...] = ()
    problems: tuple[Problem, ...] = ()
    image: str = ""
    image_id: str = ""
    ready_seconds: float | None = None
    shard: str = ""
    shards: tuple[Shard, ...] = ()
    origin: Origin = field(default_factory=Origin)
    request: RequestSummary | None = None
    results: Results | None = None
    artifact_name: str = ""
    notices: tuple[str, ...] = ()
    timeline: Timeline = field(default_factory=Timeline)
    diagnoses: tuple[Diagnosis, ...] = ()
    key_lines: tuple[str, ...] = ()
    index: EvidenceIndex = field(default_factory=EvidenceIndex)
    evidence: str = ""
    container_tail: tuple[str, ...] = ()
    keep_note: str = ""
    remove_command: str = ""

    @property
    def problem(self) -> Problem | None:
        """The problem that decides the verdict."""
        return deciding_problem(self.problems)

    @property
    def verdict(self) -> Verdict:
        """How it ended."""
        return self.problem.verdict if self.problem else Verdict.PASSED

    @cached_property
    def cause(self) -> CauseSummary | None:
        """Why it did not pass, in the words that every report uses."""
        if not self.problem:
            return None
        return summarize_cause(self.problem, self.diagnoses, self.key_lines, self.index)

    def outputs(self) -> dict[str, str]:
        """Return the action's outputs by name; what is not known is empty."""
        results = self.results
        counted = results is not None and results.tests is not None
        return {
            "verdict": str(self.verdict),
            "diagnosis": self.diagnoses[0].id if self.diagnoses else "",
            "image": self.image,
            "image-id": self.image_id,
            "tests": str(results.tests) if results and counted else "",
            "failures": str(results.failures) if results and counted else "",
            "flaky": str(len(results.flaky)) if results and counted else "",
            "ready-seconds": "" if self.ready_seconds is None else f"{self.ready_seconds:.2f}",
            "evidence-path": self.evidence,
            "artifact-name": self.artifact_name,
        }


def deciding_problem(problems: Iterable[Problem]) -> Problem | None:
    """Return the problem that decides the verdict where there are several."""
    return min(problems, key=lambda problem: problem.verdict.rank, default=None)
