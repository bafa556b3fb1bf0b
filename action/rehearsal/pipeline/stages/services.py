"""Start the services while the image is built, and wait until each is ready."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from rehearsal.config.rehearsal_plan import CompanionsPlan, ComposedService, ServicePlan
from rehearsal.evidence.log import Log
from rehearsal.outside.engine import CALL_TIMEOUT, PENDING_GRACE, Engine
from rehearsal.pipeline.stages.companion import Companion, CompanionKind
from rehearsal.pipeline.stages.container_end import EXCERPT_LINES
from rehearsal.pipeline.stages.service_container import ServiceContainers
from rehearsal.pipeline.stages.service_ready import NOT_FINISHED, ready_check
from rehearsal.verdict import RehearsalError, Verdict

T = TypeVar("T")
POLL_INTERVAL = 0.2
BEFORE_READY = "before it was ready"
NOT_READY_HINT = (
    "A service that starts slowly needs a longer service-timeout. service-ready can name the port "
    "or the command that shows that it is ready."
)


class ServiceStarter:
    """Starts services in the background, each in a thread of its own.

    `network` is the name of the network that is made for them. `logs` are those of the services,
    by their names. `started` gets each service as soon as its container has been started.
    """

    def __init__(
        self,
        plan: CompanionsPlan,
        engine: Engine,
        logs: Mapping[str, Log],
        *,
        started: list[Companion],
        network: str,
        label: str,
    ) -> None:
        self._started = started
        self._plan = plan
        self._engine = engine
        self._logs = logs
        self._network = network
        self._label = label
        self._stopped = threading.Event()
        self._containers = ServiceContainers(
            engine=engine, network=network, label=label, should_stop=self._stopped.is_set
        )
        self._composed_since = 0.0
        names = [service.name for service in plan.services]
        self._has_started = {name: threading.Event() for name in names}
        self._is_ready = {name: threading.Event() for name in names}
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._start_all, daemon=True)
        self._thread.start()

    def check(self) -> None:
        """Raise the error of a service that failed, `RehearsalError` (setup-failed) as a rule."""
        if self._error:
            raise self._error

    def wait(self, check: Callable[[], None] | None = None) -> None:
        """Wait until all are ready. Raises like `check`, as soon as one has failed.

        Another `check` that is given is called instead, again and again.
        """
        check = check or self.check
        while self._thread.is_alive():
            self._thread.join(POLL_INTERVAL)
            check()
        check()

    def end(self, *, in_a_hurry: bool = False) -> None:
        """Stop waiting and starting more.

        Wait for the engine's answer to what was begun: only then can it be removed. In a hurry
        `PENDING_GRACE` has to do.
        """
        self._stopped.set()
        self._thread.join(PENDING_GRACE if in_a_hurry else CALL_TIMEOUT)

    def _start_all(self) -> None:
        try:
            self._engine.create_network(self._network, self._label)
        except Exception as error:  # noqa: BLE001  (the main thread raises it again)
            self._fail(error)
            return
        services = self._plan.services
        composed = [service for service in services if service.composed]
        if services:
            with ThreadPoolExecutor(len(services)) as pool:
                pool.map(self._start, [each for each in services if not each.composed])
                # Compose creates all at once, so their images come first.
                list(pool.map(self._guarded(self._ensure_image), composed))
                if composed and not self._stopped.is_set():
                    self._guarded(self._create_composed)(composed)
                pool.map(self._start, composed)

    def _start(self, plan: ServicePlan) -> None:
        self._guarded(self._start_one)(plan)

    def _start_one(self, plan: ServicePlan) -> None:
        service = self._run(plan, self._logs[plan.name])
        if service:
            self._has_started[plan.name].set()
            self._wait_until_ready(plan, service)
            self._is_ready[plan.name].set()

    def _guarded(self, act: Callable[[T], object]) -> Callable[[T], None]:
        """Return a function for a thread, which keeps its error for the main thread."""

        def guarded(value: T) -> None:
            try:
                act(value)
            except Exception as error:  # noqa: BLE001  (the main thread raises it again)
                self._fail(error)

        return guarded

    def _fail(self, error: Exception) -> None:
        """Keep the first error; the others follow from our stop."""
        self._error = self._error or error
        self._stopped.set()

    def _run(self, plan: ServicePlan, log: Log) -> Companion | None:
        """Create and start a service; return None if that was stopped."""
        if plan.composed:
            self._wait_for_others(plan.composed)
        else:
            self._ensure_image(plan)
        if self._stopped.is_set():
            return None
        host_port = self._containers.free_host_port(plan) if plan.on_host_network else 0
        container = self._containers.start(plan, log)
        service = Companion(
            kind=CompanionKind.SERVICE,
            name=plan.name,
            image=plan.image,
            container=container,
            log=log,
            host_port=host_port,
            may_end=plan.composed is not None and plan.composed.may_end,
        )
        self._started.append(service)
        return service

    def _ensure_image(self, plan: ServicePlan) -> None:
        self._containers.ensure_image(plan, self._logs[plan.name])

    def _create_composed(self, plans: Sequence[ServicePlan]) -> None:
        self._containers.create_composed(self._plan.compose.project, plans)
        self._composed_since = time.monotonic()

    def _wait_for_others(self, composed: ComposedService) -> None:
        """Wait until the services that this one depends on have come as far as it needs them."""
        for events, names in (
            (self._has_started, composed.after_started),
            (self._is_ready, composed.after_ready),
        ):
            for name in names:
                while not self._stopped.is_set() and not events[name].wait(POLL_INTERVAL):
                    pass

    def _wait_until_ready(self, plan: ServicePlan, service: Companion) -> None:
        container = service.container
        # Those of a compose file may wait for each other, and have the time for all together.
        since = self._composed_since if plan.composed else container.started
        limit = since + self._plan.timeout

        def should_stop() -> bool:
            return self._stopped.is_set() or container.ended or time.monotonic() >= limit

        check = ready_check(plan, self._engine, container.id, should_stop)
        missing = ""
        while not self._stopped.is_set():
            if service.is_done:
                service.ready_seconds = time.monotonic() - container.started
                return
            if container.ended:
                raise service.end_error(
                    self._engine, when=BEFORE_READY, verdict=Verdict.SETUP_FAILED
                )
            latest = check()
            if not latest:
                service.ready_seconds = time.monotonic() - container.started
                return
            # What an earlier check found says more than that the last one took too long.
            missing = (missing or latest) if latest == NOT_FINISHED else latest
            if time.monotonic() >= limit and not container.ended:
                raise RehearsalError(
                    Verdict.SETUP_FAILED,
                    f"The service {plan.name} was not ready within {self._plan.timeout} s: "
                    f"{missing}.",
                    hint=NOT_READY_HINT,
                    excerpt=service.log.tail(EXCERPT_LINES),
                    source=service.log.name,
                )
            container.ends_within(POLL_INTERVAL)
