import tomllib
from pathlib import Path

import pytest

from .wheel_texts import dangling_references

ACTION = Path(__file__).resolve().parents[1]


def test_packages__have_all_files_that_they_read() -> None:
    settings = tomllib.loads((ACTION.parent / "pyproject.toml").read_text(encoding="utf-8"))
    data = settings["tool"]["setuptools"]["package-data"]
    listed = {
        (package, pattern): {*(ACTION / package.replace(".", "/")).glob(pattern)}
        for package, patterns in data.items()
        for pattern in patterns
    }
    assert [name for name, files in listed.items() if not files] == []
    # setuptools finds modules and py.typed by itself; documents are for people.
    others = {
        file
        for file in ACTION.glob("rehearsal*/**/*")
        if file.is_file() and file.suffix not in (".py", ".pyc", ".typed", ".md")
    }
    assert {file.name for file in others} >= {"page.css", "trace.js", "cleanup.sh"}
    assert others.difference(*listed.values()) == set()


def test_packages__name_only_documents_that_their_reader_has() -> None:
    assert dangling_references(ACTION) == []


@pytest.mark.parametrize(
    "text, found",
    [
        ("See docs/laptop.md.", ["docs/l", "docs/laptop.md"]),
        ("More in action/README.md#inputs", ["action/README.md"]),
        ("https://example.com/blob/main/action/README.md#inputs", []),
        ("Read GUIDE.md.", []),
        ("summary.md", []),
    ],
)
def test_dangling_references(tmp_path: Path, text: str, found: list[str]) -> None:
    (tmp_path / "rehearsal").mkdir()
    (tmp_path / "rehearsal/GUIDE.md").touch()
    (tmp_path / "rehearsal/hint.py").write_text(f"HINT = {text!r}\n")
    assert dangling_references(tmp_path) == [f"rehearsal/hint.py: {each}" for each in found]
