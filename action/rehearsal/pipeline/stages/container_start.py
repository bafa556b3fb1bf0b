"""Start the container with its log attached; again if the engine lost the port that it chose."""

import time

from rehearsal.config.rehearsal_plan import ContainerPlan
from rehearsal.evidence.log import Log
from rehearsal.outside.engine import Engine
from rehearsal.outside.process import Sink
from rehearsal.pipeline.stages.container import (
    POLL_INTERVAL,
    START_TIMEOUT,
    Container,
    host_port,
)
from rehearsal.pipeline.stages.engine_refusal import PORT_TAKEN, lost_ports_error, refusal_error
from rehearsal.regex import regex
from rehearsal.results.published_port import DEFAULT_ADDRESS, PublishedPort
from rehearsal.verdict import RehearsalError, Verdict

# Between the choice of a port and the start, another program may take it. At each start the engine
# chooses another one.
MAX_STARTS = 3
# What the client itself prints on standard error when the engine refuses the start.
CLIENT_ERROR = regex(
    rb'time="[^"\n]*" level=error msg="error waiting for container|Error response from daemon: '
    # These are from clients of Podman.
    rb"|Error: unable to start container |unable to upgrade to tcp, received 500"
)


class StartRefusedError(Exception):
    """The engine refused to start the container; the text is its own."""


def start_container(container_id: str, plan: ContainerPlan, engine: Engine, log: Log) -> Container:
    """Attach, start, and return when the port is published or the container has ended.

    Raises `RehearsalError` when the engine refuses or takes too long.
    """
    message = ""
    for _ in range(MAX_STARTS):
        try:
            return start_once(container_id, engine, log, port=plan.port, address=plan.address)
        except StartRefusedError as refusal:
            message = str(refusal)
            if plan.host_port or not PORT_TAKEN.search(message):
                raise refusal_error(message, plan) from None
    raise lost_ports_error(message, MAX_STARTS)


def start_once(
    container_id: str,
    engine: Engine,
    log: Log,
    *,
    port: int = 0,
    address: str = DEFAULT_ADDRESS,
) -> Container:
    """Attach and start, once; return when `port`, if any, is published, or the container has ended.

    `address` is where it is published. Raises `StartRefusedError`, and `RehearsalError` when the
    engine takes too long.
    """
    started = time.monotonic()
    errors = _ClientErrors(log.stream("err"))
    client = engine.start(container_id, out=log.stream("out"), err=errors.feed)
    while time.monotonic() - started < START_TIMEOUT:
        # First the client, then the engine: when the client has exited, the engine knows it too.
        ended = client.ended
        inspected = engine.inspect(container_id)
        published = host_port(inspected, port)
        if inspected["State"]["Status"] == "created" and ended:
            client.wait()
            message = inspected["State"]["Error"] or _refusal(container_id, engine, errors)
            message = message or "\n".join(log.tail(3))
            raise StartRefusedError(message)
        # Podman chooses the port when it creates the container.
        is_running = inspected["State"]["Status"] == "running"
        if ended or (is_running and (published or not port)):
            errors.release()
            return Container(
                id=container_id,
                published=PublishedPort(address, published),
                client=client,
                started=started,
            )
        time.sleep(POLL_INTERVAL)
    client.end()
    raise RehearsalError(
        Verdict.ENGINE_FAILED,
        f"The engine did not start the container within {START_TIMEOUT:.0f} s.",
    )


def _refusal(container_id: str, engine: Engine, errors: "_ClientErrors") -> str:
    return (engine.versions.is_podman and engine.why_not_started(container_id)) or errors.text


class _ClientErrors:
    """Keeps the client's own errors out of the app's log: a start that is refused has no app."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._held: list[bytes] = []
        self._released = False

    def feed(self, piece: bytes) -> None:
        """Pass a piece on, unless it is an error of the client."""
        if not self._released and CLIENT_ERROR.match(piece):
            self._held.append(piece)
        else:
            self._sink(piece)

    def release(self) -> None:
        """Pass on what was held back: the app runs, so it is the app's."""
        self._released = True
        for piece in self._held:
            self._sink(piece)

    @property
    def text(self) -> str:
        """What the client printed, without its prefix."""
        lines = b"".join(self._held).decode(errors="replace").splitlines()
        return "\n".join(line.removeprefix("Error response from daemon: ") for line in lines)
