"""The state of a rehearsal while it runs; only the pipeline writes it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import field
from typing import Protocol

from rehearsal.audit.observations import Observations
from rehearsal.dataclass import dataclass
from rehearsal.evidence.staged_files import StagedFiles
from rehearsal.pipeline.stages.companion import Companion
from rehearsal.pipeline.timeline_recorder import TimelineRecorder
from rehearsal.results.audit import Audit
from rehearsal.results.engine_versions import EngineVersions
from rehearsal.results.rehearsal import Stage, deciding_problem
from rehearsal.results.tests import SuiteResults
from rehearsal.verdict import Problem, Verdict


class StageObserver(Protocol):
    """Is notified of the start and the end of each stage."""

    def stage_started(self, stage: str) -> None:
        """Receive the name of a stage that starts."""

    def stage_ended(self, stage: str, seconds: float, *, ok: bool) -> None:
        """Receive the name of a stage that has ended; `ok` is False if it failed."""


@dataclass(kw_only=True)
class RunState:
    """The state of one rehearsal.

    `companions` are the services and workers that were started. `staged` are the files that the
    tests have left. `audited` is what the audit saw, the stop included, and `audit` what its checks
    say of that. `observations` are lines for the diagnosis, by their source. `kept_container` says
    where to find a container that keeps running, `remove_command` removes it. With `flags_only`
    there is no workflow, and advice speaks of flags. `app_url` is where the tests found the app.
    """

    observer: StageObserver
    started: float = field(default_factory=time.time)
    stages: list[Stage] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    image: str = ""
    image_id: str = ""
    image_config: str = ""
    image_size: int | None = None
    engine: EngineVersions = field(default_factory=EngineVersions)
    ready_seconds: float | None = None
    requirements_seconds: float | None = None
    companions: list[Companion] = field(default_factory=list)
    suite_results: SuiteResults | None = None
    staged: StagedFiles | None = None
    audited: Observations | None = None
    audit: Audit | None = None
    container_tail: tuple[str, ...] = ()
    kept_container: str = ""
    remove_command: str = ""
    flags_only: bool = False
    app_url: str = ""
    observations: dict[str, tuple[str, ...]] = field(default_factory=dict)
    container_variables: dict[str, str] = field(default_factory=dict, repr=False)
    timeline: TimelineRecorder = field(default_factory=TimelineRecorder)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a stage and notify the observer; an exception or a new problem means failure."""
        started, start = time.time(), time.monotonic()
        problems = len(self.problems)
        ok = False
        self.observer.stage_started(name)
        try:
            yield
            ok = len(self.problems) == problems
        finally:
            seconds = time.monotonic() - start
            self.stages.append(Stage(name=name, seconds=seconds, ok=ok, started=started))
            self.observer.stage_ended(name, seconds, ok=ok)

    @property
    def cancelled(self) -> bool:
        """Whether the rehearsal ends as cancelled."""
        problem = deciding_problem(self.problems)
        return problem is not None and problem.verdict is Verdict.CANCELLED
