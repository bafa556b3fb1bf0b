from collections.abc import Callable
from pathlib import Path

import pytest

from rehearsal.evidence.log import Log
from rehearsal.outside.engine import EngineError
from rehearsal.outside.listeners import Listener
from rehearsal.pipeline.stages import before_command
from rehearsal.pipeline.stages.before_command import run_before_command
from rehearsal.verdict import RehearsalError, Verdict

from ...fakes import FakeEngine, FakeProcess, container_plan, inspect_result, secret

SCRIPT = "python manage.py migrate\npython manage.py loaddata x"


def run(
    engine: FakeEngine, log: Log, check: Callable[[], None] = lambda: None, **changes: object
) -> None:
    plan = container_plan(secrets=(secret(),), network="a-1", **changes)
    run_before_command(
        SCRIPT, plan, engine, log, image=engine.image_id, label="a=1", directory=Path(), check=check
    )


def running(code: int | None, output: bytes = b"", *, oom: bool = False) -> FakeEngine:
    state = inspect_result("running" if code is None else "exited", code=code or 0, oom=oom)
    return FakeEngine(
        states=[{**state, "Image": "sha256:" + "1" * 64}],
        process=FakeProcess(code),
        output=output,
    )


def test_run_before_command__through_the_entrypoint(log: Log) -> None:
    engine = running(0, b"Applying lists.0001_initial... OK\n")
    run(engine, log, run_options=("--memory=1g", "--restart", "always"))
    create = next(call for call in engine.calls if call[0] == "create")
    assert create[-4:] == (engine.image_id, "sh", "-ec", SCRIPT)
    assert "--publish" not in create
    assert "--restart" not in create
    assert create[create.index("--network") + 1] == "a-1"
    assert "--memory=1g" in create
    assert engine.secrets == {"KEY": "planted-secret-value"}
    assert engine.calls[-1] == ("remove", "c0ffee")
    assert log.tail(1) == ("Applying lists.0001_initial... OK",)


def test_run_before_command__fails(log: Log) -> None:
    with pytest.raises(RehearsalError) as caught:
        run(running(3, b"no such table\n"), log)
    problem = caught.value.problem
    assert problem.verdict is Verdict.SETUP_FAILED
    assert problem.message == "before-command ended with exit code 3."
    assert (problem.excerpt, problem.source) == (("no such table",), log.name)


@pytest.mark.parametrize("code", [None, 3])
def test_run_before_command__what_is_checked_meanwhile_comes_first(
    code: int | None, log: Log
) -> None:
    """A script fails because its database has ended, or waits for it for ever."""

    def check() -> None:
        raise RehearsalError(Verdict.SETUP_FAILED, "The service db ended")

    engine = running(code)
    with pytest.raises(RehearsalError, match="The service db ended"):
        run(engine, log, check=check)
    assert engine.process.was_ended


def test_run_before_command__killed_for_memory(log: Log) -> None:
    """Its log does not show that."""
    with pytest.raises(RehearsalError, match=r"with exit code 137, killed for memory\."):
        run(running(137, oom=True), log)


def test_run_before_command__its_container_has_a_name_that_no_service_can_have(log: Log) -> None:
    engine = running(0)
    run(engine, log)
    create = next(call for call in engine.calls if call[0] == "create")
    assert create[create.index("--name") + 1] == "a-1.before-command"


def test_run_before_command__refused(log: Log) -> None:
    engine = FakeEngine(
        states=[inspect_result("created", error='exec: "sh": executable file not found')],
        process=FakeProcess(127),
    )
    with pytest.raises(RehearsalError, match="refused to start before-command: exec") as caught:
        run(engine, log)
    assert caught.value.problem.verdict is Verdict.SETUP_FAILED


def test_run_before_command__the_entrypoint_starts_the_app(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [Listener(port=8888, address="127.0.0.1")]
    monkeypatch.setattr(before_command, "listeners", lambda *_: found)
    engine = running(None)
    with pytest.raises(RehearsalError, match="was not run: its container has listened") as caught:
        run(engine, log)
    assert caught.value.problem.verdict is Verdict.SETUP_FAILED
    assert engine.process.was_ended


@pytest.mark.parametrize("found", [None, [], [Listener(port=5432, address="127.0.0.1")]])
def test_run_before_command__goes_on_while_it_works(
    found: list[Listener] | None, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = running(None)

    def look(*_: object) -> list[Listener] | None:
        engine.process.code = 0
        return found

    monkeypatch.setattr(before_command, "listeners", look)
    run(engine, log)


def test_run_before_command__it_ends_while_we_look(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = running(None)

    def look(*_: object) -> None:
        engine.process.code = 4
        raise EngineError("container is not running")

    monkeypatch.setattr(before_command, "listeners", look)
    with pytest.raises(RehearsalError, match="exit code 4"):
        run(engine, log)
