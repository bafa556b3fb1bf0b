"""Child processes: argument lists, never a shell line; each in a process group of its own."""

import math
import os
import select
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, NoReturn

Sink = Callable[[bytes], None]

# How long a process group has between SIGTERM and SIGKILL, in seconds.
GRACE = 3.0


class Process:
    """A running child whose output goes to sinks as it arrives.

    It leads a session of its own: Ctrl-C on the terminal reaches us alone, and ending it ends
    whatever it started.
    """

    def __init__(
        self,
        argv: Sequence[str],
        *,
        env: Mapping[str, str],
        out: Sink,
        err: Sink | None = None,
        cwd: Path | None = None,
    ) -> None:
        """Start `argv`; without `err` both streams go to `out`, in order. Raises OSError."""
        self._child = subprocess.Popen(
            argv,
            env=dict(env),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE if err else subprocess.STDOUT,
            start_new_session=True,
        )
        self._pumps = [_pump(self._child.stdout, out)]
        if err:
            self._pumps.append(_pump(self._child.stderr, err))

    @property
    def ended(self) -> bool:
        """Whether the child has ended."""
        return self._child.poll() is not None

    def wait(self, seconds: float | None = None) -> int | None:
        """Return the exit code with all output delivered, or None when `seconds` have passed."""
        if seconds is not None and not self._ends_within(seconds):
            return None
        code = self._child.wait()
        # A grandchild that escaped may hold the pipe for ever: what it says is not waited for.
        for pump in self._pumps:
            pump.join(1.0)
        return code

    def _ends_within(self, seconds: float) -> bool:
        """Whether the child ends in time; its end is heard of at once.

        Waiting in `subprocess` looks 20 times a second. Source: pidfd_open(2), Linux 5.3 and later.
        """
        if self.ended:
            return True
        try:
            descriptor = os.pidfd_open(self._child.pid)
        except (AttributeError, OSError):
            with suppress(subprocess.TimeoutExpired):
                self._child.wait(seconds)
            return self.ended
        try:
            end = select.poll()
            end.register(descriptor, select.POLLIN)
            end.poll(math.ceil(seconds * 1000))
        finally:
            os.close(descriptor)
        return self.ended

    def end(self, grace: float = GRACE) -> None:
        """End the whole process group: SIGTERM, then SIGKILL after `grace` seconds."""
        self._signal(signal.SIGTERM)
        self._wait_for_group(grace)
        self._signal(signal.SIGKILL)
        self._wait_for_group(grace)
        self.wait(grace)

    def kill(self) -> None:
        """End the whole process group by SIGKILL, which it cannot pass on."""
        self._signal(signal.SIGKILL)
        self.wait(GRACE)

    def _wait_for_group(self, seconds: float) -> None:
        limit = time.monotonic() + seconds
        while self._group_lives() and time.monotonic() < limit:
            time.sleep(0.02)

    def _group_lives(self) -> bool:
        self._child.poll()
        try:
            os.killpg(self._child.pid, 0)
        except (ProcessLookupError, PermissionError):
            return False
        return not self.ended or any(map(self._in_group, Path("/proc").glob("[0-9]*/stat")))

    def _in_group(self, stat: Path) -> bool:
        """Whether this is a process of the group; a zombie that nobody waited for is none."""
        try:
            state, _, group = stat.read_text(errors="replace").rpartition(")")[2].split()[:3]
        except (OSError, ValueError):
            return False
        return int(group) == self._child.pid and state not in "ZX"

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._child.pid, number)


class WatchdogProcess:
    """A child that reads our end of a pipe: it learns that we are gone, however we went."""

    def __init__(self, argv: Sequence[str], *, env: Mapping[str, str]) -> None:
        self._child = subprocess.Popen(
            argv,
            env=dict(env),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def close(self, farewell: bytes) -> None:
        """Say farewell and wait for the child's end."""
        with suppress(BrokenPipeError, subprocess.TimeoutExpired):
            self._child.communicate(farewell, timeout=GRACE)


def exit_now() -> NoReturn:
    """End this process at once, for one that another waits for.

    Python's own tidying takes ten times as long as all that a watchdog has to do.
    """
    os._exit(0)


def processes_with_env(mark: str) -> list[int]:
    """Return the processes whose environment holds `mark` (NAME=value), ourselves left out.

    A browser or a server that a test left running has left its process group, but it has
    inherited the environment. Source: proc(5).
    """
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            with suppress(OSError):
                if mark.encode() in (entry / "environ").read_bytes().split(b"\0"):
                    found.append(int(entry.name))
    return found


def end_processes_with_env(mark: str) -> None:
    """Kill the processes whose environment holds `mark` (NAME=value)."""
    for pid in processes_with_env(mark):
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)


def run(
    argv: Sequence[str],
    *,
    env: Mapping[str, str],
    timeout: float | None = None,
    farewell: float = 0.0,
) -> tuple[int, str, str]:
    """Run a short command to its end; return exit code, output and error output.

    Interrupted, it has `farewell` more seconds to end. Raises OSError when it cannot be started,
    `subprocess.TimeoutExpired` after `timeout` seconds.
    """
    with subprocess.Popen(
        argv,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as child:
        try:
            out, err = child.communicate(timeout=timeout)
        except BaseException:
            with suppress(subprocess.TimeoutExpired):
                child.wait(farewell)
            child.kill()
            raise
    return child.returncode, out.decode(errors="replace"), err.decode(errors="replace")


def _pump(stream: IO[bytes] | None, sink: Sink) -> threading.Thread:
    def pump() -> None:
        if stream is None:
            return
        with stream:
            while piece := os.read(stream.fileno(), 65536):
                sink(piece)

    thread = threading.Thread(target=pump, daemon=True)
    thread.start()
    return thread
