"""Faults of an app, and what a rehearsal says about each: verdict, diagnosis, what to do."""

import html
import json
import os
import re
import shutil
import socket
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from ..advice import WORKFLOW, Scenario, obey, write_step
from . import leftovers
from .contract import assert_verdict
from .deadlines import quickest
from .faults import FAULTS, OWN_INPUTS, SUPERLISTS, Fault, Line
from .faults import tiny as goes_wrong
from .fit_faults import FIT_FAULTS
from .machine import free_port
from .page_faults import PAGE_FAULTS
from .planted_secrets import assert_no_leak, files, make_secrets
from .repository import Repository, copy_of_checkout, repository_of
from .runner import ActionResult, Meanwhile, Runner, RunningStep
from .server_faults import SERVER_FAULTS
from .service_faults import SERVICE_FAULTS
from .services import load_images
from .start_faults import START_FAULTS
from .suite_faults import SUITE_FAULTS

FACTS = Path(__file__).resolve().parents[1] / "diagnosis/facts"
FIXTURES = Path(__file__).parent / "fixtures"
# What a build and pip say of where they are run, and from where they took what; Chrome's addresses.
THIS_MACHINE = re.compile(
    r"^sha256:|^Looking in |^WARNING: Location|^Collecting |^Processing |^#\d+ 0x"
)
ROOM = re.compile(r"/(tmp|dev/shm)/dr-\w+")
HOST_PORT = re.compile(r"\b(localhost|127\.0\.0\.2):\d{5}\b")
# At its start an app prints what it was given, as the tiny app does by itself.
TELLTALE = """
import os, sys

for name in os.environ.get("TINY_PRINTS", "").split():
    print(f"{name} is {os.environ[name]}", file=sys.stderr)
"""
REPORTS = {"index.html", "summary.md", "verdict.json", "facts.json"}
STARTED = {"build.log", "container.log", "container.log.index", "container.json"}
KEPT = {
    "build-failed": {"build.log"},
    "crashed": STARTED,
    "not-ready": STARTED,
    "setup-failed": STARTED,
    "tests-failed": STARTED | {"tests/output.log"},
    "timed-out": STARTED | {"tests/output.log"},
    "no-tests": STARTED | {"tests/output.log"},
}


# In seconds. The default ready-timeout is a minute, and none of these faults waits for its end.
LESS_THAN_A_MINUTE = 55.0
HASTY = {"ready-timeout", "service-timeout"}
# In seconds; contractual.
CRASH_IS_TOLD = 0.5
DISALLOWED_IS_TOLD = 5.0


@pytest.fixture
def planted(run_id: str) -> dict[str, str]:
    return make_secrets(run_id)


def keep_facts(rehearsed: ActionResult, name: str) -> None:
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
    text = HOST_PORT.sub(r"\1:32768", text)
    text = ROOM.sub("/tmp/room", text).replace(sys.prefix, "/venv").replace(sys.base_prefix, "/usr")
    (FACTS / f"{name}.json").write_text(f"{text}\n")


def laid_out(fault: Fault, root: Path) -> Repository:
    """Lay out the repository of a fault, with visits for superlists that need no browser."""
    # The engine takes two images of the same content for one: a neighbour would remove this one.
    telltale = f"{TELLTALE}\n# {fault.name}\n"
    if fault.app == "superlists":
        repository = copy_of_checkout(root)
        shutil.rmtree(root / "functional_tests")
        shutil.copy(FIXTURES / "visits.py", root)
        repository.replace("gunicorn.conf.py", r"\Z", telltale)
    else:
        repository = repository_of(fault.app, root)
    if fault.app == "plain_app":
        repository.write("guestbook/__init__.py", telltale)
    shutil.copy(FIXTURES / "reported.py", root)
    for path, text in fault.files.items():
        repository.write(path, text)
    for path, pattern, replacement in fault.edits:
        repository.replace(path, pattern, replacement)
    return repository


def rehearsed_with(
    fault: Fault,
    repository: Repository,
    runner: Runner,
    planted: Mapping[str, str],
    *,
    environment: Mapping[str, str] | None = None,
    meanwhile: Meanwhile = lambda _: None,
) -> ActionResult:
    """Rehearse with planted secrets, all of which the app is asked to print at its start."""
    step = written(fault, repository, planted)
    if WORKFLOW not in fault.files:
        write_step(step)
    return runner.use(
        repository,
        step.inputs,
        environment={**step.environment, **(environment or {})},
        meanwhile=meanwhile,
    )


def written(fault: Fault, repository: Repository, planted: Mapping[str, str]) -> Scenario:
    """Return what the repository's author wrote, before anything is told."""
    own = OWN_INPUTS.get(fault.app, {})
    inputs = {"secrets": "", "env": "", **own, **fault.inputs}
    inputs["secrets"] = "\n".join([inputs["secrets"], *planted])
    inputs["env"] = f"{inputs['env']}\nTINY_PRINTS={' '.join(planted)}"
    key = {"DJANGO_SECRET_KEY": "only-for-this-scenario"} if own else {}
    return Scenario(root=repository.root, inputs=inputs, environment={**key, **planted})


def assert_advice_helps(
    told: ActionResult, fault: Fault, runner: Runner, planted: Mapping[str, str]
) -> None:
    """Obey what is proposed to the letter, and rehearse again."""
    paste = json.loads(told.file("verdict.json"))["diagnoses"][0]["paste"]
    for word, value in fault.known.items():
        assert word in paste
        paste = paste.replace(word, value)
    obeyed = obey(paste, written(fault, told.repository, planted))
    # What was to end the first rehearsal soon must not end this one on a busy machine.
    patience = {name: "60" for name in HASTY & obeyed.inputs.keys() if fault.then == "passed"}
    again = runner.use(
        told.repository,
        {**obeyed.inputs, **patience},
        environment=obeyed.environment,
        first_step_only=True,  # The clean-up step has run after the first rehearsal.
    )
    outputs = (again.outputs["verdict"], again.outputs["diagnosis"])
    assert ": ".join(filter(None, outputs)) == fault.then, again.errors


def assert_told(
    rehearsed: ActionResult, fault: Fault, runner: Runner, planted: Mapping[str, str]
) -> None:
    """Hold everything that is told, kept and left behind against what the fault asks for."""
    keep_facts(rehearsed, fault.name)
    assert_verdict(rehearsed, fault.verdict)
    assert rehearsed.outputs["diagnosis"] == fault.diagnosis
    assert_annotated(rehearsed, fault)
    assert_reported(rehearsed, fault)
    assert_kept(rehearsed, fault, planted)
    assert_no_leak(planted, rehearsed.everything() | files(rehearsed.folder / "temp"))
    assert not leftovers.of_the_engine(runner.run_id)
    assert waited(rehearsed) < LESS_THAN_A_MINUTE


def waited(rehearsed: ActionResult) -> float:
    """Return for how many seconds the app was waited for; building is not counted."""
    stages = json.loads(rehearsed.file("verdict.json"))["stages"]
    return sum(float(each["seconds"]) for each in stages if each["name"] == "ready")


def assert_annotated(rehearsed: ActionResult, fault: Fault) -> None:
    """The cause first, and on no line; then the lines of the repository, and nothing else."""
    first, *others = [each for each in rehearsed.shown.annotations if each.level == "error"]
    assert first.properties == {"title": f"Dress rehearsal: {fault.verdict}"}
    for words in fault.told:
        assert words in first.text
    found = [
        (each.properties.get("file", ""), line_of(rehearsed, each.properties)) for each in others
    ]
    assert [file for file, _ in found] == [line.file for line in fault.lines], others
    for (_, text), annotation, line in zip(found, others, fault.lines, strict=True):
        assert line.holds in text
        assert line.says in annotation.text


def line_of(rehearsed: ActionResult, place: Mapping[str, str]) -> str:
    """Return the line of the repository that an annotation stands on."""
    if "file" not in place:
        return ""
    lines = (rehearsed.repository.root / place["file"]).read_text().splitlines()
    return lines[int(place["line"]) - 1]


def assert_reported(rehearsed: ActionResult, fault: Fault) -> None:
    """Summary and page tell it in the same words, and verdict.json names it."""
    summary = html.unescape(re.sub(r"\\(\W|_)", r"\1", rehearsed.summary))
    page = html.unescape(re.sub(r"<[^>]*>", "", rehearsed.file("index.html")))
    assert f"Dress rehearsal: {fault.verdict}" in summary
    # Above a text to paste, its comment begins with a capital letter.
    for words in (*fault.told, *(line.says for line in fault.lines)):
        assert words.lower() in summary.lower()
        assert words.lower() in page.lower()
    content = json.loads(rehearsed.file("verdict.json"))
    assert content["verdict"] == fault.verdict
    assert [each["id"] for each in content["diagnoses"]][:1] == [fault.diagnosis][
        : bool(fault.diagnosis)
    ]


def assert_kept(rehearsed: ActionResult, fault: Fault, planted: Mapping[str, str]) -> None:
    """The evidence is complete; an app that ran did say the secrets, and they were taken out."""
    assert rehearsed.evidence is not None
    kept = KEPT.get(fault.verdict, set()) if fault.starts else {"build.log"}
    for name in REPORTS | kept:
        assert (rehearsed.evidence / name).is_file(), f"{name} was not kept"
    for name, words in fault.evidence.items():
        assert words in rehearsed.file(name)
    if "container.json" in kept:
        assert json.loads(rehearsed.file("container.json"))["Id"]
        for name in planted:
            assert f"{name} is ***" in rehearsed.file("container.log")


@pytest.mark.parametrize(
    "fault",
    [
        *FAULTS,
        *SUITE_FAULTS,
        *PAGE_FAULTS,
        *START_FAULTS,
        *FIT_FAULTS,
        *SERVICE_FAULTS,
        *SERVER_FAULTS,
    ],
    ids=str,
)
def test_fault(fault: Fault, workdir: Path, runner: Runner, planted: dict[str, str]) -> None:
    if "services" in fault.inputs or "service" in fault.known:
        load_images()
    repository = laid_out(fault, workdir / "repository")
    rehearsed = rehearsed_with(fault, repository, runner, planted)
    assert_told(rehearsed, fault, runner, planted)
    if fault.then:
        assert_advice_helps(rehearsed, fault, runner, planted)


def test_no_browser(superlists: Repository, runner: Runner, planted: dict[str, str]) -> None:
    """On a PATH that holds the tests' virtual environment and nothing else."""
    superlists.replace("gunicorn.conf.py", r"\Z", TELLTALE)
    story = 'PATH="${PATH%%:*}" python manage.py test functional_tests.test_new_visitor'
    fault = Fault(
        name="no-browser",
        app="superlists",
        verdict="tests-failed",
        diagnosis="no-browser",
        inputs={"test-command": story},
        told=("Chrome is missing on the runner", "apt-get install"),
        lines=(
            Line(
                file="functional_tests/test_new_visitor.py",
                holds="self.go_home(self.browser)",
                says="The browser Chrome is missing",
            ),
        ),
        evidence={"tests/output.log": "The browser Chrome is missing"},
    )
    assert_told(rehearsed_with(fault, superlists, runner, planted), fault, runner, planted)


def port_taken(port: int) -> Fault:
    return Fault(
        name="port-taken",
        verdict="misconfigured",
        diagnosis="port-taken",
        inputs={"host-port": str(port)},
        told=(f"port {port} of this machine", "leave host-port out"),
    )


def test_port_taken__before_anything_is_built(
    tiny: Repository, runner: Runner, planted: dict[str, str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        fault = port_taken(listener.getsockname()[1])
        rehearsed = rehearsed_with(fault, tiny, runner, planted)
    assert_told(rehearsed, fault, runner, planted)
    assert not rehearsed.outputs["image-id"]


def test_port_taken__between_the_build_and_the_start(
    tiny: Repository, runner: Runner, planted: dict[str, str]
) -> None:
    port = free_port()
    fault = port_taken(port)
    building = rf"\1\nRUN echo building; sleep 1 # {runner.run_id}"
    tiny.replace("Dockerfile", r"^(COPY .*)$", building)
    with ExitStack() as taken:

        def take(step: RunningStep) -> None:
            step.wait_until(lambda step: " building\n" in step.file("build.log"))
            taken.enter_context(socket.create_server(("127.0.0.1", port)))

        rehearsed = rehearsed_with(fault, tiny, runner, planted, meanwhile=take)
    assert_told(rehearsed, fault, runner, planted)
    assert rehearsed.outputs["image-id"]


def test_engine_lost(tiny: Repository, runner: Runner, planted: dict[str, str]) -> None:
    fault = Fault(
        name="engine-lost",
        verdict="engine-failed",
        diagnosis="engine-lost",
        told=("DOCKER_HOST names unix://", "where no engine answers", "not the app's fault"),
    )
    dead = {"DOCKER_HOST": f"unix://{runner.folder}/no-engine.sock"}
    rehearsed = rehearsed_with(fault, tiny, runner, planted, environment=dead)
    assert_told(rehearsed, fault, runner, planted)


@dataclass(frozen=True, kw_only=True)
class Patience:
    """An app that takes its time: how many seconds at least, and what is seen first."""

    name: str
    env: str
    seconds: float
    first: str = "HTTP status 200"

    def __str__(self) -> str:
        return self.name


PATIENCE = (
    Patience(name="late", env="TINY_FAULT=late\nTINY_SECONDS=20", seconds=20),
    Patience(
        name="busy", env="TINY_FAULT=busy\nTINY_SECONDS=6", seconds=6, first="HTTP status 503"
    ),
    Patience(name="slow", env="TINY_FAULT=slow\nTINY_SECONDS=3", seconds=3),
    Patience(
        name="lost for a while",
        env="TINY_FAULT=lost\nTINY_SECONDS=5",
        seconds=5,
        first="HTTP status 404",
    ),
    Patience(name="endless page", env="TINY_FAULT=endless", seconds=0),
)
# In seconds: a busy machine takes its time, too, but not this long to see that the app is ready.
NOTICED = 15.0


@pytest.mark.parametrize("patience", PATIENCE, ids=str)
def test_passed__after_patience(
    patience: Patience, tiny: Repository, runner: Runner, planted: dict[str, str]
) -> None:
    env = f"{patience.env}\nTINY_PRINTS={' '.join(planted)}"
    inputs = {"env": env, "secrets": "\n".join(planted), "evidence": "always"}
    rehearsed = runner.use(tiny, inputs, environment=planted)
    assert rehearsed.outputs["verdict"] == "passed", rehearsed.errors
    assert rehearsed.outputs["diagnosis"] == ""
    least = patience.seconds
    assert least <= float(rehearsed.outputs["ready-seconds"]) < least + NOTICED
    milestones = json.loads(rehearsed.file("verdict.json"))["readiness"]["milestones"]
    seen = {milestone["name"]: milestone for milestone in milestones}
    assert seen["first answer"]["detail"] == patience.first
    assert seen["running"]["seconds"] < seen["first answer"]["seconds"]
    assert seen["ready"]["seconds"] >= least
    assert_no_leak(planted, rehearsed.everything() | files(rehearsed.folder / "temp"))


def test_passed__an_app_that_its_restart_policy_brings_back(
    tiny: Repository, runner: Runner
) -> None:
    """It ends once, comes back on another port, and is tested there."""
    inputs = goes_wrong("phoenix", run_options="--restart=always")
    rehearsed = runner.use(tiny, {**inputs, "test-command": "python3 -m unittest checks.Page"})
    assert rehearsed.outputs["verdict"] == "passed", rehearsed.errors
    assert rehearsed.outputs["tests"] == "1"


def moment(rehearsed: ActionResult, name: str, file: str = "container.json") -> float:
    """Return when the container started or ended (`StartedAt`, `FinishedAt`), as the engine saw it.

    In seconds since 1970. `file` is where the evidence has what the engine says of the container.
    """
    state = json.loads(rehearsed.file(file))["State"]
    return datetime.fromisoformat(state[name]).timestamp()


def told_at(rehearsed: ActionResult) -> float:
    """Return when the verdict was told: written down, after the container has been removed."""
    assert rehearsed.evidence is not None
    return (rehearsed.evidence / "verdict.json").stat().st_mtime


@pytest.mark.alone
def test_crashed__is_told_within_half_a_second(
    tiny: Repository, runner: Runner, record_property: Callable[[str, object], None]
) -> None:
    """From the container's end, after seconds of waiting, when the pauses have grown."""

    def measure() -> float:
        inputs = {"env": "TINY_FAULT=tires\nTINY_SECONDS=4"}
        rehearsed = runner.use(tiny, inputs)
        assert_verdict(rehearsed, "crashed")
        return told_at(rehearsed) - moment(rehearsed, "FinishedAt")

    seconds = quickest(measure, CRASH_IS_TOLD)
    record_property("seconds from the container's end to the verdict", round(seconds, 3))
    assert seconds < CRASH_IS_TOLD


@pytest.mark.alone
def test_disallowed_host__is_told_within_five_seconds(
    workdir: Path, runner: Runner, record_property: Callable[[str, object], None]
) -> None:
    """From the container's start, with the default ready-timeout of a minute."""
    (fault,) = (each for each in FAULTS if each.name == "disallowed-host")
    repository = laid_out(fault, workdir / "repository")

    def measure() -> float:
        inputs = {**SUPERLISTS, **fault.inputs, "ready-timeout": "60"}
        rehearsed = runner.use(repository, inputs, environment={"DJANGO_SECRET_KEY": "x" * 20})
        assert rehearsed.outputs["diagnosis"] == fault.diagnosis
        return told_at(rehearsed) - moment(rehearsed, "StartedAt")

    seconds = quickest(measure, DISALLOWED_IS_TOLD)
    record_property("seconds from the container's start to the verdict", round(seconds, 3))
    assert seconds < DISALLOWED_IS_TOLD
