"""Faults of an app, and what a rehearsal says about each: verdict, diagnosis, what to do."""

import json
import os
import re
import shutil
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from . import leftovers
from .repository import Repository
from .runner import Rehearsed, Runner
from .verdicts import assert_ended

FACTS = Path(__file__).resolve().parents[1] / "facts"
# What a build and pip say of where they are run, and from where they took what.
THIS_MACHINE = re.compile(r"^sha256:|^Looking in |^WARNING: Location|^Collecting |^Processing ")
VISITS = Path(__file__).parent / "fixtures/visits.py"
ROOM = re.compile(r"/tmp/dr-\w+")


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One way to go wrong, and what has to be said about it."""

    name: str
    verdict: str
    diagnosis: str
    inputs: dict[str, str] = field(default_factory=dict)
    told: tuple[str, ...] = ()
    evidence: str = ""
    within: float = 30.0


def tiny_fault(name: str, **inputs: str) -> dict[str, str]:
    return {"env": f"TINY_FAULT={name}", **{k.replace("_", "-"): v for k, v in inputs.items()}}


FAULTS = [
    Fault(
        name="missing-variable",
        verdict="crashed",
        diagnosis="missing-variable",
        inputs=tiny_fault("crash"),
        told=("TINY_KEY is missing", "TINY_KEY: ${{ secrets.TINY_KEY }}", "secrets: TINY_KEY"),
        evidence="KeyError: 'TINY_KEY'",
    ),
    Fault(
        name="missing-module",
        verdict="crashed",
        diagnosis="missing-module",
        inputs=tiny_fault("module"),
        told=("tiny_templates is missing", "requirements.txt"),
        evidence="No module named 'tiny_templates'",
    ),
    Fault(
        name="out-of-memory",
        verdict="crashed",
        diagnosis="out-of-memory",
        inputs=tiny_fault("hungry", run_options="--memory=48m\n--memory-swap=48m"),
        told=("limit: 48 MiB", "exit code 137", "--memory="),
    ),
    Fault(
        name="exited-early",
        verdict="crashed",
        diagnosis="exited-early",
        inputs=tiny_fault("exits"),
        told=("exit code 0: python -u /app.py", "in the foreground"),
    ),
    Fault(
        name="crash-loop",
        verdict="crashed",
        diagnosis="crash-loop",
        inputs=tiny_fault("ends", run_options="--restart=always"),
        told=("started again, 3 times", "exit code 4", "Leave --restart out"),
        evidence="queue.internal cannot be reached",
    ),
    Fault(
        name="wrong-port",
        verdict="not-ready",
        diagnosis="wrong-port",
        inputs=tiny_fault("elsewhere", ready_timeout="3"),
        told=("listens on port 9000", "port: '9000'"),
    ),
    Fault(
        name="bound-to-loopback",
        verdict="not-ready",
        diagnosis="bound-to-loopback",
        inputs=tiny_fault("loopback"),
        told=("listens on 127.0.0.1", '"0.0.0.0:8888"'),
        within=15,
    ),
    Fault(
        name="https-redirect",
        verdict="not-ready",
        diagnosis="https-redirect",
        inputs=tiny_fault("https"),
        told=("to https", "X-Forwarded-Proto", "SECURE_SSL_REDIRECT"),
        within=15,
    ),
    Fault(
        name="server-error",
        verdict="not-ready",
        diagnosis="server-error",
        inputs=tiny_fault("broken", ready_timeout="3"),
        told=("500: ValueError: substring not found", "LOGGING"),
        evidence="ValueError: substring not found",
    ),
    Fault(
        name="no-such-page",
        verdict="not-ready",
        diagnosis="no-such-page",
        inputs=tiny_fault("lost", ready_path="/missing", ready_timeout="3"),
        told=("no page /missing", "ready-path: /healthz"),
    ),
    Fault(
        name="no-answer",
        verdict="not-ready",
        diagnosis="no-answer",
        inputs=tiny_fault("silent", ready_timeout="3"),
        told=("never answers", "--threads"),
    ),
    Fault(
        name="unknown-end",
        verdict="crashed",
        diagnosis="",
        inputs=tiny_fault("ends"),
        told=("none of those that are known", "queue.internal cannot be reached"),
        evidence="queue.internal cannot be reached",
    ),
    Fault(
        name="unknown-silence",
        verdict="not-ready",
        diagnosis="",
        inputs=tiny_fault("deaf", ready_timeout="3"),
        told=("Nothing in the container listens on any port",),
    ),
    Fault(
        name="unknown-garbage",
        verdict="not-ready",
        diagnosis="",
        inputs=tiny_fault("garbage", ready_timeout="3"),
        told=("an answer that is not HTTP",),
    ),
    Fault(
        name="unknown-close",
        verdict="not-ready",
        diagnosis="",
        inputs=tiny_fault("closing", ready_timeout="3"),
        told=("closed without an answer",),
    ),
]


MIGRATE = "python manage.py migrate --noinput"
BRIEFLY = "python3 -m unittest visits"
SUPERLISTS = {
    "secrets": "DJANGO_SECRET_KEY=only-for-this-scenario",
    "env": "DJANGO_ALLOWED_HOST=localhost",
    "setup-command": MIGRATE,
    "test-command": BRIEFLY,
}

QUICK = {"setup-command": "", "ready-timeout": "4"}

SUPERLISTS_FAULTS = [
    Fault(
        name="superlists-missing-variable",
        verdict="crashed",
        diagnosis="missing-variable",
        inputs={"secrets": ""},
        told=("DJANGO_SECRET_KEY is missing", "generate-secrets: DJANGO_SECRET_KEY"),
        evidence="KeyError: 'DJANGO_SECRET_KEY'",
    ),
    Fault(
        name="superlists-empty-variable",
        verdict="crashed",
        diagnosis="missing-variable",
        inputs={"env": "DJANGO_ALLOWED_HOST=", "setup-command": ""},
        told=("DJANGO_ALLOWED_HOST is set but empty",),
        evidence="DJANGO_ALLOWED_HOST is set but empty",
    ),
    Fault(
        name="wsgi-path",
        verdict="crashed",
        diagnosis="wsgi-path",
        inputs={
            "command": "gunicorn\n--bind=:8888\nsuperlists.wsgy:application",
            "setup-command": "",
        },
        told=("no app at superlists.wsgy", "PROJECT.wsgi:application"),
        evidence="No module named 'superlists.wsgy'",
    ),
    Fault(
        name="wsgi-name",
        verdict="crashed",
        diagnosis="wsgi-path",
        inputs={
            "command": "gunicorn\n--bind=:8888\nsuperlists.wsgi:app",
            "setup-command": "",
        },
        told=("no app at superlists.wsgi",),
        evidence="Failed to find attribute",
    ),
    Fault(
        name="disallowed-host",
        verdict="not-ready",
        diagnosis="disallowed-host",
        inputs={"env": "DJANGO_ALLOWED_HOST=example.com", **QUICK},
        told=("ALLOWED_HOSTS does not name localhost", "DJANGO_ALLOWED_HOST=localhost"),
        evidence="Invalid HTTP_HOST header",
    ),
    Fault(
        name="superlists-https-redirect",
        verdict="not-ready",
        diagnosis="https-redirect",
        inputs={"env": "DJANGO_ALLOWED_HOST=localhost\nDJANGO_BEHIND_TLS=1", **QUICK},
        told=("to https",),
    ),
    Fault(
        name="superlists-bound-to-loopback",
        verdict="not-ready",
        diagnosis="bound-to-loopback",
        inputs={
            "command": "gunicorn\n--bind=127.0.0.1:8888\nsuperlists.wsgi:application",
            **QUICK,
        },
        told=("127.0.0.1",),
        evidence="Listening at: http://127.0.0.1:8888",
    ),
    Fault(
        name="superlists-wrong-port",
        verdict="not-ready",
        diagnosis="wrong-port",
        inputs={"command": "gunicorn\n--bind=:8000\nsuperlists.wsgi:application", **QUICK},
        told=("port 8000 (0.0.0.0), and port is 8888",),
    ),
    Fault(
        name="missing-table",
        verdict="tests-failed",
        diagnosis="missing-table",
        inputs={"setup-command": ""},
        told=("no table lists_list", "no setup-command was given", "python manage.py migrate"),
        evidence="OperationalError: no such table: lists_list",
    ),
    Fault(
        name="readonly-database",
        verdict="tests-failed",
        diagnosis="readonly-database",
        inputs={"setup-command": f"{MIGRATE}\nchmod a-w /data/db.sqlite3"},
        told=("cannot be written", "its folder"),
        evidence="attempt to write a readonly database",
    ),
    Fault(
        name="setup-readonly-database",
        verdict="setup-failed",
        diagnosis="readonly-database",
        inputs={"env": "DJANGO_ALLOWED_HOST=localhost\nDJANGO_DB_PATH=/src/db.sqlite3"},
        told=("cannot be written", "setup-command ended with exit code"),
    ),
    Fault(
        name="setup-missing-table",
        verdict="setup-failed",
        diagnosis="missing-table",
        inputs={
            "setup-command": "python manage.py shell --no-imports -c "
            "'from superlists.lists.models import List; List.objects.create()'"
        },
        told=("no table lists_list",),
    ),
]


def keep_facts(rehearsed: Rehearsed, name: str) -> None:
    """Write down what was known, for the tests of the diagnoses: REHEARSAL_FACTS=1 asks for it."""
    if not os.environ.get("REHEARSAL_FACTS"):
        return
    FACTS.mkdir(exist_ok=True)
    facts = json.loads(rehearsed.file("facts.json"))
    for log, verdict in (("build.log", "build-failed"), ("test-setup.log", "setup-failed")):
        if facts["verdict"] != verdict:
            facts["lines"].pop(log, None)
    lines = {
        source: [line for line in found[-60:] if not THIS_MACHINE.search(line)]
        for source, found in facts["lines"].items()
    }
    expected = [each for each in [rehearsed.outputs["diagnosis"]] if each]
    content = {"diagnoses": expected, "verdict": facts["verdict"], "lines": lines}
    text = json.dumps(content, indent=1, ensure_ascii=False)
    (FACTS / f"{name}.json").write_text(ROOM.sub("/tmp/room", text) + "\n")


def assert_told(rehearsed: Rehearsed, fault: Fault) -> None:
    keep_facts(rehearsed, fault.name)
    assert_ended(rehearsed, fault.verdict)
    assert rehearsed.outputs["diagnosis"] == fault.diagnosis
    annotation = rehearsed.shown.annotations[0]
    assert annotation.level == "error"
    assert fault.verdict in annotation.properties["title"]
    for words in fault.told:
        assert words in annotation.text
    if fault.verdict not in {"misconfigured", "build-failed", "engine-failed"}:
        assert fault.evidence in rehearsed.file("container.log")
        assert json.loads(rehearsed.file("container.json"))["Id"]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_fault(fault: Fault, tiny: Repository, runner: Runner, token: str) -> None:
    rehearsed = runner.use(tiny, fault.inputs)
    assert_told(rehearsed, fault)
    assert rehearsed.seconds < fault.within
    assert not leftovers.of_the_engine(token)


@pytest.mark.parametrize("fault", SUPERLISTS_FAULTS, ids=lambda fault: fault.name)
def test_fault_of_superlists(fault: Fault, superlists: Repository, runner: Runner) -> None:
    shutil.rmtree(superlists.root / "functional_tests")
    shutil.copy(VISITS, superlists.root)
    assert_told(runner.use(superlists, SUPERLISTS | fault.inputs), fault)


def test_static_files(superlists: Repository, runner: Runner) -> None:
    shutil.rmtree(superlists.root / "functional_tests")
    shutil.copy(VISITS, superlists.root)
    superlists.replace("Dockerfile", r" && python manage\.py collectstatic --noinput", "")
    rehearsed = runner.use(superlists, SUPERLISTS)
    fault = Fault(
        name="static-files",
        verdict="tests-failed",
        diagnosis="static-files",
        told=("404 for /static/", "there is no such folder", "collectstatic"),
        evidence="No directory at: /src/static/",
    )
    assert_told(rehearsed, fault)


def test_missing_form_field(superlists: Repository, runner: Runner) -> None:
    shutil.rmtree(superlists.root / "functional_tests")
    shutil.copy(VISITS, superlists.root)
    superlists.replace("superlists/lists/views.py", r"^(    text = ).*$", r'\1request.POST["text"]')
    fault = Fault(
        name="missing-form-field",
        verdict="tests-failed",
        diagnosis="missing-form-field",
        told=("without the field 'text'", '<input name="text">', 'request.POST["text"]'),
        evidence="MultiValueDictKeyError: 'text'",
    )
    assert_told(runner.use(superlists, SUPERLISTS), fault)


def test_no_browser(superlists: Repository, runner: Runner) -> None:
    """On a PATH that holds the tests' virtual environment and nothing else."""
    story = 'PATH="${PATH%%:*}" python manage.py test functional_tests.test_new_visitor'
    fault = Fault(
        name="no-browser",
        verdict="tests-failed",
        diagnosis="no-browser",
        told=("Chrome is missing on the runner", "apt-get install"),
    )
    assert_told(runner.use(superlists, SUPERLISTS | {"test-command": story}), fault)


def test_build(tiny: Repository, runner: Runner) -> None:
    tiny.write("requirements.txt", "no-such-package-of-anybody==9.9.9\n")
    install = "/venv/bin/pip install --no-index -r requirements.txt"
    copy = f"RUN python -m venv /venv\nCOPY requirements.txt .\nRUN {install}"
    tiny.replace("Dockerfile", r"^COPY .*$", copy)
    fault = Fault(
        name="build",
        verdict="build-failed",
        diagnosis="build",
        told=(f"does not build: RUN {install}",),
    )
    rehearsed = runner.use(tiny)
    assert_told(rehearsed, fault)
    assert "no-such-package-of-anybody==9.9.9" in rehearsed.summary


def test_build__not_a_dockerfile(tiny: Repository, runner: Runner) -> None:
    tiny.replace("Dockerfile", r"^COPY", "KOPY")
    fault = Fault(
        name="build-unreadable",
        verdict="build-failed",
        diagnosis="build",
        told=("unknown instruction: KOPY",),
    )
    assert_told(runner.use(tiny), fault)


def test_no_such_package(tiny: Repository, runner: Runner) -> None:
    tiny.write("wanted.txt", "selenium==0.0.999\n")
    inputs = {"test-requirements": "wanted.txt", "test-command": "true"}
    fault = Fault(
        name="no-such-package",
        verdict="setup-failed",
        diagnosis="no-such-package",
        told=("no package selenium==0.0.999", "test-requirements"),
    )
    assert_told(runner.use(tiny, inputs), fault)


MISCONFIGURED = [
    Fault(
        name="empty-secret",
        verdict="misconfigured",
        diagnosis="empty-secret",
        inputs={"secrets": "DJANGO_SECRET_KEY="},
        told=("DJANGO_SECRET_KEY is empty", "forks", "generate-secrets"),
    ),
    Fault(
        name="unset-secret",
        verdict="misconfigured",
        diagnosis="empty-secret",
        inputs={"secrets": "DJANGO_SECRET_KEY"},
        told=("no such variable",),
    ),
    Fault(
        name="secret-in-env",
        verdict="misconfigured",
        diagnosis="empty-secret",
        inputs={"env": "DJANGO_SECRET_KEY="},
        told=("DJANGO_SECRET_KEY looks like a secret", "to secrets"),
    ),
    Fault(
        name="engine-refused-mount",
        verdict="misconfigured",
        diagnosis="engine-refused",
        inputs={"volumes": "./no-such-folder:/data"},
        told=("bind source path does not exist", "the input volumes"),
    ),
    Fault(
        name="engine-refused-network",
        verdict="misconfigured",
        diagnosis="engine-refused",
        inputs={"network": "no-such-network"},
        told=("no-such-network", "the input network"),
    ),
    Fault(
        name="engine-refused-option",
        verdict="misconfigured",
        diagnosis="engine-refused",
        inputs={"run-options": "--no-such-option"},
        told=("no-such-option", "the input run-options"),
    ),
]


@pytest.mark.parametrize("fault", MISCONFIGURED, ids=lambda fault: fault.name)
def test_misconfigured(fault: Fault, tiny: Repository, runner: Runner) -> None:
    assert_told(runner.use(tiny, fault.inputs), fault)


def test_port_taken(tiny: Repository, runner: Runner) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        fault = Fault(
            name="port-taken",
            verdict="misconfigured",
            diagnosis="port-taken",
            told=(f"port {port} of this machine", "leave host-port out"),
        )
        assert_told(runner.use(tiny, {"host-port": str(port)}), fault)


def test_engine_lost(tiny: Repository, runner: Runner) -> None:
    dead = {"DOCKER_HOST": f"unix://{runner.folder}/no-engine.sock"}
    fault = Fault(
        name="engine-lost",
        verdict="engine-failed",
        diagnosis="engine-lost",
        told=("not there, or went away", "not the app's fault"),
    )
    assert_told(runner.use(tiny, environment=dead), fault)


@dataclass(frozen=True, kw_only=True)
class Patience:
    """An app that takes its time, and the moments that have to show it."""

    inputs: dict[str, str]
    seconds: tuple[float, float]
    first: str


PATIENCE = {
    "late": Patience(
        inputs={"env": "TINY_FAULT=late\nTINY_SECONDS=20"},
        seconds=(20, 24),
        first="HTTP status 200",
    ),
    "busy": Patience(
        inputs={"env": "TINY_FAULT=busy\nTINY_SECONDS=6"},
        seconds=(6, 9),
        first="HTTP status 503",
    ),
    "slow": Patience(
        inputs={"env": "TINY_FAULT=slow\nTINY_SECONDS=3"},
        seconds=(3, 6),
        first="HTTP status 200",
    ),
    "lost for a while": Patience(
        inputs={"env": "TINY_FAULT=lost\nTINY_SECONDS=5"},
        seconds=(5, 8),
        first="HTTP status 404",
    ),
    "endless page": Patience(
        inputs={"env": "TINY_FAULT=endless"}, seconds=(0, 5), first="HTTP status 200"
    ),
}


@pytest.mark.parametrize("patience", PATIENCE.values(), ids=PATIENCE)
def test_passed__after_patience(patience: Patience, tiny: Repository, runner: Runner) -> None:
    rehearsed = runner.use(tiny, {**patience.inputs, "evidence": "always"})
    assert rehearsed.outputs["verdict"] == "passed", rehearsed.errors
    assert rehearsed.outputs["diagnosis"] == ""
    least, most = patience.seconds
    assert least <= float(rehearsed.outputs["ready-seconds"]) < most
    assert (
        f"gave {patience.first}" in rehearsed.log
        or "503" in patience.first
        or "404" in (patience.first)
    )


def test_passed__an_app_that_its_restart_policy_brings_back(
    tiny: Repository, runner: Runner
) -> None:
    """It ends once, comes back on another port, and is tested there."""
    env = {"env": "TINY_FAULT=phoenix", "run-options": "--restart=always"}
    rehearsed = runner.use(tiny, {**env, "test-command": "python3 -m unittest checks.Page"})
    assert rehearsed.outputs["verdict"] == "passed", rehearsed.errors
    assert rehearsed.outputs["tests"] == "1"


def ended_at(rehearsed: Rehearsed) -> float:
    """Return when the engine saw the container's end, in seconds since 1970."""
    state = json.loads(rehearsed.file("container.json"))["State"]
    digits = state["FinishedAt"][:26].rstrip("Z")
    return datetime.fromisoformat(digits).replace(tzinfo=UTC).timestamp()


def told_at(rehearsed: Rehearsed) -> float:
    assert rehearsed.evidence is not None
    return (rehearsed.evidence / "verdict.json").stat().st_mtime


def test_crashed__is_told_at_once(
    tiny: Repository, runner: Runner, record_property: Callable[[str, object], None]
) -> None:
    """After ten seconds of waiting, when pauses have grown: 0.5 s is asked for.

    What is asserted leaves room for a machine that is busy; the figure is reported.
    """
    rehearsed = runner.use(tiny, tiny_fault("tires") | {"env": "TINY_FAULT=tires\nTINY_SECONDS=10"})
    assert_ended(rehearsed, "crashed")
    seconds = told_at(rehearsed) - ended_at(rehearsed)
    record_property("seconds from the container's end to the verdict", round(seconds, 3))
    print(f"crashed was told {seconds:.2f} s after the container's end")
    assert seconds < 3


def test_disallowed_host__is_told_soon(
    superlists: Repository, runner: Runner, record_property: Callable[[str, object], None]
) -> None:
    """5 s are asked for, from the first such answer; the default ready-timeout is 60."""
    shutil.rmtree(superlists.root / "functional_tests")
    rehearsed = runner.use(
        superlists,
        SUPERLISTS | {"env": "DJANGO_ALLOWED_HOST=example.com", "setup-command": ""},
    )
    assert rehearsed.outputs["diagnosis"] == "disallowed-host"
    (stage,) = (
        each
        for each in json.loads(rehearsed.file("verdict.json"))["stages"]
        if each["name"] == "ready"
    )
    record_property("seconds of waiting before the verdict", stage["seconds"])
    print(f"disallowed-host was told after {stage['seconds']} s of waiting")
    assert stage["seconds"] < 15
