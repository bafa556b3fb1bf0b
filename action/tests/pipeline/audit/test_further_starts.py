import math
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from rehearsal.audit.observations import StartRun
from rehearsal.config.rehearsal_plan import CompanionsPlan, ContainerPlan, ServicePlan
from rehearsal.outside.engine import EngineError
from rehearsal.pipeline.audit import further_starts as module
from rehearsal.pipeline.audit.further_starts import start_further
from rehearsal.pipeline.audit.starts.clock import NoMoreTimeError, StartClock
from rehearsal.pipeline.audit.starts.further_container import FurtherContainer
from rehearsal.pipeline.audit.starts.surroundings import Surroundings
from rehearsal.pipeline.audit.subject import Subject
from rehearsal.verdict import RehearsalError, Verdict

from ...fakes import PLAN, FakeEngine, container_plan, engine_lost, secret
from .test_observe import subject as audited

READY = StartRun(ready=True, answer="HTTP status 200", seconds=1.5)
RESTARTED = StartRun(ready=True, lost=("/data",))
ENDED = StartRun(exit_code=3)
LABEL = "dress-rehearsal=77-1-c0ffee00"
PREFIX = "dress-rehearsal-77-1-c0ffee00.audit"
NAMES = ("plain", "confined", "read-only", "without-KEY", "empty-KEY")


@dataclass
class Script:
    """What becomes of each container by the name of its log; `started` are those that were started.

    `results` are returned, raised or called.
    """

    results: dict[str, Any] = field(default_factory=lambda: dict.fromkeys(NAMES, READY))
    started: dict[str, ContainerPlan] = field(default_factory=dict)
    again: dict[str, bool] = field(default_factory=dict)
    restarted: Any = RESTARTED
    stopped: list[str] = field(default_factory=list)
    running: int = 0
    most: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


def result(value: Any, clock: StartClock) -> StartRun:
    found = value(clock) if callable(value) else value
    if isinstance(found, Exception):
        raise found
    assert isinstance(found, StartRun)
    return found


@dataclass
class FakeContainer:
    script: Script
    name: str
    clock: StartClock

    def set_up_and_wait(self, *, again: bool) -> StartRun:
        self.script.again[self.name] = again
        return result(self.script.results[self.name], self.clock)

    def wait_for_end(self) -> StartRun:
        return result(self.script.results[self.name], self.clock)

    def restart(self) -> StartRun:
        return result(self.script.restarted, self.clock)

    def stop(self) -> None:
        self.script.stopped.append(self.name)


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Script:
    found = Script()

    @contextmanager
    def started_container(
        _: Subject,
        plan: ContainerPlan,
        *,
        name: str,
        log_name: str,
        clock: StartClock,
        limit: Callable[[], float],
    ) -> Iterator[FakeContainer]:
        assert name == f"{PREFIX}-{log_name}"
        assert limit == (clock.first_limit if log_name == "plain" else clock.limit)
        with found.lock:
            found.started[log_name] = plan
            found.running += 1
            found.most = max(found.most, found.running)
        try:
            yield FakeContainer(found, log_name, clock)
        finally:
            with found.lock:
                found.running -= 1

    monkeypatch.setattr(module, "started_container", started_container)
    # A plain method, so that it is found in the fake as well.
    monkeypatch.setattr(FurtherContainer, "wait_for_end", FakeContainer.wait_for_end)
    return found


def subject(folder: Path, *, companions: CompanionsPlan | None = None, **changes: Any) -> Subject:
    found = audited(folder)
    container = container_plan(**{"secrets": (secret(),), **changes})
    plan = replace(PLAN, container=container, companions=companions or CompanionsPlan())
    return replace(found, plan=plan, ready_seconds=1.0, deadline=math.inf)


def calls(found: Subject) -> list[tuple[Any, ...]]:
    assert isinstance(found.context.engine, FakeEngine)
    return found.context.engine.calls


def together(clock: StartClock) -> StartRun:
    """Wait until four run at once, which those that run one after the other never do."""
    time.sleep(0.05)
    clock.check()
    return READY


def test_start_further__each_way(tmp_path: Path, script: Script) -> None:
    script.results["without-KEY"] = ENDED
    found = start_further(asked := subject(tmp_path, volumes=("data:/data",)))
    assert (found.plain, found.restarted, found.confined, found.read_only) == (
        *(READY, RESTARTED),
        *(READY, READY),
    )
    assert found.without == {"KEY": ENDED}
    assert found.empty == {"KEY": READY}
    assert set(script.started) == {*NAMES}
    assert script.started["plain"].run_options == ()
    assert "--cap-drop=ALL" in script.started["confined"].run_options
    assert "--read-only" in script.started["read-only"].run_options
    assert script.started["without-KEY"].secrets == ()
    assert script.started["empty-KEY"].secrets == (secret("KEY", ""),)
    for name, plan in script.started.items():
        assert plan.volumes == (f"{PREFIX}-{name}-1:/data",), "each has its own"
    assert not any(script.again.values())
    assert not script.stopped, "they are only removed"
    assert calls(asked) == [("remove_labelled", LABEL, PREFIX)]


def test_start_further__side_by_side(tmp_path: Path, script: Script) -> None:
    barrier = threading.Barrier(4)

    def meet(_: StartClock) -> StartRun:
        barrier.wait(60)
        return READY

    script.results |= dict.fromkeys(NAMES[:4], meet)
    assert start_further(subject(tmp_path)).plain.ready
    assert script.most == 4


@pytest.mark.parametrize("plain", [ENDED, EngineError("no space left"), NoMoreTimeError()])
def test_start_further__the_plain_one_is_not_ready(
    plain: StartRun | Exception, tmp_path: Path, script: Script
) -> None:
    """Nothing follows from the others, which end."""

    def wait(clock: StartClock) -> StartRun:
        assert clock.stopped.wait(60)
        clock.check()
        raise AssertionError

    script.results |= dict.fromkeys(NAMES[1:], wait)
    script.results["plain"] = plain
    found = start_further(asked := subject(tmp_path, network="backend"))
    assert not found.plain.ready
    assert found.missing == ("the network backend",)
    assert (found.confined, found.without) == (None, {})
    assert calls(asked)[-1] == ("remove_labelled", LABEL, PREFIX)
    expected = {EngineError: "no space left", NoMoreTimeError: module.NO_TIME, StartRun: ""}
    assert found.plain.error == expected[type(plain)]


@pytest.mark.parametrize("name", NAMES[1:])
@pytest.mark.parametrize(
    "error, told",
    [
        (EngineError("busy"), "busy"),
        (RehearsalError(Verdict.MISCONFIGURED, "The engine refused."), "The engine refused."),
        (engine_lost(), "The container engine does not answer: gone"),
        (OSError("no space left"), "no space left"),
    ],
)
def test_start_further__one_is_refused(
    name: str, error: Exception, told: str, tmp_path: Path, script: Script
) -> None:
    script.results[name] = error
    found = start_further(subject(tmp_path))
    runs = {
        "confined": found.confined,
        "read-only": found.read_only,
        "without-KEY": found.without["KEY"],
        "empty-KEY": found.empty["KEY"],
    }
    assert runs.pop(name) == StartRun(error=told)
    assert set(runs.values()) == {READY}


def test_start_further__there_is_no_time_for_some(tmp_path: Path, script: Script) -> None:
    script.results["empty-KEY"] = script.results["confined"] = NoMoreTimeError()
    script.restarted = NoMoreTimeError()
    found = start_further(subject(tmp_path))
    assert (found.confined, found.restarted, found.empty) == (None, None, {"KEY": None})


def test_start_further__ends_before_the_rehearsal_has_to(tmp_path: Path, script: Script) -> None:
    def check(clock: StartClock) -> StartRun:
        clock.check()
        return READY

    script.results["plain"] = check
    soon = time.monotonic() + module.SECONDS_AFTER - 1
    found = start_further(replace(subject(tmp_path), deadline=soon))
    assert found.plain == StartRun(error=module.NO_TIME)


def test_start_further__what_cannot_be_shared(tmp_path: Path, script: Script) -> None:
    found = start_further(subject(tmp_path, run_options=("--volumes-from=other",)))
    assert found.plain.error == "--volumes-from gives it the volumes of another container"
    assert not script.started


def test_start_further__a_fault_of_ours_ends_the_others(tmp_path: Path, script: Script) -> None:
    script.results["confined"] = KeyError("planted")
    with pytest.raises(KeyError):
        start_further(asked := subject(tmp_path))
    assert calls(asked)[-1] == ("remove_labelled", LABEL, PREFIX)


@pytest.mark.parametrize("verdict", [Verdict.CANCELLED, Verdict.TIMED_OUT])
def test_start_further__interrupted(
    verdict: Verdict, tmp_path: Path, script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = threading.Event()

    def wait(clock: StartClock) -> StartRun:
        assert clock.stopped.wait(60)
        ended.set()
        clock.check()
        raise AssertionError

    def interrupt(_: object) -> None:
        raise RehearsalError(verdict, "interrupted")

    script.results |= dict.fromkeys(NAMES, wait)
    monkeypatch.setattr(Future, "result", interrupt)
    with pytest.raises(RehearsalError, match="interrupted"):
        start_further(asked := subject(tmp_path))
    assert ended.is_set()
    # A cancelled rehearsal removes all at once next, and has little time.
    removed = ("remove_labelled", LABEL, PREFIX) in calls(asked)
    assert removed is (verdict is not Verdict.CANCELLED)


SERVICES = CompanionsPlan(services=(ServicePlan(name="db", image="postgres:17"),))


@pytest.fixture
def surrounded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was done with the surroundings."""
    done: list[str] = []

    def start_services(surroundings: Surroundings) -> str:
        done.append("services")
        return surroundings.name

    monkeypatch.setattr(Surroundings, "start_services", start_services)
    monkeypatch.setattr(Surroundings, "run_before_command", lambda *_: done.append("before"))
    monkeypatch.setattr(Surroundings, "end", lambda *_, **__: done.append("end"))
    return done


def test_start_further__with_services_one_after_the_other(
    tmp_path: Path, script: Script, surrounded: list[str]
) -> None:
    script.results |= dict.fromkeys(NAMES, together)
    asked = subject(tmp_path, companions=SERVICES, volumes=("data:/data",))
    assert start_further(asked).plain.ready
    assert script.most == 1
    assert surrounded == ["services", "before", "end"]
    assert list(script.started) == [*NAMES]
    for plan in script.started.values():
        assert plan.network == PREFIX
        assert plan.volumes == (f"{PREFIX}-1:/data",), "they share it"
    assert script.again == {"plain": False, "confined": True, "read-only": True}
    # After SIGKILL a lock on the shared volume would end the next one.
    assert script.stopped == [*NAMES]


@pytest.mark.parametrize(
    "error, told",
    [
        (RehearsalError(Verdict.SETUP_FAILED, "The service db ended."), "The service db ended."),
        (NoMoreTimeError(), module.NO_TIME),
        (EngineError("no more addresses"), "no more addresses"),
    ],
)
def test_start_further__services_fail(
    error: Exception, told: str, tmp_path: Path, surrounded: list[str], script: Script
) -> None:
    def fail(_: Surroundings) -> str:
        raise error

    asked = subject(tmp_path, companions=SERVICES)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Surroundings, "start_services", fail)
        found = start_further(asked)
    assert found.plain.error == told
    assert not script.started
    assert surrounded == ["end"]
    assert calls(asked)[-1] == ("remove_labelled", LABEL, PREFIX)


def test_start_further__cancelled_while_services_start(
    tmp_path: Path, surrounded: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def cancel(_: Surroundings) -> str:
        raise RehearsalError(Verdict.CANCELLED, "cancelled")

    monkeypatch.setattr(Surroundings, "start_services", cancel)
    with pytest.raises(RehearsalError, match="cancelled"):
        start_further(asked := subject(tmp_path, companions=SERVICES))
    assert surrounded == ["end"]
    assert not calls(asked)
