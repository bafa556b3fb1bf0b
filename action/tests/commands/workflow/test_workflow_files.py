"""rehearsal.yml, action.yml and the helper package agree."""

import re
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
import yaml

from rehearsal.commands.workflow.explain_skipped import REQUIRED_OUTPUTS
from rehearsal.commands.workflow.matrix import MatrixJob
from rehearsal.commands.workflow.prepare import SECRET_VARIABLES
from rehearsal.config.inputs import DEFAULTS
from rehearsal.config.workflow_inputs import EXCLUDED, SECRETS, WORKFLOW_INPUTS, defaults

TOP = Path(__file__).resolve().parents[4]
FILE = TOP / ".github/workflows/rehearsal.yml"
TEXT = FILE.read_text(encoding="utf-8")
WORKFLOW: dict[Any, Any] = yaml.safe_load(TEXT)
# YAML 1.1 takes the key `on` for true.
CALL: dict[str, Any] = WORKFLOW[True]["workflow_call"]
INPUTS: dict[str, dict[str, Any]] = CALL["inputs"]
JOBS: dict[str, dict[str, Any]] = WORKFLOW["jobs"]
STEPS = [(name, step) for name, job in JOBS.items() for step in job["steps"]]
ACTION: dict[str, Any] = yaml.safe_load((TOP / "action/action.yml").read_text(encoding="utf-8"))
# The job Build computes their values.
COMPUTED = {"image", "shard", "artifact-name"}
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


def test_inputs__include_those_of_the_action_or_exclude_them_with_a_reason() -> None:
    assert INPUTS.keys() - WORKFLOW_INPUTS.keys() == DEFAULTS.keys() - EXCLUDED.keys()
    assert EXCLUDED.keys() <= DEFAULTS.keys()
    assert not WORKFLOW_INPUTS.keys() & DEFAULTS.keys()
    assert all(reason.endswith(".") for reason in EXCLUDED.values())


def test_inputs__and_defaults_equal_those_of_the_helper() -> None:
    assert list(INPUTS) == list(defaults())
    spelled = {name: as_text(entry["default"]) for name, entry in INPUTS.items()}
    assert spelled == defaults()


def as_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@pytest.mark.parametrize("name", INPUTS)
def test_inputs__type_fits_the_default(name: str) -> None:
    types = {bool: "boolean", int: "number", str: "string"}
    entry = INPUTS[name]
    assert entry["type"] == types[type(entry["default"])]
    assert re.fullmatch(r"[0-9]+", defaults()[name]) is None or entry["type"] == "number"


def test_inputs__are_described_as_in_the_action() -> None:
    changed = {"build-args", "generate-secrets", "timeout", "artifact-name", "retention-days"}
    for name in INPUTS.keys() - WORKFLOW_INPUTS.keys() - changed:
        assert INPUTS[name]["description"] == ACTION["inputs"][name]["description"]


@pytest.mark.parametrize("kind", ["inputs", "secrets", "outputs"])
def test_workflow_call__everything_is_described_in_a_sentence(kind: str) -> None:
    for name, entry in CALL[kind].items():
        words = entry["description"]
        assert words[0].isupper(), name
        assert words.endswith("."), name


def test_secrets__equal_those_of_the_helper_and_are_optional() -> None:
    assert list(CALL["secrets"]) == list(SECRETS)
    assert not [name for name, entry in CALL["secrets"].items() if entry["required"]]


def test_secrets__are_passed_only_to_the_helper_and_the_action() -> None:
    receivers = [
        (job, each.get("id"), name)
        for job, each in STEPS
        for name, value in {**each.get("env", {}), **each.get("with", {})}.items()
        if "secrets." in str(value) and "outputs" not in str(value)
    ]
    prepare = [("build", "prepare", SECRET_VARIABLES[name]) for name in SECRETS]
    assert receivers == [*prepare, ("rehearse", "rehearsal", "secrets")]


def test_rehearse__passes_every_input_to_the_action() -> None:
    given = step("rehearse", "rehearsal")["with"]
    unchanged = {name for name, value in given.items() if value == f"${{{{ inputs.{name} }}}}"}
    passed_on = INPUTS.keys() - WORKFLOW_INPUTS.keys() - BUILD_INPUTS - COMPUTED - {"test-env"}
    assert unchanged == passed_on
    assert given.keys() - unchanged == COMPUTED | {"secrets", "evidence", "test-env"}
    assert given["artifact-name"] == JOB_ARTIFACT
    lines = given["test-env"].splitlines()
    assert lines == ["${{ matrix.test-env }}", "${{ inputs.test-env }}"]


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
