import json
from pathlib import Path

import pytest
from packaging.markers import default_environment

from rehearsal.audit.observations import PythonPackages, RequirementsFile
from rehearsal.pipeline.audit.app_python import MARK
from rehearsal.pipeline.audit.python_packages import MAX_SIZE, SCRIPT, read_packages

from ...fakes import FakeEngine, FakeProcess
from .subjects import run_script, subject_of


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


def test_read_packages__the_app_printed_numbers_in_our_place(tmp_path: Path) -> None:
    text = told(file=[1, [2], 3], installed={"a": 4}, environment={"os_name": 5})
    engine = FakeEngine(states=[{}], process=FakeProcess(0), output=text.encode())
    assert read_packages(subject_of(engine, tmp_path)) == PythonPackages(
        files=(RequirementsFile(path="1", lines=("2",), is_constraint=True),),
        installed={"a": "4"},
        environment={"os_name": "5"},
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


def files_of(folder: Path) -> list[list[object]]:
    return [each["file"] for each in run_script(SCRIPT, folder) if "file" in each]


def test_script__reads_what_is_included_once(tmp_path: Path) -> None:
    (tmp_path / "requirements").mkdir()
    production = tmp_path / "requirements/production.txt"
    production.write_text("-r base.txt\n--constraint=../limits.txt\n-r nowhere.txt\na==1\n")
    base = tmp_path / "requirements/base.txt"
    base.write_text("-r production.txt\nb==1 \\\n    --hash=sha256:00\n")
    (tmp_path / "limits.txt").write_text("c<2\n")
    # Beside one for production it may be for development.
    (tmp_path / "requirements.txt").write_text("pytest\n")
    assert files_of(tmp_path) == [
        [str(production), production.read_text().splitlines(), False],
        [str(base), ["-r production.txt", "b==1 \\", "    "], False],
        [str(tmp_path / "limits.txt"), ["c<2"], True],
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_script__reads_what_editors_write(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "requirements.txt").write_text("# ü\na==1\n", encoding=encoding)
    ((_, lines, _),) = files_of(tmp_path)
    assert lines == ["# ü", "a==1"]


def test_script__looks_beside_the_folder_of_the_app(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("a==1\n" * MAX_SIZE)
    (tmp_path / "src").mkdir()
    ((path, lines, _),) = files_of(tmp_path / "src")
    assert path == str(tmp_path / "requirements.txt")
    assert isinstance(lines, list)
    assert len(lines) < MAX_SIZE


def test_script__what_is_installed_here(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("")
    told = run_script(SCRIPT, tmp_path)[-1]
    assert told["installed"]["pytest"] == pytest.__version__
    assert told["environment"] == default_environment()


def test_script__no_file(tmp_path: Path) -> None:
    ((told),) = run_script(SCRIPT, tmp_path)
    assert str(tmp_path) in told["why_unknown"]
