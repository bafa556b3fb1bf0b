"""TCP ports of this machine."""

import socket


def is_free(port: int) -> bool:
    """Whether nothing listens on 127.0.0.1 at this port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            # Below 1024 the engine may listen where we may not: check whether anything answers.
            return probe.connect_ex(("127.0.0.1", port)) != 0
        except OSError:
            return False
    return True
