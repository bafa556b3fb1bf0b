from pathlib import Path

import pytest

from rehearsal.config.given_inputs import GivenInputs
from rehearsal.config.input_table import INPUTS
from rehearsal.config.parser import make_plan
from rehearsal.local.plan_preview import plan_preview


def preview(tmp_path: Path, given: dict[str, str], **fields: object) -> str:
    for name in ("Dockerfile", "requirements.txt"):
        (tmp_path / name).touch()
    environ = {"BARE": "bare-value", "KEY": "key-value"}
    request = GivenInputs(inputs=given, environ=environ, top=tmp_path, **fields)  # type: ignore[arg-type]
    plan = make_plan(given, environ=environ, top=tmp_path)
    return plan_preview(plan, request, tag="rehearsed/shop:latest").replace(str(tmp_path), "TOP")


def test_preview__everything(tmp_path: Path) -> None:
    given = {
        "test-command": "make tests\nmake more",
        "test-requirements": "requirements.txt",
        "setup-command": "migrate",
        "ready-path": "/healthz",
        "secrets": "KEY",
        "env": "A=1\nBARE",
        "host-port": "8000",
    }
    text = preview(
        tmp_path,
        given,
        origin="ci.yml, job web, step 2",
        ignored_inputs=("cache-to", "artifact-name"),
    )
    expected = f"""\
step:    ci.yml, job web, step 2
folder:  TOP
image:   rehearsed/shop:latest

stages
  build   TOP/Dockerfile in TOP, as rehearsed/shop:latest
  start   the port that the image exposes on port 8000 of 127.0.0.1, with KEY=***
  setup   migrate
  ready   GET /healthz until it answers, at most 60 s
  test    in a virtual environment with TOP/requirements.txt
  test    make tests …
  audit   warn: the container and its image
  stop    SIGTERM, then the container and its volumes are removed

inputs
  host-port: 8000
  env:
    A=1
    BARE (from the environment)
  secrets: KEY=***
  setup-command: migrate
  ready-path: /healthz
  test-command:
    make tests
    make more
  test-requirements: requirements.txt
  (the other {len(INPUTS) - len(given)} have their defaults)

not done on a laptop
  cache-to, artifact-name: used on GitHub only
  the upload: evidence stays in a local folder, which the last lines name
  masks, annotations, job summary: the terminal shows the same
  the job's other steps, its if: and its container:"""
    assert text == expected


def test_preview__services_and_workers(tmp_path: Path) -> None:
    given = {
        "secrets": "KEY",
        "env": "SHARED=x",
        "services": "db=postgres:17\nqueue=rabbitmq:4\ncache=redis",
        "service-env": "db.KEY\ndb.SHARED\ndb.BARE\nqueue.LITERAL=1",
        "service-ready": "queue=5672\ncache=redis-cli ping",
        "before-command": "migrate\nload",
        "workers": "worker=celery -A 'a b' worker",
    }
    text = preview(tmp_path, given)
    stages, inputs = text.partition("\nstages\n")[2].split("\n\ninputs\n")
    assert (
        stages
        == """\
  service db: postgres:17, with SHARED, KEY=***, BARE=***; ready when its image's health check or \
port says so
  service queue: rabbitmq:4, with LITERAL; ready when it listens on port 5672
  service cache: redis; ready when this succeeds in it: redis-cli ping
  build   TOP/Dockerfile in TOP, as rehearsed/shop:latest
  ready   all services, at most 60 s
  before  migrate …
  start   the port that the image exposes on a free port of 127.0.0.1, with KEY=***
  worker  worker: celery -A 'a b' worker
  ready   GET / until it answers, at most 60 s
  test    nothing: test-command is empty
  audit   warn: the container and its image
  stop    SIGTERM, then the container and its volumes are removed, the services and the network \
last"""
    )
    assert (
        """\
  service-env:
    db.KEY=***
    db.SHARED (the app's, or from the environment)
    db.BARE=***
    queue.LITERAL=1
"""
        in inputs
    )


def test_preview__image_without_tests(tmp_path: Path) -> None:
    text = preview(tmp_path, {"image": "shop:1"})
    assert "step:    none, only the flags are used\n" in text
    assert "  build   nothing: the image shop:1 is used\n" in text
    assert "  start   the port that the image exposes on a free port of 127.0.0.1\n" in text
    assert "  test    nothing: test-command is empty\n" in text
    assert "used on GitHub only" not in text


@pytest.mark.parametrize(
    "given",
    [
        {"secrets": "KEY=hush"},
        {"secrets": "KEY<<END\nhush\nhush\nEND"},
        {"build-secrets": "KEY=hush"},
        {"env": "A=x-hush-y"},
        {"build-args": "A=hush"},
        {"test-env": "A<<END\nx\nhush\nEND"},
        {"services": "db=redis", "service-env": "db.A=hush", "service-ready": "db=is-hush"},
        {"workers": "worker=run hush"},
        {"target": "hush"},
        {"test-command": "login hush\nlogin hush"},
        {"ready-headers": "Authorization: hush"},
    ],
    ids=str,
)
def test_preview__hides_values_of_secrets(tmp_path: Path, given: dict[str, str]) -> None:
    text = preview(tmp_path, given, extra_secrets={"TOKEN": "hush"})
    assert "hush" not in text.partition("\ninputs\n")[2]
    assert "***" in text.partition("\ninputs\n")[2]


def test_preview__hides_a_secret_of_one_character(tmp_path: Path) -> None:
    assert "target: ***" in preview(
        tmp_path, {"target": "x"}, extra_secrets={"TOKEN": "x", "E": ""}
    )


def test_preview__services_of_a_compose_file(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").touch()
    text = preview(tmp_path, {"compose-file": "compose.yaml", "compose-services": "db\nredis"})
    assert "  service db: from compose.yaml, with what it depends on\n" in text
    assert "  service redis: from compose.yaml, with what it depends on\n" in text
    assert "  ready   all services, at most 60 s\n" in text
    assert "the services and the network last" in text
