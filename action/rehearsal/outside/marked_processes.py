"""Processes that are recognized by a variable in their environment.

A browser or a server that a test left running may have left its process group, but it has inherited
the environment. Source: proc(5).
"""

import os
import signal
from contextlib import suppress
from pathlib import Path


def processes_with_env(mark: str) -> list[int]:
    """Return the processes whose environment holds `mark` (NAME=value), except this process."""
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
