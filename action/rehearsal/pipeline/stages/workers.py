"""Start the workers: further containers of the rehearsed image."""

from dataclasses import replace
from pathlib import Path

from rehearsal.config.rehearsal_plan import ContainerPlan, WorkerPlan
from rehearsal.evidence.log import Log
from rehearsal.outside.engine import Engine
from rehearsal.pipeline.stages.companion import Companion, CompanionKind
from rehearsal.pipeline.stages.container import container_name, create_container
from rehearsal.pipeline.stages.container_arguments import shared_options
from rehearsal.pipeline.stages.container_start import StartRefusedError, start_once
from rehearsal.pipeline.stages.engine_refusal import refusal_error


def start_worker(
    worker: WorkerPlan,
    plan: ContainerPlan,
    engine: Engine,
    log: Log,
    *,
    image: str,
    label: str,
    directory: Path,
) -> Companion:
    """Create and start a worker; `plan` is the app's. Raises `MisconfiguredError` if refused."""
    own_plan = replace(
        plan,
        port=0,
        command=worker.command,
        run_options=tuple(shared_options(plan.run_options)),
    )
    created = create_container(
        own_plan,
        engine,
        image=image,
        name=f"{container_name(label)}-{worker.name}",
        label=label,
        directory=directory,
        alias=worker.name,
    )
    try:
        container = start_once(created, engine, log)
    except StartRefusedError as refusal:
        raise refusal_error(
            str(refusal), own_plan, f"the worker {worker.name}", command_input="workers"
        ) from None
    return Companion(
        kind=CompanionKind.WORKER, name=worker.name, image=image, container=container, log=log
    )
