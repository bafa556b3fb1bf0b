"""Locks between processes, on a file or a folder that is held open. Source: flock(2)."""

import fcntl
import time

PAUSE = 0.05


def lock(descriptor: int, seconds: float) -> None:
    """Take the lock for this descriptor alone; wait for it. Raises BlockingIOError afterwards."""
    limit = time.monotonic() + seconds
    while not try_lock(descriptor):
        if time.monotonic() > limit:
            raise BlockingIOError(None, "another process holds its lock")
        time.sleep(PAUSE)


def try_lock(descriptor: int, *, shared: bool = False) -> bool:
    """Take the lock, alone or `shared` with others of this kind; return False if others have it.

    It replaces the lock that this descriptor has; if it fails, that may be lost.
    """
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def unlock(descriptor: int) -> None:
    """Give the lock back, which also happens when the descriptor is closed."""
    fcntl.flock(descriptor, fcntl.LOCK_UN)
