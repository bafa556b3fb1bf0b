"""action.yml: its outputs are what the helper sets, and its steps hold no logic."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from rehearsal.results.rehearsal import RehearsalResult

FILE = Path(__file__).resolve().parents[1] / "action.yml"
TEXT = FILE.read_text(encoding="utf-8")
ACTION: dict[str, Any] = yaml.safe_load(TEXT)
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
EXPRESSION = re.compile(r"steps\.([a-z-]+)\.outputs\.([a-z-]+)")


def test_outputs__are_what_the_helper_sets() -> None:
    known = RehearsalResult(name="r").outputs().keys()
    assert set(ACTION["outputs"]) == {*known, "verdict-digest", "artifact-url"}


def test_outputs__are_described_in_a_sentence() -> None:
    for name, entry in ACTION["outputs"].items():
        assert re.fullmatch(r"[A-Z].*\.", entry["description"]), name


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


def test_runs__what_they_read_arrives_as_json() -> None:
    inputs = {"REHEARSAL_INPUTS": "${{ toJSON(inputs) }}"}
    outputs = {"REHEARSAL_OUTPUTS": "${{ toJSON(steps.rehearse.outputs) }}"}
    assert {step["id"]: step.get("env") for step in STEPS} == {
        "rehearse": inputs,
        "clean-up": inputs | outputs,
        "upload": None,
    }


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
