"""The clean-up of services and workers: their states are recorded, then all are removed."""

import json

from rehearsal.config.rehearsal_plan import Plan
from rehearsal.config.variables import SECRET_LIKE_NAME
from rehearsal.outside.engine import EngineError
from rehearsal.pipeline.context import RunContext
from rehearsal.pipeline.run_state import RunState
from rehearsal.pipeline.stages.container import removal_advice
from rehearsal.pipeline.stages.observations import without_secrets
from rehearsal.verdict import RehearsalError


def record_and_detach(plan: Plan, context: RunContext, state: RunState) -> None:
    """Write the engine's state of each service and worker into the evidence, and detach from them.

    Their clients get SIGKILL if the containers are kept: they would pass on any other signal.
    """
    names = {secret.name for secret in plan.secrets}
    for service in plan.companions.services:
        names |= {name for name in service.env if SECRET_LIKE_NAME.search(name)}
    for companion in state.companions:
        container = companion.container
        try:
            inspected = container.final_state or context.engine.inspect(container.id)
            text = json.dumps(without_secrets(inspected, names), indent=2, ensure_ascii=False)
            context.evidence.write(companion.kind.state_name(companion.name), text)
        except (RehearsalError, EngineError) as error:
            state.notices.append(
                f"What the engine says of the {companion.title} was not written: {error}"
            )
        if state.kept_container:
            container.client.kill()
        else:
            container.client.end()


def remove(context: RunContext, state: RunState) -> None:
    """Remove the app, all services and workers, their volumes, and at last the network."""
    if state.kept_container:
        return
    try:
        context.engine.remove_labelled(context.label)
    except (RehearsalError, EngineError) as error:
        state.notices.append(f"The engine refused to clean up: {error}")
        state.warnings.append(removal_advice(context.label))
