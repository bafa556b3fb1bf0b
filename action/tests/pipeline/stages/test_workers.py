from pathlib import Path

import pytest

from rehearsal.config.rehearsal_plan import WorkerPlan
from rehearsal.evidence.log import Log
from rehearsal.pipeline.stages.companion import CompanionKind, raise_if_ended
from rehearsal.pipeline.stages.workers import start_worker
from rehearsal.verdict import MisconfiguredError, RehearsalError, Verdict

from ...fakes import FakeEngine, FakeProcess, container_plan, inspect_result, secret

WORKER = WorkerPlan(name="mail", command=("celery", "-A", "config", "worker"))
RESTART = ("--memory=1g", "--restart=always")


def engine_of(status: str, code: int | None) -> FakeEngine:
    state = {**inspect_result(status, code=code or 0), "Image": "sha256:" + "1" * 64}
    return FakeEngine(states=[state], process=FakeProcess(code))


def test_start_worker__like_the_app_with_a_command_of_its_own(log: Log) -> None:
    engine = engine_of("running", None)
    plan = container_plan(secrets=(secret(),), network="a-1", run_options=RESTART, host_port=80)
    worker = start_worker(
        WORKER, plan, engine, log, image=engine.image_id, label="a=1", directory=Path()
    )
    assert worker.title == "worker mail"
    create = next(call for call in engine.calls if call[0] == "create")
    assert create[1:] == (
        *("--name", "a-1-mail", "--label", "a=1", "--log-driver", "json-file", "--env", "KEY"),
        *("--network", "a-1", "--network-alias", "mail", "--memory=1g"),
        *(engine.image_id, *WORKER.command),
    )


def test_start_worker__refused(log: Log) -> None:
    engine = FakeEngine(
        states=[inspect_result("created", error='exec: "celery": executable file not found')],
        process=FakeProcess(127),
    )
    with pytest.raises(MisconfiguredError, match="refused to run the worker mail: exec") as caught:
        start_worker(
            WORKER, container_plan(), engine, log, image="app", label="a=1", directory=Path()
        )
    assert caught.value.problem.hint == "Look at the input workers."


@pytest.mark.parametrize("code, is_told", [(0, True), (1, False)])
def test_end_error__a_worker_that_was_done(code: int, is_told: bool, log: Log) -> None:
    """With `celery worker --detach`, for example."""
    worker = start_worker(
        WORKER,
        container_plan(),
        engine := engine_of("exited", code),
        log,
        image="app",
        label="a=1",
        directory=Path(),
    )
    hint = worker.end_error(engine, when="before the end").problem.hint
    assert ("in the foreground" in hint) is is_told


@pytest.mark.parametrize(
    "kind, code, is_told",
    [
        (CompanionKind.WORKER, 0, True),
        (CompanionKind.WORKER, None, False),
        (CompanionKind.SERVICE, 0, False),
    ],
)
def test_raise_if_ended(kind: CompanionKind, code: int | None, is_told: bool, log: Log) -> None:
    """A worker that ends has stopped to work, whatever its exit code is."""
    engine = engine_of("running" if code is None else "exited", code)
    worker = start_worker(
        WORKER, container_plan(), engine, log, image="app", label="a=1", directory=Path()
    )
    if not is_told:
        raise_if_ended([worker], kind, engine, when="during the tests")
        return
    with pytest.raises(RehearsalError) as caught:
        raise_if_ended([worker], kind, engine, when="during the tests")
    problem = caught.value.problem
    assert problem.verdict is Verdict.CRASHED
    assert problem.message == "The worker mail ended during the tests: exit code 0."
