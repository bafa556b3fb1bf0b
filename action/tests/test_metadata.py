"""action.yml, the helper and the contract say the same."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from rehearsal.config.child_environment import for_tests
from rehearsal.config.inputs import DEFAULTS, NOT_YET
from rehearsal.results.rehearsal import Rehearsal

from .fakes import suite_plan

FILE = Path(__file__).resolve().parents[1] / "action.yml"
TEXT = FILE.read_text(encoding="utf-8")
ACTION: dict[str, Any] = yaml.safe_load(TEXT)
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
EXPRESSION = re.compile(r"steps\.([a-z-]+)\.outputs\.([a-z-]+)")

# design.md, "The action's contract".
INPUTS = [
    "image",
    "context",
    "dockerfile",
    "target",
    "platform",
    "working-directory",
    "build-args",
    "build-secrets",
    "cache-from",
    "cache-to",
    "port",
    "host-port",
    "env",
    "command",
    "secrets",
    "generate-secrets",
    "volumes",
    "network",
    "run-options",
    "setup-command",
    "ready-path",
    "ready-status",
    "ready-headers",
    "ready-timeout",
    "test-command",
    "test-requirements",
    "test-env",
    "test-timeout",
    "test-retries",
    "test-reports",
    "shard",
    "selenium-url",
    "timeout",
    "audit",
    "audit-ignore",
    "audit-active",
    "evidence",
    "artifact-name",
    "retention-days",
]
OUTPUTS = [
    "verdict",
    "diagnosis",
    "image",
    "image-id",
    "tests",
    "failures",
    "flaky",
    "ready-seconds",
    "evidence-path",
    "artifact-name",
    "artifact-url",
]
TESTS_ENVIRONMENT = {
    "TEST_SERVER",
    "REHEARSAL_URL",
    "REHEARSAL_EVIDENCE",
    "REHEARSAL_JUNIT",
    "REHEARSAL_SHARD",
    "REHEARSAL_RETRIES",
}


def test_inputs__are_the_contracts_in_its_order() -> None:
    assert list(ACTION["inputs"]) == INPUTS
    assert list(DEFAULTS) == INPUTS


def test_inputs__have_the_helpers_defaults() -> None:
    assert {name: entry["default"] for name, entry in ACTION["inputs"].items()} == DEFAULTS


def test_inputs__defaults_are_text_as_the_runner_hands_them_over() -> None:
    for name, entry in ACTION["inputs"].items():
        assert isinstance(entry["default"], str), f"quote the default of {name}"


@pytest.mark.parametrize("kind", ["inputs", "outputs"])
def test_metadata__everything_is_described_in_a_sentence(kind: str) -> None:
    for name, entry in ACTION[kind].items():
        words = entry["description"]
        assert words[0].isupper(), name
        assert words.endswith("."), name


@pytest.mark.parametrize("name", sorted(NOT_YET))
def test_inputs__what_does_not_work_yet_says_so(name: str) -> None:
    assert "refused" in ACTION["inputs"][name]["description"]


def test_inputs__what_works_claims_nothing_else() -> None:
    silent = set(ACTION["inputs"]) - NOT_YET
    assert not [n for n in silent if "Not at work yet" in ACTION["inputs"][n]["description"]]


def test_outputs__are_the_contracts_and_the_helpers() -> None:
    assert list(ACTION["outputs"]) == OUTPUTS
    assert {*Rehearsal(name="r").outputs(), "artifact-url"} == set(OUTPUTS)


def test_outputs__come_from_steps_that_exist() -> None:
    steps = {step["id"] for step in STEPS}
    helpers = {"rehearse", "clean-up"}
    for name, entry in ACTION["outputs"].items():
        sources = EXPRESSION.findall(entry["value"])
        assert sources
        for step, output in sources:
            assert step in steps
            assert step not in helpers or output == name


def test_runs__is_short_and_holds_no_logic() -> None:
    runs = TEXT[TEXT.index("\nruns:\n") + 1 :]
    assert len(runs.splitlines()) <= 40
    assert len(STEPS) <= 4


@pytest.mark.parametrize("step", [s for s in STEPS if "run" in s], ids=lambda step: step["id"])
def test_runs__each_script_is_one_command_that_hears_signals(step: dict[str, Any]) -> None:
    assert "\n" not in step["run"].strip()
    assert re.fullmatch(r'exec python3 -I "\$GITHUB_ACTION_PATH" (rehearse|clean-up)', step["run"])
    assert step["shell"] == "bash"


def test_runs__no_expression_is_pasted_into_a_script() -> None:
    assert not [step for step in STEPS if "${{" in step.get("run", "")]


def test_runs__inputs_arrive_as_json_in_one_variable() -> None:
    for step in STEPS:
        for name, value in step.get("env", {}).items():
            assert (name, value) == ("REHEARSAL_INPUTS", "${{ toJSON(inputs) }}")


def test_runs__what_others_wrote_is_pinned_by_commit_and_says_its_version() -> None:
    used = re.findall(r"uses: (.*)", TEXT)
    assert len(used) == len([step for step in STEPS if "uses" in step])
    for line in used:
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)


def test_runs__what_tidies_up_runs_whatever_happened() -> None:
    conditions = {step["id"]: step.get("if") for step in STEPS}
    assert conditions == {
        "rehearse": None,
        "clean-up": "always()",
        "upload": "always() && steps.clean-up.outputs.upload == 'true'",
    }


def test_environment__of_the_tests_is_the_contracts() -> None:
    asked = suite_plan(shard="1/4", selenium_url="http://grid:4444")
    folder = Path("/x")
    env = for_tests(
        {}, asked, port=1, evidence=folder, junit=folder, packages=folder, bin_folder=None
    )
    ours = {"PATH", "PYTHONPATH", "SELENIUM_REMOTE_URL"}
    assert set(env) - ours == TESTS_ENVIRONMENT
