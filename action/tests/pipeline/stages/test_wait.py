from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rehearsal.config.parser import make_plan
from rehearsal.config.rehearsal_plan import Plan
from rehearsal.evidence.folder import Evidence
from rehearsal.evidence.log import Log
from rehearsal.outside import http_probe, listeners
from rehearsal.outside.folder import Folder
from rehearsal.outside.http_response import Answer
from rehearsal.outside.listeners import Listener
from rehearsal.pipeline.stages import container as container_module
from rehearsal.pipeline.stages import wait as wait_module
from rehearsal.pipeline.stages.container import MAX_RESTARTS, reattach_after_restart
from rehearsal.pipeline.stages.wait import NOTHING_LISTENS, ReadinessWaiter
from rehearsal.pipeline.timeline_recorder import TimelineRecorder
from rehearsal.redaction.redactor import Redactor
from rehearsal.results.published_port import PublishedPort
from rehearsal.verdict import RehearsalError, Verdict

from ...fakes import (
    FakeEngine,
    FakeProcess,
    container_plan,
    fake_container,
    inspect_result,
    probe_plan,
)

RESTARTED = container_plan(run_options=("--restart=always",))
REFUSED = Answer(error="connection refused")


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    log = Evidence(Folder(tmp_path), Redactor()).log("container.log")
    yield log
    log.close()


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    (tmp_path / "Dockerfile").touch()
    made = make_plan({}, environ={}, top=tmp_path)
    return replace(made, probe=probe_plan(timeout=1), container=RESTARTED)


class Clock:
    """A clock that advances a tenth of a second with every reading."""

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
    monkeypatch.setattr(listeners, "listeners", lambda *_: list(found))


def waiter(plan: Plan, log: Log, engine: FakeEngine, code: int | None = None) -> ReadinessWaiter:
    return ReadinessWaiter(
        plan=plan,
        container=fake_container(code),
        engine=engine,
        log=log,
        observations={},
        timeline=TimelineRecorder(),
        report=print,
        clock=Clock(),
    )


def test_wait__records_milestones(
    plan: Plan, log: Log, answering: Callable[[Answer], None]
) -> None:
    answering(Answer(status=200, first_byte=0.01))
    ready_waiter = waiter(plan, log, FakeEngine())
    assert ready_waiter.wait().attempts == 1
    names = [moment.name for moment in ready_waiter.timeline.timeline.milestones]
    assert names == ["first byte", "first answer", "ready"]


def test_wait__observes_an_app_that_is_not_ready(
    plan: Plan, log: Log, answering: Callable[[Answer], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(REFUSED)
    listening(monkeypatch, Listener(port=9000, address="0.0.0.0"))  # noqa: S104  (read, not bound)
    ready_waiter = waiter(plan, log, FakeEngine(states=[inspect_result()]))
    with pytest.raises(RehearsalError) as caught:
        ready_waiter.wait()
    assert caught.value.problem.verdict is Verdict.NOT_READY
    assert NOTHING_LISTENS not in caught.value.problem.message
    assert ready_waiter.observations["listeners"] == ("other-port 0.0.0.0:9000",)
    assert ready_waiter.observations["request"] == ("port 8888", "path /", "host localhost:49153")
    assert (
        ready_waiter.observations["answer"]
        == ready_waiter.observations["answers"]
        == (REFUSED.error,)
    )
    assert "restart policy no" in ready_waiter.observations["container"]


def test_wait__message_says_that_nothing_listens(
    plan: Plan, log: Log, answering: Callable[[Answer], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(REFUSED)
    listening(monkeypatch)
    with pytest.raises(RehearsalError) as caught:
        waiter(plan, log, FakeEngine(states=[inspect_result()])).wait()
    assert caught.value.problem.message.endswith(NOTHING_LISTENS)


def test_wait__message_quotes_an_unhealthy_healthcheck(
    plan: Plan, log: Log, answering: Callable[[Answer], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(REFUSED)
    listening(monkeypatch, Listener(port=8888, address="0.0.0.0"))  # noqa: S104  (read, not bound)
    found = inspect_result()
    found["State"]["Health"] = {"Status": "unhealthy", "Log": [{"Output": "no table\n"}]}
    ready_waiter = waiter(plan, log, FakeEngine(states=[found]))
    with pytest.raises(RehearsalError) as caught:
        ready_waiter.wait()
    assert caught.value.problem.message.endswith("Its HEALTHCHECK: unhealthy: no table.")
    assert ready_waiter.timeline.timeline.milestones[-1].detail == "unhealthy: no table"


@pytest.mark.parametrize("status", ["starting", "healthy"])
def test_wait__message_without_other_healthchecks(
    plan: Plan,
    log: Log,
    answering: Callable[[Answer], None],
    monkeypatch: pytest.MonkeyPatch,
    status: str,
) -> None:
    answering(REFUSED)
    listening(monkeypatch, Listener(port=8888, address="0.0.0.0"))  # noqa: S104  (read, not bound)
    found = inspect_result()
    found["State"]["Health"] = {"Status": status, "Log": []}
    ready_waiter = waiter(plan, log, FakeEngine(states=[found]))
    with pytest.raises(RehearsalError) as caught:
        ready_waiter.wait()
    assert "HEALTHCHECK" not in caught.value.problem.message
    assert (
        ready_waiter.timeline.timeline.milestones[-1].name,
        ready_waiter.timeline.timeline.milestones[-1].detail,
    ) == (
        "HEALTHCHECK",
        status,
    )


def test_wait__gives_up_early_for_a_disallowed_host(
    plan: Plan, log: Log, answering: Callable[[Answer], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(Answer(status=400, body="<h1>Bad Request (400)</h1>"))
    calls: list[object] = []
    monkeypatch.setattr(listeners, "listeners", lambda *_: calls.append(_))
    ready_waiter = waiter(
        replace(plan, probe=probe_plan(timeout=60)), log, FakeEngine(states=[inspect_result()])
    )
    with pytest.raises(RehearsalError, match="Gave up early"):
        ready_waiter.wait()
    assert 2 <= ready_waiter.timeline.timeline.answers[0].last < 5
    assert len(calls) == 1, "listeners are read at the end only, since the app answers"


NO_TABLE = b"""Traceback (most recent call last):
  File "/src/views.py", line 9, in home
    shelf.first()
django.db.utils.OperationalError: no such table: shop_shelf
"""
ALONE = ("setup-command none", "network none")
IN_NETWORK = ("setup-command none", "network given")


@pytest.mark.parametrize(
    "inputs, logs, early",
    [
        pytest.param(ALONE, [NO_TABLE] * 9999, True, id="with each answer"),
        pytest.param(ALONE, [NO_TABLE], False, id="at first only"),
        pytest.param(IN_NETWORK, [NO_TABLE] * 9999, False, id="in a network"),
    ],
)
def test_wait__gives_up_early_for_a_traceback(
    plan: Plan,
    log: Log,
    *,
    monkeypatch: pytest.MonkeyPatch,
    inputs: tuple[str, ...],
    logs: list[bytes],
    early: bool,
) -> None:
    stream, left = log.stream("err"), iter(logs)

    def get(*_args: object, **_options: object) -> Answer:
        stream(next(left, b""))
        return Answer(status=500)

    monkeypatch.setattr(http_probe, "get", get)
    listening(monkeypatch)
    ready_waiter = waiter(
        replace(plan, probe=probe_plan()), log, FakeEngine(states=[inspect_result()])
    )
    ready_waiter.observations["inputs"] = inputs
    with pytest.raises(RehearsalError) as caught:
        ready_waiter.wait()
    assert ("Gave up early" in caught.value.problem.message) is early


@pytest.mark.parametrize(
    "first, then, timeout, asked",
    [
        pytest.param(500, 500, 60, True, id="500"),
        pytest.param(503, 500, 60, True, id="500 later"),
        pytest.param(500, 500, 1, True, id="at the end of a short wait"),
        pytest.param(500, 404, 60, False, id="500 at first only"),
        pytest.param(503, 503, 60, False, id="503"),
    ],
)
def test_wait__asks_once_why_the_app_answers_with_500(
    plan: Plan,
    log: Log,
    *,
    monkeypatch: pytest.MonkeyPatch,
    first: int,
    then: int,
    timeout: float,
    asked: bool,
) -> None:
    statuses = iter([first])
    monkeypatch.setattr(http_probe, "get", lambda *_, **__: Answer(status=next(statuses, then)))
    listening(monkeypatch)
    ready_waiter = waiter(
        replace(plan, probe=probe_plan(timeout=timeout)),
        log,
        FakeEngine(states=[inspect_result()]),
    )
    ready_waiter.observations["inputs"] = ALONE
    calls = iter(["no such table: shop_shelf\n"])
    ready_waiter.ask = lambda: next(calls)
    with pytest.raises(RehearsalError) as caught:
        ready_waiter.wait()
    assert bool(ready_waiter.asked) is asked
    is_early = "Gave up early" in caught.value.problem.message
    if asked:
        assert is_early is (timeout > 1), "what it says ends the wait"


def test_wait__tells_the_cause_if_ready_timeout_is_given(
    plan: Plan,
    log: Log,
    answering: Callable[[Answer], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answering(Answer(status=404))
    listening(monkeypatch)
    reports: list[str] = []
    ready_waiter = waiter(
        replace(plan, probe=probe_plan(timeout=30, timeout_given=True)),
        log,
        FakeEngine(states=[inspect_result()]),
    )
    ready_waiter.report = reports.append
    with pytest.raises(RehearsalError, match="within 30 s"):
        ready_waiter.wait()
    (report,) = reports
    assert report == (
        "the same answer for 10 s: There is no page /: the app answers 404 (still waiting, since "
        "ready-timeout is 30 s)"
    )


@pytest.mark.parametrize(
    "answer, expected",
    [
        (Answer(error="connection closed without an answer"), "speaks-tls"),
        (Answer(error="no answer within 10 s", timed_out=True), "reachable"),
        (Answer(status=503), "reachable"),
    ],
    ids=["closed", "silent", "an answer"],
)
def test_wait__tries_tls_where_connections_are_closed(
    plan: Plan,
    log: Log,
    *,
    answering: Callable[[Answer], None],
    monkeypatch: pytest.MonkeyPatch,
    answer: Answer,
    expected: str,
) -> None:
    answering(answer)
    listening(monkeypatch, Listener(port=8888, address="0.0.0.0"))  # noqa: S104  (read, not bound)
    monkeypatch.setattr(wait_module, "speaks_tls", lambda _: True)
    ready_waiter = waiter(plan, log, FakeEngine(states=[inspect_result()]))
    with pytest.raises(RehearsalError):
        ready_waiter.wait()
    assert ready_waiter.observations["listeners"] == (f"{expected} 0.0.0.0:8888",)


def test_wait__container_ended(plan: Plan, log: Log) -> None:
    engine = FakeEngine(states=[inspect_result("exited", code=3)])
    ready_waiter = waiter(plan, log, engine, code=3)
    with pytest.raises(RehearsalError) as caught:
        ready_waiter.wait()
    assert caught.value.problem.verdict is Verdict.CRASHED
    assert "before it was ready: exit code 3" in caught.value.problem.message
    assert ready_waiter.timeline.timeline.milestones[-1].name == "ended"


class Restarting(FakeEngine):
    """An engine that restarts the container; it keeps running then."""

    def attach(self, container: str, *, out: Any, err: Any) -> FakeProcess:  # noqa: ARG002
        self._called("attach", container)
        return FakeProcess(None)


def restarted(status: str, restarts: int, port: int = 0) -> dict[str, Any]:
    return {**inspect_result(status, port=port, code=4), "RestartCount": restarts}


def test_reattach_after_restart__takes_the_new_port(log: Log) -> None:
    container = fake_container(4)
    engine = Restarting(
        states=[
            restarted("running", 0),
            restarted("restarting", 1),
            restarted("running", 1, port=50001),
        ]
    )
    assert reattach_after_restart(container, RESTARTED, engine, log)
    assert (container.published.port, container.restarts) == (50001, 1)
    assert not container.ended


@pytest.mark.parametrize(
    "found",
    [
        restarted("exited", 0),
        restarted("dead", 0),
        restarted("exited", 2),
        restarted("restarting", MAX_RESTARTS),
    ],
    ids=["no policy", "dead", "a policy that has given up", "a loop"],
)
def test_reattach_after_restart__false_if_it_stays_down(found: dict[str, Any], log: Log) -> None:
    engine = Restarting(states=[found])
    assert not reattach_after_restart(fake_container(4), RESTARTED, engine, log)
    assert engine.calls == [("inspect", "c0ffee", "container")]


def test_reattach_after_restart__false_without_a_policy(log: Log) -> None:
    engine = Restarting(states=[restarted("running", 0, port=50001)])
    assert not reattach_after_restart(fake_container(4), container_plan(), engine, log)
    assert engine.calls == []


def test_reattach_after_restart__has_a_time_limit(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(container_module, "START_TIMEOUT", 0.05)
    assert not reattach_after_restart(
        fake_container(4), RESTARTED, Restarting(states=[restarted("paused", 0)]), log
    )


def test_wait__a_restart_does_not_extend_ready_timeout(
    plan: Plan, log: Log, answering: Callable[[Answer], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(REFUSED)
    listening(monkeypatch)
    engine = Restarting(states=[restarted("running", 1, port=50001)])
    ready_waiter = waiter(replace(plan, probe=probe_plan(timeout=9)), log, engine, code=4)
    with pytest.raises(RehearsalError, match="within 9 s"):
        ready_waiter.wait()
    assert ready_waiter.timeline.timeline.answers[0].last < 10


def test_wait__probes_again_after_a_restart(
    plan: Plan, log: Log, answering: Callable[[Answer], None]
) -> None:
    ready_waiter = waiter(
        plan, log, Restarting(states=[restarted("running", 1, port=50001)]), code=4
    )
    answering(REFUSED)
    hosts: list[str] = []

    def get(published: PublishedPort, *_args: Any, **_options: Any) -> Answer:
        hosts.append(ready_waiter.observations["request"][-1])
        return Answer(status=200) if published.port == 50001 else REFUSED

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(http_probe, "get", get)
        assert ready_waiter.wait().answer.status == 200
    assert hosts == ["host localhost:49153", "host localhost:50001"]


def test_wait__gives_up_after_too_many_restarts(plan: Plan, log: Log) -> None:
    """The engine resets its count of restarts when a container has run for ten seconds."""

    class Crashing(Restarting):
        def attach(self, container: str, *, out: Any, err: Any) -> FakeProcess:
            super().attach(container, out=out, err=err)
            return FakeProcess(4)

    engine = Crashing(states=[restarted("running", 1, port=50001)])
    with pytest.raises(RehearsalError) as caught:
        waiter(replace(plan, probe=probe_plan()), log, engine, code=4).wait()
    assert caught.value.problem.verdict is Verdict.CRASHED
    assert engine.calls.count(("attach", "c0ffee")) == MAX_RESTARTS
