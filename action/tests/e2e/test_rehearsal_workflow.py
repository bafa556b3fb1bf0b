"""The reusable workflow, called as its callers do, from its first job to its last."""

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from .act import Act, ActRun
from .machine import CHECKOUT, base_image
from .planted_secrets import IN_LINES, container_secrets, find
from .repository import Repository, on_small_python, repository_of
from .services import POSTGRES
from .workflow import AFTERWARDS, calling_workflow, with_dropped_outputs, with_recorder

HERE = "./.github/workflows/rehearsal.yml"
WORKFLOW = (CHECKOUT / HERE).read_text()
# Each shard has a test of its own.
SHARDS = """
import checks


class Part1(checks.Page):
    pass


class Part2(checks.{second}):
    pass
"""
TWO = {"shards": 2, "test-command": 'python3 -m unittest "shards.Part${REHEARSAL_SHARD%/*}"'}
ONE = {"test-command": "python3 -m unittest checks.Page"}
KEY = "a key that only the container has"


def given(repository: Repository) -> None:
    """Put the workflow of this checkout there: its jobs drop outputs, and leave a record."""
    text = WORKFLOW
    for job in ("build", "merge"):
        text = with_dropped_outputs(text, job)
    for job in ("build", "rehearse", "merge"):
        text = with_recorder(text, job)
    repository.write(HERE, text)


def on_a_small_image(repository: Repository) -> None:
    given(repository)
    on_small_python(repository)


def call(
    act: Act,
    repository: Repository,
    inputs: Mapping[str, object],
    secrets: Mapping[str, str] | None = None,
    *,
    again: ActRun | None = None,
) -> ActRun:
    handed = {"container-secrets": container_secrets(secrets or {})}
    text = calling_workflow(HERE, inputs, handed)
    return act.push(repository, text, secrets=secrets, job=AFTERWARDS, again=again)


def outputs(run: ActRun) -> Mapping[str, str]:
    (record,) = run.of_job(AFTERWARDS)
    return record.needs["rehearse"].outputs


def last(run: ActRun, step: str) -> Mapping[str, str]:
    """Return what a step of the last job gave: act ends where a called workflow failed."""
    (record,) = run.of_job("merge")
    return record.steps[step].outputs


def verdict(evidence: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((evidence / "verdict.json").read_text())
    return found


def test_two_shards__one_verdict(tiny: Repository, act: Act) -> None:
    on_a_small_image(tiny)
    tiny.write("shards.py", SHARDS.format(second="Page"))
    # END, a line of how secrets are passed, must not take away what these names are needed for.
    inputs = {**TWO, "browsers": '["chrome", "firefox"]', "artifact-name": "BACKEND"}
    run = call(act, tiny, inputs | {"test-env": "MORE=1"}, {"TINY_KEY": KEY, **IN_LINES})
    assert run.exit_code == 0
    told = outputs(run)
    assert told["verdict"] == "passed"
    assert (told["tests"], told["failures"], told["flaky"]) == ("4", "0", "0")
    legs = run.of_job("rehearse")
    images = {leg.steps["rehearsal"].outputs["image-id"] for leg in legs}
    assert images == {told["image-id"]}
    assert told["image-config"] == told["image-id"]
    assert told["image-artifact"] == "BACKEND.image-1"
    assert set(run.artifacts) == {
        "BACKEND-1",
        "BACKEND.image-1",
        "BACKEND.1-of-2.chrome-1",
        "BACKEND.2-of-2.chrome-1",
        "BACKEND.1-of-2.firefox-1",
        "BACKEND.2-of-2.firefox-1",
    }
    assert told["evidence-artifact"] == "BACKEND-1"
    merged = verdict(run.artifacts["BACKEND-1"])
    assert (merged["verdict"], merged["image-id"]) == ("passed", told["image-id"])
    digest = sha256((run.artifacts["BACKEND-1"] / "verdict.json").read_bytes()).hexdigest()
    assert told["verdict-digest"] == f"sha256:{digest}"
    assert len(merged["shards"]) == 4
    assert "chrome" in run.summary
    assert "firefox" in run.summary
    (build,) = run.builds
    assert build["cacheFrom"] == ["type=gha,scope=BACKEND"]
    assert_nothing_leaked(run)


def assert_nothing_leaked(run: ActRun) -> None:
    places = {"the log": run.everything_logged, "the summary": run.summary.encode()}
    for folder in run.artifacts.values():
        places |= {str(file): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    assert not find({"TINY_KEY": KEY, "ACCOUNT": IN_LINES["ACCOUNT"]}, places)


@pytest.mark.usefixtures("service_images")
def test_services__get_values_of_container_secrets(tiny: Repository, act: Act) -> None:
    on_a_small_image(tiny)
    tiny.write("shards.py", SHARDS.format(second="Page"))
    digest = sha256(KEY.encode()).hexdigest()
    inputs = {
        "services": f"db={POSTGRES}",
        "service-env": "db.TINY_KEY\ndb.POSTGRES_PASSWORD=throwaway",
        "service-ready": f'db=printf %s "$TINY_KEY" | sha256sum | grep {digest} && pg_isready',
        "service-timeout": 20,
        "before-command": "python3 -c 'import socket; socket.create_connection((\"db\", 5432))'",
        "artifact-name": "web",
    }
    run = call(act, tiny, {**TWO, **inputs}, {"TINY_KEY": KEY})
    assert run.exit_code == 0
    assert outputs(run)["verdict"] == "passed"
    for shard in ("1", "2"):
        evidence = run.artifacts[f"web.{shard}-of-2-1"]
        assert (evidence / "services/db.log").stat().st_size
    assert_nothing_leaked(run)


def test_one_red_shard__is_the_verdict_until_it_is_run_again(tiny: Repository, act: Act) -> None:
    on_a_small_image(tiny)
    tiny.write("shards.py", SHARDS.format(second="Wrong"))
    run = call(act, tiny, TWO | {"artifact-name": "web"})
    assert run.exit_code == 1
    told = last(run, "merge")
    assert (told["verdict"], told["tests"], told["failures"]) == ("tests-failed", "2", "1")
    evidence = run.artifacts["web-1"]
    assert verdict(evidence)["verdict"] == "tests-failed"
    assert "shard 2/2" in (evidence / "index.html").read_text()
    assert "Dress rehearsal: tests-failed" in run.summary
    assert verdict(run.artifacts["web.1-of-2-1"])["verdict"] == "passed"
    assert verdict(run.artifacts["web.2-of-2-1"])["verdict"] == "tests-failed"

    tiny.write("shards.py", SHARDS.format(second="Page"))
    second = call(act, tiny, TWO | {"artifact-name": "web"}, again=run)
    assert second.exit_code == 0
    told = outputs(second)
    assert (told["verdict"], told["image-artifact"]) == ("passed", "web.image-2")
    assert told["evidence-artifact"] == "web-2"
    shards = verdict(second.artifacts["web-2"])["shards"]
    assert [each["name"] for each in shards] == ["web.1-of-2-2", "web.2-of-2-2"]
    assert verdict(second.artifacts["web-1"])["verdict"] == "tests-failed", "it stays as it was"


def test_red_job__whose_evidence_says_passed(tiny: Repository, act: Act) -> None:
    on_a_small_image(tiny)
    job = "      - name: Die when all is uploaded\n        run: exit 1\n"
    tiny.replace(HERE, "^  merge:$", f"{job}\n  merge:")
    run = call(act, tiny, ONE)
    assert run.exit_code == 1
    assert last(run, "merge")["verdict"] == "cancelled"
    assert verdict(run.artifacts["dress-rehearsal.1-of-1-1"])["verdict"] == "passed"
    told = "A job of the matrix ended as failure, although its evidence says passed."
    assert told in "".join(each.text for each in run.annotations)


def test_dropped_output__is_named(tiny: Repository, act: Act) -> None:
    on_a_small_image(tiny)
    # As GitHub does it where a secret's value is in it.
    tiny.replace(HERE, r"^      config: .*$", "      config: ''")
    run = call(act, tiny, ONE)
    assert run.exit_code == 1
    assert last(run, "explain-skipped")["verdict"] == "error"
    assert not run.of_job("rehearse")
    assert "these outputs of the job Build are missing: config." in "".join(
        each.text for each in run.annotations
    )


FORK = {"container-secrets": "TINY_KEY=${{ secrets.TINY_KEY }}"}
PULL_REQUEST = {
    "number": 7,
    "head": {"ref": "topic", "sha": "0123abc", "repo": {"full_name": "somebody/superlists"}},
    "base": {"ref": "main", "repo": {"full_name": "example/superlists"}},
}


def test_fork__without_secrets_a_random_one_will_do(tiny: Repository, act: Act) -> None:
    on_a_small_image(tiny)
    variables = ("discovery.type=single-node", "DB_PASSWORD=postgres")
    printed = "TINY_PRINTS=TINY_KEY discovery.type DB_PASSWORD"
    inputs = ONE | {
        "generate-secrets": "TINY_KEY",
        "env": "\n".join(("TINY_FAULT=", printed, *variables)),
        "not-secret": "DB_PASSWORD",
        "test-env": "- odd=1",
    }
    text = calling_workflow(HERE, inputs, FORK, on="pull_request")
    run = act.push(tiny, text, pull_request=PULL_REQUEST, job=AFTERWARDS)
    assert run.exit_code == 0
    assert outputs(run)["verdict"] == "passed"
    log = (run.artifacts["dress-rehearsal.1-of-1-1"] / "container.log").read_text()
    assert "TINY_KEY is ***" in log
    for variable in variables:
        assert variable.replace("=", " is ") in log.splitlines()
    warnings = {each.text for each in run.annotations if each.level == "warning"}
    (warning,) = (text for text in warnings if not text.startswith("The audit found"))
    assert warning.startswith("test-env, line 1: the name before the = has white space")


def test_fork__without_secrets_the_missing_one_is_named(tiny: Repository, act: Act) -> None:
    on_a_small_image(tiny)
    run = act.push(tiny, calling_workflow(HERE, ONE, FORK), job=AFTERWARDS)
    assert run.exit_code == 1
    assert last(run, "explain-skipped")["verdict"] == "misconfigured"
    assert not run.builds, "it is told before anything is built"
    assert not run.artifacts
    errors = "".join(each.text for each in run.annotations)
    assert "container-secrets, line 1: the secret is empty." in errors
    assert "generate-secrets" in run.summary


def test_build_that_fails__is_told_as_such(tiny: Repository, act: Act) -> None:
    on_a_small_image(tiny)
    tiny.replace("Dockerfile", "^USER.*", "RUN false")
    run = call(act, tiny, ONE)
    assert run.exit_code == 1
    assert last(run, "explain-skipped")["verdict"] == "build-failed"
    assert not run.of_job("rehearse")
    assert "the image could not be built" in "".join(each.text for each in run.annotations)
    assert "Dress rehearsal: build-failed" in run.summary


def test_missing_secret__is_proposed_as_a_call_takes_it(tiny: Repository, act: Act) -> None:
    on_a_small_image(tiny)
    run = call(act, tiny, {**ONE, "env": "TINY_FAULT=crash"})
    assert last(run, "merge")["diagnosis"] == "missing-variable"
    (diagnosis,) = verdict(run.artifacts["dress-rehearsal-1"])["diagnoses"]
    secrets = "container-secrets: |\n  TINY_KEY=${{ secrets.TINY_KEY }}"
    assert f"under the job's secrets:, add:\n{secrets}\n" in diagnosis["paste"]
    assert "in the job's input env, add this line" in diagnosis["paste"]


BUILD = """
ARG PYTHON_IMAGE=python:3.13-slim
FROM ${PYTHON_IMAGE} AS wanted
ARG ODD
ARG LINES
RUN --mount=type=secret,id=PEM --mount=type=secret,id=ODD printf '%s\\n' "$ODD" "$LINES" >/args \
    && cat /run/secrets/PEM /run/secrets/ODD | sha256sum >/secrets
COPY . /src
COPY app.py /app.py
CMD ["python", "-u", "/app.py"]
FROM wanted
RUN false
"""
ODD = 'a "quoted", word=1, and a comma'
PEM = '-----BEGIN KEY-----\nabcdefgh, "ijkl"\n-----END KEY-----'


def test_another_repository__uses_the_action_of_the_workflow_that_it_calls(
    tiny: Repository, act: Act, workdir: Path
) -> None:
    ours = repository_of("leaky_app", workdir / "ours")
    given(ours)
    ours.commit("The workflow")
    # Both are what GitHub would tell; act does not know them.
    name = "OWNER/dress-rehearsal"
    ours.replace(HERE, r"\$\{\{ job\.workflow_repository \}\}", name)
    ours.replace(HERE, r"\$\{\{ job\.workflow_sha \}\}", ours.git("rev-parse", "HEAD").strip())
    ours.commit("As it would be on GitHub")
    ours.git("tag", "v0.1.0")
    # The caller has an action of the same name, which must not run.
    tiny.write("action/action.yml", "name: x\ndescription: x\nruns: {using: composite, steps: [}")
    tiny.write("action/__main__.py", "raise SystemExit('the wrong one')")
    tiny.write("Dockerfile", BUILD.replace("python:3.13-slim", base_image()))
    arguments = f"ODD={ODD}\nLINES<<END\none\n\ntwo\nEND"
    look = "docker run --rm rehearsed/dress-rehearsal:$GITHUB_RUN_ID-1"
    inputs = {
        "target": "wanted",
        "build-args": arguments,
        "cache": False,
        "test-command": f"{look} cat /args /secrets\n{look} ls -A /src",
    }
    secrets = {"build-secrets": "PEM<<END\n${{ secrets.PEM }}\nEND\nODD=${{ secrets.ODD }}"}
    run = act.push(
        tiny,
        calling_workflow(f"{name}/.github/workflows/rehearsal.yml@v0.1.0", inputs, secrets),
        secrets={"PEM": PEM, "ODD": ODD},
        others={f"{name}@v0.1.0": ours},
        job=AFTERWARDS,
    )
    assert run.exit_code == 0
    assert outputs(run)["verdict"] == "passed"
    log = (run.artifacts["dress-rehearsal.1-of-1-1"] / "tests/output.log").read_text()
    assert f"{ODD}\none\n\ntwo\n{sha256((PEM + ODD).encode()).hexdigest()}" in log
    assert "checks.py" in log
    assert ".dress-rehearsal" not in log, "ours is no part of the caller's build context"
    (build,) = run.builds
    assert (build["noCache"], build["pull"], build["cacheFrom"]) == (True, True, [])
    folders = list(run.folder.rglob("build-secrets-*"))
    assert not folders, "the values stay nowhere"


PUBLISHED = "OWNER/dress-rehearsal/.github/workflows/rehearsal.yml@v0.1.0"


def test_example__shards_superlists_without_a_secret(superlists: Repository, act: Act) -> None:
    example = (CHECKOUT / "docs/examples/workflow.yml").read_text()
    assert PUBLISHED in example
    given(superlists)
    run = act.push(superlists, example.replace(PUBLISHED, HERE))
    assert run.exit_code == 0
    told = last(run, "merge")
    assert (told["verdict"], told["tests"], told["failures"]) == ("passed", "3", "0")
    shares = [leg.steps["rehearsal"].outputs["tests"] for leg in run.of_job("rehearse")]
    assert sorted(shares) == ["1", "2"], "each test runs in one shard alone"
