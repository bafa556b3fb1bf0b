"""One further container: start it, and see what becomes of it."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

from rehearsal.audit.observations import StartRun
from rehearsal.config.rehearsal_plan import ContainerPlan
from rehearsal.dataclass import dataclass
from rehearsal.evidence.log import Log
from rehearsal.outside import http_probe
from rehearsal.outside.engine import EngineError
from rehearsal.outside.http_response import Answer
from rehearsal.pipeline.audit.starts.clock import StartClock
from rehearsal.pipeline.audit.starts.volumes import Volumes
from rehearsal.pipeline.audit.subject import Subject
from rehearsal.pipeline.companions import APP_ALIAS
from rehearsal.pipeline.stages.container import Container, create_container
from rehearsal.pipeline.stages.container_end import read_end
from rehearsal.pipeline.stages.container_start import start_container
from rehearsal.pipeline.stages.probe import (
    ATTEMPT_TIMEOUT,
    describe_answer,
    is_ready,
    request_headers,
)
from rehearsal.pipeline.stages.setup import run_setup
from rehearsal.pipeline.stages.stop import STOP_TIMEOUT
from rehearsal.regex import regex
from rehearsal.results.file_names import AUDIT_FOLDER
from rehearsal.verdict import RehearsalError, Verdict

# In seconds.
POLL_INTERVAL = 0.05
# An app that has answered without a secret may still end because of that.
END_GRACE = 1.0
# A proxy in the container answers so while the app behind it starts, or has ended.
SERVER_ERRORS = range(500, 600)
LOG_LINES = 200
DENIED = regex(
    r"read-?only file ?system|readonly database|permission denied|operation not permitted"
    r"|\b(EROFS|EACCES|EPERM)\b",
    re.IGNORECASE,
)


@dataclass(kw_only=True)
class FurtherContainer:
    """A further container that has been started; `limit` is in seconds after its start."""

    subject: Subject
    plan: ContainerPlan
    container: Container
    log: Log
    clock: StartClock
    limit: Callable[[], float]

    def set_up_and_wait(self, *, again: bool) -> StartRun:
        """Run setup-command, and wait until the app is ready or has ended, or the time is up.

        With `again` the command ran before on the same data, which not every command bears: then
        only a denied access counts as a failure.
        """
        if command := self.subject.plan.container.setup_command:
            engine = self.subject.context.engine
            try:
                run_setup(command, self.container, engine, self.log, check=self._check_setup)
            except RehearsalError as error:
                if error.problem.verdict is not Verdict.SETUP_FAILED:
                    raise
                if not again or DENIED.search("\n".join(error.problem.excerpt)):
                    return replace(self._run(Answer()), setup_error=error.problem.message)
        return self._wait_until_ready()

    def wait_for_end(self) -> StartRun:
        """Wait until the container has ended, or the app has answered and does not end either."""
        answer = self._ask(lambda answer: answer.status not in {0, *SERVER_ERRORS})
        if answer.status:
            self.container.ends_within(END_GRACE)
        return self._run(answer)

    def restart(self) -> StartRun:
        """Restart the container as `docker restart` does, and compare what is on its volumes."""
        engine = self.subject.context.engine
        volumes = Volumes(engine=engine, container=self.container.id, stopped=self.clock.stopped)
        engine.stop(self.container.id, seconds=STOP_TIMEOUT)
        before = volumes.read_and_mark()
        self.clock.check()
        self.container = start_container(self.container.id, self.plan, engine, self.log)
        run = self._wait_until_ready()
        return replace(run, lost=volumes.find_lost(before)) if run.ready else run

    def stop(self) -> None:
        """Stop it as production would: what it leaves may be in use by the next one."""
        if not self.container.ended:
            with suppress(EngineError):  # It is removed next.
                self.subject.context.engine.stop(self.container.id, seconds=STOP_TIMEOUT)

    def _wait_until_ready(self) -> StartRun:
        return self._run(self._ask(lambda answer: is_ready(self.subject.plan.probe, answer)))

    def _check_setup(self) -> None:
        self.clock.check()
        if self._time_left() <= 0:
            raise RehearsalError(
                Verdict.SETUP_FAILED,
                f"setup-command had not ended {self.limit():.0f} s after the start.",
            )

    def _ask(self, is_enough: Callable[[Answer], bool]) -> Answer:
        """Send requests until an answer is enough or the time is up; return the last answer."""
        probe, published = self.subject.plan.probe, self.container.published
        answer = Answer()
        while not self.container.ended and (left := self._time_left()) > 0:
            self.clock.check()
            latest = http_probe.get(
                published,
                probe.path,
                request_headers(probe, published.port),
                timeout=min(left, ATTEMPT_TIMEOUT),
                should_stop=lambda: self.container.ended or self.clock.stopped.is_set(),
            )
            answer = latest if latest.status else answer
            if is_enough(latest):
                break
            self.container.ends_within(POLL_INTERVAL)
        return answer

    def _time_left(self) -> float:
        return self.container.started + self.limit() - time.monotonic()

    def _run(self, answer: Answer) -> StartRun:
        """Return what has become of the container."""
        run = StartRun(
            ready=is_ready(self.subject.plan.probe, answer),
            answer=describe_answer(self.subject.plan.probe, answer) if answer.status else "",
            seconds=time.monotonic() - self.container.started,
            log=self.log.tail(LOG_LINES),
        )
        if not self.container.ended:
            return run
        end = read_end(self.container, self.subject.context.engine)
        state = (self.container.final_state or {}).get("State") or {}
        error = "it was killed for memory" if end.out_of_memory else str(state.get("Error") or "")
        log = self.log.tail(LOG_LINES)
        return replace(run, ready=False, exit_code=end.exit_code, error=error, log=log)


@contextmanager
def started_container(
    subject: Subject,
    plan: ContainerPlan,
    *,
    name: str,
    log_name: str,
    clock: StartClock,
    limit: Callable[[], float],
) -> Iterator[FurtherContainer]:
    """Create and start a container, and remove it in the end unless all are removed then.

    `name` is that of the container, `log_name` that of its log. Raises `RehearsalError`,
    `EngineError`, and what `clock` raises.
    """
    context = subject.context
    engine, evidence = context.engine, context.evidence
    log = evidence.log(evidence.safe_path(AUDIT_FOLDER, f"{log_name}.log"))
    created = ""
    further: FurtherContainer | None = None
    try:
        clock.check()
        created = create_container(
            plan,
            engine,
            image=subject.image,
            name=name,
            label=context.label,
            directory=subject.plan.directory,
            alias=APP_ALIAS if plan.network else "",
        )
        clock.check()
        further = FurtherContainer(
            subject=subject,
            plan=plan,
            container=start_container(created, plan, engine, log),
            log=log,
            clock=clock,
            limit=limit,
        )
        yield further
    finally:
        if further is not None:
            further.container.client.kill()
        log.close()
        if created and not clock.stopped.is_set():
            with suppress(EngineError):  # It is tried once more, when all are removed.
                engine.remove([created])
