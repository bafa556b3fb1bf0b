"""Watch over a started container until its app is ready: ask, look closer, attach again."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from rehearsal.config.plan import Plan
from rehearsal.diagnosis.causes import CAUSES
from rehearsal.diagnosis.facts import Facts
from rehearsal.diagnosis.gather_facts import read_log_lines
from rehearsal.diagnosis.rules import diagnose
from rehearsal.evidence.log import Log
from rehearsal.outside import http_probe, sockets
from rehearsal.outside.engine import Engine, EngineError
from rehearsal.pipeline.stages import container as containers
from rehearsal.pipeline.stages import observations
from rehearsal.pipeline.stages.container import Container
from rehearsal.pipeline.stages.probe import (
    ContainerExitedError,
    HopelessCause,
    Ready,
    wait_until_ready,
)
from rehearsal.pipeline.timeline_recorder import TimelineRecorder
from rehearsal.verdict import RehearsalError, Verdict

# What a container that came back is given: more ends in a row than this are a loop.
MOST_RETURNS = 3
BEFORE = "before it was ready"
HEALTH = "health "
NOBODY = " Nothing in the container listens on any port."


@dataclass(kw_only=True)
class ReadinessWaiter:
    """Wait for one app; `observations` and `timeline` are filled with what is seen of it."""

    plan: Plan
    container: Container
    engine: Engine
    log: Log
    observations: dict[str, tuple[str, ...]]
    timeline: TimelineRecorder
    clock: Callable[[], float] = time.monotonic
    _answer: http_probe.Answer = field(default_factory=http_probe.Answer)

    def wait(self) -> Ready:
        """Return when the app is ready. Raises `RehearsalError` (crashed or not-ready)."""
        returns = 0
        while True:
            try:
                return self._wait()
            except ContainerExitedError:
                seconds = self.clock() - self.container.started
                self.timeline.record_milestone("ended", seconds)
                returns += 1
                if not (returns <= MOST_RETURNS and self._restarted()):
                    raise containers.crash_error(
                        self.container, self.engine, self.log, when=BEFORE
                    ) from None
            except RehearsalError as error:
                self._observe()
                message = error.problem.message + "".join(self._details())
                raise RehearsalError.of(replace(error.problem, message=message)) from error

    def _wait(self) -> Ready:
        host = f"localhost:{self.container.port}"
        headers = {"Host": host, "User-Agent": "dress-rehearsal", **self.plan.probe.headers}
        asked = observations.of_question(self.plan.probe, self.plan.container.port, headers["Host"])
        self.observations["asked"] = asked

        def ask(timeout: float) -> http_probe.Answer:
            self._answer = http_probe.get(
                self.container.port,
                self.plan.probe.path,
                headers,
                timeout=timeout,
                should_stop=lambda: self.container.ended,
            )
            return self._answer

        return wait_until_ready(
            self.plan.probe,
            ask,
            started=self.container.started,
            ended=lambda: self.container.ended,
            clock=self.clock,
            # Not a sleep: the container's end is heard of at once.
            sleep=self.container.ended_by_now,
            timeline=self.timeline,
            find_cause=self._find_cause,
        )

    def _find_cause(self) -> HopelessCause | None:
        """Return what would be told if it stayed like this, where waiting does not mend it."""
        lines = {
            **self.observations,
            "answer": observations.of_answer(self.plan.probe, self._answer),
            "listeners": () if self._answer.status else self._listeners(),
            self.log.name: read_log_lines(self.log.path),
        }
        found = diagnose(Facts(verdict=Verdict.NOT_READY, lines=lines), CAUSES)
        for diagnosis in found:
            if diagnosis.sure_after is not None:
                return HopelessCause(cause=diagnosis.id, sure_after=diagnosis.sure_after)
        return None

    def _observe(self) -> None:
        """Keep how things stand while the container still runs."""
        self.observations["answer"] = observations.of_answer(self.plan.probe, self._answer)
        self.observations["answers"] = tuple(each.text for each in self.timeline.timeline.answers)
        self.observations["listeners"] = self._listeners()
        self.observations["container"] = observations.of_container(
            self.engine.inspect(self.container.id)
        )

    def _details(self) -> Iterator[str]:
        if self.observations["listeners"] == ("nobody",):
            yield NOBODY
        for line in self.observations["container"]:
            if not line.startswith(HEALTH):
                continue
            said = line.removeprefix(HEALTH)
            self.timeline.record_milestone(
                "HEALTHCHECK", self.clock() - self.container.started, said
            )
            if said.startswith("unhealthy"):
                yield f" Its HEALTHCHECK: {said}."

    def _listeners(self) -> tuple[str, ...]:
        try:
            found = sockets.listeners(self.engine, self.container.id)
        except EngineError:  # It has ended in this moment: that is told next.
            found = None
        return observations.of_listeners(found, self.plan.container.port)

    def _restarted(self) -> bool:
        return containers.reattach_after_restart(
            self.container, self.plan.container, self.engine, self.log
        )
