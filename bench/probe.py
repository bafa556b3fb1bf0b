"""From the moment when the app can answer to the moment when a waiting program says so."""

import contextlib
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from functools import partial
from typing import IO

from bench.measure import Contender, Row, row
from bench.programs import PEER_PYTHON, PYTHON, ROOT, BenchError, free_port, number_in, run

# Of a row; in a round each contender waits for about two seconds.
SECONDS = 40
# A server is ready so many seconds after its start, another number in each round: peers that poll
# once a second would else always be late, or never.
READY_AFTER = (0.9, 1.4, 1.15)
# Where the end of the first answer counts, and not when the server listens.
SLOW_AFTER = 0.2
# In seconds.
PATIENCE = 10
# With slow answers it takes 13 s.
FEW_ROUNDS = {("start-server-and-test", "slow"): 2}
TOO_EARLY = "ready too early"
NEVER = f"not ready within {PATIENCE} s"

# Libraries print the clock when they return: tests would go on then, and no process ends.
_TESTCONTAINERS = """
import sys, time
from testcontainers.core.wait_strategies import HttpWaitStrategy
class Here:
    def get_container_host_ip(self): return "localhost"
    def get_exposed_port(self, port): return port
HttpWaitStrategy(int(sys.argv[1])).for_status_code(200).wait_until_ready(Here())
print("returned", time.monotonic())
"""
_PYTEST_DOCKER = """
import sys, time
import requests
from pytest_docker.plugin import Services
def is_responsive():
    try:
        return requests.get(f"http://localhost:{sys.argv[1]}").status_code == 200
    except requests.exceptions.ConnectionError:
        return False
Services(None).wait_until_responsive(timeout=30.0, pause=0.1, check=is_responsive)
print("returned", time.monotonic())
"""
_RETURNED = r"returned ([0-9.]+)"
COMMANDS = {
    "rehearse": f"{PYTHON} bench/our_probe.py PORT",
    "wait-on": "wait-on http://localhost:PORT",
    "start-server-and-test": "start-server-and-test SERVER http://localhost:PORT "
    "'curl --silent http://localhost:PORT/done'",
    "testcontainers": f"{PEER_PYTHON} -c {shlex.quote(_TESTCONTAINERS)} PORT",
    "pytest-docker": f"{PEER_PYTHON} -c {shlex.quote(_PYTEST_DOCKER)} PORT",
    "wait-for-it": f"{PEER_PYTHON} -m wait_for_it --service localhost:PORT --timeout 30",
    "curl --retry": "curl --silent --fail --output /dev/null --retry 30 --retry-delay 1 "
    "--retry-all-errors http://localhost:PORT",
    "shell loop": "until curl --silent --fail --output /dev/null http://localhost:PORT; "
    "do sleep 1; done",
}
# What a reader would write: the documentation's own words instead of our programs around them.
SHOWN = {
    "rehearse": "the probe of a rehearsal",
    "testcontainers": "HttpWaitStrategy(PORT).for_status_code(200)",
    "pytest-docker": "docker_services.wait_until_responsive(timeout=30.0, pause=0.1, check=…)",
    "wait-for-it": "wait-for-it --service localhost:PORT",
}


def rows() -> Iterator[Row]:
    """Measure each kind of server."""
    yield _row("refused", "the port is refused until the app is ready", goal="0.03 s, the best")
    yield _row("unavailable", "503 until the app is ready", goal="0.05 s, the best")
    yield _row("slow", "each answer takes 3 s", seconds=60)
    yield _row("hints", "103 Early Hints before each answer")


def _row(mode: str, title: str, *, seconds: float = SECONDS, goal: str = "") -> Row:
    contenders = [
        Contender(
            name=name,
            run=partial(_late, name, mode),
            command=SHOWN.get(name, command),
            rounds=FEW_ROUNDS.get((name, mode)),
        )
        for name, command in COMMANDS.items()
    ]
    return row(f"probe-{mode}", f"Probe: {title}", "s", contenders, seconds, goal=goal)


def _late(name: str, mode: str, number: int) -> float | str:
    """Return how many seconds after the server a contender knew that it was ready."""
    port = free_port()
    after = SLOW_AFTER if mode == "slow" else READY_AFTER[number % len(READY_AFTER)]
    server = [sys.executable, "-I", str(ROOT / "bench/late_server.py"), mode, str(port), str(after)]
    command = COMMANDS[name].replace("PORT", str(port))
    if name == "start-server-and-test":
        _, text = run(command.replace("SERVER", shlex.quote(shlex.join(server))), timeout=PATIENCE)
        return number_in(r"done ([0-9.]+)", text) - number_in(r"ready ([0-9.]+)", text)
    with tempfile.TemporaryFile() as output, _started(server, output):
        try:
            printed = run(command, timeout=PATIENCE)[1]
        except subprocess.TimeoutExpired:
            return NEVER
        except BenchError as error:
            return str(error).strip().splitlines()[-1]
        ended = time.monotonic()
        output.seek(0)
        text = output.read().decode()
    known = number_in(_RETURNED, printed) if "returned" in printed else ended
    return known - number_in(r"ready ([0-9.]+)", text) if "ready" in text else TOO_EARLY


@contextlib.contextmanager
def _started(server: Sequence[str], output: IO[bytes]) -> Iterator[None]:
    process = subprocess.Popen(server, stdout=output, stderr=subprocess.STDOUT)
    try:
        yield
    finally:
        process.kill()
        process.wait()
