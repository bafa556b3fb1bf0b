"""What an index of packages shows: the README, with links that lead somewhere there, too."""

import re
import runpy
import tomllib
from pathlib import Path
from typing import Any

import pytest
import setuptools

from rehearsal import __version__

TOP = Path(__file__).resolve().parents[2]
README = (TOP / "README.md").read_text(encoding="utf-8")
TARGET = re.compile(r'\]\(([^)]+)\)|(?:src|href)="([^"]+)"')
PAGES = f"https://github.com/example/fork/blob/v{__version__}/"
PICTURES = f"https://raw.githubusercontent.com/example/fork/v{__version__}/"


@pytest.fixture
def package(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What setup.py gives to setuptools, in a checkout of somebody's fork."""
    given: dict[str, Any] = {}
    monkeypatch.setattr(setuptools, "setup", given.update)
    monkeypatch.setenv("GITHUB_REPOSITORY", "example/fork")
    runpy.run_path(str(TOP / "setup.py"))
    return given


def targets(text: str) -> list[str]:
    return [link or source for link, source in TARGET.findall(text)]


def test_long_description__is_the_package_s() -> None:
    project = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert "readme" not in project
    assert "readme" in project["dynamic"]


def test_long_description__has_absolute_links(package: dict[str, Any]) -> None:
    found = targets(package["long_description"])
    assert not [each for each in found if not each.startswith(("https://", "#"))]
    assert f"{PAGES}docs/laptop.md" in found
    assert f"{PICTURES}docs/audit.png" in found
    assert package["long_description_content_type"] == "text/markdown"


def test_long_description__is_the_readme_otherwise(package: dict[str, Any]) -> None:
    text = package["long_description"]
    assert text.replace(PAGES, "").replace(PICTURES, "") == README
    assert len(targets(text)) == len(targets(README))
