"""Child processes: argument lists, never a shell line; each in its own process group."""

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
from typing import IO

Sink = Callable[[bytes], None]

# How long a process group has between SIGTERM and SIGKILL, in seconds.
GRACE = 3.0


class Process:
    """A running child process; its output goes to sinks as it arrives.

    The child leads its own session: Ctrl-C on the terminal does not reach it, and ending the child
    ends every process of its group.
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
        """Return the exit code once all output is delivered, or None after `seconds`."""
        if seconds is not None and not self._ends_within(seconds):
            return None
        code = self._child.wait()
        # A grandchild that left the process group may keep the pipe open for ever.
        for pump in self._pumps:
            pump.join(1.0)
        return code

    def _ends_within(self, seconds: float) -> bool:
        """Whether the child ends in time; return as soon as it does.

        `subprocess` would poll 20 times a second. Source: pidfd_open(2), Linux 5.3 and later.
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
            poll = select.poll()
            poll.register(descriptor, select.POLLIN)
            poll.poll(math.ceil(seconds * 1000))
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
        """End the whole process group by SIGKILL, which a client cannot pass to its container."""
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
        """Whether this process is in the group and is not a zombie."""
        try:
            state, _, group = stat.read_text(errors="replace").rpartition(")")[2].split()[:3]
        except (OSError, ValueError):
            return False
        return int(group) == self._child.pid and state not in "ZX"

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._child.pid, number)


def run(
    argv: Sequence[str],
    *,
    env: Mapping[str, str],
    timeout: float | None = None,
    grace: float = 0.0,
    stdin: bytes = b"",
) -> tuple[int, str, str]:
    """Run a short command to its end; return exit code, output and error output.

    It reads `stdin`. If the wait is interrupted, the command gets `grace` more seconds before it is
    killed. Raises OSError when it cannot be started, `subprocess.TimeoutExpired` after `timeout`
    seconds.
    """
    with subprocess.Popen(
        argv,
        env=dict(env),
        stdin=subprocess.PIPE if stdin else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as child:
        try:
            out, err = child.communicate(stdin or None, timeout=timeout)
        except BaseException:
            with suppress(subprocess.TimeoutExpired):
                child.wait(grace)
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
