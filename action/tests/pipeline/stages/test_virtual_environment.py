import ast
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rehearsal.evidence.log import Log
from rehearsal.pipeline.stages import virtual_environment
from rehearsal.pipeline.stages.python_path import PACKAGES_FOLDER
from rehearsal.pipeline.stages.virtual_environment import PTH_SCRIPT, VenvBuilder
from rehearsal.verdict import RehearsalError, Verdict

ENV = {"PATH": os.environ["PATH"]}


def test_venv_builder__paths_with_spaces(
    log: Log, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(virtual_environment, "INSTALL_SCRIPT", 'printf "%s\\n" "$@"; pwd -P')
    requirements = tmp_path / "my requirements.txt"
    requirements.touch()
    preparation = VenvBuilder(requirements, tmp_path / "v e n v", env=ENV, log=log)
    preparation.wait()
    folder = tmp_path.resolve()
    assert preparation.bin_folder == tmp_path / "v e n v" / "bin"
    assert log.tail(9) == (
        sys.executable,
        str(tmp_path / "v e n v"),
        str(requirements),
        str(folder),
    )


def test_venv_builder__end(log: Log, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(virtual_environment, "INSTALL_SCRIPT", "sleep 60")
    requirements = tmp_path / "requirements.txt"
    requirements.touch()
    preparation = VenvBuilder(requirements, tmp_path / "venv", env=ENV, log=log)
    started = time.monotonic()
    preparation.end()
    assert time.monotonic() - started < 5
    assert preparation._process.ended


def test_venv_builder__failed_installation(
    log: Log, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = 'echo "ERROR: No matching distribution found for $3" >&2; exit 1'
    monkeypatch.setattr(virtual_environment, "INSTALL_SCRIPT", script)
    requirements = tmp_path / "requirements.txt"
    requirements.touch()
    preparation = VenvBuilder(requirements, tmp_path / "venv", env=ENV, log=log)
    with pytest.raises(RehearsalError) as caught:
        preparation.wait()
    preparation.end()
    assert caught.value.problem.verdict is Verdict.SETUP_FAILED
    assert "from requirements.txt (exit code 1)" in caught.value.problem.message
    assert caught.value.problem.excerpt == (
        f"ERROR: No matching distribution found for {requirements}",
    )


WITHOUT_PIP = '"$1" -m venv --without-pip "$2"'
# How often the capture listens, and what of it is imported.
LISTENS = """
import sys
finders = [type(each).__name__ for each in sys.meta_path]
print(finders.count("_BrowserFinder"), sum("rehearsal" in name for name in sys.modules))
"""
ON = {"REHEARSAL_EVIDENCE": "/nowhere"}
SITECUSTOMIZE = os.pathsep.join(
    (str(PACKAGES_FOLDER / "rehearsal_capture/python_path"), str(PACKAGES_FOLDER))
)


@pytest.fixture
def environment(log: Log, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A virtual environment with the capture, and no packages."""
    monkeypatch.setattr(virtual_environment, "INSTALL_SCRIPT", WITHOUT_PIP)
    folder, requirements = tmp_path / "v e n v", tmp_path / "requirements.txt"
    VenvBuilder(requirements, folder, env=ENV, log=log, capture=PACKAGES_FOLDER).wait()
    return folder


def run(environment: Path, *arguments: str, **env: str) -> str:
    """Return what its Python prints."""
    done = subprocess.run(
        [environment / "bin/python", *arguments],
        env={**ENV, **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout.strip()


@pytest.mark.parametrize("option", ["-I", "-E", "-B"])
@pytest.mark.parametrize("path", ["", SITECUSTOMIZE], ids=["no path", "path"])
def test_venv_builder__capture_listens_once(option: str, path: str, environment: Path) -> None:
    assert run(environment, option, "-c", LISTENS, PYTHONPATH=path, **ON) == "1 2"


@pytest.mark.parametrize(
    "env, expected",
    [
        pytest.param({}, "0 0", id="no evidence"),
        pytest.param({"REHEARSAL_EVIDENCE": ""}, "0 0", id="no folder"),
        pytest.param({**ON, "REHEARSAL_CAPTURE": "off"}, "0 2", id="off"),
    ],
)
def test_venv_builder__capture_stays_silent(
    env: dict[str, str], expected: str, environment: Path
) -> None:
    assert run(environment, "-I", "-c", LISTENS, **env) == expected


@pytest.mark.parametrize("fault", ["missing", "broken"])
def test_venv_builder__capture_that_fails_prints_nothing(
    fault: str, environment: Path, tmp_path: Path
) -> None:
    (pth,) = environment.glob("lib/python*/site-packages/rehearsal_capture.pth")
    pth.write_text(pth.read_text().replace(str(PACKAGES_FOLDER), str(tmp_path)))
    if fault == "broken":
        (tmp_path / "rehearsal_capture.py").write_text("raise RuntimeError('planted')\n")
    assert run(environment, "-I", "-c", "print('as ever')", **ON) == "as ever"


def test_venv_builder__capture_off(
    log: Log, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(virtual_environment, "INSTALL_SCRIPT", WITHOUT_PIP)
    VenvBuilder(tmp_path / "requirements.txt", tmp_path / "venv", env=ENV, log=log).wait()
    assert run(tmp_path / "venv", "-I", "-c", LISTENS, **ON) == "0 0"


def test_pth_script__is_python_3_8() -> None:
    ast.parse(PTH_SCRIPT, feature_version=(3, 8))
