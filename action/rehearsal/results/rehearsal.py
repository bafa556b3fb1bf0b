"""The result of a rehearsal: how it went, stage by stage, and how it ended."""

from collections.abc import Iterable
from dataclasses import field
from functools import cached_property
from typing import Annotated

from rehearsal import __version__
from rehearsal.dataclass import dataclass
from rehearsal.results.audit import Audit
from rehearsal.results.cause import CauseSummary, summarize_cause
from rehearsal.results.companion_run import CompanionRun
from rehearsal.results.comparison import Comparison
from rehearsal.results.diagnosis import Diagnosis
from rehearsal.results.engine_versions import EngineVersions
from rehearsal.results.evidence_index import EvidenceIndex
from rehearsal.results.json_fields import Json
from rehearsal.results.next_need import NextNeeds
from rehearsal.results.origin import Origin, RequestSummary
from rehearsal.results.shard import SHARD_PATTERN, Shard
from rehearsal.results.tests import SuiteResults
from rehearsal.results.timeline import Timeline
from rehearsal.verdict import Problem, Verdict

STAGES = (
    *("build", "services", "before", "start", "setup", "ready"),
    *("requirements", "test", "audit", "stop"),
)
# The end of the year 9999: ISO 8601 has no later date.
MAX_TIME = 253_402_300_799


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One stage: how many seconds it took, and whether it did what it should.

    `started` is in seconds since 1970, 0 where that is not known.
    """

    name: Annotated[str, "Its name.", Json(enum=STAGES, verbatim=True)]
    seconds: Annotated[float, "How long it took.", Json(digits=3)]
    ok: Annotated[bool, "Whether it did what it should."]
    started: float = 0.0


@dataclass(frozen=True, kw_only=True)
class RehearsalResult:
    """How one rehearsal went, or several that were merged. Its texts hold no secret.

    The fields without a description are known on this machine only: `results` and `index` (what
    the reports show of the folder `evidence`), `since` (what changed since the baseline),
    `container_tail` (the last lines of the app's log),
    `kept_container` (where to find a container that keeps running) and `remove_command` (which
    removes it).
    """

    name: Annotated[str, "The name of this run.", Json(key="rehearsal", verbatim=True)]
    tool: Annotated[
        str, "The program that wrote this file, and its version.", Json(verbatim=True)
    ] = f"dress-rehearsal {__version__}"
    started: Annotated[float, "Seconds since 1970.", Json(maximum=MAX_TIME)] = 0.0
    stages: Annotated[tuple[Stage, ...], "In their order."] = ()
    problems: Annotated[tuple[Problem, ...], "All that was wrong, in the order it was found."] = ()
    image: Annotated[str, "The name of the image, or empty.", Json(verbatim=True)] = ""
    image_id: Annotated[str, "The ID of the image, or empty.", Json(verbatim=True)] = ""
    image_config: Annotated[
        str,
        "The digest of the image's configuration, the same in every image store; empty when it is "
        "not known.",
        Json(verbatim=True),
    ] = ""
    image_size: Annotated[
        int | None,
        "The size of the image in bytes, as the engine counts it; null when it is not known.",
    ] = None
    engine: Annotated[EngineVersions, "The container engine and its client."] = field(
        default_factory=EngineVersions
    )
    ready_seconds: Annotated[
        float | None,
        "From the container's start to the first answer that was accepted; null when there was no "
        "such answer.",
    ] = None
    requirements_seconds: Annotated[
        float | None,
        "How long the tests' requirements took to install; the stage `requirements` is only the "
        "time waited for that, as it begins with the build. Null when none were installed.",
        Json(digits=3),
    ] = None
    shard: Annotated[
        str,
        "The part of the tests that was asked for, like 1/4; null when it was all of them.",
        Json(null_if_empty=True, pattern=SHARD_PATTERN.pattern, verbatim=True),
    ] = ""
    shards: Annotated[
        tuple[Shard, ...],
        "The rehearsals that this one was merged from; null when it was not merged.",
        Json(null_if_empty=True, minItems=1),
    ] = ()
    origin: Annotated[Origin, "Where it ran, as GitHub tells a job."] = field(
        default_factory=Origin
    )
    request: Annotated[
        RequestSummary | None,
        "What the inputs asked for; null when they were wrong.",
    ] = None
    companions: Annotated[
        tuple[CompanionRun, ...], "The services and workers that were started, in that order."
    ] = ()
    suite_results: SuiteResults | None = None
    audit: Annotated[
        Audit | None, "The audit; null when it was off, or the rehearsal did not get that far."
    ] = None
    artifact_name: Annotated[
        str, "The name under which the evidence is uploaded.", Json(verbatim=True)
    ] = ""
    notices: Annotated[tuple[str, ...], "Worth knowing; they do not change the verdict."] = ()
    warnings: Annotated[
        tuple[str, ...],
        "What may make the verdict wrong; also shown as warning annotations.",
    ] = ()
    timeline: Annotated[
        Timeline,
        "What was observed of the app until it was ready, or the wait ended.",
        Json(key="readiness"),
    ] = field(default_factory=Timeline)
    diagnoses: Annotated[tuple[Diagnosis, ...], "The known causes that fit, the root first."] = ()
    key_lines: Annotated[
        tuple[str, ...],
        "Where no known cause fits: the log lines that say most.",
    ] = ()
    also_needed: Annotated[
        NextNeeds,
        "What the next rehearsals would lack, as the project's source shows it; nothing that this "
        "one has told or seen.",
    ] = field(default_factory=NextNeeds)
    index: EvidenceIndex = field(default_factory=EvidenceIndex)
    since: Comparison | None = None
    evidence_path: Annotated[str, Json(verbatim=True)] = ""
    container_tail: tuple[str, ...] = ()
    kept_container: Annotated[str, Json(verbatim=True)] = ""
    remove_command: Annotated[str, Json(verbatim=True)] = ""

    @property
    def problem(self) -> Problem | None:
        """The problem that decides the verdict."""
        return deciding_problem(self.problems)

    @property
    def verdict(self) -> Verdict:
        """How it ended."""
        return self.problem.verdict if self.problem else Verdict.PASSED

    @property
    def tests_started(self) -> float:
        """When the tests began, in seconds since 1970, or 0 if they did not."""
        return next((each.started for each in self.stages if each.name == "test"), 0.0)

    @cached_property
    def cause(self) -> CauseSummary | None:
        """Why it did not pass, in the words that every report uses."""
        if not self.problem:
            return None
        return summarize_cause(self.problem, self.diagnoses, self.key_lines, self.index)

    def outputs(self) -> dict[str, str]:
        """Return the action's outputs by name; what is not known is empty."""
        results = self.suite_results
        counted = results is not None and results.test_count is not None
        return {
            "verdict": str(self.verdict),
            "diagnosis": self.diagnoses[0].id if self.diagnoses else "",
            "image": self.image,
            "image-id": self.image_id,
            "tests": str(results.test_count) if results and counted else "",
            "failures": str(results.failure_count) if results and counted else "",
            "flaky": str(results.flaky_count) if results and counted else "",
            "ready-seconds": "" if self.ready_seconds is None else f"{self.ready_seconds:.2f}",
            "evidence-path": self.evidence_path,
            "artifact-name": self.artifact_name,
        }


def deciding_problem(problems: Iterable[Problem]) -> Problem | None:
    """Return the problem that decides the verdict where there are several."""
    return min(problems, key=lambda problem: problem.verdict.rank, default=None)
