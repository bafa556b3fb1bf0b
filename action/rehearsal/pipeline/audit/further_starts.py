"""Start further containers of the image: confined, read-only, without a secret, and so on."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import partial

from rehearsal.audit.observations import FurtherStarts, StartRun
from rehearsal.config.rehearsal_plan import ContainerPlan
from rehearsal.outside.engine import CALL_TIMEOUT, PENDING_GRACE, EngineError
from rehearsal.pipeline.audit.starts.clock import NoMoreTimeError, StartClock
from rehearsal.pipeline.audit.starts.fresh_plan import (
    FreshVolumes,
    NotRepeatableError,
    confined,
    find_missing,
    read_only,
    with_empty_secret,
    without_secret,
)
from rehearsal.pipeline.audit.starts.further_container import FurtherContainer, started_container
from rehearsal.pipeline.audit.starts.surroundings import Surroundings
from rehearsal.pipeline.audit.subject import Subject
from rehearsal.pipeline.stages.container import container_name
from rehearsal.results.file_names import AUDIT_FOLDER
from rehearsal.verdict import RehearsalError, Verdict

# How many containers run side by side, if they share nothing.
AT_ONCE = 4
# In seconds, for all together; and what the rehearsal may need after them.
MAX_SECONDS = 120.0
SECONDS_AFTER = 20.0
NO_TIME = "there was no time left for it"
INTERRUPTIONS = {Verdict.CANCELLED, Verdict.TIMED_OUT}


def start_further(subject: Subject) -> FurtherStarts:
    """Start further containers of the image, and remove them again.

    Raises `RehearsalError` if the run is cancelled, has no more time, or lost its engine.
    """
    starts = _Starts(subject)
    in_a_hurry = False
    try:
        return starts.run()
    except RehearsalError as error:
        in_a_hurry = error.problem.verdict is Verdict.CANCELLED
        raise
    finally:
        starts.end(in_a_hurry=in_a_hurry)


class _Starts:
    """The further containers of one app.

    If there are services, or a command that runs before the app, all containers share the new
    services and volumes, and run one after the other: as in production after an update.
    """

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        # No service and no worker can have a name with a dot.
        self._prefix = f"{container_name(subject.context.label)}.audit"
        self._clock = StartClock(
            deadline=min(time.monotonic() + MAX_SECONDS, subject.deadline - SECONDS_AFTER),
            ready_seconds=subject.ready_seconds,
        )
        self._surroundings = Surroundings(subject=subject, name=self._prefix, clock=self._clock)
        self._is_shared = self._surroundings.are_needed
        self._shared_plan: ContainerPlan | None = None
        self._restarted: StartRun | None = None
        self._pool = ThreadPoolExecutor(
            1 if self._is_shared else AT_ONCE, thread_name_prefix="audit-starts"
        )
        self._futures: list[Future[StartRun | None]] = []

    def run(self) -> FurtherStarts:
        """Return what became of each container; only of the plain one if that was not ready."""
        plan = self._subject.plan.container
        missing = find_missing(plan)
        if self._is_shared:
            prepared = _observed(self._prepare)
            if not prepared or prepared.error:
                return FurtherStarts(plain=prepared or StartRun(error=NO_TIME), missing=missing)
        plain_run = self._submit(
            "plain", _unchanged, self._start_and_restart, self._clock.first_limit
        )
        confined_run = self._submit("confined", confined, self._start_again)
        read_only_run = self._submit("read-only", read_only, self._start_again)
        without = {name: self._submit_without(name) for name in _secret_names(plan)}
        empty = {name: self._submit_empty(name) for name in _secret_names(plan)}
        plain = plain_run.result() or StartRun(error=NO_TIME)
        if not plain.ready:
            return FurtherStarts(plain=plain, missing=missing)
        return FurtherStarts(
            plain=plain,
            restarted=self._restarted,
            confined=confined_run.result(),
            read_only=read_only_run.result(),
            without={name: future.result() for name, future in without.items()},
            empty={name: future.result() for name, future in empty.items()},
        )

    def end(self, *, in_a_hurry: bool) -> None:
        """End and remove all that is left; in a hurry the rehearsal itself removes it next."""
        self._clock.stopped.set()
        # Those that have not begun end at once, too.
        self._pool.shutdown(wait=False)
        wait(self._futures, PENDING_GRACE if in_a_hurry else CALL_TIMEOUT)
        self._surroundings.end(in_a_hurry=in_a_hurry)
        if not in_a_hurry:
            context = self._subject.context
            context.engine.remove_labelled(context.label, self._prefix)

    def _prepare(self) -> StartRun:
        """Start what all containers share; return a run that says nothing."""
        network = self._surroundings.start_services()
        plan = self._volumes(self._prefix).plan(self._subject.plan.container, network=network)
        self._surroundings.run_before_command(plan)
        self._shared_plan = plan
        return StartRun()

    def _submit(
        self,
        name: str,
        change: Callable[[ContainerPlan], ContainerPlan],
        act: Callable[[FurtherContainer], StartRun],
        limit: Callable[[], float] | None = None,
    ) -> Future[StartRun | None]:
        """Let a thread start a container of a changed plan, and see what becomes of it."""

        def start() -> StartRun:
            self._clock.check()
            own = f"{self._prefix}-{name}"
            plan = self._shared_plan or self._volumes(own).plan(self._subject.plan.container)
            with started_container(
                self._subject,
                change(plan),
                name=own,
                log_name=name,
                clock=self._clock,
                limit=limit or self._clock.limit,
            ) as container:
                run = act(container)
                if self._is_shared:
                    container.stop()
                return run

        future = self._pool.submit(_observed, start)
        self._futures.append(future)
        return future

    def _submit_without(self, secret: str) -> Future[StartRun | None]:
        change = partial(without_secret, name=secret)
        return self._submit(f"without-{secret}", change, FurtherContainer.wait_for_end)

    def _submit_empty(self, secret: str) -> Future[StartRun | None]:
        change = partial(with_empty_secret, name=secret)
        return self._submit(f"empty-{secret}", change, FurtherContainer.wait_for_end)

    def _start_and_restart(self, container: FurtherContainer) -> StartRun:
        run = container.set_up_and_wait(again=False)
        if run.ready:
            self._clock.measured = run.seconds
            self._restarted = _observed(container.restart)
        return run

    def _start_again(self, container: FurtherContainer) -> StartRun:
        return container.set_up_and_wait(again=self._is_shared)

    def _volumes(self, prefix: str) -> FreshVolumes:
        folder = self._subject.context.evidence.staging_folder(AUDIT_FOLDER)
        return FreshVolumes(prefix=prefix, folder=folder, directory=self._subject.plan.directory)


def _observed(act: Callable[[], StartRun]) -> StartRun | None:
    """Return what became of a container; None if there was no time to see it.

    Raises `RehearsalError` if the rehearsal was interrupted.
    """
    try:
        return act()
    except NoMoreTimeError:
        return None
    except RehearsalError as error:
        if error.problem.verdict in INTERRUPTIONS:
            raise
        # If the engine is lost, the removal says so.
        return StartRun(error=error.problem.message)
    except (EngineError, NotRepeatableError, OSError) as error:
        return StartRun(error=str(error))


def _unchanged(plan: ContainerPlan) -> ContainerPlan:
    return plan


def _secret_names(plan: ContainerPlan) -> list[str]:
    return [secret.name for secret in plan.secrets]
