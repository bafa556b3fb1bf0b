"""action/publish/action.yml, the helper and the contract say the same."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from rehearsal.arguments import COMMANDS
from rehearsal.commands.publish.command import HELP
from rehearsal.commands.publish.publication import Publication
from rehearsal.commands.publish.request import DEFAULTS

FILE = Path(__file__).resolve().parents[3] / "publish/action.yml"
TEXT = FILE.read_text(encoding="utf-8")
ACTION: dict[str, Any] = yaml.safe_load(TEXT)
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]


def test_inputs__have_the_helpers_defaults_in_its_order() -> None:
    declared = {name: entry["default"] for name, entry in ACTION["inputs"].items()}
    assert list(declared.items()) == list(DEFAULTS.items())
    assert all(isinstance(default, str) for default in declared.values())


def test_inputs__none_takes_a_password() -> None:
    for name, entry in ACTION["inputs"].items():
        assert not re.search("password|token|secret|credential", name + entry["description"])


def test_inputs__each_is_a_flag_on_a_laptop() -> None:
    assert set(HELP) == set(DEFAULTS)
    assert "publish" in COMMANDS


def test_outputs__are_the_helpers_and_come_from_its_step() -> None:
    assert list(ACTION["outputs"]) == list(Publication().outputs())
    for name, entry in ACTION["outputs"].items():
        assert entry["value"] == f"${{{{ steps.publish.outputs.{name} }}}}"


@pytest.mark.parametrize("kind", ["inputs", "outputs"])
def test_metadata__everything_is_described_in_a_sentence(kind: str) -> None:
    for name, entry in ACTION[kind].items():
        words = entry["description"]
        assert words[0].isupper(), name
        assert words.endswith("."), name


def test_runs__is_one_command_that_hears_signals_and_pastes_nothing() -> None:
    (step,) = STEPS
    assert step["run"] == 'exec python3 -I "$GITHUB_ACTION_PATH/.." publish'
    assert step["shell"] == "bash"
    assert step["env"] == {"REHEARSAL_INPUTS": "${{ toJSON(inputs) }}"}
    assert len(TEXT[TEXT.index("\nruns:\n") + 1 :].splitlines()) < 40
