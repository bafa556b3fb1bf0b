import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from rehearsal.commands.init.input_line import Draft, InputLine
from rehearsal.commands.init.workflow_text import CHECKOUT, quoted, workflow_text

from .projects import SRC_LAYOUT, STARTPROJECT, changed, draft_of
from .test_companions import COMPOSE, FROM_PARTS, FROM_URL, SETTINGS, WITH_POSTGRES
from .test_suites import CYPRESS, PLAYWRIGHT
from .test_survey import FASTAPI, NODE

TOP = Path(__file__).resolve().parents[4]
WITH_PARTS = changed(WITH_POSTGRES, (SETTINGS, FROM_URL, FROM_PARTS))
SHAPES = {
    "startproject": STARTPROJECT,
    "src-layout": SRC_LAYOUT,
    "compose": WITH_POSTGRES | {"compose.yaml": COMPOSE},
    "parts": WITH_PARTS,
    "node": NODE,
    "fastapi": FASTAPI,
    "playwright": PLAYWRIGHT,
    "cypress": CYPRESS,
}
EVERYTHING = Draft(
    lines=(
        InputLine(name="secrets", text="PAY_API_KEY", why="settings.py:3 needs it."),
        InputLine(name="port", text="8000", why="Dockerfile:9."),
        InputLine(name="test-command", text="export URL=x\npytest -k 'a: b' # slow"),
    ),
    secret_names=("PAY_API_KEY",),
    notes=("Write a test.",),
)


def programs(*argv: str) -> list[str]:
    folder = Path(sys.executable).parent
    return [str(folder / argv[0]), *argv[1:]]


def test_every_shape__passes_all_linters(tmp_path: Path) -> None:
    files = []
    for name, draft in {
        **{name: draft_of(files) for name, files in SHAPES.items()},
        "everything": EVERYTHING,
    }.items():
        file = tmp_path / f"{name}.yml"
        file.write_text(workflow_text(draft))
        files.append(str(file))
    for command in (
        ("actionlint", *files),
        ("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *files),
        (
            *("zizmor", "--offline", "--persona", "auditor", "--quiet"),
            *("--config", str(TOP / "docs/zizmor.yml"), *files),
        ),
    ):
        done = subprocess.run(
            programs(*command), capture_output=True, text=True, check=False, cwd=tmp_path
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_pin__is_that_of_the_examples() -> None:
    assert f"uses: {CHECKOUT}" in (TOP / "docs/examples/rehearse.yml").read_text()


def test_text__means_what_the_draft_says() -> None:
    read = yaml.safe_load(workflow_text(EVERYTHING))
    step = read["jobs"]["rehearse"]["steps"][-1]
    assert step["env"] == {"PAY_API_KEY": "${{ secrets.PAY_API_KEY }}"}
    assert step["with"] == {
        "secrets": "PAY_API_KEY",
        "port": "8000",
        "test-command": "export URL=x\npytest -k 'a: b' # slow\n",
    }


@pytest.mark.parametrize(
    "text",
    ["8000", "true", "", "a: b", "a #b", "*", "-", "it's", "null", "@x", "a:", "!x", "[a]", "0x1f"],
)
def test_quoted__is_the_same_text_in_yaml(text: str) -> None:
    assert yaml.safe_load(f"key: {quoted(text)}") == {"key": text}


@pytest.mark.parametrize("first", ["", " a", "  #"])
def test_lines__keep_their_spaces(first: str) -> None:
    lines = [InputLine(name="command", text=text) for text in (first, " b", "c", "d: |")]
    read = yaml.safe_load(workflow_text(Draft(lines=tuple(lines))))
    step = read["jobs"]["rehearse"]["steps"][-1]
    assert step["with"] == {"command": f"{first}\n b\nc\nd: |\n"}


def test_comments__stay_comments() -> None:
    line = InputLine(name="env", text="A=b", why="evil\nname: \x1b[31m" + " word" * 60)
    text = workflow_text(Draft(lines=(line,)))
    assert yaml.safe_load(text)["jobs"]["rehearse"]["steps"][-1]["with"] == {"env": "A=b"}
    assert "\x1b" not in text
