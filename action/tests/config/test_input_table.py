"""Each input is described, read by the parser, and refused when its type does not accept it."""

import re
from pathlib import Path

import pytest

from rehearsal.commands.publish.request import PUBLISH_INPUTS, read_request
from rehearsal.config.input_table import INPUTS, STAGES
from rehearsal.config.input_types import Input
from rehearsal.config.inputs import Inputs
from rehearsal.config.parser import make_plan
from rehearsal.config.workflow_inputs import WORKFLOW_INPUTS, WORKFLOW_SECRETS
from rehearsal.verdict import MisconfiguredError

TABLES = (INPUTS, WORKFLOW_INPUTS, WORKFLOW_SECRETS, PUBLISH_INPUTS)
# No type that is checked accepts it.
WRONG = "no such value!"


class ReadNames(dict[str, str]):
    """Values that remember which of them were read."""

    def __init__(self, table: dict[str, Input]) -> None:
        super().__init__({name: each.default for name, each in table.items()})
        self.read: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.read.add(name)
        return super().__getitem__(name)


@pytest.fixture
def top(tmp_path: Path) -> Path:
    (tmp_path / "Dockerfile").touch()
    return tmp_path


@pytest.mark.parametrize("table", TABLES, ids=["action", "workflow", "secrets", "publish"])
def test_table__every_input_has_a_sentence_and_an_acceptable_default(
    table: dict[str, Input],
) -> None:
    for name, each in table.items():
        assert re.fullmatch(r"[A-Z].*\.", each.meaning), name
        assert each.type.accepts(each.default), name
        assert not each.not_in_workflow or each.not_in_workflow.endswith("."), name


def test_make_plan__reads_every_input(top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    values = ReadNames(dict(INPUTS))
    monkeypatch.setattr(Inputs, "of", lambda _: Inputs(values, INPUTS))
    make_plan({}, environ={}, top=top)
    assert values.read == INPUTS.keys()


def test_read_request__reads_every_input_of_publish(
    top: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = ReadNames(dict(PUBLISH_INPUTS))
    values |= {"image-id": f"sha256:{'0' * 64}", "to": "registry.example/app:1"}
    monkeypatch.setattr(Inputs, "of", lambda *_: Inputs(values, PUBLISH_INPUTS))
    read_request({}, top=top)
    assert values.read == PUBLISH_INPUTS.keys()


@pytest.mark.parametrize(
    "name", [name for name, each in INPUTS.items() if not each.type.accepts(WRONG)]
)
def test_make_plan__refuses_what_the_type_does_not_accept(top: Path, name: str) -> None:
    with pytest.raises(MisconfiguredError, match=rf"The input {name} "):
        make_plan({name: WRONG}, environ={}, top=top)


@pytest.mark.parametrize("name", INPUTS)
def test_inputs__have_a_few_words_for_help(name: str) -> None:
    each = INPUTS[name]
    assert each.stage in STAGES
    assert each.short
    # Beside the flag, on a terminal of 80 columns.
    assert len(each.help.replace("%%", "%")) <= 50
