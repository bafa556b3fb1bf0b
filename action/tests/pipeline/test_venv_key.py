import sys
from pathlib import Path
from typing import Any

import pytest

from rehearsal.outside.installer import Installer
from rehearsal.pipeline.venv_key import venv_key
from rehearsal.source.requirements import Requirements


def key(
    *texts: str, uv: str = "", settings: tuple[str, ...] = (), own: str = "", **env: str
) -> str:
    requirements = Requirements(texts=texts, variables=frozenset({"VERSION"}))
    return venv_key(requirements, Installer(uv=uv, settings=settings), env, own=[own])


def test_venv_key__is_equal_for_equal_things() -> None:
    assert key("a==1", VERSION="2", OTHER="x") == key("a==1", VERSION="2", OTHER="y")
    assert key("a", uv="/bin/uv") == key("a", uv="/home/bin/uv"), "wherever uv is"


@pytest.mark.parametrize(
    "others",
    [
        {"texts": ("a==2",)},
        {"texts": ("a==1", "")},
        {"texts": ("a==", "1")},
        {"VERSION": "2"},
        {"uv": "/bin/uv"},
        {"settings": ("PIP_INDEX_URL=https://example.com",)},
        {"own": "another version of ours"},
    ],
)
def test_venv_key__differs(others: dict[str, Any]) -> None:
    texts = others.pop("texts", ("a==1",))
    assert key(*texts, **others) != key("a==1")


@pytest.mark.parametrize(
    "name, value",
    [("version", "3.11.99 (main, built today)"), ("prefix", "/elsewhere"), ("base_prefix", "/x")],
)
def test_venv_key__another_python(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = key("a")
    monkeypatch.setattr(sys, name, value)
    assert key("a") != before


def test_venv_key__another_build_of_this_python(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "python"
    program.write_text("one")
    monkeypatch.setattr(sys, "executable", str(program))
    before = key("a")
    program.write_text("another")
    assert key("a") != before


def test_venv_key__is_short_and_shows_no_password() -> None:
    assert len(key("--index-url https://name:word@example.com/simple")) == 20
