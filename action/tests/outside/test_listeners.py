import socket
from pathlib import Path
from typing import Any

import pytest

from rehearsal.outside import listeners as module
from rehearsal.outside.listeners import Listener, listeners

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
    found = listeners(engine(proc), "c0ffee", 8888, proc)
    assert found is not None
    assert [str(each) for each in found] == ALL
    assert calls(proc) == []


def test_listeners__loopback(proc: Path) -> None:
    found = listeners(engine(proc), "c0ffee", 8888, proc)
    assert found is not None
    assert [each.port for each in found if each.loopback] == [81, 8000, 8080]


@pytest.mark.parametrize("address", ["172.17.0.20", "172.17.0"])
def test_listeners__ignores_another_process_with_the_same_id(proc: Path, address: str) -> None:
    """An engine in a virtual machine counts its own processes."""
    (proc / "42/net/fib_trie").write_text(f"           |-- {address}\n")
    found = listeners(engine(proc, f"{HEAD}   0: 00000000:0051 0:0 0A 0\n"), "c0ffee", 8888, proc)
    assert found == [Listener(port=81, address="0.0.0.0")]  # noqa: S104  (read, not bound)
    assert calls(proc) == ["exec c0ffee cat /proc/net/tcp /proc/net/tcp6"]


def test_listeners__from_inside_without_ipv6(tmp_path: Path) -> None:
    found = listeners(engine(tmp_path, TCP, code=1), "c0ffee", 8888, tmp_path)
    assert found is not None
    assert len(found) == 2


def test_listeners__unknown_if_the_image_cannot_read_files(tmp_path: Path) -> None:
    words = 'exec: "cat": executable file not found in $PATH'
    assert listeners(engine(tmp_path, words, code=126), "c0ffee", 8888, tmp_path) is None
    assert len(calls(tmp_path)) == len(module.READ_COMMANDS)


def test_listeners__does_not_ask_an_ended_container_again(
    tmp_path: Path,
) -> None:
    words = "Error response from daemon: Container c0ffee is not running"
    assert listeners(engine(tmp_path, words, code=1, to="&2"), "c0ffee", 8888, tmp_path) is None
    assert len(calls(tmp_path)) == 1


def test_listeners__unknown_without_a_client(tmp_path: Path) -> None:
    gone = FakeEngine(client=str(tmp_path / "none"), states=[FOUND])
    assert listeners(gone, "c0ffee", 8888, tmp_path) is None


def test_listeners__none(proc: Path) -> None:
    (proc / "42/net/tcp").write_text(HEAD)
    (proc / "42/net/tcp6").unlink()
    assert listeners(engine(proc), "c0ffee", 8888, proc) == []


def test_listeners__on_this_machine() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mine:
        port = mine.getsockname()[1]
        found = list(module._parse(Path("/proc/self/net/tcp").read_text()))
    assert Listener(port=port, address="127.0.0.1") in found


def listening_on(*lines: str) -> str:
    return HEAD + "".join(f"   0: {line} 0:0 0A 0:0 0:0 0  0\n" for line in lines)


EVERYWHERE = "00000000000000000000000000000000"
GLOBAL = "000000FD000000000000000002000000"
LOOPBACK = "00000000000000000000000001000000"


@pytest.mark.parametrize(
    "tcp, tcp6, expected",
    [
        pytest.param(
            "", EVERYWHERE + ":{PORT:04X}", False, id="all addresses, and IPv4 is accepted"
        ),
        pytest.param("", EVERYWHERE + ":{FREE:04X}", True, id="all addresses, and IPv4 is refused"),
        pytest.param(
            "00000000:{FREE:04X}", EVERYWHERE + ":{FREE:04X}", False, id="one of each family"
        ),
        pytest.param("", GLOBAL + ":{FREE:04X}", True, id="one IPv6 address"),
        pytest.param("", LOOPBACK + ":{FREE:04X}", True, id="the IPv6 loopback address"),
        pytest.param("00000000:{FREE:04X}", "", False, id="IPv4"),
    ],
)
def test_listeners__ipv6_only(tcp: str, tcp6: str, expected: bool, proc: Path) -> None:
    """The kernel does not show this: an IPv4 connection to the container does."""
    (proc / "42/net/fib_trie").write_text("           |-- 127.0.0.1\n")
    own = {**FOUND, "NetworkSettings": {"Networks": {"bridge": {"IPAddress": "127.0.0.1"}}}}
    with socket.create_server(("127.0.0.1", 0)) as taken, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        ports = {"PORT": taken.getsockname()[1], "FREE": free.getsockname()[1]}
        for name, lines in (("tcp", tcp), ("tcp6", tcp6)):
            written = [lines.format_map(ports)] if lines else []
            (proc / "42/net" / name).write_text(listening_on(*written))
        port = ports["PORT" if "PORT" in tcp6 else "FREE"]
        found = listeners(FakeEngine(states=[own]), "c0ffee", port, proc)
    assert found is not None
    assert {each.ipv6_only for each in found} == {expected}


def test_listeners__does_not_connect_elsewhere(proc: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither to another port of the container, nor where another kernel runs it."""

    def connect(*_args: object, **_options: object) -> None:
        raise AssertionError

    monkeypatch.setattr("socket.create_connection", connect)
    assert listeners(engine(proc), "c0ffee", 8888, proc)
    (proc / "42/net/fib_trie").write_text("")
    assert listeners(engine(proc, listening_on(f"{EVERYWHERE}:22B8")), "c0ffee", 8888, proc)
