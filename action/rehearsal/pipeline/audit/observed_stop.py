"""The stop of the container, with a request in flight."""

import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace

from rehearsal.audit.observations import StopRun
from rehearsal.config.rehearsal_plan import ProbePlan
from rehearsal.outside.engine import Engine
from rehearsal.outside.machine_load import load_per_processor
from rehearsal.pipeline.audit.request_in_flight import RequestInFlight, hold_request
from rehearsal.pipeline.stages.container import Container
from rehearsal.pipeline.stages.probe import request_headers
from rehearsal.pipeline.stages.stop import Stop

# How long the engine takes at most from our call to the signal, in seconds; 0.05 as a rule.
SIGNAL_TIMEOUT = 2.0
# The same where the engine does not tell when it sends the signal, as Podman.
UNTOLD_SIGNAL = 0.4
# From the signal to the rest of the request, in seconds: by then the server has handled it.
BEFORE_REST = 0.15
ANSWER_TIMEOUT = 6.0
# How long the engine's proxy may take to pass on what the app sent last, in seconds.
PASSING_ON = 0.2
# How long a busy engine takes at most to tell its client that the container has ended, in seconds.
TELLING = 2.0
# How often to look whether it has, in seconds.
POLL_INTERVAL = 0.02


def observe_stop(
    probe: ProbePlan,
    engine: Engine,
    container: Container,
    stop: Callable[[], Stop],
    page_seconds: float,
) -> tuple[Stop, StopRun]:
    """Call `stop`, which stops the container; return its result, and how the container ended.

    `page_seconds` is how long a GET of the ready page takes at least, 0.0 if that is not known.
    """
    follower = _Follower(container)
    with ExitStack() as cleanup:
        watcher = None
        if not engine.versions.is_podman:
            watcher = engine.watch_signals(container.id, out=follower.told_of_signal)
            cleanup.callback(watcher.kill)
        flight = _hold(probe, container, page_seconds)
        if flight:
            cleanup.callback(flight.held.close)
        is_told = watcher is not None and not watcher.ended
        follower.follow(flight, SIGNAL_TIMEOUT if is_told else UNTOLD_SIGNAL)
        cleanup.callback(follower.end)
        stopped = stop()
        follower.join(TELLING)
    return stopped, follower.describe(stopped)


def _hold(probe: ProbePlan, container: Container, page_seconds: float) -> RequestInFlight | None:
    published = container.published
    headers = request_headers(probe, published.port)
    try:
        return hold_request(published, probe.path, headers, page_seconds=page_seconds)
    except OSError:  # The container has just ended, for example.
        return None


class _Follower(threading.Thread):
    """Sends the rest of a request after the signal, and notes when the container ends."""

    def __init__(self, container: Container) -> None:
        super().__init__(daemon=True, name="stop-follower")
        self._container = container
        self._flight: RequestInFlight | None = None
        self._signalled = threading.Event()
        self._signal_timeout = 0.0
        self._over = threading.Event()
        # Readings of the monotonic clock; without a word about the signal, `_from` is our call.
        self._from = self._until = 0.0
        self._fault: Exception | None = None

    def told_of_signal(self, _line: bytes) -> None:
        """Receive the engine's line about SIGTERM, or the later one about SIGKILL."""
        if not self._signalled.is_set():
            self._from = time.monotonic()
            self._signalled.set()

    def follow(self, flight: RequestInFlight | None, signal_timeout: float) -> None:
        """Start to follow the container, which is about to be stopped."""
        self._flight, self._signal_timeout = flight, signal_timeout
        self._from = time.monotonic()
        self.start()

    def end(self) -> None:
        """End, whether the container has ended or not."""
        self._over.set()
        self._signalled.set()
        self.join()

    def run(self) -> None:
        """Follow the container until it has ended, or until `end`."""
        try:
            self._signalled.wait(self._signal_timeout)
            if self._flight:
                self._complete(self._flight)
            while not self._container.ended and not self._over.wait(POLL_INTERVAL):
                pass
            self._until = time.monotonic()
        except Exception as error:  # noqa: BLE001  (`describe` raises it, in the caller's thread)
            self._fault = error

    def describe(self, stopped: Stop) -> StopRun:
        """Return how the container ended, and what came of the request.

        Raises the fault because of which that is not known.
        """
        if self._fault:
            raise self._fault
        run = StopRun(
            end=str(stopped.end),
            exit_code=stopped.end.exit_code,
            was_killed=stopped.end.was_killed,
            seconds=self._until - self._from,
            load=load_per_processor(),
        )
        if not self._flight:
            return run
        answer = self._flight.held.answer
        if not answer.status and not self._flight.is_taken:
            return run
        return replace(
            run,
            request=self._flight.description,
            answer=str(answer),
            is_answered=bool(answer.status),
        )

    def _complete(self, flight: RequestInFlight) -> None:
        held = flight.held
        held.wait(BEFORE_REST, until=self._over.is_set)
        held.send(flight.rest)
        if not held.wait(ANSWER_TIMEOUT, until=self._has_ended):
            held.wait(PASSING_ON, until=self._over.is_set)
        # A server may wait for this connection to be closed before it ends.
        held.close()

    def _has_ended(self) -> bool:
        return self._container.ended or self._over.is_set()
