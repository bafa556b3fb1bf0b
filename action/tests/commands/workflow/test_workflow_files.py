"""rehearsal.yml, action.yml and the helper package agree."""

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
import yaml

from rehearsal.commands.workflow.digest_spelling import SPELLINGS, spell
from rehearsal.commands.workflow.explain_skipped import REQUIRED_OUTPUTS
from rehearsal.commands.workflow.matrix import MatrixJob
from rehearsal.commands.workflow.prepare import SECRET_VARIABLES
from rehearsal.config.input_table import INPUTS
from rehearsal.config.workflow_inputs import OWN_INPUTS, WORKFLOW_INPUTS, WORKFLOW_SECRETS
from rehearsal.local.expressions.template import interpolate
from rehearsal.local.expressions.values import Value

from ...local.test_expressions import FakeContext

TOP = Path(__file__).resolve().parents[4]
FILE = TOP / ".github/workflows/rehearsal.yml"
TEXT = FILE.read_text(encoding="utf-8")
WORKFLOW: dict[Any, Any] = yaml.safe_load(TEXT)
# YAML 1.1 takes the key `on` for true.
CALL: dict[str, Any] = WORKFLOW[True]["workflow_call"]
JOBS: dict[str, dict[str, Any]] = WORKFLOW["jobs"]
STEPS = [(name, step) for name, job in JOBS.items() for step in job["steps"]]
ACTION: dict[str, Any] = yaml.safe_load((TOP / "action/action.yml").read_text(encoding="utf-8"))
# By it `merge` finds the last attempt of a job. An artifact of an earlier attempt is not replaced.
ATTEMPT = "-${{ github.run_attempt }}"
JOB_ARTIFACT = "${{ steps.part.outputs.artifact }}" + ATTEMPT
DIGEST = f"sha256:{'1a' * 32}"
BUILD_INPUTS = {"context", "dockerfile", "target", "platform", "build-args"}
OUTPUT = re.compile(r"jobs\.([a-z]+)\.outputs\.([a-z-]+)")
STEP_OUTPUT = re.compile(r"steps\.([a-z-]+)\.outputs\.([a-z-]+)")
# The outputs of each step that does not use the action itself.
STEP_OUTPUTS = {
    "workflow-source": {"repository", "commit"},
    "prepare": {
        *("verdict", "shards", "browsers", "timeout-minutes", "spelling", "tag"),
        *("secrets-folder", "secret-files"),
        *BUILD_INPUTS,
    },
    "image": {"config", "image-id"},
    "part": MatrixJob(shard_number=1, shard_count=1, browser="").outputs("x").keys(),
    "count": {"job-count"},
    "upload": {"artifact-id"},
    "explain-skipped": {"verdict"},
}


def step(job: str, identity: str) -> dict[str, Any]:
    found: dict[str, Any] = next(s for s in JOBS[job]["steps"] if s.get("id") == identity)
    return found


def test_outputs__are_described_in_a_sentence() -> None:
    for name, entry in CALL["outputs"].items():
        assert re.fullmatch(r"[A-Z].*\.", entry["description"]), name


def test_inputs__each_of_its_own_is_used() -> None:
    read_by_prepare = {"shards", "browsers"}
    used = set(re.findall(r"\binputs\.([a-z-]+)", yaml.safe_dump(JOBS)))
    assert OWN_INPUTS.keys() <= used | read_by_prepare


def test_rehearse__passes_every_input_to_the_action() -> None:
    given = step("rehearse", "rehearsal")["with"]
    shared = {n for n, each in INPUTS.items() if n in WORKFLOW_INPUTS and not each.build_only}
    assert given.keys() == shared | {"image", "trust-image", "secrets", "shard", "evidence"}
    assert given["artifact-name"] == JOB_ARTIFACT
    lines = given["test-env"].splitlines()
    assert lines == ["${{ inputs.test-env }}", "${{ steps.part.outputs.test-env }}"]


def test_secrets__are_passed_only_to_the_helper_and_the_action() -> None:
    receivers = [
        (job, each.get("id"), name)
        for job, each in STEPS
        for name, value in {**each.get("env", {}), **each.get("with", {})}.items()
        if "secrets." in str(value) and "outputs" not in str(value)
    ]
    prepare = [("build", "prepare", SECRET_VARIABLES[name]) for name in WORKFLOW_SECRETS]
    assert receivers == [*prepare, ("rehearse", "rehearsal", "secrets")]


def test_rehearse__is_skipped_without_a_required_output() -> None:
    job = JOBS["rehearse"]
    needed = re.findall(r"needs\.build\.outputs\.([a-z-]+)", job["if"])
    assert tuple(needed) == REQUIRED_OUTPUTS
    used = set(re.findall(r"needs\.build\.outputs\.([a-z-]+)", yaml.safe_dump(job)))
    # Without its time-out a job has that of GitHub.
    assert used == {*REQUIRED_OUTPUTS, "timeout-minutes"}
    assert set(REQUIRED_OUTPUTS) <= JOBS["build"]["outputs"].keys()
    assert step("merge", "explain-skipped")["if"].endswith("|| needs.rehearse.result == 'skipped'")


def test_merge__gets_the_result_of_the_jobs_besides_their_evidence() -> None:
    merge = step("merge", "merge")
    assert merge["env"]["RESULT"] == "${{ needs.rehearse.result }}"
    assert '--jobs "$RESULT"' in merge["run"]


@pytest.mark.parametrize("digest", [DIGEST, "", "none"])
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_merge__spells_the_verdict_digest_as_the_job_build_did(digest: str, spelling: str) -> None:
    given = step("merge", "merge")
    assert '--spelling "$SPELLING"' in given["run"]
    config = spell(digest, spelling)
    needs: dict[str, Value] = {"build": {"outputs": {"config": config}}}
    told = interpolate(given["env"]["SPELLING"], {"needs": FakeContext("needs", needs)})
    assert told in SPELLINGS
    assert digest != DIGEST or told == spelling


def test_artifacts__names_differ_by_attempt_and_by_call() -> None:
    prefix = "${{ inputs.artifact-name }}"
    assert step("merge", "upload")["with"]["name"] == prefix + ATTEMPT
    assert step("merge", "merge")["env"]["NAME"] == prefix + ATTEMPT
    # The dot, which no artifact-name contains, keeps `app` apart from `app-image`.
    assert step("build", "upload")["with"]["name"] == f"{prefix}.image{ATTEMPT}"
    for job, kind in (("build", "image"), ("merge", "evidence")):
        assert "github.run_attempt" in JOBS[job]["outputs"][f"{kind}-attempt"]
    told = called_outputs({"build": {"image-attempt": "1"}, "merge": {"evidence-attempt": "2"}})
    assert (told["image-artifact"], told["evidence-artifact"]) == ("app.image-1", "app-2")
    downloads = [
        given["with"] for _, given in STEPS if "download-artifact" in given.get("uses", "")
    ]
    assert [each.get("name") or each["pattern"] for each in downloads] == [
        f"{prefix}.image-${{{{ needs.build.outputs.image-attempt }}}}",
        f"{prefix}.*-of-*",
    ]
    artifact = MatrixJob(shard_number=1, shard_count=1, browser="").outputs("app")["artifact"]
    assert fnmatchcase(f"{artifact}-1", "app.*-of-*")
    assert not fnmatchcase("app.image-1", "app.*-of-*")


def called_outputs(
    jobs: Mapping[str, Mapping[str, str]], result: str = "success"
) -> dict[str, str]:
    """Return what the caller gets, where `jobs` set these outputs and all end with `result`."""
    ended: dict[str, Value] = {
        job: {"result": result, "outputs": {**jobs.get(job, {})}} for job in JOBS
    }
    contexts = {
        "jobs": FakeContext("jobs", ended),
        "inputs": FakeContext("inputs", {"artifact-name": "app"}),
    }
    return {n: interpolate(entry["value"], contexts) for n, entry in CALL["outputs"].items()}


def test_outputs__refer_to_existing_jobs_and_steps() -> None:
    for entry in CALL["outputs"].values():
        for job, output in OUTPUT.findall(entry["value"]):
            assert output in JOBS[job]["outputs"]
    action_outputs = ACTION["outputs"].keys()
    for name, job in JOBS.items():
        identities = {each["id"] for each in job["steps"] if "id" in each}
        for identity, output in STEP_OUTPUT.findall(yaml.safe_dump(job)):
            assert identity in identities, name
            known = action_outputs if identity in {"merge", "rehearsal"} else set()
            assert output in known | STEP_OUTPUTS.get(identity, set())


def test_outputs__of_jobs_are_never_empty() -> None:
    contexts = {name: FakeContext(name) for name in ("steps", "github")}
    for job in JOBS.values():
        for expression in job.get("outputs", {}).values():
            assert interpolate(expression, contexts) in {"none", "error", "1", "360"}


SET = {
    "build": {"config": "sha256:1", "image-attempt": "1"},
    "merge": {
        "verdict": "passed", "diagnosis": "none", "image-id": "sha256:1", "tests": "3",
        "failures": "0", "flaky": "none", "evidence-attempt": "1", "verdict-digest": "sha256:2",
    },
}  # fmt: skip


def test_outputs__of_the_workflow() -> None:
    assert called_outputs(SET) == {
        "verdict": "passed", "diagnosis": "", "image-id": "sha256:1", "tests": "3",
        "failures": "0", "flaky": "", "evidence-artifact": "app-1",
        "verdict-digest": "sha256:2", "image-artifact": "app.image-1", "image-config": "sha256:1",
        "dropped": "",
    }  # fmt: skip


@pytest.mark.parametrize(
    "result, verdict, told",
    [
        ("success", "passed", "passed"),
        ("success", "", "passed"),
        ("failure", "tests-failed", "tests-failed"),
        ("failure", "", "error"),
        ("cancelled", "", "cancelled"),
        ("skipped", "", "error"),
    ],
)
def test_outputs__verdict_has_always_a_word(result: str, verdict: str, told: str) -> None:
    assert called_outputs({"merge": {"verdict": verdict}}, result)["verdict"] == told


@pytest.mark.parametrize("name", [name for outputs in SET.values() for name in outputs])
def test_outputs__say_which_one_was_dropped(name: str) -> None:
    left = {job: {n: v for n, v in SET[job].items() if n != name} for job in SET}
    told = called_outputs(left)
    names = {
        "verdict": [], "evidence-attempt": ["evidence-artifact"],
        "config": ["image-artifact", "image-config"],
        "image-attempt": ["image-artifact", "image-config"],
    }.get(name, [name])  # fmt: skip
    assert told["dropped"].split() == names
    assert set(names) <= {*told}
    assert called_outputs({}, "cancelled")["dropped"] == "", "this job set no outputs at all"


def test_jobs__have_read_permission_and_a_timeout() -> None:
    assert WORKFLOW["permissions"] == {}
    for job in JOBS.values():
        assert job["permissions"] == {"contents": "read"}
        assert job["timeout-minutes"]
    assert re.findall(r"contents: read(.*)", TEXT) == [" # to check out"] * len(JOBS)


def test_jobs__have_no_concurrency_group() -> None:
    assert "concurrency" not in {*WORKFLOW, *(key for job in JOBS.values() for key in job)}


def test_jobs__use_the_action_of_the_workflows_own_commit() -> None:
    local = {each["uses"] for _, each in STEPS if each.get("uses", "").startswith(".")}
    assert local == {"./.dress-rehearsal/action"}
    # A checkout without `path` is the checkout of the caller's repository.
    checkouts = [each["with"] for _, each in STEPS if "actions/checkout@" in each.get("uses", "")]
    ours = [given for given in checkouts if "path" in given]
    assert len(ours) == len(JOBS)
    assert {given["repository"] for given in ours} == {
        "${{ steps.workflow-source.outputs.repository }}"
    }
    assert {given["ref"] for given in ours} == {"${{ steps.workflow-source.outputs.commit }}"}


def test_steps__keep_no_credentials_have_no_injection_and_pin_actions() -> None:
    for _, each in STEPS:
        assert "${{" not in each.get("run", "")
        if "actions/checkout@" in each.get("uses", ""):
            assert each["with"]["persist-credentials"] is False
    for line in re.findall(r"uses: (?!\./)(.*)", TEXT):
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)


def test_build__uses_no_cache_when_the_input_cache_is_false() -> None:
    (given,) = (s["with"] for _, s in STEPS if "build-push-action" in s.get("uses", ""))
    for name in ("cache-from", "cache-to"):
        assert re.fullmatch(r"\$\{\{ inputs\.cache && .* \|\| '' \}\}", given[name])
    assert given["no-cache"] == given["pull"] == "${{ !inputs.cache }}"
    assert (given["provenance"], given["sbom"]) == (False, False)


def test_build__does_not_publish_its_arguments() -> None:
    assert step("build", "build")["env"] == {
        "DOCKER_BUILD_SUMMARY": "false",
        "DOCKER_BUILD_RECORD_UPLOAD": "false",
    }
