"""Processes of a rehearsal, found without their help. Source: proc(5).

A browser or a server that a test left running may have left its process group, but it has inherited
the environment.
"""

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from rehearsal.outside.folder import Folder
from rehearsal.outside.subreaper import descendants


def processes_with_env(mark: str) -> list[int]:
    """Return the processes whose environment holds `mark` (NAME=value), except this process."""
    found = []
    for pid in _others():
        with suppress(OSError):
            if mark.encode() in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"):
                found.append(pid)
    return found


def end_processes_with_env(mark: str) -> None:
    """Kill the processes whose environment holds `mark` (NAME=value), and their descendants.

    What runs in a build of Podman's client is its descendant, with an environment of its own.
    """
    marked = processes_with_env(mark)
    below = {pid for parent in marked for pid in descendants(parent)} - {os.getpid()}
    for pid in (*marked, *below):
        send_signal(pid, signal.SIGKILL)


def processes_holding(folder: Folder) -> list[int]:
    """Return the processes that have a folder open, except this process."""
    # Compared by name: a look at the files of others may wait for a file system that is gone.
    target = Path(f"/proc/self/fd/{folder.descriptor}").readlink()
    return [pid for pid in _others() if target in _open_files(pid)]


def send_signal(pid: int, number: signal.Signals) -> None:
    """Send a signal to a process, if it is there and ours."""
    with suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)


def _open_files(pid: int) -> Iterator[Path]:
    with suppress(OSError):
        for entry in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(OSError):
                yield entry.readlink()


def _others() -> list[int]:
    found = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())
    return [pid for pid in found if pid != os.getpid()]
