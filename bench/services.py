"""A rehearsal of an app with Postgres, Redis and a worker, beside the same work with compose."""

import shutil
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from bench.measure import Contender, Row, row
from bench.programs import PYTHON, ROOT, compose, free_port, run
from bench.superlists_copy import Project, base_image

SECONDS = 70
_FIXTURE = ROOT / "action/tests/e2e/fixtures/celery_app"
# tools/services.sh makes them from Debian's packages.
_SERVICES = {"postgres": "localhost/postgres-stand-in:17", "redis": "localhost/redis-stand-in:8"}
_FLAGS = (
    "--no-workflow",
    *(word for pair in _SERVICES.items() for word in ("--services", "=".join(pair))),
    "--service-env", "postgres.POSTGRES_PASSWORD",
    "--generate-secrets", "SECRET_KEY", "--generate-secrets", "POSTGRES_PASSWORD",
    "--env", "ALLOWED_HOSTS=localhost", "--env", "SECURE_SSL_REDIRECT=0",
    "--before-command", "python manage.py migrate",
    "--workers", "worker=celery -A config worker",
    "--test-command", "python3 -m unittest functional_tests.test_wall",
    "--audit", "off",
)  # fmt: skip
# As Docker's documentation writes it: who needs a service waits until it is healthy.
_COMPOSE = f"""\
services:
  web: &web
    build: {{context: ., args: [PYTHON_IMAGE]}}
    image: bench-wall
    ports: ["127.0.0.1:${{PORT}}:8888"]
    environment:
      SECRET_KEY: for-the-measurement
      ALLOWED_HOSTS: localhost
      SECURE_SSL_REDIRECT: "0"
      POSTGRES_PASSWORD: for-the-measurement
    depends_on:
      postgres: {{condition: service_healthy}}
      redis: {{condition: service_healthy}}
  worker:
    <<: *web
    command: celery -A config worker
    ports: []
  postgres:
    image: {_SERVICES["postgres"]}
    environment: {{POSTGRES_PASSWORD: for-the-measurement}}
    healthcheck: {{test: [CMD, pg_isready, --username, postgres], interval: 1s, retries: 60}}
  redis:
    image: {_SERVICES["redis"]}
    healthcheck: {{test: [CMD, redis-cli, ping], interval: 1s, retries: 60}}
"""


def rows() -> Iterator[Row]:
    """Measure with what earlier runs have left."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        project = Project(Path(folder) / "wall", base_image())
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(_FIXTURE, project.path, ignore=ignored)
        (project.path / "compose.yaml").write_text(_COMPOSE)
        # What the first one downloads and builds is not measured.
        _ours(project, 0)
        yield row(
            "services", "A rehearsal with Postgres, Redis and a worker, nothing changed", "s",
            [
                Contender(name="rehearse, audit off", run=partial(_ours, project)),
                Contender(name="compose, in sequence", run=partial(_with_compose, project),
                          command="bench/with_compose.sh"),
            ], SECONDS,
        )  # fmt: skip


def _ours(project: Project, _: int) -> float:
    command = [
        PYTHON, "-I", ROOT / "action", "rehearse", *_FLAGS,
        "--build-args", f"PYTHON_IMAGE={project.base_image}",
    ]  # fmt: skip
    return run(command, cwd=project.path, environ=project.environ)[0]


def _with_compose(project: Project, _: int) -> float:
    environ = {**project.environ, "COMPOSE": " ".join(compose())}
    command = [ROOT / "bench/with_compose.sh", str(free_port())]
    return run(command, cwd=project.path, environ=environ)[0]
