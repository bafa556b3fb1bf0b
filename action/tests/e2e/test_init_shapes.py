"""Five shapes of projects: with what `rehearse init` writes, the first rehearsal is green."""

import sys
from pathlib import Path

import pytest

from .machine import ACTION, free_port
from .shapes import lay_out, use_stand_ins, workflow_of
from .test_laptop import Laptop

# As someone who has installed the command, and has nothing of it in the repository.
COMMAND = (sys.executable, "-I", str(ACTION))


@pytest.mark.usefixtures("service_images")
@pytest.mark.parametrize(
    "shape, tests",
    [
        pytest.param("startproject", 1, id="startproject"),
        pytest.param("src_layout", 2, id="src-layout"),
        pytest.param("cookiecutter", 1, id="cookiecutter"),
        pytest.param("fastapi", 2, id="fastapi"),
        pytest.param("express", 1, id="express"),
    ],
)
def test_init__its_first_rehearsal_passes(
    shape: str, tests: int, workdir: Path, run_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Selenium would first look for newer drivers, and wait in vain.
    monkeypatch.setenv("SE_OFFLINE", "true")
    # On a laptop the image is named after the folder.
    repository = lay_out(shape, workdir / f"{shape}-{run_id}")
    if shape == "startproject":
        # Its tests open the port that they name, which must be free here.
        port = str(free_port())
        repository.replace("Dockerfile", "8000", port)
        repository.replace("functional_tests/test_admin.py", "8000", port)
    laptop = Laptop(repository, workdir / "laptop", run_id)

    code, log = laptop.run("init", program=COMMAND)
    assert code == 0
    assert "to do:" not in log
    print(workflow_of(repository))
    use_stand_ins(repository)
    # The audit has scenarios of its own.
    code, log = laptop.run("--audit", "off", program=COMMAND)
    assert code == 0
    assert "verdict:  passed" in log
    assert f"tests:    {tests} ran, 0 failed" in log
