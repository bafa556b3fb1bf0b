"""Run before-command (migrations, for example) in a container of its own, before the app starts."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from rehearsal.config.rehearsal_plan import ContainerPlan
from rehearsal.evidence.log import Log
from rehearsal.outside.engine import Engine, EngineError
from rehearsal.outside.listeners import listeners
from rehearsal.pipeline.stages.container import Container, container_name, create_container
from rehearsal.pipeline.stages.container_arguments import shared_options
from rehearsal.pipeline.stages.container_end import read_end
from rehearsal.pipeline.stages.container_start import StartRefusedError, start_once
from rehearsal.pipeline.stages.end_of_log import end_of_log
from rehearsal.pipeline.stages.setup import EXCERPT_LINES
from rehearsal.verdict import RehearsalError, Verdict

# In seconds, between two looks at what the container listens on.
POLL_INTERVAL = 0.5


def run_before_command(
    script: str,
    plan: ContainerPlan,
    engine: Engine,
    log: Log,
    *,
    image: str,
    label: str,
    directory: Path,
    name: str = "",
    check: Callable[[], None] = lambda: None,
) -> None:
    """Run `script` with `sh -ec` through the image's ENTRYPOINT, and remove the container.

    `plan` is the app's, `name` that of the container. `check` is called again and again; what it
    raises ends the script. Raises `RehearsalError` (setup-failed), `MisconfiguredError` and
    `EngineError`.
    """
    own_plan = replace(
        plan,
        port=0,
        command=("sh", "-ec", script),
        run_options=tuple(shared_options(plan.run_options)),
    )
    # No service and no worker can have a name with a dot.
    name = name or f"{container_name(label)}.before-command"
    created = create_container(
        own_plan, engine, image=image, name=name, label=label, directory=directory
    )
    try:
        container = start_once(created, engine, log)
    except StartRefusedError as refusal:
        raise RehearsalError(
            Verdict.SETUP_FAILED,
            f"The engine refused to start before-command: {refusal}",
            hint="It is started as `sh -ec SCRIPT` through the image's ENTRYPOINT.",
        ) from None
    try:
        _wait(container, engine, log, plan.port, check)
    finally:
        # A cancelled run has no time for a script that ignores SIGTERM, as sh does: the container
        # is removed next.
        container.client.kill()
    engine.remove([created])


def _wait(
    container: Container, engine: Engine, log: Log, port: int, check: Callable[[], None]
) -> None:
    """Wait until the command has ended. Raises `RehearsalError` (setup-failed)."""
    started = time.monotonic()
    while (code := container.client.wait(POLL_INTERVAL)) is None:
        check()
        if _listens(engine, container.id, port):
            raise RehearsalError(
                Verdict.SETUP_FAILED,
                "before-command was not run: its container has listened on the app's port "
                f"({port}) after {time.monotonic() - started:.0f} s, so the image's ENTRYPOINT "
                "starts the app whatever command it gets.",
                hint='Let the ENTRYPOINT end with exec "$@", and put the app\'s start into CMD.',
                excerpt=log.tail(EXCERPT_LINES),
                source=log.name,
            )
    if code:
        check()  # It may have failed because a service has just ended.
        raise RehearsalError(
            Verdict.SETUP_FAILED,
            f"before-command ended with {read_end(container, engine)}.",
            hint=end_of_log(log),
            excerpt=log.tail(EXCERPT_LINES),
            source=log.name,
        )


def _listens(engine: Engine, container: str, port: int) -> bool:
    try:
        found = listeners(engine, container, port)
    except EngineError:  # It has just ended.
        return False
    return any(each.port == port for each in found or ())
