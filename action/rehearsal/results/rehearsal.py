"""The record: what happened, stage by stage, and how it ended."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Protocol

from rehearsal import __version__
from rehearsal.results.diagnosis import Diagnosis
from rehearsal.results.origin import Origin, RequestSummary
from rehearsal.results.shard import Shard
from rehearsal.results.tests import Failure, Results
from rehearsal.results.timeline import Timeline
from rehearsal.verdict import RehearsalError, Verdict


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One stage as it went: seconds from start to end, and whether it did what it should.

    `started` is in seconds since 1970, 0 where that is not known.
    """

    name: str
    seconds: float
    ok: bool
    started: float = 0.0


class StageObserver(Protocol):
    """Whoever is told of the stages while they go by."""

    def stage_started(self, stage: str) -> None:
        """Hear that a stage has begun."""

    def stage_ended(self, stage: str, seconds: float, *, good: bool) -> None:
        """Hear that it has ended."""


@dataclass(kw_only=True)
class Rehearsal:
    """One rehearsal, filled in as its stages go by; the reports only read it.

    `facts` holds what the stages saw, by where they saw it; `diagnoses` the causes that fit, the
    root first; `telling`, where none does, the lines that say most.
    `checkout` is the top of the repository's files, `directory` the working directory in it.
    `workflow` is the file that asked for it, below that top, empty where it is not known.
    `shard` is the part of the suite that was asked for, empty where it is the whole; `shards` are
    those that this rehearsal was merged from, none where it is one of its own.
    `kept` says where a container that was left up is, `removal` is the command that removes it.
    """

    name: str
    tool: str = f"dress-rehearsal {__version__}"
    started: float = field(default_factory=time.time)
    stages: list[Stage] = field(default_factory=list)
    problems: list[RehearsalError] = field(default_factory=list)
    image: str = ""
    image_id: str = ""
    ready_seconds: float | None = None
    shard: str = ""
    shards: tuple[Shard, ...] = ()
    origin: Origin = field(default_factory=Origin)
    request: RequestSummary | None = None
    results: Results | None = None
    evidence: str = ""
    artifact_name: str = ""
    notices: list[str] = field(default_factory=list)
    container_tail: tuple[str, ...] = ()
    checkout: str = ""
    directory: str = ""
    workflow: str = ""
    kept: str = ""
    removal: str = ""
    facts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    timeline: Timeline = field(default_factory=Timeline)
    diagnoses: list[Diagnosis] = field(default_factory=list)
    key_lines: tuple[str, ...] = ()
    observer: StageObserver | None = None

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a stage; an error or a problem in it marks it."""
        started, start = time.time(), time.monotonic()
        problems = len(self.problems)
        good = False
        if self.observer:
            self.observer.stage_started(name)
        try:
            yield
            good = len(self.problems) == problems
        finally:
            seconds = time.monotonic() - start
            stage = Stage(name=name, seconds=seconds, ok=good, started=started)
            self.stages.append(stage)
            if self.observer:
                self.observer.stage_ended(name, stage.seconds, good=good)

    @property
    def problem(self) -> RehearsalError | None:
        """The problem that decides, of several."""
        return min(self.problems, key=lambda problem: problem.verdict.rank, default=None)

    @property
    def verdict(self) -> Verdict:
        """How it ended."""
        return self.problem.verdict if self.problem else Verdict.PASSED

    @property
    def needs_diagnosis(self) -> bool:
        """Whether there is a cause to be found, and it is none of those that are known."""
        return not self.diagnoses and self.verdict not in SELF_EXPLAINED

    def redact(self, redact: Callable[[str], str]) -> None:
        """Take the secrets out of every text, before a report cuts one in two."""
        for problem in self.problems:
            problem.message, problem.hint = redact(problem.message), redact(problem.hint)
            problem.excerpt = tuple(map(redact, problem.excerpt))
        if self.results:
            failed, flaky = (
                tuple(_redacted(each, redact) for each in tests)
                for tests in (self.results.failed, self.results.flaky)
            )
            self.results = replace(self.results, failed=failed, flaky=flaky)
        self.notices[:] = map(redact, self.notices)

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


def _redacted(failure: Failure, redact: Callable[[str], str]) -> Failure:
    return replace(
        failure,
        name=redact(failure.name),
        message=redact(failure.message),
        file=redact(failure.file),
        trace=redact(failure.trace),
    )


# Neither needs a cause, or says it in its own words.
SELF_EXPLAINED = (Verdict.PASSED, Verdict.MISCONFIGURED, Verdict.CANCELLED, Verdict.ERROR)
