"""Whether a service is ready: by its port, by a command in it, or because it runs."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rehearsal.config.grid import grid_port
from rehearsal.config.rehearsal_plan import ServicePlan
from rehearsal.dataclass import dataclass
from rehearsal.outside.engine import Engine, EngineError
from rehearsal.outside.exposed_ports import exposed_ports
from rehearsal.outside.listeners import listeners
from rehearsal.outside.ports import is_free
from rehearsal.results.published_port import DEFAULT_ADDRESS, PublishedPort

# Returns what is missing until the service is ready, empty if it is.
ReadyCheck = Callable[[], str]

# In seconds. A check that takes longer has failed, as in a HEALTHCHECK without another limit.
COMMAND_TIMEOUT = 30.0
COMMAND_POLL = 0.2
# In seconds. When a command has succeeded, the port of the image may not be open yet: pg_isready
# also succeeds on the server that initialises a new Postgres and then stops. It listens nowhere.
# An image that is told to listen elsewhere never opens its port.
PORT_GRACE = 10.0
# What is missing if a command was ended.
NOT_FINISHED = "its check was not finished"
# How much is kept of what a command printed, in bytes.
OUTPUT_SIZE = 2000


def ready_check(
    plan: ServicePlan, engine: Engine, container: str, should_stop: Callable[[], bool]
) -> ReadyCheck:
    """Return how to see whether a running service is ready: the first way that applies.

    That is the plan's own, the HEALTHCHECK, or the only exposed TCP port, for which a command that
    succeeds waits, too. `should_stop` ends a command that takes long. Raises `EngineError`.
    """
    if plan.composed and plan.composed.completes:
        return lambda: "it has not ended"
    config = engine.inspect(container).get("Config") or {}
    command = ["sh", "-c", plan.ready_command] if plan.ready_command else _health_command(config)
    by_port = _port_check(plan, engine, container)
    if command and not plan.ready_port:
        return _CommandCheck(
            by_command=lambda: _by_command(engine, container, command, should_stop),
            by_port=by_port,
        )
    return by_port


def _port_check(plan: ServicePlan, engine: Engine, container: str) -> ReadyCheck:
    exposed = exposed_ports(engine, plan.image)
    if plan.on_host_network:
        return lambda: _by_host_port(grid_port(plan, exposed))
    if port := plan.ready_port or (exposed[0] if len(exposed) == 1 else 0):
        return lambda: _by_port(engine, container, port)
    return str


@dataclass(kw_only=True)
class _CommandCheck:
    """Ready when a command succeeds and, within PORT_GRACE, a port is open as well."""

    by_command: ReadyCheck
    by_port: ReadyCheck
    succeeded: float | None = None

    def __call__(self) -> str:
        if missing := self.by_command():
            return missing
        if self.succeeded is None:
            self.succeeded = time.monotonic()
        if (missing := self.by_port()) and time.monotonic() - self.succeeded < PORT_GRACE:
            return f"its check succeeded, but {missing}"
        return ""


def _health_command(config: Mapping[str, Any]) -> list[str]:
    """Return the command of a HEALTHCHECK. We run it: its own interval may be 30 s."""
    kind, *words = (config.get("Healthcheck") or {}).get("Test") or [""]
    if kind == "CMD-SHELL":
        return ["/bin/sh", "-c", *words]
    return words if kind == "CMD" else []


def _by_port(engine: Engine, container: str, port: int) -> str:
    try:
        found = listeners(engine, container, port)
        runs = found is not None or engine.inspect(container)["State"]["Status"] == "running"
    except EngineError:
        runs = False
    if not runs:  # It has just ended; the caller notices next.
        return "it does not run"
    # Where nothing can read what it listens on, it counts as ready because it runs.
    if found is None or any(each.port == port and not each.loopback for each in found):
        return ""
    others = ", ".join(str(each) for each in found)
    return f"nothing in it listens on port {port}" + (f", only on {others}" if others else "")


def _by_host_port(port: int) -> str:
    """Look at the port from outside: what the container could tell is all of the host's."""
    if is_free(PublishedPort(DEFAULT_ADDRESS, port)):
        return f"nothing on this machine listens on port {port}"
    return ""


def _by_command(
    engine: Engine, container: str, command: Sequence[str], should_stop: Callable[[], bool]
) -> str:
    output = bytearray()
    process = engine.execute(container, command, out=output.extend)
    limit = time.monotonic() + COMMAND_TIMEOUT
    try:
        while (code := process.wait(COMMAND_POLL)) is None:
            if should_stop():
                return NOT_FINISHED
            if time.monotonic() >= limit:
                return f"its check took more than {COMMAND_TIMEOUT:.0f} s"
    finally:
        process.end()
    if code == 0:
        return ""
    printed = " ".join(output[-OUTPUT_SIZE:].decode(errors="replace").split())
    said = f" and printed: {printed}" if printed else ""
    return f"its check ended with exit code {code}{said}"
