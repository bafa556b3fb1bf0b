import re
from pathlib import Path

import pytest

import rehearsal
from rehearsal.config.variables import stored_name

# An expression of a workflow whose secret is named by the program.
MADE = re.compile(r"\{ ?secrets\.\{+ ?([^{}]+)\}")


@pytest.mark.parametrize(
    "variable, name",
    [("KEY", "KEY"), ("GITHUB_SECRET", "APP_GITHUB_SECRET"), ("github_token", "APP_github_token")],
)
def test_stored_name__never_of_github(variable: str, name: str) -> None:
    assert stored_name(variable) == name


def test_stored_name__in_each_place_that_names_a_secret() -> None:
    files = Path(rehearsal.__file__).parent.rglob("*.py")
    made = {
        f"{file.name}: {name}"
        for file in files
        for name in MADE.findall(file.read_text(encoding="utf-8"))
    }
    assert len(made) == 4
    assert {each for each in made if "stored" not in each} == set()
