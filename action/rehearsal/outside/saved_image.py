"""The archive of an image, as the engine's client writes it: a stream, and no file."""

import fcntl
import os
import select
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from rehearsal.outside.engine import Engine, EngineError

# In bytes. A pipe has 64 KiB unless it is asked for more.
PIPE_SIZE = 1 << 20
PIECE_SIZE = 1 << 18
# In seconds.
CHECK_INTERVAL = 0.1
# In bytes, of what the client says.
MAX_MESSAGE = 4096


@contextmanager
def saved_image(engine: Engine, image: str, check: Callable[[], None]) -> Iterator[Iterator[bytes]]:
    """Save an image; yield the pieces of its archive, and end the client afterwards.

    `check` is called again and again; what it raises ends the reading. The pieces raise
    `EngineError` in the end if the client has failed.
    """
    with subprocess.Popen(
        [engine.client, "save", image],
        env={**engine.env, **engine.foreground_env},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as client:
        try:
            yield _pieces(client, check)
        finally:
            client.kill()


def _pieces(client: subprocess.Popen[bytes], check: Callable[[], None]) -> Iterator[bytes]:
    if not client.stdout or not client.stderr:
        return
    pipe = client.stdout.fileno()
    with suppress(OSError):
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_SIZE)
    poll = select.poll()
    poll.register(pipe, select.POLLIN)
    while True:
        check()
        if poll.poll(CHECK_INTERVAL * 1000):
            if not (piece := os.read(pipe, PIECE_SIZE)):
                break
            yield piece
    while (code := _exit_code(client)) is None:
        check()
    if code:
        message = os.read(client.stderr.fileno(), MAX_MESSAGE).decode(errors="replace").strip()
        raise EngineError(message or f"docker save ended with exit code {code}")


def _exit_code(client: subprocess.Popen[bytes]) -> int | None:
    with suppress(subprocess.TimeoutExpired):
        return client.wait(CHECK_INTERVAL)
    return None
