import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rehearsal.outside import http_probe
from rehearsal.outside.engine import EngineError
from rehearsal.outside.http_response import Answer
from rehearsal.pipeline.audit.starts import further_container as module
from rehearsal.pipeline.audit.starts.clock import NoMoreTimeError, StartClock
from rehearsal.pipeline.audit.starts.further_container import FurtherContainer, started_container
from rehearsal.pipeline.audit.starts.volumes import Volumes
from rehearsal.pipeline.audit.subject import Subject
from rehearsal.pipeline.stages import setup
from rehearsal.verdict import MisconfiguredError, RehearsalError, Verdict

from ....fakes import PLAN, FakeEngine, FakeProcess, container_plan, inspect_result
from ..test_observe import subject as audited

REFUSED = Answer(error="connection refused")
RUNNING = {**inspect_result(port=49153), "Image": "sha256:1"}


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[Answer]:
    """What the app answers, in turn; the last one for ever."""
    found = [Answer(status=200)]
    monkeypatch.setattr(
        http_probe, "get", lambda *_, **__: found.pop(0) if len(found) > 1 else found[0]
    )
    return found


def ended(code: int, **changes: Any) -> FakeEngine:
    """Return an engine whose container has ended."""
    return FakeEngine(
        states=[inspect_result("exited", code=code, **changes)], process=FakeProcess(code)
    )


def subject(folder: Path, engine: FakeEngine, setup_command: str = "") -> Subject:
    found = audited(folder)
    plan = replace(PLAN, container=container_plan(setup_command=setup_command))
    return replace(found, plan=plan, context=replace(found.context, engine=engine))


@contextmanager
def started(
    folder: Path,
    engine: FakeEngine,
    *,
    setup_command: str = "",
    limit: float = 0.2,
    clock: StartClock | None = None,
) -> Iterator[FurtherContainer]:
    found = subject(folder, engine, setup_command)
    with started_container(
        found,
        found.plan.container,
        name="x.audit-plain",
        log_name="plain",
        clock=clock or StartClock(deadline=math.inf, ready_seconds=1.0),
        limit=lambda: limit,
    ) as container:
        yield container


@pytest.mark.usefixtures("answers")
def test_started_container__is_removed(tmp_path: Path) -> None:
    engine = FakeEngine(states=[RUNNING], output=b"Listening\n")
    with started(tmp_path, engine) as container:
        run = container.set_up_and_wait(again=False)
    assert (run.ready, run.answer, run.exit_code) == (True, "HTTP status 200", None)
    assert run.log == ("Listening",)
    (create,) = [call for call in engine.calls if call[0] == "create"]
    assert create[create.index("--name") + 1] == "x.audit-plain"
    assert create[create.index("--label") + 1] == "dress-rehearsal=77-1-c0ffee00"
    assert engine.calls[-1] == ("remove", "c0ffee")
    assert engine.process.was_ended
    assert (tmp_path / "evidence/audit/plain.log").read_text() == "Listening\n"


@pytest.mark.usefixtures("answers")
def test_started_container__all_are_removed_together_in_the_end(tmp_path: Path) -> None:
    engine = FakeEngine(states=[RUNNING])
    with started(tmp_path, engine) as container:
        container.clock.stopped.set()
        with pytest.raises(NoMoreTimeError):
            container.set_up_and_wait(again=False)
    assert engine.process.was_ended
    assert ("remove", "c0ffee") not in engine.calls


def test_started_container__is_not_started_too_late(tmp_path: Path) -> None:
    engine = FakeEngine(states=[RUNNING])
    clock = StartClock(deadline=time.monotonic() - 1, ready_seconds=1.0)
    with pytest.raises(NoMoreTimeError), started(tmp_path, engine, clock=clock):
        pass
    assert not engine.calls


def test_started_container__refused(tmp_path: Path) -> None:
    engine = FakeEngine(states=[RUNNING], errors={"create": EngineError("no such device")})
    with pytest.raises(MisconfiguredError), started(tmp_path, engine):
        pass


@pytest.mark.usefixtures("answers")
def test_started_container__one_that_cannot_be_removed_is_left_for_later(tmp_path: Path) -> None:
    engine = FakeEngine(states=[RUNNING], errors={"remove": EngineError("busy")})
    with started(tmp_path, engine) as container:
        assert container.set_up_and_wait(again=False).ready


def test_wait__until_it_is_ready(tmp_path: Path, answers: list[Answer]) -> None:
    answers[:0] = [REFUSED, Answer(status=503)]
    with started(tmp_path, FakeEngine(states=[RUNNING]), limit=60) as container:
        assert container.set_up_and_wait(again=False).answer == "HTTP status 200"


@pytest.mark.parametrize(
    "last, told", [(REFUSED, ""), (Answer(status=500), "HTTP status 500")], ids=["silent", "500"]
)
def test_wait__until_its_time_is_up(
    last: Answer, told: str, tmp_path: Path, answers: list[Answer]
) -> None:
    answers[:] = [last]
    with started(tmp_path, FakeEngine(states=[RUNNING])) as container:
        run = container.set_up_and_wait(again=False)
    assert (run.ready, run.answer, run.exit_code) == (False, told, None)
    assert run.seconds >= 0.2


@pytest.mark.parametrize(
    "changes, error",
    [
        ({}, ""),
        ({"oom": True}, "it was killed for memory"),
        ({"error": "address already in use"}, "address already in use"),
    ],
)
@pytest.mark.usefixtures("answers")
def test_wait__it_ends(changes: dict[str, Any], error: str, tmp_path: Path) -> None:
    with started(tmp_path, ended(3, **changes)) as container:
        run = container.set_up_and_wait(again=False)
    assert (run.ready, run.exit_code, run.error) == (False, 3, error)


@pytest.mark.usefixtures("answers")
def test_wait_for_end__it_ends(tmp_path: Path) -> None:
    with started(tmp_path, ended(3)) as container:
        assert container.wait_for_end().exit_code == 3


@pytest.mark.parametrize("status", [200, 301, 404])
def test_wait_for_end__it_answers(status: int, tmp_path: Path, answers: list[Answer]) -> None:
    answers[:] = [REFUSED, Answer(status=status)]
    with started(tmp_path, FakeEngine(states=[RUNNING]), limit=60) as container:
        run = container.wait_for_end()
    assert (run.answer, run.exit_code) == (f"HTTP status {status}", None)


@pytest.mark.usefixtures("answers")
def test_wait_for_end__it_answers_and_ends_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = FakeEngine(states=[RUNNING])

    def end(process: FakeProcess, _: float | None = None) -> int | None:
        process.code = 3
        engine.states[:] = [inspect_result("exited", code=3)]
        return process.code

    monkeypatch.setattr(FakeProcess, "wait", end)
    with started(tmp_path, engine, limit=60) as container:
        assert container.wait_for_end().exit_code == 3


def test_wait_for_end__a_proxy_answers_while_the_app_ends(
    tmp_path: Path, answers: list[Answer]
) -> None:
    answers[:] = [Answer(status=502)]
    with started(tmp_path, FakeEngine(states=[RUNNING])) as container:
        run = container.wait_for_end()
    assert run.answer == "HTTP status 502"
    assert run.seconds >= 0.2, "it did not conclude at once"


@pytest.mark.parametrize(
    "output, again, fails",
    [
        (b"touch: /a: Read-only file system\n", False, True),
        (b"touch: /a: Read-only file system\n", True, True),
        (b"That username is already taken.\n", False, True),
        (b"That username is already taken.\n", True, False),
    ],
)
@pytest.mark.usefixtures("answers")
def test_set_up__fails(
    output: bytes,
    again: bool,
    fails: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What has been set up before need not be possible again."""

    def execute(_: FakeEngine, *__: object, out: Callable[[bytes], None]) -> FakeProcess:
        return FakeProcess(1, output=output, out=out)

    monkeypatch.setattr(FakeEngine, "execute", execute)
    engine = FakeEngine(states=[RUNNING])
    with started(tmp_path, engine, setup_command="./set-up") as container:
        run = container.set_up_and_wait(again=again)
    assert run.ready is not fails
    told = "setup-command ended with exit code 1 inside the container."
    assert run.setup_error == (told if fails else "")


@pytest.mark.usefixtures("answers")
def test_set_up__takes_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup, "CHECK_INTERVAL", 0.01)
    engine = FakeEngine(states=[RUNNING])
    with started(tmp_path, engine, setup_command="sleep 600", limit=0) as container:
        run = container.set_up_and_wait(again=False)
    assert run.setup_error == "setup-command had not ended 0 s after the start."


@pytest.mark.usefixtures("answers")
def test_set_up__the_engine_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lost = RehearsalError(Verdict.ENGINE_FAILED, "gone")

    def fail(*_: object, **__: object) -> None:
        raise lost

    monkeypatch.setattr(module, "run_setup", fail)
    with (
        pytest.raises(RehearsalError, match="gone"),
        started(tmp_path, FakeEngine(states=[RUNNING]), setup_command="./set-up") as container,
    ):
        container.set_up_and_wait(again=True)


@pytest.mark.usefixtures("answers")
@pytest.mark.parametrize("error", [{}, {"stop": EngineError("it has just ended")}])
def test_stop(error: dict[str, Exception], tmp_path: Path) -> None:
    engine = FakeEngine(states=[RUNNING], errors=error)
    with started(tmp_path, engine) as container:
        container.stop()
    assert ("stop", "c0ffee", 10) in engine.calls


def test_stop__it_has_ended(tmp_path: Path) -> None:
    engine = ended(3)
    with started(tmp_path, engine) as container:
        container.stop()
    assert not [call for call in engine.calls if call[0] == "stop"]


@pytest.mark.usefixtures("answers")
def test_restart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Volumes, "read_and_mark", lambda _: {})
    monkeypatch.setattr(Volumes, "find_lost", lambda *_: ("/data/db",))
    engine = FakeEngine(states=[RUNNING])
    with started(tmp_path, engine) as container:
        assert container.set_up_and_wait(again=False).ready
        engine.calls.clear()
        monkeypatch.setattr(
            FakeEngine, "stop", lambda self, *call, seconds: self._called("stop", *call, seconds)
        )
        run = container.restart()
    assert (run.ready, run.lost) == (True, ("/data/db",))
    verbs = [call[0] for call in engine.calls]
    assert engine.calls[0] == ("stop", "c0ffee", 10)
    assert verbs.index("stop") < verbs.index("start")


@pytest.mark.usefixtures("answers")
def test_restart__it_does_not_come_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Volumes, "read_and_mark", lambda _: {})
    engine = FakeEngine(states=[RUNNING])
    with started(tmp_path, engine) as container:
        assert container.set_up_and_wait(again=False).ready
        engine.states[:] = [inspect_result("exited", code=1)]
        run = container.restart()  # The fake's process ends at the stop, and stays so.
    assert (run.ready, run.exit_code, run.lost) == (False, 1, ())
