import socket
import threading
import time
from dataclasses import replace

import pytest

from rehearsal.audit.observations import StopRun
from rehearsal.outside.engine import EngineError
from rehearsal.pipeline.audit import observed_stop
from rehearsal.pipeline.audit.observed_stop import observe_stop
from rehearsal.pipeline.audit.request_in_flight import FORM
from rehearsal.pipeline.stages.container import Container
from rehearsal.pipeline.stages.container_end import ContainerEnd
from rehearsal.pipeline.stages.stop import Stop
from rehearsal.results.engine_versions import EngineVersions
from rehearsal.results.published_port import PublishedPort

from ...fakes import PLAN, FakeEngine, FakeProcess, fake_container
from .app_server import CONTINUE, OK, Handler, app_server, read_body, read_head


def ended(container: Container, code: int = 0) -> Stop:
    """End the container, and return how it ended."""
    assert isinstance(container.client, FakeProcess)
    container.client.code = code
    return Stop(end=ContainerEnd(exit_code=code, out_of_memory=False, time=0.0), by_itself=False)


class App:
    """An app that stops with the connections that it has, or drops them."""

    def __init__(self, handle: Handler, *, is_graceful: bool) -> None:
        self.engine = FakeEngine()
        self.container = fake_container()
        self._handle = handle
        self._is_graceful = is_graceful
        self._busy: list[socket.socket] = []
        self._idle = threading.Condition()

    def handle(self, connection: socket.socket) -> None:
        with self._idle:
            self._busy.append(connection)
        try:
            self._handle(connection)
        finally:
            with self._idle:
                self._busy.remove(connection)
                self._idle.notify_all()

    def stop(self) -> Stop:
        self.engine.stop(self.container.id, seconds=10)
        with self._idle:
            if not self._is_graceful:
                for each in self._busy:
                    each.shutdown(socket.SHUT_RDWR)
            assert self._idle.wait_for(lambda: not self._busy, 30)
        return ended(self.container)

    def observed(self, page_seconds: float = 0.0) -> StopRun:
        with app_server(self.handle) as published:
            self.container.published = published
            probe = PLAN.probe
            _, run = observe_stop(probe, self.engine, self.container, self.stop, page_seconds)
        return run


def reads_the_body(connection: socket.socket) -> None:
    head = read_head(connection)
    connection.sendall(CONTINUE)
    if read_body(connection, head, len(FORM)) == FORM:
        connection.sendall(OK)


def reads_the_head(connection: socket.socket) -> None:
    if read_head(connection).endswith(b"\r\n\r\n"):
        connection.sendall(OK)


def test_observe_stop__the_request_is_answered() -> None:
    app = App(reads_the_body, is_graceful=True)
    run = app.observed()
    assert run.request == "POST /, of whose body a half was sent"
    assert (run.answer, run.is_answered) == ("HTTP status 200", True)
    assert (run.exit_code, run.was_killed, run.end) == (0, False, "exit code 0")
    assert run.seconds >= observed_stop.BEFORE_REST
    assert app.engine.calls[0] == ("watch_signals", "c0ffee")


def test_observe_stop__the_request_is_dropped() -> None:
    run = App(reads_the_body, is_graceful=False).observed()
    assert run.request == "POST /, of whose body a half was sent"
    assert (run.answer, run.is_answered) == ("the connection was closed", False)


@pytest.mark.parametrize("is_graceful", [True, False])
def test_observe_stop__a_half_head_must_not_be_answered(*, is_graceful: bool) -> None:
    run = App(reads_the_head, is_graceful=is_graceful).observed()
    request = "GET /, of whose headers a half was sent"
    assert run.request == (request if is_graceful else "")
    assert run.is_answered is is_graceful


def test_observe_stop__nobody_answers_and_it_is_killed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        published = PublishedPort(*gone.getsockname())
    container, engine = replace(fake_container(), published=published), FakeEngine()

    def stop() -> Stop:
        """As Docker does with a container that ignores SIGTERM."""
        engine.stop(container.id, seconds=10)
        time.sleep(0.3)
        engine.stop(container.id, seconds=10)
        return ended(container, 137)

    _, run = observe_stop(PLAN.probe, engine, container, stop, 0.0)
    assert (run.request, run.was_killed) == ("", True)
    assert run.seconds >= 0.3


def test_observe_stop__the_engine_refuses_to_tell_of_the_signal() -> None:
    class Mute(FakeEngine):
        def watch_signals(self, container: str, **_: object) -> FakeProcess:
            assert container == "c0ffee"
            return FakeProcess(1)

    app = App(reads_the_body, is_graceful=True)
    app.engine = Mute()
    assert app.observed().is_answered


def test_observe_stop__podman_does_not_tell_of_the_signal() -> None:
    app = App(reads_the_body, is_graceful=True)
    app.engine = FakeEngine(versions=EngineVersions(name="Podman"))
    assert app.observed().is_answered
    assert not app.engine.watchers


def test_observe_stop__what_the_engine_refuses_is_raised() -> None:
    watched = FakeProcess(None)

    class Watching(FakeEngine):
        def watch_signals(self, container: str, **_: object) -> FakeProcess:
            assert container == "c0ffee"
            return watched

    def refuses() -> Stop:
        raise EngineError("no such container")

    with app_server(reads_the_body) as published:
        container = replace(fake_container(), published=published)
        with pytest.raises(EngineError):
            observe_stop(PLAN.probe, Watching(), container, refuses, 0.0)
    assert watched.was_ended


def test_observe_stop__a_fault_while_it_is_followed_is_raised(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fails(*_: object) -> None:
        raise ValueError("planted")

    monkeypatch.setattr(observed_stop._Follower, "_complete", fails)
    app = App(reads_the_body, is_graceful=False)
    with pytest.raises(ValueError, match="planted"):
        app.observed()
    assert app.container.ended
