"""The release workflows, from a tag to what a registry holds; it is asked over HTTP."""

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from .act import Act, ActRun
from .machine import ACTION, CHECKOUT, base_image, tool
from .planted_secrets import IN_LINES, container_secrets
from .registry import Registry, build_small_image, push_recompressed, serve_registry
from .repository import Repository, on_small_python, repository_of
from .workflow import AFTERWARDS, calling_workflow, with_dropped_outputs

HERE = "./.github/workflows/release-image.yml"
OURS = "OWNER/dress-rehearsal"
# The workflows that are called, and their jobs that have outputs.
CALLED = {HERE: ("publish",), "./.github/workflows/rehearsal.yml": ("build", "merge")}
RELEASE = (CHECKOUT / ".github/workflows/release.yml").read_text()
EXAMPLE = yaml.safe_load((CHECKOUT / "docs/examples/release.yml").read_text())["jobs"]["image"]
PROVENANCE = "https://slsa.dev/provenance/v1"
SECRET = "what only the container has"
PASSWORD = "not for your ears"
# It could occur in a digest, so the jobs spell digests in letters.
A_NUMBER = {"A_NUMBER": "44321"}
SHARDS = """
import checks


class Part1(checks.Page):
    pass


class Part2(checks.{second}):
    pass
"""
TWO = {"shards": 2, "test-command": 'python3 -m unittest "shards.Part${REHEARSAL_SHARD%/*}"'}
GH = Path(__file__).parent / "stand_ins/gh/gh"


@pytest.fixture
def fresh(workdir: Path) -> Iterator[Registry]:
    with serve_registry(workdir / "one") as registry:
        yield registry


@pytest.fixture
def another(workdir: Path) -> Iterator[Registry]:
    with serve_registry(workdir / "another") as registry:
        yield registry


@pytest.fixture
def environment(workdir: Path) -> dict[str, str]:
    """A docker client with no login but the run's, and what checks our predicate."""
    schema = ACTION / "predicate.schema.json"
    return {
        "DOCKER_CONFIG": str(workdir / "docker"),
        "PREDICATE_CHECK": f"{tool('check-jsonschema')} --schemafile {schema}",
    }


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Another repository, with two shards and an `action/` of its own, which must not run."""

    repository: Repository
    act: Act
    ours: Repository
    environment: Mapping[str, str]

    def push(self, inputs: Mapping[str, object], *, second: str) -> ActRun:
        """Release as the example does, save for `inputs`, with a tag `v1.2.3`.

        `second` are the tests of the second shard.
        """
        self.repository.write("shards.py", SHARDS.format(second=second))
        given = EXAMPLE["with"] | {"setup-command": "true"} | TWO | inputs
        secrets = {
            "container-secrets": EXAMPLE["secrets"]["container-secrets"]
            + container_secrets(IN_LINES | A_NUMBER),
            "registry-password": "${{ secrets.PASSWORD }}",
        }
        return self.act.push(
            self.repository,
            calling_workflow(EXAMPLE["uses"], given, secrets),
            secrets={"DJANGO_SECRET_KEY": SECRET, "PASSWORD": PASSWORD, **IN_LINES, **A_NUMBER},
            environment=self.environment,
            others={f"{OURS}@v0.1.0": self.ours},
            tag="v1.2.3",
            job=AFTERWARDS,
        )


@pytest.fixture
def caller(tiny: Repository, act: Act, workdir: Path, environment: dict[str, str]) -> Caller:
    ours = repository_of("leaky_app", workdir / "ours")
    for file, jobs in CALLED.items():
        text = (CHECKOUT / file).read_text()
        for job in jobs:
            text = with_dropped_outputs(text, job)
        ours.write(file, text)
    ours.commit("The workflows")
    # What GitHub would tell, and act does not know; a nested call it looks for at the caller's.
    commit = ours.git("rev-parse", "HEAD").strip()
    for file in CALLED:
        ours.replace(file, r"\$\{\{ job\.workflow_repository \}\}", OURS)
        ours.replace(file, r"\$\{\{ job\.workflow_sha \}\}", commit)
    in_acts_words(ours)
    nested = f"uses: {OURS}/.github/workflows/rehearsal.yml@v0.1.0"
    ours.replace(HERE, r"uses: \./\.github/workflows/rehearsal\.yml", nested)
    ours.commit("As it would be on GitHub")
    ours.git("tag", "v0.1.0")
    on_small_python(tiny)
    tiny.write("action/action.yml", "name: x\ndescription: x\nruns: {using: composite, steps: []}")
    tiny.write("action/__main__.py", "raise SystemExit('the wrong one')")
    return Caller(repository=tiny, act=act, ours=ours, environment=environment)


def in_acts_words(repository: Repository) -> None:
    """Take out what GitHub knows and act refuses: that more than one run may wait."""
    repository.replace(HERE, r"^ +queue: max\n", "")


def outputs(run: ActRun) -> Mapping[str, str]:
    (record,) = run.of_job(AFTERWARDS)
    return record.needs["rehearse"].outputs


def attested(run: ActRun) -> list[dict[str, Any]]:
    """Return the statements that were attested."""
    lines = (line for line in run.log.splitlines() if line.startswith("attested "))
    return [json.loads(line.removeprefix("attested ")) for line in lines]


def test_green__exactly_the_rehearsed_image_is_there_and_attested(
    caller: Caller, fresh: Registry, another: Registry
) -> None:
    theirs = EXAMPLE["with"]["to"].replace("ghcr.io/owner", fresh.host)
    others = [f"{fresh.host}/app:latest", f"{another.host}/mirror/app:1.2.3"]
    to = theirs + others[1]
    inputs = {"to": to, "registry": another.host, "registry-username": "robot"}
    inputs["browsers"] = "firefox\n"
    run = caller.push(inputs, second="Page")
    assert run.exit_code == 0
    told = outputs(run)
    assert (told["verdict"], told["attested"]) == ("passed", "true")
    held = fresh.holds("app", "v1.2.3")
    assert held is not None
    digest, config = held
    assert config == told["image-id"]
    assert digest == told["digest"]
    assert fresh.holds("app", "latest") == held
    assert another.holds("mirror/app", "1.2.3") == held
    assert told["digests"].splitlines() == [
        f"{reference}={digest}" for reference in (f"{fresh.host}/app:v1.2.3", *others)
    ]

    (build,) = run.builds
    assert (build["cacheFrom"], build["cacheTo"], build["noCache"]) == ([], [], True)

    where, how = attested(run)
    subjects = [
        {"name": name, "digest": {"sha256": digest.removeprefix("sha256:")}}
        for name in sorted([f"{fresh.host}/app", f"{another.host}/mirror/app"])
    ]
    assert sorted(where["subject"], key=lambda each: str(each["name"])) == subjects
    assert how["subject"] == where["subject"]
    assert where["predicateType"] == PROVENANCE
    assert how["predicateType"] != PROVENANCE
    assert how["predicate"]["verdict"] == "passed"
    assert how["predicate"]["image"]["id"] == config
    assert how["predicate"]["tests"]["ran"] == 2
    assert how["predicate"]["suite"]["shards"] == 2
    assert how["predicate"]["suite"]["browsers"] == ["firefox"]

    assert "not proven" not in run.summary
    assert re.search(rb"verdict-digest=[g-v]{64}\b", run.everything_logged), "in letters"
    assert f"Logged out of {another.host}." in run.log
    assert SECRET.encode() not in run.everything_logged
    assert PASSWORD.encode() not in run.everything_logged


ONE: dict[str, object] = {"shards": 1, "test-command": "python3 -m unittest shards.Part1"}
REPORT = '<testsuite><testcase classname="a" name="b"><flakyFailure/></testcase></testsuite>'


def test_without_attestation__what_moves_is_replaced(
    caller: Caller, fresh: Registry, workdir: Path, run_id: str
) -> None:
    before = build_small_image(workdir / "before", run_id)
    push_recompressed(before, fresh, "app", "latest")
    to = EXAMPLE["with"]["to"].replace("ghcr.io/owner", fresh.host)
    run = caller.push(ONE | {"to": to, "attest": False}, second="Page")
    assert run.exit_code == 0
    told = outputs(run)
    assert (told["verdict"], told["attested"]) == ("passed", "false")
    held = fresh.holds("app", "latest")
    assert held is not None
    assert told["image-id"] in held
    assert told["image-id"] != before
    assert fresh.holds("app", "v1.2.3") == held
    assert not attested(run)


@pytest.mark.parametrize(
    "inputs, words",
    [
        pytest.param(
            {"test-command": f"echo '{REPORT}' >$REHEARSAL_JUNIT/flaky.xml"},
            "A test passed only when it was run again: a.b.",
            id="a flaky pass",
        ),
        pytest.param(
            {"registry": "localhost:1", "registry-username": "robot"},
            "connection refused",
            id="a publishing job that is lost before it publishes",
        ),
    ],
)
def test_what_passed_and_may_not_be_published__is_not(
    caller: Caller, fresh: Registry, inputs: dict[str, object], words: str
) -> None:
    given = ONE | {"to": f"{fresh.host}/app:1", "overwrite": "false"} | inputs
    run = caller.push(given, second="Page")
    assert run.exit_code == 1
    assert words in run.tail(len(run.entries))
    assert not attested(run)
    assert fresh.is_empty()


def test_one_red_shard__publishes_nothing(caller: Caller, fresh: Registry) -> None:
    run = caller.push({"to": f"{fresh.host}/app:1.2.3"}, second="Wrong")
    assert run.exit_code == 1
    assert fresh.is_empty()
    assert not attested(run)
    assert "Logged in" not in run.log
    legs = {name: json.loads((folder / "verdict.json").read_text())["verdict"]
            for name, folder in run.artifacts.items() if "-of-" in name}  # fmt: skip
    assert sorted(legs.values()) == ["passed", "tests-failed"]


@dataclass(frozen=True, kw_only=True)
class Releasing:
    """This project at version 9.8.7, with a registry of this machine in the place of ghcr.io."""

    repository: Repository
    act: Act
    registry: Registry
    environment: Mapping[str, str]
    calls: Path

    def push(self, tag: str) -> ActRun:
        return self.act.push(
            self.repository,
            RELEASE,
            secrets={"GITHUB_TOKEN": "only-gh-sees-it"},
            variables={"PYTHON_IMAGE": base_image()},
            environment=self.environment,
            tag=tag,
            job="draft",
        )


@pytest.fixture
def releasing(
    superlists: Repository,
    act: Act,
    fresh: Registry,
    workdir: Path,
    environment: dict[str, str],
) -> Releasing:
    in_acts_words(superlists)
    superlists.replace("tools/release.py", r"ghcr\.io/", f"{fresh.host}/")
    superlists.replace("action/rehearsal/__init__.py", '".*"$', '"9.8.7"')
    superlists.replace("CHANGELOG.md", r"^## 0\.1\.0 .*", "## 9.8.7 - 2026-12-24")
    calls, programs = workdir / "calls", workdir / "programs"
    calls.mkdir()
    programs.mkdir()
    for name, program in {"gh": GH, "node": tool("node")}.items():
        (programs / name).symlink_to(program)
    more = {"GH_CALLS": str(calls), "PATH": f"{programs}:{os.environ['PATH']}"}
    return Releasing(
        repository=superlists,
        act=act,
        registry=fresh,
        environment=environment | more,
        calls=calls,
    )


def test_tag__drafts_a_release_of_what_was_published(releasing: Releasing) -> None:
    run = releasing.push("v9.8.7")
    assert run.exit_code == 0
    held = releasing.registry.holds("example/superlists/superlists", "9.8.7")
    assert held is not None
    digest, config = held
    merged = json.loads((run.artifacts["dress-rehearsal-1"] / "verdict.json").read_text())
    assert (merged["verdict"], merged["image-id"]) == ("passed", config)
    assert releasing.registry.holds("example/superlists/superlists", "latest") == held
    assert len(attested(run)) == 2
    (file,) = releasing.calls.iterdir()
    call = json.loads(file.read_text())
    assert (call["tag"], call["title"]) == ("v9.8.7", "v9.8.7")
    assert (call["draft"], call["verify_tag"]) == (True, True)
    assert call["repository"] == "example/superlists"
    assert call["notes"].startswith("### Added\n")
    assert f"superlists/superlists@{digest}`" in call["notes"]
    assert "only-gh-sees-it" not in file.read_text()


@pytest.mark.parametrize(
    "tag, said",
    [
        pytest.param("v9.8.6", "the tag is v9.8.6, but rehearsal.__version__", id="another"),
        pytest.param("v9", "the tag is 'v9'; expected v and an exact version", id="moving"),
    ],
)
def test_wrong_tag__is_refused_before_anything_is_built(
    releasing: Releasing, tag: str, said: str
) -> None:
    run = releasing.push(tag)
    assert run.exit_code == 1
    assert said in "".join(each.text for each in run.annotations)
    assert not run.builds
    assert releasing.registry.is_empty()
    assert not list(releasing.calls.iterdir())
