"""action/publish/action.yml: its outputs are what the helper sets, and its step holds no logic."""

import re
from pathlib import Path
from typing import Any

import yaml

from rehearsal.commands.publish.publication import Publication

FILE = Path(__file__).resolve().parents[3] / "publish/action.yml"
TEXT = FILE.read_text(encoding="utf-8")
ACTION: dict[str, Any] = yaml.safe_load(TEXT)
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]


def test_inputs__take_no_password() -> None:
    for name, entry in ACTION["inputs"].items():
        assert not re.search("password|token|secret|credential", name + entry["description"])


def test_outputs__equal_those_of_the_helper() -> None:
    assert list(ACTION["outputs"]) == list(Publication().outputs())
    for name, entry in ACTION["outputs"].items():
        assert entry["value"] == f"${{{{ steps.publish.outputs.{name} }}}}"


def test_outputs__are_described_in_a_sentence() -> None:
    for name, entry in ACTION["outputs"].items():
        assert re.fullmatch(r"[A-Z].*\.", entry["description"]), name


def test_runs__is_one_command_that_gets_signals_and_has_no_injection() -> None:
    (step,) = STEPS
    assert step["run"] == 'exec python3 -I "$GITHUB_ACTION_PATH/.." publish'
    assert step["shell"] == "bash"
    assert step["env"] == {"REHEARSAL_INPUTS": "${{ toJSON(inputs) }}"}
    assert len(TEXT[TEXT.index("\nruns:\n") + 1 :].splitlines()) < 40
