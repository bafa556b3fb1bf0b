"""Wait for the app: probe it, follow its container through restarts, observe it when it fails."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import field, replace

from rehearsal.config.rehearsal_plan import Plan
from rehearsal.dataclass import dataclass
from rehearsal.diagnosis.facts import Facts
from rehearsal.diagnosis.faults import attempt
from rehearsal.diagnosis.gather_facts import read_log_lines
from rehearsal.diagnosis.hopeless_cause import HopelessCause, find_hopeless_cause
from rehearsal.evidence.log import Log
from rehearsal.evidence.log_window import LogWindow
from rehearsal.outside import http_probe, listeners
from rehearsal.outside.engine import Engine, EngineError
from rehearsal.outside.http_response import Answer
from rehearsal.outside.tls_probe import speaks_tls
from rehearsal.pipeline.stages.companion import (
    BEFORE_APP_READY,
    Companion,
    CompanionKind,
    raise_if_ended,
)
from rehearsal.pipeline.stages.container import MAX_RESTARTS, Container, reattach_after_restart
from rehearsal.pipeline.stages.container_end import crash_error
from rehearsal.pipeline.stages.observations import (
    HEALTH_PREFIX,
    NO_LISTENER,
    OTHER_PAGES,
    answer_lines,
    container_lines,
    listener_lines,
    request_lines,
)
from rehearsal.pipeline.stages.other_pages import find_other_pages
from rehearsal.pipeline.stages.probe import Ready, request_headers, wait_until_ready
from rehearsal.pipeline.stages.stuck_detector import StuckDetector
from rehearsal.pipeline.timeline_recorder import TimelineRecorder
from rehearsal.results.file_names import ASKED_AGAIN_LOG
from rehearsal.verdict import RehearsalError, Verdict

BEFORE_READY = "before it was ready"
REFUSALS = range(400, 500)
ERROR_PAGES = range(500, 600)
INTERNAL_ERROR = 500
# In seconds of answers with 500. Some apps answer so while they start.
ASK_AFTER = 4.0
NOTHING_LISTENS = " Nothing in the container listens on any port."


@dataclass(kw_only=True)
class ReadinessWaiter:
    """Waits for one app; fills `observations` and `timeline` with what it observes.

    `companions` are the services and workers beside it. `report` receives what is worth knowing
    while it waits. `ask` asks the app why it answers with 500, and returns what it says, redacted;
    it is called once, and `asked` keeps the answer.
    """

    plan: Plan
    container: Container
    engine: Engine
    log: Log
    observations: dict[str, tuple[str, ...]]
    timeline: TimelineRecorder
    report: Callable[[str], None]
    companions: Sequence[Companion] = ()
    ask: Callable[[], str] = str
    clock: Callable[[], float] = time.monotonic
    asked: str | None = None
    _errors_since: float | None = None
    _answer: Answer = field(default_factory=Answer)
    _ends: int = 0

    def wait(self) -> Ready:
        """Return when the app is ready. Raises `RehearsalError` (crashed or not-ready)."""
        window = LogWindow(self.log)
        try:
            return wait_until_ready(
                self.plan.probe,
                self._send_request,
                started=self.container.started,
                follow_end=self._follow_end,
                clock=self.clock,
                # Unlike a sleep, this returns as soon as the container ends.
                sleep=self.container.ends_within,
                timeline=self.timeline,
                detector=StuckDetector(
                    lambda: self._find_cause(window),
                    window,
                    patient=self.plan.probe.timeout_given,
                    report=self._report,
                ),
            )
        except RehearsalError as error:
            if error.problem.verdict is not Verdict.NOT_READY:
                raise
            self._observe()
            message = error.problem.message + "".join(self._message_details())
            raise RehearsalError.of(replace(error.problem, message=message)) from error

    def _send_request(self, timeout: float) -> Answer:
        probe, published = self.plan.probe, self.container.published
        headers = request_headers(probe, published.port)
        self.observations["request"] = request_lines(
            probe, self.plan.container.port, headers["Host"]
        )
        self._answer = http_probe.get(
            published,
            probe.path,
            headers,
            timeout=timeout,
            should_stop=lambda: self.container.ended,
        )
        if self._answer.status != INTERNAL_ERROR:
            self._errors_since = None
        elif self._errors_since is None:
            self._errors_since = self.clock()
        return self._answer

    def _follow_end(self) -> bool:
        """Return whether the container had ended, and was started again by its restart policy.

        Raises `RehearsalError` (crashed) if it was not, or if a service or worker has ended.
        """
        raise_if_ended(self.companions, CompanionKind.SERVICE, self.engine, when=BEFORE_APP_READY)
        if not self.container.ended:
            raise_if_ended(
                self.companions, CompanionKind.WORKER, self.engine, when=BEFORE_APP_READY
            )
            return False
        self.timeline.record_milestone("ended", self.clock() - self.container.started)
        self._ends += 1
        if self._ends <= MAX_RESTARTS and reattach_after_restart(
            self.container, self.plan.container, self.engine, self.log
        ):
            return True
        raise crash_error(self.container, self.engine, self.log, when=BEFORE_READY)

    def _find_cause(self, window: LogWindow) -> HopelessCause | None:
        """Return the cause that a diagnosis would name now, if waiting cannot remove it.

        An error in the log explains an error page only if it comes with each of them.
        """
        since = self._errors_since
        if self.asked is None and since is not None and self.clock() - since > ASK_AFTER:
            self.asked = self.ask()
        whole = self._answer.status not in ERROR_PAGES
        lines = {
            **self.observations,
            "answer": answer_lines(self.plan.probe, self._answer),
            "listeners": () if self._answer.status else self._listener_lines(),
            self.log.name: read_log_lines(self.log.folder, self.log.name)
            if whole
            else window.lines(),
            ASKED_AGAIN_LOG: tuple((self.asked or "").splitlines()),
        }
        facts = Facts(verdict=Verdict.NOT_READY, lines=lines)
        # A fault of ours only makes the wait longer.
        return attempt([], lambda: find_hopeless_cause(facts), None)

    def _report(self, cause: HopelessCause) -> None:
        self.report(
            f"the same answer for {cause.give_up_after:.0f} s: {cause.title} (still waiting, since "
            f"ready-timeout is {self.plan.probe.timeout} s)"
        )

    def _observe(self) -> None:
        """Observe the app for the diagnosis while the container still runs."""
        self.observations |= {
            "answer": answer_lines(self.plan.probe, self._answer),
            "answers": tuple(each.text for each in self.timeline.timeline.answers),
            "listeners": self._listener_lines(),
            "container": container_lines(self.engine.inspect(self.container.id)),
        }
        if self.asked is None and self._answer.status == INTERNAL_ERROR:
            self.asked = self.ask()
        if self._answer.status in REFUSALS:
            pages = find_other_pages(self.plan.probe, self.container.published)
            self.observations[OTHER_PAGES] = tuple(pages)

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
        port = self.plan.container.port
        try:
            found = listeners.listeners(self.engine, self.container.id, port)
        except EngineError:  # The container has just ended; the probe notices next.
            found = None
        answered = self._answer.status or self._answer.timed_out
        tls = not answered and speaks_tls(self.container.published)
        return listener_lines(found, port, tls=tls)
