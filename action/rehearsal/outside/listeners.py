"""Which addresses and TCP ports a container listens on."""

import socket
import struct
from collections.abc import Iterator
from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from subprocess import TimeoutExpired

from rehearsal.dataclass import dataclass
from rehearsal.outside.engine import Engine
from rehearsal.outside.process import run

PROC = Path("/proc")
# Source: proc_pid_net(5), and TCP_LISTEN in include/net/tcp_states.h.
LISTENING = "0A"
HEADING = "local_address"
IPV4_DIGITS = 8
ALL_IPV6 = "::"
# The engine's own DNS server, in a container of a user-defined network.
ENGINE_DNS = IPv4Address("127.0.0.11")
EXEC_TIMEOUT = 5.0
CONNECT_TIMEOUT = 1.0
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
    """An address and port that a process listens on; `ipv6_only` if not over IPv4."""

    port: int
    address: str
    ipv6_only: bool = False

    @property
    def loopback(self) -> bool:
        """Whether only processes of the container can reach it."""
        return ip_address(self.address).is_loopback

    def __str__(self) -> str:
        host = f"[{self.address}]" if ":" in self.address else self.address
        return f"{host}:{self.port}"


def listeners(
    engine: Engine, container: str, port: int, proc: Path = PROC
) -> list[Listener] | None:
    """Return what a running container listens on, or None where that cannot be read.

    Where this machine's kernel runs the container, its namespace is read from /proc, which costs
    the app nothing; elsewhere (an engine in a virtual machine, say) by a command in the container.
    Only in the first case it is known whether a listener on all IPv6 addresses of `port` takes IPv4
    as well. Raises `EngineError` and `RehearsalError` as the engine does.
    """
    inspected = engine.inspect(container)
    own = set(_addresses(inspected))
    read = _read_from_proc(inspected, own, proc)
    text = read or _read_in_container(engine, container)
    if HEADING not in text:
        return None
    found = sorted(set(_parse(text)))
    addresses = {each.address for each in found if each.port == port}
    if read and addresses == {ALL_IPV6} and any(_is_refused(each, port) for each in own):
        found = [replace(each, ipv6_only=True) if each.port == port else each for each in found]
    return found


def _is_refused(address: str, port: int) -> bool:
    """Whether nothing listens at an address of a container."""
    try:
        socket.create_connection((address, port), timeout=CONNECT_TIMEOUT).close()
    except ConnectionRefusedError:
        return True
    except OSError:  # This machine does not reach the container's network.
        return False
    return False


def _read_from_proc(found: dict[str, object], addresses: set[str], proc: Path) -> str:
    state = found.get("State")
    pid = state.get("Pid") if isinstance(state, dict) else 0
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


def _addresses(found: dict[str, object]) -> Iterator[str]:
    settings = found.get("NetworkSettings")
    networks = settings.get("Networks") if isinstance(settings, dict) else None
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
                # By default, a listener on all IPv6 addresses takes IPv4 as well.
                only = address.version == 6 and not address.is_unspecified  # noqa: PLR2004
                yield Listener(port=int(port, 16), address=str(address), ipv6_only=only)


def _address(digits: str) -> IPv4Address | IPv6Address:
    """Read an address as the kernel prints it: 32-bit words in the machine's byte order."""
    words = [int(digits[at : at + 8], 16) for at in range(0, len(digits), 8)]
    packed = struct.pack(f"={len(words)}I", *words)
    if len(digits) == IPV4_DIGITS:
        return IPv4Address(socket.inet_ntoa(packed))
    found = IPv6Address(packed)
    return found.ipv4_mapped or found
