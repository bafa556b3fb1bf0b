"""TCP ports: which are free here, and which a container listens on."""

import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from subprocess import TimeoutExpired

from rehearsal.outside.engine import Engine
from rehearsal.outside.process import run

PROC = Path("/proc")
# Source: proc_pid_net(5), and TCP_LISTEN in include/net/tcp_states.h.
LISTENING = "0A"
HEADING = "local_address"
IPV4_DIGITS = 8
# The engine's own DNS server, in a container of a user-defined network.
ENGINE_DNS = IPv4Address("127.0.0.11")
EXEC_TIMEOUT = 5.0
# What the engine says when the container has ended.
NOT_RUNNING = "is not running"
# Ways to read a file inside an image, the most common first.
READ_COMMANDS = (
    ("cat", "/proc/net/tcp", "/proc/net/tcp6"),
    ("sh", "-c", 'while read -r l; do echo "$l"; done </proc/net/tcp'),
    ("python3", "-c", "print(open('/proc/net/tcp').read())"),
)


@dataclass(frozen=True, kw_only=True, order=True)
class Listener:
    """An address and port that a process listens on."""

    port: int
    address: str

    @property
    def loopback(self) -> bool:
        """Whether only processes of the container can reach it."""
        return ip_address(self.address).is_loopback

    def __str__(self) -> str:
        host = f"[{self.address}]" if ":" in self.address else self.address
        return f"{host}:{self.port}"


def is_free(port: int) -> bool:
    """Whether nothing listens on 127.0.0.1 at this port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            # Below 1024 the engine may listen where we may not: check whether anything answers.
            return probe.connect_ex(("127.0.0.1", port)) != 0
        except OSError:
            return False
    return True


def listeners(engine: Engine, container: str, proc: Path = PROC) -> list[Listener] | None:
    """Return what a running container listens on, or None where that cannot be read.

    Where this machine's kernel runs the container, its namespace is read from /proc, which costs
    the app nothing; elsewhere (an engine in a virtual machine, say) by a command in the container.
    Raises `EngineError` and `RehearsalError` as the engine does.
    """
    found = engine.inspect(container)
    text = _read_from_proc(found, proc) or _read_in_container(engine, container)
    return None if HEADING not in text else sorted(set(_parse(text)))


def _read_from_proc(found: dict[str, object], proc: Path) -> str:
    state, networks = found.get("State"), found.get("NetworkSettings")
    pid = state.get("Pid") if isinstance(state, dict) else 0
    addresses = set(_addresses(networks if isinstance(networks, dict) else {}))
    net = proc / str(pid) / "net"
    try:
        # An engine in a virtual machine has its own process IDs: here the number may be another
        # process. The container's address tells whether it is the same namespace.
        routes = (net / "fib_trie").read_text()
        if not any(f"|-- {address}\n" in routes for address in addresses):
            return ""
        return "".join(path.read_text() for path in (net / "tcp", net / "tcp6") if path.exists())
    except OSError:
        return ""


def _addresses(settings: dict[str, object]) -> Iterator[str]:
    networks = settings.get("Networks")
    for network in networks.values() if isinstance(networks, dict) else ():
        if network.get("IPAddress"):
            yield network["IPAddress"]


def _read_in_container(engine: Engine, container: str) -> str:
    for reader in READ_COMMANDS:
        argv = [engine.client, "exec", container, *reader]
        try:
            # Without IPv6 the second file is missing, and cat fails although it read the first.
            _, out, err = run(argv, env=engine.env, timeout=EXEC_TIMEOUT)
        except (OSError, TimeoutExpired):
            return ""
        if HEADING in out:
            return out
        if NOT_RUNNING in err:  # Another command would fail, too.
            return ""
    return ""


def _parse(text: str) -> Iterator[Listener]:
    for line in text.splitlines():
        fields = line.split()
        if len(fields) > 3 and fields[3] == LISTENING:  # noqa: PLR2004  (the fourth column: state)
            digits, _, port = fields[1].partition(":")
            address = _address(digits)
            if address != ENGINE_DNS:
                yield Listener(port=int(port, 16), address=str(address))


def _address(digits: str) -> IPv4Address | IPv6Address:
    """Read an address as the kernel prints it: 32-bit words in the machine's byte order."""
    words = [int(digits[at : at + 8], 16) for at in range(0, len(digits), 8)]
    packed = struct.pack(f"={len(words)}I", *words)
    if len(digits) == IPV4_DIGITS:
        return IPv4Address(socket.inet_ntoa(packed))
    found = IPv6Address(packed)
    return found.ipv4_mapped or found
