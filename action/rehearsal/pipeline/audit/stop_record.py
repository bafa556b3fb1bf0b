"""What the audit keeps of the container's end, if there was an audit."""

from collections.abc import Callable
from dataclasses import replace

from rehearsal.audit.observations import IdleRun, StopRun
from rehearsal.config.rehearsal_plan import Plan
from rehearsal.diagnosis.faults import describe_fault
from rehearsal.evidence.log import Log
from rehearsal.outside.engine import Engine, EngineError
from rehearsal.pipeline.audit.observed_stop import observe_stop
from rehearsal.pipeline.run_state import RunState
from rehearsal.pipeline.stages.container import Container
from rehearsal.pipeline.stages.container_end import EXCERPT_LINES
from rehearsal.pipeline.stages.stop import Stop
from rehearsal.verdict import RehearsalError

KEPT = "the container is kept and was not stopped, as --keep asks"


def record_kept(state: RunState) -> None:
    """Record that the container is not stopped."""
    _record(state, StopRun(why_unknown=KEPT))


def stop_and_record(
    plan: Plan, engine: Engine, state: RunState, container: Container, stop: Callable[[], Stop]
) -> Stop:
    """Call `stop`, which stops the container, and return its result; observe it for the audit.

    A fault of ours while it is observed costs the observation, and no verdict.
    """
    if not state.audited:
        return stop()
    done: list[Stop] = []

    def stop_once() -> Stop:
        done.append(stop())
        return done[0]

    try:
        stopped, run = observe_stop(
            plan.probe, engine, container, stop_once, _page_seconds(state.audited.idle)
        )
    except (RehearsalError, EngineError):
        raise
    except Exception as error:  # noqa: BLE001  (the container has to be stopped all the same)
        stopped = done[0] if done else stop()
        run = StopRun(why_unknown=f"an error in Dress Rehearsal: {describe_fault(error)}")
    if not stopped.by_itself:
        _record(state, run)
    return stopped


def record_end_in_audit(state: RunState, engine: Engine, stopped: Stop, log: Log) -> bool:
    """Return whether a container that ended by itself did so during the audit, and record that.

    It has not crashed then: the audit may have been too much for it, and must change no verdict.
    """
    if not ended_in_audit(state, engine, stopped.end.time):
        return False
    _record(state, StopRun(by_itself=True, end=str(stopped.end), log=log.tail(EXCERPT_LINES)))
    state.warnings.append(f"The container ended by itself during the audit: {stopped.end}.")
    return True


def ended_in_audit(state: RunState, engine: Engine, ended: float) -> bool:
    """Return whether a container ended during the audit; `ended` is a time of the engine."""
    audit = next((stage for stage in state.stages if stage.name == "audit"), None)
    return audit is not None and ended - engine.clock_offset() >= audit.started


def _page_seconds(run: IdleRun | None) -> float:
    """Return how long the ready page takes at least; one answer may be late by chance."""
    if not run:
        return 0.0
    return min(run.before.seconds, run.beside.seconds if run.beside else run.before.seconds)


def _record(state: RunState, run: StopRun) -> None:
    if state.audited:
        state.audited = replace(state.audited, stop=run)
