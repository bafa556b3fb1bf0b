from dataclasses import field
from typing import Any

import pytest

from rehearsal.dataclass import dataclass
from rehearsal.evidence.log import Log
from rehearsal.outside.process import Process, Sink
from rehearsal.pipeline.stages import container_start
from rehearsal.pipeline.stages.container_start import start_container
from rehearsal.pipeline.stages.engine_refusal import port_taken_error
from rehearsal.results.engine_versions import EngineVersions
from rehearsal.verdict import MisconfiguredError, RehearsalError, Verdict

from ...fakes import FakeEngine, FakeProcess, container_plan, inspect_result

# What engines said: 20.10 (both kinds, one without a word for the port's owner), 28, and Docker
# Desktop.
PORT_MESSAGES = {
    "proxy": "driver failed programming external connectivity on endpoint x: Error starting "
    "userland proxy: listen tcp4 127.0.0.1:49160: bind: address already in use",
    "allocated": "driver failed programming external connectivity on endpoint x: "
    "Bind for 127.0.0.1:49160 failed: port is already allocated",
    "28": "failed to set up container networking: driver failed programming external connectivity "
    "on endpoint x: failed to bind host port for 127.0.0.1:49160:172.17.0.2:8888/tcp: address "
    "already in use",
    "podman": "cannot listen on the TCP port: listen tcp4 127.0.0.1:49160: bind: address already "
    "in use",
    "desktop": "Ports are not available: exposing port TCP 127.0.0.1:49160 -> 127.0.0.1:0: listen "
    "tcp 127.0.0.1:49160: bind: Only one usage of each socket address is normally permitted.",
}
# On standard error of the client of 20.10; 28 prints the second line alone.
CLIENT_WORDS = (
    b'time="2026-11-29T00:38:28Z" level=error msg="error waiting for container: context canceled"\n'
    b"Error response from daemon: %s\n"
)


@dataclass(frozen=True, kw_only=True)
class LosingEngine(FakeEngine):
    """Refuses to start the container some times, then starts it."""

    message: str
    losses: int
    starts: list[str] = field(default_factory=list)

    def start(self, container: str, *, out: Sink, err: Sink) -> Process:
        self.starts.append(container)
        if len(self.starts) <= self.losses:
            err(CLIENT_WORDS % self.message.encode())
            return FakeProcess(1)
        out(b"out of the app\n")
        err(b"Error response from daemon: the app's own words\n")
        return FakeProcess(None)

    def inspect(self, name: str, kind: str = "container") -> dict[str, Any]:
        del name, kind
        if len(self.starts) <= self.losses:
            return inspect_result("created", error=self.message)
        return inspect_result(port=49161)


@pytest.mark.parametrize("message", PORT_MESSAGES.values(), ids=PORT_MESSAGES)
@pytest.mark.parametrize("losses", [1, 2])
def test_start_container__again_where_the_engine_lost_its_port(
    log: Log, message: str, losses: int
) -> None:
    engine = LosingEngine(message=message, losses=losses)
    container = start_container("c0ffee", container_plan(), engine, log)
    assert (container.published.port, container.ended) == (49161, False)
    assert len(engine.starts) == losses + 1
    log.close()
    assert set(log.tail(9)) == {"out of the app", "Error response from daemon: the app's own words"}


@pytest.mark.parametrize("message", PORT_MESSAGES.values(), ids=PORT_MESSAGES)
def test_start_container__three_lost_ports_are_the_engine_s_failure(log: Log, message: str) -> None:
    engine = LosingEngine(message=message, losses=9)
    with pytest.raises(RehearsalError) as caught:
        start_container("c0ffee", container_plan(), engine, log)
    problem = caught.value.problem
    assert problem.verdict is Verdict.ENGINE_FAILED
    assert message in problem.message
    assert "not the app's fault" in problem.hint
    assert "host-port" not in problem.message + problem.hint
    assert len(engine.starts) == 3
    assert not log.tail(9)


@pytest.mark.parametrize("message", PORT_MESSAGES.values(), ids=PORT_MESSAGES)
def test_start_container__a_taken_host_port_is_not_tried_again(log: Log, message: str) -> None:
    engine = LosingEngine(message=message, losses=9)
    with pytest.raises(MisconfiguredError) as caught:
        start_container("c0ffee", container_plan(host_port=8080), engine, log)
    assert caught.value.problem == port_taken_error(container_plan(host_port=8080)).problem
    assert "port 8080 on 127.0.0.1 is already allocated" in caught.value.problem.message
    assert "leave host-port out" in caught.value.problem.hint
    assert len(engine.starts) == 1


def test_start_container__another_refusal_is_not_tried_again(log: Log) -> None:
    """The container's own address, which run-options may ask for, has a capital letter."""
    engine = LosingEngine(message="failed to set up networking: Address already in use", losses=9)
    with pytest.raises(MisconfiguredError, match="Address already in use"):
        start_container("c0ffee", container_plan(), engine, log)
    assert len(engine.starts) == 1


def test_start_container__message_of_the_client(
    log: Log,
) -> None:
    engine = FakeEngine(
        process=FakeProcess(1), states=[inspect_result("created")], output=b'exec: "x": not found\n'
    )
    with pytest.raises(MisconfiguredError, match='exec: "x": not found') as caught:
        start_container("c0ffee", container_plan(), engine, log)
    assert "CMD and ENTRYPOINT" in caught.value.problem.hint


def test_start_container__waits_for_the_port(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rehearsal.pipeline.stages.container_start.time.sleep", lambda _: None)
    engine = FakeEngine(
        states=[inspect_result("created"), inspect_result(), inspect_result(port=49153)]
    )
    container = start_container("c0ffee", container_plan(), engine, log)
    assert (container.id, container.published.port, container.ended) == ("c0ffee", 49153, False)


def test_start_container__podman_has_the_port_before_the_start(log: Log) -> None:
    states = [inspect_result("created", port=49153), inspect_result(port=49153)]
    engine = FakeEngine(states=states)
    assert start_container("c0ffee", container_plan(), engine, log).published.port == 49153
    assert [call[0] for call in engine.calls] == ["start", "inspect", "inspect"]


NO_PROGRAM = (
    "crun: executable file `x` not found in $PATH: No such file or directory: OCI runtime "
    "attempted to invoke a command that was not found"
)


@pytest.mark.parametrize(
    "output, error",
    [
        (b"unable to upgrade to tcp, received 500\n", ""),
        (f"Error: unable to start container c0ffee: {NO_PROGRAM}\n".encode(), NO_PROGRAM),
    ],
    ids=["by the socket", "podman itself"],
)
def test_start_container__podman_refuses(log: Log, output: bytes, error: str) -> None:
    engine = FakeEngine(
        versions=EngineVersions(name="Podman"),
        process=FakeProcess(1),
        states=[inspect_result("created", port=49153, error=error)],
        output=output,
        refusal=NO_PROGRAM,
    )
    with pytest.raises(MisconfiguredError) as caught:
        start_container("c0ffee", container_plan(command=("x",)), engine, log)
    assert caught.value.problem.message == f"The engine refused to run the container: {NO_PROGRAM}"
    assert caught.value.problem.hint == "Look at the input command."
    log.close()
    assert not log.tail(9), "it is not the app's log"


def test_start_container__returns_a_container_that_ended_at_once(log: Log) -> None:
    engine = FakeEngine(process=FakeProcess(3), states=[inspect_result("exited", code=3)])
    assert start_container("c0ffee", container_plan(), engine, log).ended


def test_start_container__ended_after_an_old_answer(log: Log) -> None:
    """The client may exit while an older answer of the engine still says "created"."""
    process = FakeProcess(None)

    class EndsMeanwhile(FakeEngine):
        def inspect(self, name: str, kind: str = "container") -> dict[str, Any]:
            found = super().inspect(name, kind)
            process.code = 1
            return found

    engine = EndsMeanwhile(
        process=process, states=[inspect_result("created"), inspect_result("exited", code=1)]
    )
    assert start_container("c0ffee", container_plan(), engine, log).ended


def test_start_container__engine_does_not_start_it(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(container_start, "START_TIMEOUT", 0.1)
    engine = FakeEngine(states=[inspect_result("created")])
    with pytest.raises(RehearsalError) as caught:
        start_container("c0ffee", container_plan(), engine, log)
    assert caught.value.problem.verdict is Verdict.ENGINE_FAILED
    assert engine.process.was_ended
