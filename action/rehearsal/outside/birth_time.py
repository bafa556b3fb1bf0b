"""When a file or a folder was made; `os.stat` does not say it on Linux."""

import ctypes
import struct
from contextlib import suppress

# Source: linux/fcntl.h and linux/stat.h.
AT_EMPTY_PATH = 0x1000
STATX_BTIME = 0x800
STATX_SIZE = 256
BTIME_OFFSET = 80


def birth_time(descriptor: int) -> int:
    """Return when something that is held open was made, in nanoseconds since 1970.

    Return 0 if the file system does not know. Source: statx(2).
    """
    found = ctypes.create_string_buffer(STATX_SIZE)
    with suppress(AttributeError):  # An old C library.
        ctypes.CDLL(None).statx(descriptor, b"", AT_EMPTY_PATH, STATX_BTIME, found)
    seconds, nanoseconds = struct.unpack_from("=qI", found, BTIME_OFFSET)
    return int(seconds) * 10**9 + int(nanoseconds)
