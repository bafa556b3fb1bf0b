from pathlib import Path

import pytest

from rehearsal.outside.github import Console
from rehearsal.pipeline import functional_tests
from rehearsal.pipeline.run_state import RunState
from rehearsal.verdict import RehearsalError, Verdict

from ..fakes import PLAN, FakeEngine, fake_container
from .test_teardown import context


def ask(folder: Path, error: Exception, monkeypatch: pytest.MonkeyPatch) -> RunState:
    def fails(*_: object) -> None:
        raise error

    monkeypatch.setattr(functional_tests, "ask_the_app", fails)
    run, state = context(folder, FakeEngine()), RunState(observer=Console({}))
    log = run.evidence.log("container.log")
    functional_tests._ask(PLAN, run, state, fake_container(None), log)
    return state


def test_ask__a_fault_changes_no_verdict(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = ask(tmp_path, ValueError("odd page"), monkeypatch)
    assert state.problems == []
    assert state.notices == [
        "After the failed tests the app could not be asked for more: ValueError."
    ]


def test_ask__a_cancellation_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RehearsalError, match="stopped"):
        ask(tmp_path, RehearsalError(Verdict.CANCELLED, "stopped"), monkeypatch)
