"""The clean-up of a rehearsal: stop the container, write its state down, remove it."""

import json
from collections.abc import Sequence

from rehearsal.config.rehearsal_plan import Plan
from rehearsal.evidence.log import Log
from rehearsal.outside.engine import EngineError
from rehearsal.outside.signals import interruptible
from rehearsal.pipeline.audit.stop_record import (
    ended_in_audit,
    record_end_in_audit,
    record_kept,
    stop_and_record,
)
from rehearsal.pipeline.context import RunContext
from rehearsal.pipeline.run_state import RunState
from rehearsal.pipeline.stages.companion import BEFORE_APP_READY, CompanionKind
from rehearsal.pipeline.stages.container import (
    Container,
    keep_instructions,
    removal_advice,
)
from rehearsal.pipeline.stages.container_arguments import named_volumes
from rehearsal.pipeline.stages.container_end import (
    EXCERPT_LINES,
    IN_TESTS,
    RECORDING_DELAY,
    crash_error,
    read_end,
)
from rehearsal.pipeline.stages.observations import (
    container_lines,
    container_variables,
    without_secrets,
)
from rehearsal.pipeline.stages.stop import Stop, ignored_signal, stop_container
from rehearsal.pipeline.stages.wait import BEFORE_READY
from rehearsal.results.file_names import CONTAINER_STATE
from rehearsal.verdict import RehearsalError, Verdict

BEFORE_STOP = "before it was stopped"


def stop(plan: Plan, context: RunContext, state: RunState, container: Container, log: Log) -> None:
    """Stop the container as production would, and write down what the engine says of it.

    A container that had ended by itself has crashed.
    """
    engine, cancelled = context.engine, state.cancelled
    try:
        _report_ended_companions(context, state)
        if context.keep_container and not cancelled:
            record_kept(state)
            state.kept_container, state.remove_command = keep_instructions(
                container,
                context.label,
                names=[each.name for each in state.companions],
                volumes=engine.volume_names(context.label),
                networks=engine.network_names(context.label),
            )
        else:
            with state.stage("stop"):
                try:
                    _stop_container(plan, context, state, container, log)
                except EngineError as error:  # Podman stops it, and may then fail at its network.
                    _record_error(error, state)
        inspected = container.final_state or engine.inspect(container.id)
        state.observations.setdefault("container", container_lines(inspected))
        state.container_variables = container_variables(inspected)
        names = {secret.name for secret in plan.container.secrets}
        text = json.dumps(without_secrets(inspected, names), indent=2, ensure_ascii=False)
        context.evidence.write(CONTAINER_STATE, text)
    except (RehearsalError, EngineError) as error:
        _record_error(error, state)


def detach(container: Container, state: RunState) -> None:
    """End the attached client, with SIGKILL if the container is kept.

    The client passes any other signal on to the container.
    """
    if state.kept_container:
        container.client.kill()
    else:
        container.client.end()


def close_log(log: Log, state: RunState) -> None:
    """Close the container's log and store its last lines for the reports."""
    log.close()
    state.container_tail = log.tail(EXCERPT_LINES)


def remove_containers(
    plan: Plan, context: RunContext, state: RunState, created: Sequence[str]
) -> None:
    """Remove the containers and volumes of this rehearsal.

    `created` names the containers; if there may be more, or volumes, they are found by label.
    """
    if state.kept_container:
        return
    try:
        if created and not named_volumes(plan.container) and not plan.audit.active:
            context.engine.remove(created)
        else:
            context.engine.remove_labelled(context.label)
    except (RehearsalError, EngineError) as error:
        _record_error(error, state)
        state.warnings.append(removal_advice(context.label))


def _stop_container(
    plan: Plan, context: RunContext, state: RunState, container: Container, log: Log
) -> None:
    """Stop the container and the workers, unless known to have crashed; record how they ended."""
    app_crashed = any(
        problem.verdict is Verdict.CRASHED and problem.source == log.name
        for problem in state.problems
    )
    workers = [
        each
        for each in state.companions
        if each.kind is CompanionKind.WORKER and not each.container.ended
    ]
    if app_crashed and not workers:
        return
    others = [each.container.id for each in workers]
    stop = _interruptible_stop(plan, context, state, container, others)
    if state.cancelled:
        return
    if state.ready_seconds is not None:
        ends = ((each, read_end(each.container, context.engine)) for each in workers)
        state.notices += (ignored_signal(each.title) for each, end in ends if end.was_killed)
    if app_crashed:
        return
    if stop.by_itself:
        if record_end_in_audit(state, context.engine, stop, log):
            return
        when = _when(state, stop.end.time)
        failed = state.suite_results.failed if state.suite_results else ()
        error = crash_error(container, context.engine, log, when=when, failed=failed)
        state.problems.append(error.problem)
    elif stop.notice and state.ready_seconds is not None:
        # If the app was never ready, that is the problem to report, not how it stopped.
        state.notices.append(stop.notice)


def _interruptible_stop(
    plan: Plan, context: RunContext, state: RunState, container: Container, others: Sequence[str]
) -> Stop:
    """Stop the container; use the short time-out if the run is, or meanwhile gets, cancelled."""
    engine = context.engine

    def stop() -> Stop:
        return stop_container(container, engine, others, cancelled=False)

    try:
        if not state.cancelled:
            with interruptible():
                return stop_and_record(plan, engine, state, container, stop)
    except RehearsalError as error:
        if error.problem.verdict is not Verdict.CANCELLED:
            raise
        state.problems.append(error.problem)
    return stop_container(container, engine, others, cancelled=True)


def _report_ended_companions(context: RunContext, state: RunState) -> None:
    """Record a crash for each service or worker that ended by itself, unless it is reported.

    If it ended during the audit, that is a warning, as for the app.
    """
    if state.cancelled:
        return
    reported = {problem.source for problem in state.problems if problem.verdict is Verdict.CRASHED}
    failed = state.suite_results.failed if state.suite_results else ()
    for each in state.companions:
        if each.ended and each.log.name not in reported:
            end = read_end(each.container, context.engine)
            if ended_in_audit(state, context.engine, end.time):
                state.warnings.append(
                    f"The {each.title} ended by itself during the audit: {end}. {each.log.name} "
                    "holds its output."
                )
                continue
            when = _when(state, end.time, before_ready=BEFORE_APP_READY)
            error = each.end_error(context.engine, when=when, failed=failed)
            state.problems.append(error.problem)


def _when(state: RunState, ended: float, before_ready: str = BEFORE_READY) -> str:
    """Return when a container ended by itself, for a message."""
    if state.ready_seconds is None:
        return before_ready
    tests = next((stage for stage in state.stages if stage.name == "test"), None)
    if tests and ended <= tests.started + tests.seconds + RECORDING_DELAY:
        return IN_TESTS
    return BEFORE_STOP


def _record_error(error: RehearsalError | EngineError, state: RunState) -> None:
    """Record an error of the clean-up; a refusal of the engine changes no verdict."""
    if isinstance(error, RehearsalError):
        state.problems.append(error.problem)
    else:
        state.notices.append(f"The engine refused to clean up: {error}")
