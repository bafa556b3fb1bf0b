"""The clean-up of a rehearsal: stop the container, keep what is known of it, remove it."""

import json
from collections.abc import Sequence

from rehearsal.config.plan import Plan
from rehearsal.evidence.log import Log
from rehearsal.outside.engine import EngineError
from rehearsal.outside.signals import interruptible
from rehearsal.pipeline.context import RunContext
from rehearsal.pipeline.stages import container as containers
from rehearsal.pipeline.stages import observations
from rehearsal.pipeline.stages.container import Container
from rehearsal.pipeline.stages.stop import stop_container
from rehearsal.pipeline.state import RunState
from rehearsal.results.file_names import CONTAINER_STATE
from rehearsal.verdict import RehearsalError, Verdict


def stop(plan: Plan, context: RunContext, state: RunState, container: Container) -> None:
    """Stop the container as production would, and keep what the engine knows of it."""
    engine, cancelled = context.engine, state.cancelled
    try:
        if context.keep and not cancelled:
            volumes = engine.volume_names(context.label)
            state.keep_note, state.remove_command = containers.keep_running(
                container, context.label, volumes
            )
        else:
            with state.stage("stop"):
                notice = _stop_gracefully(context, state, container, in_haste=cancelled)
            if notice:
                state.notices.append(notice)
        found = container.inspected or engine.inspect(container.id)
        state.observations.setdefault("container", observations.of_container(found))
        known = containers.without_secrets(found, plan.container)
        context.evidence.write(CONTAINER_STATE, json.dumps(known, indent=2, ensure_ascii=False))
    except (RehearsalError, EngineError) as error:
        _record_error(error, state)


def detach(container: Container, state: RunState) -> None:
    """End the attached client; it would pass any other signal on to a container that is kept."""
    if state.keep_note:
        container.attached.kill()
    else:
        container.attached.end()


def close_log(log: Log, state: RunState) -> None:
    """Close the container's log and keep its last lines for the reports."""
    log.close()
    state.container_tail = log.tail(containers.EXCERPT)


def remove_containers(
    plan: Plan, context: RunContext, state: RunState, created: Sequence[str]
) -> None:
    """Remove the containers and volumes of this rehearsal.

    The engine lists them by label where `created` may not name them all.
    """
    if state.keep_note:
        return
    try:
        if created and not containers.makes_volumes(plan.container):
            context.engine.remove(created)
        else:
            context.engine.remove_labelled(context.label)
    except (RehearsalError, EngineError) as error:
        _record_error(error, state)


def _stop_gracefully(
    context: RunContext, state: RunState, container: Container, *, in_haste: bool
) -> str:
    """Stop the container with patience, unless the run is cancelled or becomes so meanwhile."""
    try:
        if not in_haste:
            with interruptible():
                return stop_container(container, context.engine, in_haste=False)
    except RehearsalError as error:
        if error.problem.verdict is not Verdict.CANCELLED:
            raise
        state.problems.append(error.problem)
    return stop_container(container, context.engine, in_haste=True)


def _record_error(error: RehearsalError | EngineError, state: RunState) -> None:
    """Record an error of the clean-up without hiding why the rehearsal ended."""
    if isinstance(error, RehearsalError):
        state.problems.append(error.problem)
    else:
        state.notices.append(f"The engine refused to clean up: {error}")
