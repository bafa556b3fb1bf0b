"""Wait for the app: probe it, follow its container through restarts, observe it when it fails."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from rehearsal.config.rehearsal_plan import Plan
from rehearsal.diagnosis.causes import CAUSES
from rehearsal.diagnosis.facts import Facts
from rehearsal.diagnosis.gather_facts import read_log_lines
from rehearsal.diagnosis.rules import diagnose
from rehearsal.evidence.log import Log
from rehearsal.outside import http_probe, ports
from rehearsal.outside.engine import Engine, EngineError
from rehearsal.outside.http_response import Answer
from rehearsal.pipeline.stages.container import MAX_RESTARTS, Container, reattach_after_restart
from rehearsal.pipeline.stages.container_end import crash_error
from rehearsal.pipeline.stages.observations import (
    HEALTH_PREFIX,
    NO_LISTENER,
    answer_lines,
    container_lines,
    listener_lines,
    request_lines,
)
from rehearsal.pipeline.stages.probe import (
    ContainerExitedError,
    HopelessCause,
    Ready,
    request_headers,
    wait_until_ready,
)
from rehearsal.pipeline.timeline_recorder import TimelineRecorder
from rehearsal.verdict import RehearsalError, Verdict

BEFORE_READY = "before it was ready"
NOTHING_LISTENS = " Nothing in the container listens on any port."


@dataclass(kw_only=True)
class ReadinessWaiter:
    """Waits for one app; fills `observations` and `timeline` with what it observes."""

    plan: Plan
    container: Container
    engine: Engine
    log: Log
    observations: dict[str, tuple[str, ...]]
    timeline: TimelineRecorder
    clock: Callable[[], float] = time.monotonic
    _answer: Answer = field(default_factory=Answer)

    def wait(self) -> Ready:
        """Return when the app is ready. Raises `RehearsalError` (crashed or not-ready)."""
        ends = 0
        while True:
            try:
                return self._probe()
            except ContainerExitedError:
                seconds = self.clock() - self.container.started
                self.timeline.record_milestone("ended", seconds)
                ends += 1
                if ends > MAX_RESTARTS or not self._reattach():
                    raise crash_error(
                        self.container, self.engine, self.log, when=BEFORE_READY
                    ) from None
            except RehearsalError as error:
                self._observe()
                message = error.problem.message + "".join(self._message_details())
                raise RehearsalError.of(replace(error.problem, message=message)) from error

    def _probe(self) -> Ready:
        """Wait until the app is ready or its container exits."""
        headers = request_headers(self.plan.probe, self.container.port)
        self.observations["request"] = request_lines(
            self.plan.probe, self.plan.container.port, headers["Host"]
        )

        def send_request(timeout: float) -> Answer:
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
            send_request,
            started=self.container.started,
            has_ended=lambda: self.container.ended,
            clock=self.clock,
            # Unlike a sleep, this returns as soon as the container ends.
            sleep=self.container.ends_within,
            timeline=self.timeline,
            find_cause=self._find_cause,
        )

    def _find_cause(self) -> HopelessCause | None:
        """Return the cause that a diagnosis would name now, if waiting cannot remove it."""
        lines = {
            **self.observations,
            "answer": answer_lines(self.plan.probe, self._answer),
            "listeners": () if self._answer.status else self._listener_lines(),
            self.log.name: read_log_lines(self.log.folder, self.log.name),
        }
        for diagnosis in diagnose(Facts(verdict=Verdict.NOT_READY, lines=lines), CAUSES):
            if diagnosis.give_up_after is not None:
                return HopelessCause(id=diagnosis.id, give_up_after=diagnosis.give_up_after)
        return None

    def _observe(self) -> None:
        """Observe the app for the diagnosis while the container still runs."""
        self.observations |= {
            "answer": answer_lines(self.plan.probe, self._answer),
            "answers": tuple(each.text for each in self.timeline.timeline.answers),
            "listeners": self._listener_lines(),
            "container": container_lines(self.engine.inspect(self.container.id)),
        }

    def _message_details(self) -> Iterator[str]:
        if self.observations["listeners"] == (NO_LISTENER,):
            yield NOTHING_LISTENS
        for line in self.observations["container"]:
            if not line.startswith(HEALTH_PREFIX):
                continue
            health = line.removeprefix(HEALTH_PREFIX)
            self.timeline.record_milestone(
                "HEALTHCHECK", self.clock() - self.container.started, health
            )
            if health.startswith("unhealthy"):
                yield f" Its HEALTHCHECK: {health}."

    def _listener_lines(self) -> tuple[str, ...]:
        try:
            listeners = ports.listeners(self.engine, self.container.id)
        except EngineError:  # The container has just ended; the probe notices next.
            listeners = None
        return listener_lines(listeners, self.plan.container.port)

    def _reattach(self) -> bool:
        return reattach_after_restart(self.container, self.plan.container, self.engine, self.log)
