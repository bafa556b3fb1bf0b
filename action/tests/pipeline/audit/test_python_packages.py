import json
from pathlib import Path

import pytest

from rehearsal.audit.observations import PythonPackages, RequirementsFile
from rehearsal.pipeline.audit.app_python import MARK
from rehearsal.pipeline.audit.python_packages import read_packages

from ...fakes import FakeEngine, FakeProcess
from .subjects import subject_of


def read(folder: Path, text: str, *, code: int = 0) -> PythonPackages:
    engine = FakeEngine(states=[{}], process=FakeProcess(code), output=text.encode())
    return read_packages(subject_of(engine, folder))


def told(**found: object) -> str:
    return f"\n{MARK}{json.dumps(found)}\n"


def test_read_packages__files_in_their_order(tmp_path: Path) -> None:
    text = told(file=["/app/requirements.txt", ["-c c.txt", "a"], False])
    text += told(file=["/app/c.txt", ["a==1"], True])
    text += told(installed={"a": "1"}, environment={"os_name": "posix"})
    assert read(tmp_path, text) == PythonPackages(
        files=(
            RequirementsFile(path="/app/requirements.txt", lines=("-c c.txt", "a")),
            RequirementsFile(path="/app/c.txt", lines=("a==1",), is_constraint=True),
        ),
        installed={"a": "1"},
        environment={"os_name": "posix"},
    )


@pytest.mark.parametrize(
    "text, code, reason",
    [
        (told(why_unknown="the image holds no file"), 0, "the image holds no file"),
        (told(file=["/r.txt", [], False]), 142, "its Python took longer than 30 s"),
        ("OCI runtime exec failed: x", 127, "the image has no Python"),
    ],
)
def test_read_packages__nothing(tmp_path: Path, text: str, code: int, reason: str) -> None:
    assert read(tmp_path, text, code=code) == PythonPackages(why_unknown=reason)
