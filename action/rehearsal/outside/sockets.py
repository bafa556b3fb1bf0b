"""Which TCP ports are listened on inside a container: read from its own network namespace."""

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
# Where the engine itself answers DNS in a container of a network that somebody made.
ENGINES_DNS = IPv4Address("127.0.0.11")
EXEC_TIMEOUT = 5.0
# What the engine says of a container in which nothing can be started any more.
NOT_RUNNING = "is not running"
# What images have to read a file with, the most usual first.
READ_COMMANDS = (
    ("cat", "/proc/net/tcp", "/proc/net/tcp6"),
    ("sh", "-c", 'while read -r l; do echo "$l"; done </proc/net/tcp'),
    ("python3", "-c", "print(open('/proc/net/tcp').read())"),
)


@dataclass(frozen=True, kw_only=True, order=True)
class Listener:
    """One address and port that something listens on."""

    port: int
    address: str

    @property
    def loopback(self) -> bool:
        """Whether only the container itself can reach it."""
        return ip_address(self.address).is_loopback

    def __str__(self) -> str:
        host = f"[{self.address}]" if ":" in self.address else self.address
        return f"{host}:{self.port}"


def listeners(engine: Engine, container: str, proc: Path = PROC) -> list[Listener] | None:
    """Return what is listened on inside a running container, or None where that cannot be read.

    Where the kernel shows the namespace it is read from outside, which costs the app nothing;
    elsewhere (an engine in a virtual machine, say) by a command of the image's own.
    Raises `EngineError` and `RehearsalError` as the engine does.
    """
    found = engine.inspect(container)
    text = _from_outside(found, proc) or _from_inside(engine, container)
    return None if HEADING not in text else sorted(set(_parse(text)))


def _from_outside(found: dict[str, object], proc: Path) -> str:
    state, networks = found.get("State"), found.get("NetworkSettings")
    pid = state.get("Pid") if isinstance(state, dict) else 0
    addresses = set(_addresses(networks if isinstance(networks, dict) else {}))
    net = proc / str(pid) / "net"
    try:
        # An engine in a virtual machine counts processes of its own: the number may be anybody's
        # here. The container's address tells whether it is the same namespace.
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


def _from_inside(engine: Engine, container: str) -> str:
    for reader in READ_COMMANDS:
        argv = [engine.client, "exec", container, *reader]
        try:
            # Without IPv6 there is no second file, and cat fails although it has read the first.
            _, out, err = run(argv, env=engine.env, timeout=EXEC_TIMEOUT)
        except (OSError, TimeoutExpired):
            return ""
        if HEADING in out:
            return out
        if (
            NOT_RUNNING in err
        ):  # In this moment: that is told next, and no sooner for a second attempt.
            return ""
    return ""


def _parse(text: str) -> Iterator[Listener]:
    for line in text.splitlines():
        fields = line.split()
        if len(fields) > 3 and fields[3] == LISTENING:  # noqa: PLR2004  (the fourth column: state)
            digits, _, port = fields[1].partition(":")
            address = _address(digits)
            if address != ENGINES_DNS:
                yield Listener(port=int(port, 16), address=str(address))


def _address(digits: str) -> IPv4Address | IPv6Address:
    """Read an address as the kernel prints it: words of 32 bits in the machine's own order."""
    words = [int(digits[at : at + 8], 16) for at in range(0, len(digits), 8)]
    packed = struct.pack(f"={len(words)}I", *words)
    if len(digits) == IPV4_DIGITS:
        return IPv4Address(socket.inet_ntoa(packed))
    found = IPv6Address(packed)
    return found.ipv4_mapped or found
