import os
import sys
import time
from pathlib import Path

import pytest

from rehearsal.evidence.log import Log
from rehearsal.pipeline.stages import virtual_environment
from rehearsal.pipeline.stages.virtual_environment import VenvBuilder
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
