"""The scenarios of every engine exist, and docs/engines.md lists them."""

import ast
from pathlib import Path

import pytest

from .e2e.engine_matrix import SCENARIOS

E2E = Path(__file__).parent / "e2e"
DOCUMENT = Path(__file__).parents[2] / "docs/engines.md"


def test_scenarios__are_those_of_the_document() -> None:
    rows = [
        line.split("|")[1].strip()
        for line in DOCUMENT.read_text(encoding="utf-8").splitlines()
        if line.endswith("| yes | yes | yes |")
    ]
    assert rows == list(SCENARIOS)


# A name that no test has would leave its scenario out in silence.
@pytest.mark.parametrize("test", SCENARIOS.values())
def test_scenarios__exist(test: str) -> None:
    file, name = test.split("::")
    function, _, case = name.partition("[")
    text = (E2E / file).read_text(encoding="utf-8")
    names = {each.name for each in ast.parse(text).body if isinstance(each, ast.FunctionDef)}
    assert function in names
    faults = (E2E / "faults.py").read_text(encoding="utf-8")
    assert f'"{case.rstrip("]")}"' in text + faults or not case
