import socket
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from rehearsal.audit.observations import IdleRun
from rehearsal.outside.held_connections import TooManyFilesError
from rehearsal.pipeline.audit import idle_clients
from rehearsal.pipeline.audit.idle_clients import observe_idle_clients

from ...fakes import PLAN
from .app_server import OK, Handler, app_server, read_head
from .test_observe import subject


def answers(connection: socket.socket) -> None:
    if read_head(connection).endswith(b"\r\n\r\n"):
        connection.sendall(OK)


class OneWorker:
    """Handles one connection at a time, as gunicorn's sync worker does."""

    def __init__(self) -> None:
        self._free = threading.Lock()

    def __call__(self, connection: socket.socket) -> None:
        with self._free:
            answers(connection)


class FewConnections:
    """Refuses a connection beyond some, with 503."""

    def __init__(self, allowed: int) -> None:
        self._allowed = threading.Semaphore(allowed)

    def __call__(self, connection: socket.socket) -> None:
        if not self._allowed.acquire(blocking=False):
            connection.sendall(b"HTTP/1.1 503 Service Unavailable\r\n\r\n")
            return
        try:
            answers(connection)
        finally:
            self._allowed.release()


def observed(tmp_path: Path, handle: Handler) -> IdleRun:
    with app_server(handle) as published:
        asked = subject(tmp_path)
        asked.container.published = published
        probe = replace(PLAN.probe, path="/ready")
        return observe_idle_clients(replace(asked, plan=replace(asked.plan, probe=probe)))


def test_observe_idle_clients__a_thread_for_each(tmp_path: Path) -> None:
    run = observed(tmp_path, answers)
    assert run.beside
    assert (run.before.path, run.before.status, run.beside.status) == ("/ready", 200, 200)
    assert not run.is_worse
    assert run.after is None


def test_observe_idle_clients__one_worker(tmp_path: Path) -> None:
    run = observed(tmp_path, OneWorker())
    assert run.beside
    assert run.after
    assert (run.beside.status, run.beside.error) == (0, "no answer within 1 s")
    assert run.is_worse
    assert run.after.status == 200


def test_observe_idle_clients__few_connections(tmp_path: Path) -> None:
    run = observed(tmp_path, FewConnections(20))
    assert run.beside
    assert run.beside.status == 503
    assert run.is_worse


def test_observe_idle_clients__a_second_attempt_is_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idle_clients, "IDLE", 0)
    monkeypatch.setattr(idle_clients, "SLOW", 0)
    answered: list[int] = []

    def fails_once(connection: socket.socket) -> None:
        answered.append(len(answered))
        if len(answered) != 2:
            answers(connection)

    run = observed(tmp_path, fails_once)
    assert not run.is_worse
    assert len(answered) == 3


def test_observe_idle_clients__no_answer_without_them_either(tmp_path: Path) -> None:
    def closes(connection: socket.socket) -> None:
        read_head(connection)

    run = observed(tmp_path, closes)
    assert run.beside is None
    assert run.why_unknown == (
        "GET /ready failed without them, too: connection closed without an answer"
    )


def test_observe_idle_clients__too_many_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*_: object, **__: object) -> None:
        raise TooManyFilesError

    monkeypatch.setattr(idle_clients, "hold_connections", refuses)
    run = observed(tmp_path, answers)
    assert run.beside is None
    assert run.why_unknown == "this machine lets us open too few connections"
