"""Apps whose services stand in a compose file, as people write it for their own machines."""

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from . import leftovers
from .contract import assert_verdict
from .leftovers import engine
from .machine import with_compose
from .planted_secrets import assert_no_leak
from .process_watch import watch_processes
from .repository import Repository, repository_of
from .runner import Runner, RunningStep, cancel
from .service_faults import CELERY_APP, NO_REQUIREMENTS
from .services import POSTGRES, REDIS, all_volumes
from .test_services import celery_app
from .test_services_cancelled import WATCHDOG

__all__ = ["celery_app"]

pytestmark = pytest.mark.usefixtures("service_images")

# `wall-data` is the developer's own, and so is what may stand in `wall-postgres`.
COMPOSE_FILE = f"""\
name: wall
services:
  django: &django
    build: .
    container_name: wall-django
    command: python manage.py runserver 0.0.0.0:8888
    ports: ["8888:8888"]
    environment:
      SECRET_KEY: ${{SECRET_KEY}}
      ALLOWED_HOSTS: ${{HOST_NAME}}
      POSTGRES_PASSWORD: ${{POSTGRES_PASSWORD}}
    volumes: [".:/app"]
    depends_on:
      postgres: {{condition: service_healthy}}
      redis: {{condition: service_started}}
  worker:
    <<: *django
    container_name: wall-worker
    command: celery -A config worker
    ports: []
  postgres:
    image: {POSTGRES}
    container_name: wall-postgres
    restart: unless-stopped
    environment:
      POSTGRES_PASSWORD: ${{POSTGRES_PASSWORD}}
    ports: ["5432:5432"]
    volumes: ["data:/var/lib/postgresql/data"]
    healthcheck:
      test: ["CMD-SHELL", "pg_isready --username $${{POSTGRES_USER:-postgres}} --host localhost"]
      interval: 30s
  redis:
    image: {REDIS}
    restart: always
    ports: ["6379:6379"]
volumes:
  data:
    name: wall-data-RUN
"""
# The app waits for `seed`, which ends when it is done.
SEEDED = f"""\
services:
  app:
    build: .
    environment: {{SECRET: "${{APP_SECRET}}"}}
    depends_on:
      seed: {{condition: service_completed_successfully}}
  redis:
    image: {REDIS}
    command: --requirepass ${{REDIS_PASSWORD}} --dir /data
    volumes: ["./data:/data", "./settings:/settings"]
    healthcheck: {{test: ["CMD", "redis-cli", "ping"]}}
    networks: {{back: {{aliases: [cache]}}}}
  seed:
    image: {REDIS}
    entrypoint: ["sh", "-c"]
    command:
      - |
        cat /settings/colour && touch /settings/mine
        export REDISCLI_AUTH=$$REDIS_PASSWORD
        redis-cli -h cache set colour `cat /settings/colour`
    env_file: [redis.env]
    volumes: ["./settings:/settings"]
    depends_on:
      redis: {{condition: service_healthy}}
    networks: [back]
networks:
  back: {{internal: true}}
"""
CONNECT = "import socket; print(socket.create_connection(('cache', 6379)).getpeername())"
ASKED = {"compose-file": "compose.yaml", "test-command": "python3 -m unittest checks.Page"}


@pytest.fixture
def compose(runner: Runner) -> dict[str, str]:
    return with_compose(runner.folder)


@pytest.fixture
def seeded(workdir: Path, run_id: str) -> Repository:
    # On a laptop the image is named after the folder.
    repository = repository_of("tiny_app", workdir / f"tiny-{run_id}")
    repository.write("compose.yaml", SEEDED)
    repository.write("settings/colour", "teal")
    repository.write("redis.env", "REDIS_PASSWORD=${REDIS_PASSWORD}\n")
    repository.write(".env", "REDIS_PASSWORD=planted-in-dotenv\n")
    repository.commit("A compose file")
    return repository


def in_volume(name: str, script: str) -> str:
    return engine(
        *("run", "--rm", "--user", "0", "--volume", f"{name}:/volume"),
        *("--entrypoint", "sh", REDIS, "-c", script),
    )


def test_compose_file__as_people_write_it(
    celery_app: Repository, runner: Runner, compose: dict[str, str], run_id: str
) -> None:
    own = f"wall-data-{run_id}"
    celery_app.write("compose.yaml", COMPOSE_FILE.replace("RUN", run_id))
    celery_app.replace(*NO_REQUIREMENTS)
    celery_app.commit("A compose file")
    inputs = {name: each for name, each in CELERY_APP.items() if not name.startswith("service")}
    inputs |= {
        "compose-file": "compose.yaml",
        "compose-services": "postgres\nredis",
        "evidence": "always",
    }
    engine("volume", "create", own)
    try:
        in_volume(own, "echo precious >/volume/mine")
        rehearsed = runner.use(celery_app, inputs, environment=compose)
        left = in_volume(own, "ls -A /volume && cat /volume/mine").split()
    finally:
        engine("volume", "rm", own)
    assert rehearsed.outputs["verdict"] == "passed", rehearsed.errors
    assert rehearsed.outputs["tests"] == "2"
    assert left == ["mine", "precious"], "a database was made in the developer's own volume"
    assert "ready to accept connections" in rehearsed.file("services/postgres.log")
    assert "Ready to accept connections" in rehearsed.file("services/redis.log")
    state = rehearsed.file("services/postgres.json")
    assert '"POSTGRES_PASSWORD=***"' in state
    assert '"Name": "/wall-postgres"' not in state


def test_compose_file__one_that_ends_and_no_value_is_shown(
    seeded: Repository, runner: Runner, compose: dict[str, str]
) -> None:
    # A developer's own data: git ignores it.
    seeded.write(".gitignore", "data/\n")
    (seeded.root / "data").mkdir()
    (seeded.root / "data/mine").write_text("precious")
    with watch_processes({}) as watched:
        rehearsed = runner.use(
            seeded,
            {
                **ASKED,
                "compose-services": "seed",
                "setup-command": f'python -c "{CONNECT}"',
                "evidence": "always",
            },
            environment=compose,
        )
    assert rehearsed.outputs["verdict"] == "passed", rehearsed.errors
    assert "OK" in rehearsed.file("services/seed.log")
    assert "Read-only file system" in rehearsed.file("services/seed.log")
    assert [each.name for each in (seeded.root / "data").iterdir()] == ["mine"]
    assert [each.name for each in (seeded.root / "settings").iterdir()] == ["colour"]
    # The file itself puts it on the command line of redis.
    mine = [line for line in watched.command_lines if b"redis-server" not in line]
    places = rehearsed.everything() | {"the process list": b"\n".join(mine)}
    assert_no_leak({"REDIS_PASSWORD": "planted-in-dotenv"}, places)


def test_compose_file__one_that_fails(
    seeded: Repository, runner: Runner, compose: dict[str, str]
) -> None:
    seeded.write("settings/colour", "teal teal")
    seeded.write("ci.yaml", "services: {seed: {command: ['cat /settings/no-colour']}}\n")
    rehearsed = runner.use(
        seeded,
        {**ASKED, "compose-file": "compose.yaml\nci.yaml", "compose-services": "seed"},
        environment=compose,
    )
    assert_verdict(rehearsed, "setup-failed")
    assert "The service seed ended before it was ready: exit code 1" in rehearsed.errors
    assert "/settings/no-colour: No such file" in rehearsed.summary
    assert "Ready to accept connections" in rehearsed.file("services/redis.log")


@pytest.mark.parametrize(
    "edit, told",
    [
        (("REDIS_PASSWORD=planted-in-dotenv", ""), "this variable has no value: REDIS_PASSWORD"),
        (("", "X=${"), "Compose refuses compose-file"),
    ],
)
def test_compose_file__misconfigured(
    edit: tuple[str, str],
    told: str,
    seeded: Repository,
    runner: Runner,
    compose: dict[str, str],
) -> None:
    seeded.write(".env", edit[1])
    rehearsed = runner.use(seeded, {**ASKED, "compose-services": "redis"}, environment=compose)
    assert_verdict(rehearsed, "misconfigured")
    assert told in rehearsed.errors


def test_compose_file__without_the_plugin(seeded: Repository, runner: Runner) -> None:
    # A client like Debian 12's, whatever this machine has.
    alone = runner.folder / "alone"
    alone.mkdir()
    client = alone / "docker"
    client.write_text(
        "#!/bin/sh\n"
        'if [ "$1" = compose ]; then echo "docker: unknown command: docker compose"; exit 1; fi\n'
        f'exec {shutil.which("docker")} "$@"\n'
    )
    client.chmod(0o755)
    rehearsed = runner.use(
        seeded,
        {**ASKED, "compose-services": "redis"},
        environment={"PATH": f"{alone}:{os.environ['PATH']}"},
    )
    assert_verdict(rehearsed, "misconfigured")
    assert "compose-file needs Compose 2" in rehearsed.errors


@pytest.mark.alone
@pytest.mark.parametrize("end", [cancel, lambda step: step.send(signal.SIGKILL)])
def test_compose_file__nothing_is_left_of_one_that_is_waited_for(
    end: Callable[[RunningStep], None],
    seeded: Repository,
    runner: Runner,
    compose: dict[str, str],
    run_id: str,
) -> None:
    # Its folder of data is not there, so it has a volume of the run.
    waiting = {"compose-services": "redis\nseed", "service-ready": "redis=6380"}

    def end_it(step: RunningStep) -> None:
        step.wait_until(lambda step: "Ready to accept" in step.file("services/redis.log"))
        kinds = {line.split()[0] for line in leftovers.of_the_engine(run_id)}
        assert kinds == {"container", "volume", "network"}
        end(step)
        deadline = time.monotonic() + WATCHDOG
        while (left := leftovers.of_the_engine(run_id)) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not left

    rehearsed = runner.use(seeded, {**ASKED, **waiting}, environment=compose, meanwhile=end_it)
    assert rehearsed.outputs["verdict"] == "cancelled"


def test_compose_file__kept_and_side_by_side(
    seeded: Repository, runner: Runner, compose: dict[str, str]
) -> None:
    inputs = {**ASKED, "compose-services": "seed"}
    kept = runner.run_locally(seeded, inputs, environment=compose, flags=["--keep"])
    log = kept.output.decode()
    assert kept.exit_code == 0, log
    remove = re.search(r"^remove: +(.+ volume rm (\S+))$", log, re.MULTILINE)
    assert remove
    try:
        rehearsed = runner.use(seeded, inputs, environment=compose)
        assert remove[2] in all_volumes(), "it is that of the one that is kept"
    finally:
        subprocess.run(["bash", "-c", remove[1]], check=True, capture_output=True)
    assert_verdict(rehearsed, "passed")
    assert remove[2] not in all_volumes()
