"""rehearsal.yml, action.yml and the helper package agree."""

import re
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml

from rehearsal.commands.workflow.explain_skipped import REQUIRED_OUTPUTS
from rehearsal.commands.workflow.matrix import MatrixJob
from rehearsal.commands.workflow.prepare import SECRET_VARIABLES
from rehearsal.config.input_table import INPUTS
from rehearsal.config.workflow_inputs import OWN_INPUTS, WORKFLOW_INPUTS, WORKFLOW_SECRETS

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
JOB_ARTIFACT = "${{ matrix.artifact }}" + ATTEMPT
BUILD_INPUTS = {"context", "dockerfile", "target", "platform", "build-args"}
OUTPUT = re.compile(r"jobs\.([a-z]+)\.outputs\.([a-z-]+)")
STEP_OUTPUT = re.compile(r"steps\.([a-z-]+)\.outputs\.([a-z-]+)")
# The outputs of each step that does not use the action itself.
STEP_OUTPUTS = {
    "workflow-source": {"repository", "commit"},
    "prepare": {
        *("verdict", "job-count", "matrix", "timeout-minutes", "tag"),
        *("secrets-folder", "secret-files"),
        *BUILD_INPUTS,
    },
    "image": {"config", "image-id"},
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
    assert lines == ["${{ matrix.test-env }}", "${{ inputs.test-env }}"]


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
    assert used <= set(REQUIRED_OUTPUTS)
    assert set(REQUIRED_OUTPUTS) <= JOBS["build"]["outputs"].keys()
    assert step("merge", "explain-skipped")["if"].endswith("|| needs.rehearse.result == 'skipped'")


def test_merge__gets_the_result_of_the_jobs_besides_their_evidence() -> None:
    merge = step("merge", "merge")
    assert merge["env"]["RESULT"] == "${{ needs.rehearse.result }}"
    assert '--jobs "$RESULT"' in merge["run"]


def test_artifacts__names_differ_by_attempt_and_by_call() -> None:
    prefix = "${{ inputs.artifact-name }}"
    assert step("merge", "upload")["with"]["name"] == prefix + ATTEMPT
    assert step("merge", "merge")["env"]["NAME"] == prefix + ATTEMPT
    # The dot, which no artifact-name contains, keeps `app` apart from `app-image`.
    assert step("build", "upload")["with"]["name"] == f"{prefix}.image{ATTEMPT}"
    expression = "format('{0}%s-{1}', inputs.artifact-name, github.run_attempt) || ''"
    assert expression % ".image" in JOBS["build"]["outputs"]["image-artifact"]
    assert expression % "" in JOBS["merge"]["outputs"]["evidence-artifact"]
    downloads = [
        given["with"] for _, given in STEPS if "download-artifact" in given.get("uses", "")
    ]
    assert [each.get("name") or each["pattern"] for each in downloads] == [
        "${{ needs.build.outputs.image-artifact }}",
        f"{prefix}.*-of-*",
    ]
    entry = MatrixJob(shard_number=1, shard_count=1, browser="").entry("app")
    assert fnmatchcase(f"{entry['artifact']}-1", "app.*-of-*")
    assert not fnmatchcase("app.image-1", "app.*-of-*")


def test_matrix__entries_have_every_key_that_the_jobs_use() -> None:
    used = set(re.findall(r"matrix\.([a-z-]+)", yaml.safe_dump(JOBS["rehearse"])))
    assert used == MatrixJob(shard_number=1, shard_count=1, browser="").entry("x").keys()


def test_outputs__refer_to_existing_jobs_and_steps() -> None:
    for entry in CALL["outputs"].values():
        ((job, output),) = OUTPUT.findall(entry["value"])
        assert output in JOBS[job]["outputs"]
    action_outputs = ACTION["outputs"].keys()
    for name, job in JOBS.items():
        identities = {each["id"] for each in job["steps"] if "id" in each}
        for identity, output in STEP_OUTPUT.findall(yaml.safe_dump(job)):
            assert identity in identities, name
            known = action_outputs if identity in {"merge", "rehearsal"} else set()
            assert output in known | STEP_OUTPUTS.get(identity, set())


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
