from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rehearsal.config.parser import make_plan
from rehearsal.config.plan import Plan
from rehearsal.evidence.folder import Evidence
from rehearsal.evidence.log import Log
from rehearsal.outside import http_probe, sockets
from rehearsal.outside.http_probe import Answer
from rehearsal.outside.sockets import Listener
from rehearsal.pipeline.stages import container as containers
from rehearsal.pipeline.stages.container import LOOP, reattach_after_restart
from rehearsal.pipeline.stages.wait import MOST_RETURNS, NOBODY, ReadinessWaiter
from rehearsal.pipeline.timeline_recorder import TimelineRecorder
from rehearsal.redaction.redactor import Redactor
from rehearsal.verdict import RehearsalError, Verdict

from ...fakes import FakeEngine, FakeProcess, container_plan, probe_plan, running, state

RESTARTED = container_plan(run_options=("--restart=always",))
REFUSED = Answer(error="connection refused")


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    log = Evidence(tmp_path, Redactor()).log("container.log")
    yield log
    log.close()


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    (tmp_path / "Dockerfile").touch()
    made = make_plan({}, environ={}, top=tmp_path)
    return replace(made, probe=probe_plan(timeout=1), container=RESTARTED)


class Clock:
    """A clock that goes a tenth of a second on with every look at it."""

    now = 0.0

    def __call__(self) -> float:
        self.now += 0.1
        return self.now


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Callable[[Answer], None]:
    def answer(each: Answer) -> None:
        monkeypatch.setattr(http_probe, "get", lambda *_args, **_options: each)

    return answer


def listening(monkeypatch: pytest.MonkeyPatch, *found: Listener) -> None:
    monkeypatch.setattr(sockets, "listeners", lambda *_: list(found))


def vigil(plan: Plan, log: Log, engine: FakeEngine, code: int | None = None) -> ReadinessWaiter:
    return ReadinessWaiter(
        plan=plan,
        container=running(code),
        engine=engine,
        log=log,
        observations={},
        timeline=TimelineRecorder(),
        clock=Clock(),
    )


def test_keep__tells_the_moments_of_an_app_that_comes_up(
    plan: Plan, log: Log, answering: Callable[[Answer], None]
) -> None:
    answering(Answer(status=200, first_byte=0.01))
    watch = vigil(plan, log, FakeEngine())
    assert watch.wait().attempts == 1
    names = [moment.name for moment in watch.timeline.timeline.milestones]
    assert names == ["first byte", "first answer", "ready"]


def test_keep__an_app_that_never_answers_is_looked_at_while_it_still_runs(
    plan: Plan, log: Log, answering: Callable[[Answer], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(REFUSED)
    listening(monkeypatch, Listener(port=9000, address="0.0.0.0"))  # noqa: S104  (read, not bound)
    watch = vigil(plan, log, FakeEngine(states=[state()]))
    with pytest.raises(RehearsalError) as caught:
        watch.wait()
    assert caught.value.problem.verdict is Verdict.NOT_READY
    assert NOBODY not in caught.value.problem.message
    assert watch.observations["listeners"] == ("elsewhere 0.0.0.0:9000",)
    assert watch.observations["asked"] == ("port 8888", "path /", "host localhost:49153")
    assert watch.observations["answer"] == watch.observations["answers"] == (REFUSED.error,)
    assert "restart policy no" in watch.observations["container"]


def test_keep__says_so_when_nobody_listens(
    plan: Plan, log: Log, answering: Callable[[Answer], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(REFUSED)
    listening(monkeypatch)
    with pytest.raises(RehearsalError) as caught:
        vigil(plan, log, FakeEngine(states=[state()])).wait()
    assert caught.value.problem.message.endswith(NOBODY)


def test_keep__says_what_the_healthcheck_says(
    plan: Plan, log: Log, answering: Callable[[Answer], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(REFUSED)
    listening(monkeypatch, Listener(port=8888, address="0.0.0.0"))  # noqa: S104  (read, not bound)
    found = state()
    found["State"]["Health"] = {"Status": "unhealthy", "Log": [{"Output": "no table\n"}]}
    watch = vigil(plan, log, FakeEngine(states=[found]))
    with pytest.raises(RehearsalError) as caught:
        watch.wait()
    assert caught.value.problem.message.endswith("Its HEALTHCHECK: unhealthy: no table.")
    assert watch.timeline.timeline.milestones[-1].detail == "unhealthy: no table"


@pytest.mark.parametrize("status", ["starting", "healthy"])
def test_keep__a_healthcheck_that_does_not_complain_explains_nothing(
    plan: Plan,
    log: Log,
    answering: Callable[[Answer], None],
    monkeypatch: pytest.MonkeyPatch,
    status: str,
) -> None:
    answering(REFUSED)
    listening(monkeypatch, Listener(port=8888, address="0.0.0.0"))  # noqa: S104  (read, not bound)
    found = state()
    found["State"]["Health"] = {"Status": status, "Log": []}
    watch = vigil(plan, log, FakeEngine(states=[found]))
    with pytest.raises(RehearsalError) as caught:
        watch.wait()
    assert "HEALTHCHECK" not in caught.value.problem.message
    assert (
        watch.timeline.timeline.milestones[-1].name,
        watch.timeline.timeline.milestones[-1].detail,
    ) == (
        "HEALTHCHECK",
        status,
    )


def test_keep__ends_early_for_a_host_that_is_not_allowed(
    plan: Plan, log: Log, answering: Callable[[Answer], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(Answer(status=400, body="<h1>Bad Request (400)</h1>"))
    looks: list[object] = []
    monkeypatch.setattr(sockets, "listeners", lambda *_: looks.append(_))
    watch = vigil(replace(plan, probe=probe_plan(timeout=60)), log, FakeEngine(states=[state()]))
    with pytest.raises(RehearsalError, match="waiting longer cannot help"):
        watch.wait()
    assert 2 <= watch.timeline.timeline.answers[0].last < 5
    assert len(looks) == 1, "while it answers, who listens is of no interest; it is kept at the end"


def test_keep__a_container_that_ended_is_told(plan: Plan, log: Log) -> None:
    engine = FakeEngine(states=[state("exited", code=3)])
    watch = vigil(plan, log, engine, code=3)
    with pytest.raises(RehearsalError) as caught:
        watch.wait()
    assert caught.value.problem.verdict is Verdict.CRASHED
    assert "before it was ready: exit code 3" in caught.value.problem.message
    assert watch.timeline.timeline.milestones[-1].name == "ended"


class Restarting(FakeEngine):
    """An engine whose container comes back, on another port each time, and stays from then on."""

    def attach(self, container: str, *, out: Any, err: Any) -> FakeProcess:  # noqa: ARG002
        self._called("attach", container)
        return FakeProcess(None)


def again(status: str, restarts: int, port: int = 0) -> dict[str, Any]:
    return {**state(status, port=port, code=4), "RestartCount": restarts}


def test_revive__attaches_again_and_takes_the_new_port(log: Log) -> None:
    container = running(4)
    engine = Restarting(
        states=[again("running", 0), again("restarting", 1), again("running", 1, port=50001)]
    )
    assert reattach_after_restart(container, RESTARTED, engine, log)
    assert container.port == 50001
    assert not container.ended


@pytest.mark.parametrize(
    "found",
    [again("exited", 0), again("dead", 0), again("exited", 2), again("restarting", LOOP)],
    ids=["no policy", "dead", "a policy that has given up", "a loop"],
)
def test_revive__leaves_alone_what_stays_down(found: dict[str, Any], log: Log) -> None:
    engine = Restarting(states=[found])
    assert not reattach_after_restart(running(4), RESTARTED, engine, log)
    assert engine.calls == [("inspect", "c0ffee", "container")]


def test_revive__without_a_policy_the_engine_is_not_even_asked(log: Log) -> None:
    engine = Restarting(states=[again("running", 0, port=50001)])
    assert not reattach_after_restart(running(4), container_plan(), engine, log)
    assert engine.calls == []


def test_revive__does_not_wait_for_ever(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(containers, "START_TIMEOUT", 0.05)
    assert not reattach_after_restart(
        running(4), RESTARTED, Restarting(states=[again("paused", 0)]), log
    )


def test_keep__an_app_that_comes_back_is_waited_for_again(
    plan: Plan, log: Log, answering: Callable[[Answer], None]
) -> None:
    watch = vigil(plan, log, Restarting(states=[again("running", 1, port=50001)]), code=4)
    answering(REFUSED)
    asked: list[str] = []

    def get(port: int, *_args: Any, **_options: Any) -> Answer:
        asked.append(watch.observations["asked"][-1])
        return Answer(status=200) if port == 50001 else REFUSED

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(http_probe, "get", get)
        assert watch.wait().answer.status == 200
    assert asked == ["host localhost:49153", "host localhost:50001"]


def test_keep__an_app_that_comes_back_and_ends_for_ever_is_given_up(plan: Plan, log: Log) -> None:
    """The engine forgets how often it restarted one that had run for ten seconds."""

    class Dying(Restarting):
        def attach(self, container: str, *, out: Any, err: Any) -> FakeProcess:
            super().attach(container, out=out, err=err)
            return FakeProcess(4)

    engine = Dying(states=[again("running", 1, port=50001)])
    with pytest.raises(RehearsalError) as caught:
        vigil(plan, log, engine, code=4).wait()
    assert caught.value.problem.verdict is Verdict.CRASHED
    assert engine.calls.count(("attach", "c0ffee")) == MOST_RETURNS
