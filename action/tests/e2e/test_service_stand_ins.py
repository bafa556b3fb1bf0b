"""The stand-ins for the images of databases do what the tests take from the official ones."""

import subprocess
import time

import pytest

from .leftovers import engine
from .services import POSTGRES, REDIS

pytestmark = pytest.mark.usefixtures("service_images")


def _run(run_id: str, image: str, *variables: str) -> str:
    words = [word for each in variables for word in ("--env", each)]
    name = f"stand-in-{run_id}"
    engine("run", "--detach", "--name", name, "--network", "none", *words, image)
    return name


def _prints(*command: str) -> str:
    done = subprocess.run(["docker", *command], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def _wait_for(wanted: str, *command: str) -> None:
    limit = time.monotonic() + 60
    while wanted not in (said := _prints(*command)):
        assert time.monotonic() < limit, said


def test_postgres__listens_only_when_its_database_is_made(run_id: str) -> None:
    name = _run(
        run_id, POSTGRES, "POSTGRES_USER=me", "POSTGRES_PASSWORD=it's $1", "POSTGRES_DB=its-own"
    )
    try:
        asks = ("psql", "--host", "127.0.0.1", "--command", "SELECT current_database()", "its-own")
        _wait_for(
            "(1 row)", "exec", "--env", "PGUSER=me", "--env", "PGPASSWORD=it's $1", name, *asks
        )
        wrong = _prints("exec", "--env", "PGUSER=me", "--env", "PGPASSWORD=no", name, *asks)
        before, complete, after = _prints("logs", name).partition("init process complete")
        engine("stop", name)
        exit_code = engine("inspect", "--format", "{{.State.ExitCode}}", name)
    finally:
        engine("rm", "--force", "--volumes", name)
    assert "password authentication failed" in wrong
    assert complete
    assert "listening on Unix socket" in before
    assert "listening on IPv4" not in before
    assert 'listening on IPv4 address "0.0.0.0", port 5432' in after
    assert exit_code == "0\n"


def test_postgres__does_not_start_without_a_password() -> None:
    ended = subprocess.run(
        ["docker", "run", "--rm", "--network", "none", POSTGRES],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert "superuser password is not specified" in ended.stderr


def test_redis__answers(run_id: str) -> None:
    name = _run(run_id, REDIS)
    try:
        _wait_for("PONG", "exec", name, "redis-cli", "ping")
    finally:
        engine("rm", "--force", "--volumes", name)
