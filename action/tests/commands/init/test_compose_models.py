import os
from pathlib import Path

import pytest

from rehearsal.commands.init.compose_models import read_models
from rehearsal.source.project_files import ProjectFiles


def models(top: Path) -> dict[str, object]:
    names = tuple(sorted(path.name for path in top.iterdir()))
    return read_models(top, ProjectFiles(folders={".": names}, read=lambda _: ""))


@pytest.fixture
def top(tmp_path: Path) -> Path:
    (tmp_path / "top").mkdir()
    return tmp_path / "top"


def test_read_models__by_their_paths(top: Path) -> None:
    (top / "compose.yml").write_text("a: b\n")
    (top / "docker-compose.yml").write_text("{")
    (top / "notes.yml").write_text("c: d\n")
    assert models(top) == {"compose.yml": {"a": "b"}}


def test_read_models__no_link_out_of_the_checkout(top: Path) -> None:
    top.with_name("private.yml").write_text("password: hush\n")
    (top / "compose.yml").symlink_to(top.with_name("private.yml"))
    os.mkfifo(top / "docker-compose.yml")
    (top / "shared.yml").write_text("a: b\n")
    (top / "compose.yaml").symlink_to("shared.yml")
    assert models(top) == {"compose.yaml": {"a": "b"}}
