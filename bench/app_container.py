"""A container of superlists that runs while something is measured."""

import contextlib
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path

from bench.programs import BenchError, free_port, run

PATIENCE = 60
_ENVIRON = {"DJANGO_SECRET_KEY": "for-the-measurement", "DJANGO_ALLOWED_HOST": "localhost"}


def build(path: Path, base_image: str, tag: str) -> None:
    """Build an image."""
    run(["docker", "build", "--quiet", "--build-arg", f"PYTHON_IMAGE={base_image}",
         "--tag", tag, path])  # fmt: skip


@contextlib.contextmanager
def started(
    image: str, environ: Mapping[str, str] | None = None
) -> Iterator[tuple[float, str, int]]:
    """Run a container; yield the monotonic clock before its start, its name and its port."""
    name, port = f"bench-{uuid.uuid4().hex[:8]}", free_port()
    options = [
        word
        for pair in {**_ENVIRON, **(environ or {})}.items()
        for word in ("--env", "=".join(pair))
    ]
    begun = time.monotonic()
    run(["docker", "run", "--detach", "--name", name, "--publish", f"127.0.0.1:{port}:8888",
         *options, image])  # fmt: skip
    try:
        yield begun, name, port
    finally:
        run(["docker", "rm", "--force", "--volumes", name])


@contextlib.contextmanager
def running(image: str) -> Iterator[tuple[str, int]]:
    """Run a container that answers and has its tables; yield its name and its port."""
    with started(image) as (_, name, port):
        run(["docker", "exec", name, "python", "manage.py", "migrate", "--noinput"])
        first_answer(port)
        yield name, port


def first_answer(port: int, path: str = "/") -> float:
    """Wait until the app answers; return the reading of the monotonic clock then."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://localhost:{port}{path}", timeout=5):
                return time.monotonic()
        except (OSError, urllib.error.URLError):
            time.sleep(0.005)
    raise BenchError(f"nothing answers on port {port}")
