"""rehearsal.yml, action.yml and the helper say the same."""

import re
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
import yaml

from rehearsal.commands.workflow.explain_skipped import OUTPUTS
from rehearsal.commands.workflow.matrix import MatrixJob
from rehearsal.commands.workflow.prepare import VARIABLES
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
# Each has its value worked out by the job Build.
WORKED_OUT = {"image", "shard", "artifact-name"}
# What `merge` knows a leg that was run again by; an earlier attempt's artifact is not replaced.
ATTEMPT = "-${{ github.run_attempt }}"
OF_A_LEG = "${{ matrix.artifact }}" + ATTEMPT
OF_THE_BUILD = {"context", "dockerfile", "target", "platform", "build-args"}
OUTPUT = re.compile(r"jobs\.([a-z]+)\.outputs\.([a-z-]+)")
STEP_OUTPUT = re.compile(r"steps\.([a-z]+)\.outputs\.([a-z-]+)")
# What a step of another's action, or a verb of ours, sets besides the action's own outputs.
SET_BY_OTHERS = {
    "own": {"repository", "commit"},
    "prepare": {
        *("verdict", "legs", "matrix", "minutes", "tag", "secrets-folder", "secret-files"),
        *OF_THE_BUILD,
    },
    "image": {"config", "image-id"},
    "upload": {"artifact-id"},
    "unbuilt": {"verdict"},
}


def step(job: str, identity: str) -> dict[str, Any]:
    found: dict[str, Any] = next(s for s in JOBS[job]["steps"] if s.get("id") == identity)
    return found


def test_inputs__each_of_the_action_is_there_or_left_out_with_a_reason() -> None:
    assert INPUTS.keys() - WORKFLOW_INPUTS.keys() == DEFAULTS.keys() - EXCLUDED.keys()
    assert EXCLUDED.keys() <= DEFAULTS.keys()
    assert not WORKFLOW_INPUTS.keys() & DEFAULTS.keys()
    assert all(reason.endswith(".") for reason in EXCLUDED.values())


def test_inputs__are_the_helpers_with_its_defaults() -> None:
    assert list(INPUTS) == list(defaults())
    spelled = {name: as_text(entry["default"]) for name, entry in INPUTS.items()}
    assert spelled == defaults()


def as_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@pytest.mark.parametrize("name", INPUTS)
def test_inputs__have_the_type_that_their_value_has(name: str) -> None:
    types = {bool: "boolean", int: "number", str: "string"}
    entry = INPUTS[name]
    assert entry["type"] == types[type(entry["default"])]
    assert re.fullmatch(r"[0-9]+", defaults()[name]) is None or entry["type"] == "number"


def test_inputs__mean_what_those_of_the_action_mean() -> None:
    changed = {"build-args", "generate-secrets", "timeout", "artifact-name", "retention-days"}
    for name in INPUTS.keys() - WORKFLOW_INPUTS.keys() - changed:
        assert INPUTS[name]["description"] == ACTION["inputs"][name]["description"]


@pytest.mark.parametrize("kind", ["inputs", "secrets", "outputs"])
def test_call__everything_is_described_in_a_sentence(kind: str) -> None:
    for name, entry in CALL[kind].items():
        words = entry["description"]
        assert words[0].isupper(), name
        assert words.endswith("."), name


def test_secrets__are_the_helpers_and_none_is_required() -> None:
    assert list(CALL["secrets"]) == list(SECRETS)
    assert not [name for name, entry in CALL["secrets"].items() if entry["required"]]


def test_secrets__reach_the_helper_and_the_action_alone() -> None:
    takers = [
        (job, each.get("id"), name)
        for job, each in STEPS
        for name, value in {**each.get("env", {}), **each.get("with", {})}.items()
        if "secrets." in str(value) and "outputs" not in str(value)
    ]
    prepare = [("build", "prepare", VARIABLES[name]) for name in SECRETS]
    assert takers == [*prepare, ("rehearse", "rehearsal", "secrets")]


def test_leg__hands_every_input_on() -> None:
    given = step("rehearse", "rehearsal")["with"]
    as_it_is = {name for name, value in given.items() if value == f"${{{{ inputs.{name} }}}}"}
    handed_on = INPUTS.keys() - WORKFLOW_INPUTS.keys() - OF_THE_BUILD - WORKED_OUT - {"test-env"}
    assert as_it_is == handed_on
    assert given.keys() - as_it_is == WORKED_OUT | {"secrets", "evidence", "test-env"}
    assert given["artifact-name"] == OF_A_LEG
    lines = given["test-env"].splitlines()
    assert lines == ["${{ matrix.test-env }}", "${{ inputs.test-env }}"]


def test_legs__run_only_with_every_output_that_the_last_job_misses() -> None:
    job = JOBS["rehearse"]
    needed = re.findall(r"needs\.build\.outputs\.([a-z-]+)", job["if"])
    assert tuple(needed) == OUTPUTS
    taken = set(re.findall(r"needs\.build\.outputs\.([a-z-]+)", yaml.safe_dump(job)))
    assert taken <= set(OUTPUTS)
    assert set(OUTPUTS) <= JOBS["build"]["outputs"].keys()
    assert step("merge", "unbuilt")["if"].endswith("|| needs.rehearse.result == 'skipped'")


def test_merge__looks_at_the_jobs_and_not_at_their_evidence_alone() -> None:
    merging = step("merge", "merge")
    assert merging["env"]["RESULT"] == "${{ needs.rehearse.result }}"
    assert '--jobs "$RESULT"' in merging["run"]


def test_artifacts__have_names_that_no_attempt_and_no_other_call_has() -> None:
    begins = "${{ inputs.artifact-name }}"
    assert step("merge", "upload")["with"]["name"] == begins + ATTEMPT
    assert step("merge", "merge")["env"]["NAME"] == begins + ATTEMPT
    # A dot, which no artifact-name has: `app` and `app-image` have nothing in common.
    assert step("build", "upload")["with"]["name"] == f"{begins}.image{ATTEMPT}"
    made = "format('{0}%s-{1}', inputs.artifact-name, github.run_attempt) || ''"
    assert made % ".image" in JOBS["build"]["outputs"]["image-artifact"]
    assert made % "" in JOBS["merge"]["outputs"]["evidence-artifact"]
    takers = [given["with"] for _, given in STEPS if "download-artifact" in given.get("uses", "")]
    assert [each.get("name") or each["pattern"] for each in takers] == [
        "${{ needs.build.outputs.image-artifact }}",
        f"{begins}.*-of-*",
    ]
    entry = MatrixJob(number=1, count=1, browser="").entry("app")
    assert fnmatchcase(f"{entry['artifact']}-1", "app.*-of-*")
    assert not fnmatchcase("app.image-1", "app.*-of-*")


def test_legs__have_what_the_matrix_is_asked_for() -> None:
    asked = set(re.findall(r"matrix\.([a-z-]+)", yaml.safe_dump(JOBS["rehearse"])))
    assert asked == MatrixJob(number=1, count=1, browser="").entry("x").keys()


def test_outputs__come_from_jobs_and_steps_that_have_them() -> None:
    for entry in CALL["outputs"].values():
        ((job, output),) = OUTPUT.findall(entry["value"])
        assert output in JOBS[job]["outputs"]
    of_the_action = ACTION["outputs"].keys()
    for name, job in JOBS.items():
        identities = {each["id"] for each in job["steps"] if "id" in each}
        for identity, output in STEP_OUTPUT.findall(yaml.safe_dump(job)):
            assert identity in identities, name
            known = of_the_action if identity in {"merge", "rehearsal"} else set()
            assert output in known | SET_BY_OTHERS.get(identity, set())


def test_jobs__may_only_read_and_end_in_time() -> None:
    assert WORKFLOW["permissions"] == {}
    for job in JOBS.values():
        assert job["permissions"] == {"contents": "read"}
        assert job["timeout-minutes"]
    assert re.findall(r"contents: read(.*)", TEXT) == [" # to check out"] * len(JOBS)


def test_jobs__wait_for_no_group_of_the_callers() -> None:
    assert "concurrency" not in {*WORKFLOW, *(key for job in JOBS.values() for key in job)}


def test_jobs__use_the_called_workflows_own_action() -> None:
    local = {each["uses"] for _, each in STEPS if each.get("uses", "").startswith(".")}
    assert local == {"./.dress-rehearsal/action"}
    # A checkout without it would be the caller's.
    checkouts = [each["with"] for _, each in STEPS if "actions/checkout@" in each.get("uses", "")]
    ours = [given for given in checkouts if "path" in given]
    assert len(ours) == len(JOBS)
    assert {given["repository"] for given in ours} == {"${{ steps.own.outputs.repository }}"}
    assert {given["ref"] for given in ours} == {"${{ steps.own.outputs.commit }}"}


def test_steps__keep_no_credentials_paste_nothing_and_pin_what_is_not_ours() -> None:
    for _, each in STEPS:
        assert "${{" not in each.get("run", "")
        if "actions/checkout@" in each.get("uses", ""):
            assert each["with"]["persist-credentials"] is False
    for line in re.findall(r"uses: (?!\./)(.*)", TEXT):
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)


def test_build__nothing_of_a_release_comes_out_of_a_cache() -> None:
    (given,) = (s["with"] for _, s in STEPS if "build-push-action" in s.get("uses", ""))
    for name in ("cache-from", "cache-to"):
        assert re.fullmatch(r"\$\{\{ inputs\.cache && .* \|\| '' \}\}", given[name])
    assert given["no-cache"] == given["pull"] == "${{ !inputs.cache }}"
    assert (given["provenance"], given["sbom"]) == (False, False)


def test_build__tells_its_arguments_to_nobody() -> None:
    assert step("build", "build")["env"] == {
        "DOCKER_BUILD_SUMMARY": "false",
        "DOCKER_BUILD_RECORD_UPLOAD": "false",
    }
