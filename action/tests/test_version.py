"""One place holds the version; what else names it has it from there, or is held to it."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from rehearsal import __version__, cli
from rehearsal.commands.merge.merging import merge
from rehearsal.commands.merge.page import page as merged_page
from rehearsal.commands.merge.summary import summary as merged_summary
from rehearsal.report.page import page
from rehearsal.report.summary import summary
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.results.verdict_json import write_json

TOP = Path(__file__).resolve().parents[2]
USED = re.compile(r"dress-rehearsal/[\w./-]+@v(\d[\w.]*)")
FOOT = f"Dress Rehearsal {__version__}, "
DOCUMENTS = [
    *(TOP / name for name in ("README.md", "action/README.md")),
    *sorted(path for path in (TOP / "docs").rglob("*") if path.suffix in {".md", ".yml"}),
]
RESULT = RehearsalResult(name="r")


def test_version__is_three_numbers() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", __version__)


def test_version__is_printed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["rehearse", "--version"])
    assert cli.main() == 0
    assert capsys.readouterr().out == f"dress-rehearsal {__version__}\n"


def test_version__is_printed_without_importing_much() -> None:
    shown = subprocess.run(
        [sys.executable, "-I", "-S", "-X", "importtime", "action", "--version"],
        capture_output=True, text=True, check=True, cwd=TOP,
    )  # fmt: skip
    assert shown.stdout == f"dress-rehearsal {__version__}\n"
    imported = {line.rpartition("|")[2].strip() for line in shown.stderr.splitlines()}
    assert {name for name in imported if name.startswith("rehearsal")} == {
        "rehearsal", "rehearsal.cli",
    }  # fmt: skip
    assert not imported & {"argparse", "dataclasses", "json", "pathlib", "re", "typing"}


def test_version__stands_once_in_the_package() -> None:
    sources = [*(TOP / "action").glob("*.py"), *(TOP / "action/rehearsal").rglob("*.py")]
    holders = [path.name for path in sources if __version__ in path.read_text(encoding="utf-8")]
    assert holders == ["__init__.py"]


def test_version__is_the_package_s_from_there() -> None:
    project = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))
    assert "version" in project["project"]["dynamic"]
    version = project["tool"]["setuptools"]["dynamic"]["version"]
    assert version == {"attr": "rehearsal.__version__"}


def test_version__is_the_changelog_s_newest() -> None:
    text = (TOP / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (\S+)", text, re.MULTILINE)[0] == __version__


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(TOP)))
def test_version__is_what_every_example_uses(path: Path) -> None:
    assert set(USED.findall(path.read_text(encoding="utf-8"))) <= {__version__}


def test_version__examples_are_found() -> None:
    assert USED.findall((TOP / "README.md").read_text(encoding="utf-8"))


MERGED = merge([], expected=1, name="r")


@pytest.mark.parametrize(
    "report",
    [
        summary(RESULT),
        str(page(RESULT)),
        merged_summary(MERGED, evidence=""),
        str(merged_page(MERGED)),
    ],
    ids=["summary", "page", "merged summary", "merged page"],
)
def test_version__stands_at_the_foot_of_every_report(report: str) -> None:
    text, _, _ = report.partition("<script>")
    assert FOOT in text[-1000:]


def test_version__stands_in_the_document() -> None:
    assert f'"tool": "dress-rehearsal {__version__}"' in write_json(RESULT)
