"""A parent for the test command, to which each process that the tests leave behind comes back.

Linux gives an orphan to its nearest ancestor that is a subreaper, whatever its session, group or
environment. So what the tests start is found by descent, and ended when the test command or the
rehearsal ends, even by SIGKILL. Source: prctl(2), PR_SET_CHILD_SUBREAPER.
"""

import ctypes
import os
import signal
import sys
import time
from collections.abc import Container, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

# It imports no other module of ours, so it starts fast and needs little memory.
PROGRAM = """
import sys
sys.path.append(sys.argv[1])
from rehearsal.outside.subreaper import main
main(int(sys.argv[2]), sys.argv[3:])
"""
PACKAGES = str(Path(__file__).parents[2])
# Source: linux/prctl.h.
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
# How long processes have between SIGTERM and SIGKILL, in seconds. It is shorter than that of
# outside.process, which ends this process.
GRACE = 2.0
# How long to look for processes that start others as fast as we end them, in seconds.
PATIENCE = 3.0
PAUSE = 0.02
# This signal comes when the rehearsal ends.
PARENT_ENDED = signal.SIGHUP
SIGNALS = (PARENT_ENDED, signal.SIGTERM, signal.SIGINT, signal.SIGCHLD)


def command_below_subreaper(argv: Sequence[str]) -> list[str]:
    """Return the command that runs `argv` as the child of such a parent."""
    return [sys.executable, "-I", "-S", "-c", PROGRAM, PACKAGES, str(os.getpid()), *argv]


def become_subreaper() -> None:
    """Make orphans of our descendants our children; do nothing where that cannot be done."""
    _prctl(PR_SET_CHILD_SUBREAPER, 1)


def descendants(of: int | None = None, *, without: str = "") -> list[int]:
    """Return the children of a process (by default ours), theirs and so on. Source: proc(5).

    Zombies are left out.

    A process whose environment holds `without` (NAME=value) is left out, with its descendants.
    """
    children: dict[int, list[int]] = {}
    zombies = set()
    for entry in Path("/proc").iterdir():
        with suppress(OSError, ValueError):
            pid = int(entry.name)
            # A name in parentheses, which may hold any character, then state and parent.
            state, parent = (entry / "stat").read_bytes().rpartition(b")")[2].split()[:2]
            children.setdefault(int(parent), []).append(pid)
            if state in (b"Z", b"X"):
                zombies.add(pid)
    found = [of or os.getpid()]
    for pid in found:
        found += [
            child for child in children.get(pid, []) if not without or not _holds(child, without)
        ]
    return [pid for pid in found[1:] if pid not in zombies]


def end_descendants(*, spare: Container[int] = (), without: str = "", grace: float = 0.0) -> None:
    """End our descendants except for `spare`: by SIGTERM, and by SIGKILL after `grace` seconds.

    `without` leaves some out, as `descendants` does.
    """
    asked: set[int] = set()
    start = time.monotonic()
    while left := [pid for pid in descendants(without=without) if pid not in spare]:
        waited = time.monotonic() - start
        if waited > grace + PATIENCE:
            return
        for pid in left:
            # Some programs end without a clean-up at a second SIGTERM.
            if waited >= grace or pid not in asked:
                asked.add(pid)
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL if waited >= grace else signal.SIGTERM)
        time.sleep(PAUSE)


def main(parent: int, argv: Sequence[str]) -> NoReturn:
    """Run a command, end whatever it leaves, and end as it did.

    If `parent` ends, or has ended, everything is ended at once.
    """
    # Blocked signals wait for us, wherever we are.
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    become_subreaper()
    _prctl(PR_SET_PDEATHSIG, PARENT_ENDED)
    if os.getppid() != parent:
        os._exit(128 + PARENT_ENDED)
    default = [signal.SIGPIPE]  # Python ignores it.
    child = os.posix_spawnp(argv[0], [*argv], os.environ, setsigmask=[], setsigdef=default)
    status: int | None = None
    number = signal.SIGCHLD
    while status is None and number == signal.SIGCHLD:
        number = signal.Signals(signal.sigwait(SIGNALS))
        status = _reap().get(child)
    end_descendants(grace=0.0 if number == PARENT_ENDED else GRACE)
    if status is None:
        status = _reap().get(child, PARENT_ENDED)
    code = os.waitstatus_to_exitcode(status)
    if code < 0:
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        with suppress(OSError):  # No handler of SIGKILL can be set.
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    os._exit(code)


def _holds(pid: int, variable: str) -> bool:
    try:
        return variable.encode() in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return False


def _reap() -> dict[int, int]:
    """Return the children that have ended, with their statuses."""
    found = {}
    with suppress(ChildProcessError):
        while (ended := os.waitpid(-1, os.WNOHANG)) != (0, 0):
            found[ended[0]] = ended[1]
    return found


def _prctl(option: int, value: int) -> None:
    # AttributeError: a C library without it.
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)
