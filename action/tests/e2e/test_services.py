"""Apps that are not alone: their services, the command before them, their workers."""

import json
import re
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.request import urlopen

import pytest

from . import leftovers
from .act import Act
from .contract import assert_verdict
from .deadlines import quickest
from .leftovers import engine
from .machine import CHECKOUT
from .planted_secrets import assert_no_leak
from .process_watch import watch_processes
from .repository import Repository, repository_of
from .runner import Runner, RunningStep
from .service_faults import CELERY_APP, NO_REQUIREMENTS, WITH_REDIS
from .services import (
    POSTGRES,
    REDIS,
    all_volumes,
    anonymous_volumes,
    container_of,
    inspected,
    label,
    with_stand_ins,
)
from .test_concurrent import TOGETHER
from .test_examples import example
from .test_faults import moment, told_at
from .test_laptop import Laptop
from .test_rehearsal_workflow import call, given, outputs

pytestmark = pytest.mark.usefixtures("service_images")

# What the author of celery_app writes.
WRITTEN = (CHECKOUT / "docs/examples/celery.yml").read_text()
HANGS = {**WITH_REDIS, "test-command": "python3 -m unittest checks.Hangs"}
# The tiny app again, as it ends on SIGTERM.
WORKER = {"workers": "mail=python -u /app.py", "env": "TINY_PRINTS=HOME"}
# In seconds, from its end to the verdict; contractual.
END_IS_TOLD = 1.0


@pytest.fixture
def celery_app(workdir: Path, run_id: str) -> Repository:
    # On a laptop the image is named after the folder.
    return repository_of("celery_app", workdir / f"celery-{run_id}")


def in_tests(step: RunningStep) -> bool:
    return "starting a child" in step.file("tests/output.log")


def test_celery_app__passes_from_fifteen_lines(celery_app: Repository, act: Act) -> None:
    _, _, step = WRITTEN.partition("persist-credentials: false\n")
    assert len(step.splitlines()) == 15
    run = act.push(celery_app, with_stand_ins(example("celery.yml")))
    assert run.exit_code == 0
    told = run.steps["rehearsal"].outputs
    assert (told["verdict"], told["tests"], told["failures"]) == ("passed", "2", "0")
    annotated = [each.text for each in run.annotations if each.level in ("error", "warning")]
    assert not [text for text in annotated if not text.startswith("The audit found")]
    assert "was killed" not in run.summary, "all of them end on SIGTERM"


def test_celery_app__two_shards(celery_app: Repository, act: Act) -> None:
    given(celery_app)
    celery_app.replace(*NO_REQUIREMENTS)
    celery_app.commit("The tests need nothing more")
    run = call(act, celery_app, {**CELERY_APP, "shards": 2})
    assert run.exit_code == 0
    told = outputs(run)
    assert (told["verdict"], told["tests"], told["failures"]) == ("passed", "2", "0")
    shares = [leg.steps["rehearsal"].outputs["tests"] for leg in run.of_job("rehearse")]
    assert shares == ["1", "1"]


def test_celery_app__on_a_laptop_and_kept(
    celery_app: Repository, workdir: Path, run_id: str
) -> None:
    laptop = Laptop(celery_app, workdir / "laptop", run_id)
    celery_app.write(".github/workflows/ci.yml", with_stand_ins(WRITTEN))
    code, log = laptop.run("--keep")
    remove = re.search(r"^remove: +(.+)$", log, re.MULTILINE)
    assert remove
    ours = re.findall(r"dress-rehearsal-[\w-]+", remove[1])
    (network,) = {name for name in ours if ours.count(name) == 2}
    assert {*ours} == {network, *(f"{network}-{each}" for each in ("postgres", "redis", "worker"))}
    try:
        assert code == 0
        kept = re.search(r"^kept: +(http://\S+) \(the app still runs\)$", log, re.MULTILINE)
        assert kept
        with urlopen(kept[1], timeout=60) as answer:  # noqa: S310  (its own http URL)
            assert "It was me" in answer.read().decode(), "its database is there, too"
        volumes = anonymous_volumes(network.replace("rehearsal-", "rehearsal="))
    finally:
        subprocess.run(["bash", "-c", remove[1]], check=True, capture_output=True)
    assert volumes
    assert not volumes & all_volumes()
    assert network not in engine("network", "ls", "--format", "{{.Name}}").split()
    assert not [
        name for name in engine("ps", "--all", "--format", "{{.Names}}").split() if network in name
    ]


def test_node_postgres__with_a_throwaway_password(workdir: Path, runner: Runner) -> None:
    repository = repository_of("node_postgres", workdir / "repository")
    repository.replace("server.js", r"\Z", "console.log(process.env.DATABASE_URL);\n")
    url = "postgres://app:app@db/app"
    inputs = {
        "services": f"db={POSTGRES}",
        "service-env": "db.POSTGRES_USER=app\ndb.POSTGRES_PASSWORD=app\ndb.POSTGRES_DB=app",
        "env": f"DATABASE_URL={url}",
        "not-secret": "DATABASE_URL",
        "before-command": "node migrate.js",
        "evidence": "always",
    }
    # Without a table it answers with 500.
    rehearsed = runner.use(repository, inputs)
    assert rehearsed.outputs["verdict"] == "passed", rehearsed.errors
    assert not [each for each in rehearsed.shown.annotations if each.level == "warning"]
    assert rehearsed.file("container.log") == f"{url}\n", "no log is full of ***"
    assert "***" not in rehearsed.file("services/db.log")


@pytest.mark.parametrize(
    "name, kind",
    [
        pytest.param("redis", "service", id="service"),
        pytest.param("mail", "worker", id="worker"),
    ],
)
def test_crashed__one_beside_the_app_ended_in_the_tests(
    name: str, kind: str, tiny: Repository, runner: Runner
) -> None:
    def kill(step: RunningStep) -> None:
        step.wait_until(lambda step: in_tests(step) and "HOME is" in step.file("workers/mail.log"))
        engine("kill", container_of(step, name))

    rehearsed = runner.use(tiny, {**HANGS, **WORKER}, meanwhile=kill)
    assert_verdict(rehearsed, "crashed")
    told = f"The {kind} {name} ended during the tests"
    assert told in rehearsed.errors
    assert "exit code 137" in rehearsed.errors
    assert told in rehearsed.summary
    for log, words in (("services/redis.log", "Ready to accept"), ("workers/mail.log", "HOME is ")):
        assert words in rehearsed.file(log)
        assert rehearsed.file(f"{log}.index")


@pytest.mark.alone
def test_service_that_ends__is_told_within_a_second(
    tiny: Repository, runner: Runner, record_property: Callable[[str, object], None]
) -> None:
    def measure() -> float:
        rehearsed = runner.use(tiny, {"services": f"postgres={POSTGRES}"})
        assert "The service postgres ended before it was ready" in rehearsed.errors
        return told_at(rehearsed) - moment(rehearsed, "FinishedAt", "services/postgres.json")

    seconds = quickest(measure, END_IS_TOLD)
    record_property("seconds from the service's end to the verdict", round(seconds, 3))
    assert seconds < END_IS_TOLD


@pytest.mark.alone
def test_generated_secret__both_sides_have_it_and_nobody_else(
    tiny: Repository, runner: Runner
) -> None:
    values: list[str] = []

    def look(step: RunningStep) -> None:
        step.wait_until(in_tests)
        for each in inspected(label(step)):
            variables = dict(line.split("=", 1) for line in each["Config"]["Env"])
            values.append(variables["POSTGRES_PASSWORD"])
        engine("kill", container_of(step, "postgres"))

    inputs = {
        **HANGS,
        "services": f"postgres={POSTGRES}",
        "service-env": "postgres.POSTGRES_PASSWORD",
        "generate-secrets": "POSTGRES_PASSWORD",
        "env": "TINY_PRINTS=POSTGRES_PASSWORD",
        "before-command": "printenv POSTGRES_PASSWORD",
        "workers": "mail=python -u /app.py",
    }
    with watch_processes({}) as watched:
        rehearsed = runner.use(tiny, inputs, meanwhile=look)
    assert_verdict(rehearsed, "crashed")
    app, postgres, worker = values
    assert app == postgres == worker
    assert len(app) >= 32
    places = rehearsed.everything() | {"the process list": b"\n".join(watched.command_lines)}
    assert_no_leak({"POSTGRES_PASSWORD": app}, places)
    assert "POSTGRES_PASSWORD is ***" in rehearsed.file("container.log")
    assert "POSTGRES_PASSWORD is ***" in rehearsed.file("workers/mail.log")
    assert rehearsed.file("before.log") == "***\n"
    assert '"POSTGRES_PASSWORD=***"' in rehearsed.file("services/postgres.json")


def test_side_by_side__each_has_its_own_services(
    tiny: Repository, runner: Runner, workdir: Path
) -> None:
    def together(mine: str, other: str) -> dict[str, str]:
        resolve = "import socket; print('redis is', socket.gethostbyname('redis'))"
        return {
            **WITH_REDIS,
            "setup-command": f'python -c "{resolve}"',
            "test-command": "python3 -m unittest together",
            "test-env": f"MINE={workdir}/{mine}\nOTHER={workdir}/{other}",
            "evidence": "always",
        }

    tiny.write("together.py", TOGETHER)
    with ThreadPoolExecutor() as both:
        first = both.submit(runner.use, tiny, together("one", "two"))
        second = both.submit(runner.use, tiny, together("two", "one"))
    addresses = []
    for rehearsed in (first.result(), second.result()):
        assert rehearsed.outputs["verdict"] == "passed", rehearsed.errors
        (address,) = re.findall(r"redis is (\S+)", rehearsed.file("setup.log"))
        addresses.append(address)
        assert address in rehearsed.file("services/redis.json")
    assert len({*addresses}) == 2


def test_worker__on_a_network_that_is_there(tiny: Repository, runner: Runner, run_id: str) -> None:
    def nothing_is_left(_: Path) -> None:
        assert not [line for line in leftovers.of_the_engine(run_id) if "container" in line]

    network = f"given-{run_id}"
    engine("network", "create", network)
    try:
        rehearsed = runner.use(
            tiny,
            {**WORKER, "network": network, "test-command": "python3 -m unittest checks.Wrong"},
            between=nothing_is_left,
        )
    finally:
        engine("network", "rm", network)
    assert_verdict(rehearsed, "tests-failed")
    assert json.loads(rehearsed.file("workers/mail.json"))["State"]["ExitCode"] == 0


def test_ready__as_the_image_or_the_input_says(
    tiny: Repository, runner: Runner, workdir: Path, run_id: str
) -> None:
    # The engine itself would look for the first time after half a minute.
    check = "HEALTHCHECK --interval=30s CMD echo checked >>/data/checks; redis-cli ping"
    (workdir / "Dockerfile").write_text(f"FROM {REDIS}\n{check}\n")
    image = f"checked/redis:{run_id}"
    engine("build", "--tag", image, "--file", str(workdir / "Dockerfile"), str(tiny.root))
    asks, ours = "redis-cli set is yes && test $(redis-cli get is) = yes", f"{run_id}.*-checked"
    inputs = {
        **WITH_REDIS,
        "services": f"checked={image}\nasked={REDIS}\nport={REDIS}",
        "service-ready": f"asked={asks}\nport=6379",
        "test-command": f"docker exec $(docker ps -q --filter name={ours}) cat /data/checks",
        "evidence": "always",
    }
    rehearsed = runner.use(tiny, inputs)
    assert rehearsed.outputs["verdict"] == "passed", rehearsed.errors
    assert "checked" in rehearsed.file("tests/output.log")
    for name in ("checked", "asked", "port"):
        (seconds,) = re.findall(rf"service {name}: ready (\S+) s after its start", rehearsed.log)
        assert float(seconds) < 30
