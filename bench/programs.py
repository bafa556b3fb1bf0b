"""Where the programs are that are measured, and how they are run."""

import os
import re
import resource
import shlex
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = ROOT / ".venv/bin/python"
# The Python that has the peers of PyPI.
PEER_PYTHON = ROOT / ".cache/bench/bin/python"
PEERS = ROOT / "bench/peers/node_modules/.bin"


class BenchError(Exception):
    """Something that has to succeed did not; the message ends with what was printed."""


@cache
def environment() -> dict[str, str]:
    """Return the variables of all programs.

    A PATH may hold several clients of Docker, and a recent one without buildx cannot build.
    """
    docker = subprocess.run(
        ["bash", "-c", "source tools/docker.sh && docker_that_builds"],
        cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False,
    ).stdout.strip().rpartition("/")[0]  # fmt: skip
    path = (str(PEERS), docker, os.environ["PATH"], f"{ROOT}/.venv/bin")
    return {
        **os.environ,
        "PATH": ":".join(filter(None, path)),
        "PYTHONPATH": str(ROOT / "action"),
        "DOCKER_BUILDKIT": "1",
    }


def run(
    command: Sequence[object] | str,
    *,
    cwd: Path = ROOT,
    environ: Mapping[str, str] | None = None,
    timeout: float = 300,
    allowed: Sequence[int] = (0,),
) -> tuple[float, str]:
    """Run a command (a string by `bash -c`); return the seconds it took and what it printed.

    Raises BenchError if its exit code is not one of those allowed.
    """
    words = ["bash", "-c", command] if isinstance(command, str) else list(map(str, command))
    variables = {**environment(), **(environ or {})}
    begun = time.perf_counter()
    done = subprocess.run(
        words,
        cwd=cwd,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=timeout,
        check=False,
    )
    seconds = time.perf_counter() - begun
    text = done.stdout.decode(errors="replace")
    if done.returncode not in allowed:
        raise BenchError(f"{shlex.join(words)} ended with {done.returncode}:\n{text[-3000:]}")
    return seconds, text


def compose() -> list[str]:
    """Return the command of Docker Compose: set-up fetches it if the client of Docker has none."""
    plugin = ROOT / ".cache/compose/docker-compose"
    return [str(plugin)] if plugin.exists() else ["docker", "compose"]


def cpu_of(command: Sequence[object]) -> float:
    """Return the seconds of CPU that a command takes, with the programs that it waits for."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run(command)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def memory_of_bare_python() -> float:
    """Return the peak memory in MiB of a Python that does nothing: the least of any helper."""
    words = "import resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"
    return float(run([PYTHON, "-I", "-c", words])[1])


def free_port() -> int:
    """Return a port of loopback that nobody uses."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def number_in(pattern: str, text: str) -> float:
    """Return the number in the first group of a pattern that the text must have."""
    found = re.search(pattern, text)
    if not found:
        raise BenchError(f"{pattern!r} is not in:\n{text[-3000:]}")
    return float(found[1].replace(",", ""))
