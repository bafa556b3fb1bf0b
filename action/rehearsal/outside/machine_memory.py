"""How much memory this machine has, and how much of it programs can share."""

import os
from contextlib import suppress
from pathlib import Path

MIB = 1 << 20
# What a job in a container may use, `max` if it has no limit. Source: cgroups(7), version 2.
LIMIT = Path("/sys/fs/cgroup/memory.max")
# Chrome keeps parts of its pages here. Docker gives a container 64 MiB of it.
SHARED = "/dev/shm"  # noqa: S108  (nothing is written there)


def memory_mib() -> int:
    """Return the machine's memory, or the limit of our own container, in MiB."""
    total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    with suppress(OSError, ValueError):
        total = min(total, int(LIMIT.read_text()))
    return total // MIB


def shared_memory_mib() -> int:
    """Return the size of the memory that programs can share, in MiB, 0 if there is none."""
    try:
        found = os.statvfs(SHARED)
    except OSError:
        return 0
    return found.f_blocks * found.f_frsize // MIB
