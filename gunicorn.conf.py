"""How gunicorn serves superlists; it reads this file by itself, from the folder it starts in.

Why requirements.txt pins gunicorn 23.0.0, and not a newer one. 50 clients connect and send
nothing, as browsers do with their spare connections; then somebody asks for a page (gthread, one
worker with four threads):

    23.0.0    answered in 0.005 s    SIGTERM: exit 0 after 0.9 s (after 0.3 s as configured here)
    25.3.0    no answer in 12 s      SIGTERM: exit 0 after 5.1 s
    27.0.1    no answer in 12 s      SIGTERM: exit 0 after 5.0 s

From 24 on, a connection takes a thread as soon as it is accepted; in 23 it takes one when its
first byte arrives. The request-smuggling advisories CVE-2024-1135 and CVE-2024-6827 are mended in
22.0.0 and 23.0.0. A newer pin has to pass the `idle_connections` and `stop` tests of
superlists/tests/e2e/test_image.py.
"""

import os
import selectors
from typing import Any

# Threads, since one sync worker serves one connection at a time, and Chromium's spare one blocks
# it for 30 s. A client that sends its request byte by byte holds one thread until it is done: 32
# of them are cheap, and a proxy in front that reads whole requests first is what takes more.
worker_class = "gthread"
workers = 2
threads = 32

# How long SIGTERM waits for requests that have begun, a half-sent one included (default 30 s);
# `docker stop` kills after 10 s.
graceful_timeout = 3

# The workers' heartbeat is a file: in memory it can neither block on the disk nor need a
# writable root file system.
worker_tmp_dir = "/dev/shm"  # noqa: S108 -- gunicorn makes its own unnamed file there


def post_worker_init(worker: Any) -> None:
    """Wake the worker for a signal: left alone, gthread looks for SIGTERM once a second."""
    # gunicorn itself writes a byte to this pipe at each signal; only its poller must watch it.
    worker.poller.register(worker.PIPE[0], selectors.EVENT_READ, lambda pipe: os.read(pipe, 4096))
