"""The container: create it, and attach to it again after a restart."""

import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rehearsal.config.rehearsal_plan import ContainerPlan
from rehearsal.dataclass import dataclass
from rehearsal.evidence.log import Log
from rehearsal.outside.engine import Engine, EngineError
from rehearsal.outside.process import Process
from rehearsal.pipeline.stages.container_arguments import (
    create_arguments,
    has_restart_policy,
    named_volumes,
    require_sources,
)
from rehearsal.pipeline.stages.engine_refusal import refusal_error
from rehearsal.results.published_port import PublishedPort
from rehearsal.verdict import MisconfiguredError

# How long the engine may take from "start" to a published port, in seconds; it takes about 0.3.
START_TIMEOUT = 60.0
POLL_INTERVAL = 0.02
# The engine does not start a container in one of these states again.
FINAL_STATES = ("exited", "dead")
# How often an app may be restarted; one that still ends is stuck in a loop.
MAX_RESTARTS = 3


@dataclass(kw_only=True)
class Container:
    """A started container.

    `published` leads to the app. `client` is the attached `docker start`, which exits when
    the container ends. Both change when a restart policy starts the container again; `restarts`
    counts those starts. `started` is a reading of the monotonic clock. `final_state` is what the
    engine reports after the final end.
    """

    id: str
    published: PublishedPort
    client: Process
    started: float
    restarts: int = 0
    final_state: dict[str, Any] | None = None

    @property
    def ended(self) -> bool:
        """Whether the container has ended, as far as the client has learnt it."""
        return self.client.ended

    def ends_within(self, seconds: float) -> bool:
        """Return whether the container has ended or does so within `seconds`."""
        return self.client.wait(seconds) is not None


def container_name(label: str) -> str:
    """Return the name of the container that carries a label (`name=value`)."""
    return label.replace("=", "-")


def create_container(
    plan: ContainerPlan,
    engine: Engine,
    *,
    image: str,
    name: str,
    label: str,
    directory: Path,
    alias: str = "",
) -> str:
    """Create a container and its missing named volumes; return the container's ID.

    Other containers of its network know it by the name `alias`, too. Raises `MisconfiguredError`
    when the engine refuses.
    """
    require_sources(plan, directory)
    for volume in named_volumes(plan):
        engine.ensure_volume(volume, label)
    arguments = create_arguments(
        plan, image=image, name=name, label=label, directory=directory, alias=alias
    )
    secrets = {secret.name: secret.value for secret in plan.secrets}
    try:
        container_id = engine.create(arguments, secrets=secrets)
    except EngineError as error:
        raise refusal_error(str(error), plan) from None
    if plan.run_options and engine.image_id_of_container(container_id) != image:
        raise MisconfiguredError(
            "The client read one of the run-options as the name of the image.",
            hint="Each line is one argument. Put a value only after an option that takes one.",
        )
    return container_id


def reattach_after_restart(
    container: Container, plan: ContainerPlan, engine: Engine, log: Log
) -> bool:
    """Wait until a restart policy starts the container again, and attach; return whether it did.

    The engine waits before each restart, 0.1 s first and twice as long each time, and publishes
    another port. After `MAX_RESTARTS` restarts a container that ends again is given up.
    """
    if not has_restart_policy(plan):
        return False
    ended = time.monotonic()
    while time.monotonic() - ended < START_TIMEOUT:
        inspected = engine.inspect(container.id)
        status, restarts = inspected["State"]["Status"], inspected.get("RestartCount") or 0
        port = host_port(inspected, plan.port)
        if status == "running" and port:
            container.published = PublishedPort(plan.address, port)
            container.restarts = restarts
            container.client = engine.attach(
                container.id, out=log.stream("out"), err=log.stream("err")
            )
            return True
        # For a moment after the end the status is still "running", without a port.
        if status in FINAL_STATES or (status == "restarting" and restarts >= MAX_RESTARTS):
            return False
        time.sleep(POLL_INTERVAL)
    return False


def keep_instructions(
    container: Container,
    label: str,
    *,
    names: Iterable[str],
    volumes: Iterable[str],
    networks: Iterable[str],
) -> tuple[str, str]:
    """Return where to find a container that is kept, and the command that removes everything.

    `names` are those of the services and workers beside it.
    """
    name = container_name(label)
    location = f"{container.published.url} (the app still runs)"
    if container.ended:
        location = f"{name} (it has ended; docker logs {name} shows why)"
    containers = " ".join([name, *(f"{name}-{each}" for each in names)])
    commands = [f"docker rm --force --volumes {containers}"]
    commands += [f"docker network rm {network}" for network in networks]
    commands += [f"docker volume rm {volume}" for volume in volumes]
    return location, " && ".join(commands)


def removal_advice(label: str) -> str:
    """Return the advice for containers, networks and volumes that the engine could not remove.

    Its last line is a command that removes what is left of them.
    """
    ours, each = f"--filter label={label}", "| xargs --no-run-if-empty docker"
    return (
        f"The container {container_name(label)} may be left, with what belongs to it. When the "
        f"engine answers, this removes all of it:\ndocker ps --all --quiet {ours} {each} rm "
        f"--force --volumes; docker network ls --quiet {ours} {each} network rm; docker volume ls "
        f"--quiet {ours} {each} volume rm"
    )


def host_port(inspected: dict[str, Any], port: int) -> int:
    """Return the port of this machine that leads to a port of the container, 0 if there is none."""
    ports = (inspected.get("NetworkSettings") or {}).get("Ports") or {}
    bindings = ports.get(f"{port}/tcp") or [{}]
    return int(bindings[0].get("HostPort") or 0)
