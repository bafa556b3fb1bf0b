"""What is asked of an app that answers the probe with 500, with a fake engine."""

from dataclasses import replace
from pathlib import Path

import pytest

from rehearsal.evidence.folder import Evidence
from rehearsal.outside.engine import EngineError
from rehearsal.outside.github import Console
from rehearsal.pipeline.ask_while_waiting import MAX_ANSWER, ask_while_waiting
from rehearsal.pipeline.run_state import RunState
from rehearsal.redaction.redactor import Redactor

from ..fakes import PLAN, FakeEngine, fake_container, inspect_result, secret
from .test_teardown import context

SECRET = "planted-secret-value"
TRACEBACK = b"Traceback (most recent call last):\n  File x\nValueError: planted-secret-value\n"


def asked(
    folder: Path,
    *,
    manage: bool = True,
    memory: int = 0,
    logged: bytes = b"",
    says: bytes = TRACEBACK,
) -> tuple[FakeEngine, RunState, str]:
    if manage:
        (folder / "manage.py").touch()
    states = [inspect_result("running") | {"HostConfig": {"Memory": memory}}]
    engine = FakeEngine(output=says, states=states)
    engine.process.code = 0
    run = context(folder, engine)
    run = replace(run, evidence=Evidence(run.evidence.root, Redactor([secret(value=SECRET)])))
    state = RunState(observer=Console({}))
    log = run.evidence.log("container.log")
    log.stream()(logged)
    plan = replace(PLAN, directory=folder, probe=replace(PLAN.probe, path="/home?page=1"))
    said = ask_while_waiting(plan, run, state, fake_container(None), log)
    log.close()
    return engine, state, said


def test_ask_while_waiting__the_probed_page(tmp_path: Path) -> None:
    engine, state, said = asked(tmp_path)
    (call,) = (call for call in engine.calls if call[0] == "execute")
    assert call[2:4] == ("python", "-c")
    assert call[-1] == "/home", "without the query"
    assert "ValueError: ***" in said
    assert state.notices == []


def test_ask_while_waiting__a_project_below_the_working_directory(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src/manage.py").touch()
    engine, _, _ = asked(tmp_path, manage=False)
    assert [call for call in engine.calls if call[0] == "execute"]


@pytest.mark.parametrize(
    "known",
    [{"manage": False}, {"memory": 90 << 20}, {"logged": TRACEBACK}],
    ids=["not Django", "memory limit", "logged"],
)
def test_ask_while_waiting__not_needed(tmp_path: Path, known: dict[str, object]) -> None:
    engine, _, said = asked(tmp_path, **known)  # type: ignore[arg-type]
    assert not [call for call in engine.calls if call[0] == "execute"]
    assert said == ""


def test_ask_while_waiting__a_fault_changes_no_verdict(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def inspect(*_: object) -> None:
        raise EngineError("gone")

    monkeypatch.setattr(FakeEngine, "inspect", inspect)
    _, state, said = asked(tmp_path)
    assert said == ""
    assert state.notices == ["The app answered with 500, and could not be asked why: EngineError."]


def test_ask_while_waiting__cuts_no_secret_in_two(tmp_path: Path) -> None:
    _, _, said = asked(tmp_path, says=SECRET.encode() + b"x" * (MAX_ANSWER - 5))
    assert SECRET[-5:] not in said
    assert said == "***" + "x" * (MAX_ANSWER - 5)
