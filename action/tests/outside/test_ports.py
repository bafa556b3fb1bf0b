import socket
from pathlib import Path
from typing import Any

import pytest

from rehearsal.outside import ports
from rehearsal.outside.ports import Listener, is_free, listeners

from ..fakes import FakeEngine

HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n"
# As a little-endian machine prints 0.0.0.0:8888 and 127.0.0.1:8000, listening, the engine's own
# DNS, and one connection that is established.
TCP = f"""{HEAD}   0: 00000000:22B8 00000000:0000 0A 00000000:00000000 00:00000000 00000000  0
   1: 0100007F:1F40 00000000:0000 0A 00000000:00000000 00:00000000 00000000  0
   2: 0B00007F:A1B2 00000000:0000 0A 00000000:00000000 00:00000000 00000000  0
   3: 020011AC:22B8 010011AC:C350 01 00000000:00000000 00:00000000 00000000  0
"""
TCP6 = f"""{HEAD}   0: 00000000000000000000000001000000:1F90 0:0000 0A 0:0 0:0 0  0
   1: 00000000000000000000000000000000:0050 0:0000 0A 0:0 0:0 0  0
   2: 0000000000000000FFFF00000100007F:0051 0:0000 0A 0:0 0:0 0  0
"""
FOUND: dict[str, Any] = {
    "State": {"Pid": 42},
    "NetworkSettings": {"Networks": {"bridge": {"IPAddress": "172.17.0.2"}}},
}


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    net = tmp_path / "42/net"
    net.mkdir(parents=True)
    (net / "tcp").write_text(TCP)
    (net / "tcp6").write_text(TCP6)
    (net / "fib_trie").write_text("  +-- 0.0.0.0/0 3 0 5\n           |-- 172.17.0.2\n")
    return tmp_path


def engine(tmp_path: Path, answer: str = "", code: int = 0, *, to: str = "&1") -> FakeEngine:
    """Return an engine whose client answers `exec` with a text, and records its arguments."""
    client = tmp_path / "docker"
    client.write_text(
        f'#!/bin/sh\necho "$*" >>{tmp_path}/calls\ncat {tmp_path}/answer >{to}\nexit {code}\n'
    )
    client.chmod(0o755)
    (tmp_path / "answer").write_text(answer)
    return FakeEngine(client=str(client), env={"PATH": "/usr/bin:/bin"}, states=[FOUND])


def calls(tmp_path: Path) -> list[str]:
    file = tmp_path / "calls"
    return file.read_text().splitlines() if file.exists() else []


ALL = ["[::]:80", "127.0.0.1:81", "127.0.0.1:8000", "[::1]:8080", "0.0.0.0:8888"]


def test_listeners__from_proc(proc: Path) -> None:
    found = listeners(engine(proc), "c0ffee", proc)
    assert found is not None
    assert [str(each) for each in found] == ALL
    assert calls(proc) == []


def test_listeners__loopback(proc: Path) -> None:
    found = listeners(engine(proc), "c0ffee", proc)
    assert found is not None
    assert [each.port for each in found if each.loopback] == [81, 8000, 8080]


@pytest.mark.parametrize("address", ["172.17.0.20", "172.17.0"])
def test_listeners__ignores_another_process_with_the_same_id(proc: Path, address: str) -> None:
    """An engine in a virtual machine counts its own processes."""
    (proc / "42/net/fib_trie").write_text(f"           |-- {address}\n")
    found = listeners(engine(proc, f"{HEAD}   0: 00000000:0051 0:0 0A 0\n"), "c0ffee", proc)
    assert found == [Listener(port=81, address="0.0.0.0")]  # noqa: S104  (read, not bound)
    assert calls(proc) == ["exec c0ffee cat /proc/net/tcp /proc/net/tcp6"]


def test_listeners__from_inside_without_ipv6(tmp_path: Path) -> None:
    found = listeners(engine(tmp_path, TCP, code=1), "c0ffee", tmp_path)
    assert found is not None
    assert len(found) == 2


def test_listeners__unknown_if_the_image_cannot_read_files(tmp_path: Path) -> None:
    words = 'exec: "cat": executable file not found in $PATH'
    assert listeners(engine(tmp_path, words, code=126), "c0ffee", tmp_path) is None
    assert len(calls(tmp_path)) == len(ports.READ_COMMANDS)


def test_listeners__does_not_ask_an_ended_container_again(
    tmp_path: Path,
) -> None:
    words = "Error response from daemon: Container c0ffee is not running"
    assert listeners(engine(tmp_path, words, code=1, to="&2"), "c0ffee", tmp_path) is None
    assert len(calls(tmp_path)) == 1


def test_listeners__unknown_without_a_client(tmp_path: Path) -> None:
    gone = FakeEngine(client=str(tmp_path / "none"), states=[FOUND])
    assert listeners(gone, "c0ffee", tmp_path) is None


def test_listeners__none(proc: Path) -> None:
    (proc / "42/net/tcp").write_text(HEAD)
    (proc / "42/net/tcp6").unlink()
    assert listeners(engine(proc), "c0ffee", proc) == []


def test_listeners__on_this_machine() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mine:
        port = mine.getsockname()[1]
        found = list(ports._parse(Path("/proc/self/net/tcp").read_text()))
    assert Listener(port=port, address="127.0.0.1") in found


def test_is_free__false_if_a_socket_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        assert not is_free(listener.getsockname()[1])


def test_is_free__false_if_a_socket_listens_on_all_addresses() -> None:
    with socket.create_server(("0.0.0.0", 0)) as listener:  # noqa: S104  (as an engine does)
        assert not is_free(listener.getsockname()[1])


def test_is_free__true_if_no_socket_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert is_free(port)


@pytest.mark.parametrize("taken", [True, False], ids=["taken", "free"])
def test_is_free__below_1024_without_permission(
    taken: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """GitHub's runner is no root: `host-port: 80` is the engine's to bind, not ours."""

    class Unprivileged(socket.socket):
        def bind(self, address: object, /) -> None:
            raise PermissionError(13, "Permission denied", address)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        if not taken:
            listener.close()
        monkeypatch.setattr("rehearsal.outside.ports.socket.socket", Unprivileged)
        assert is_free(port) is not taken
        monkeypatch.undo()
