"""What the inputs give, and what this machine has."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from rehearsal.config.parser import make_plan
from rehearsal.diagnosis.needs.given import given_by


def missing(top: Path, **inputs: str) -> frozenset[str]:
    """Return what the machine says where `python` finds none of the modules but pytest."""
    (top / "Dockerfile").write_text("FROM scratch\n")
    (top / "needed.txt").touch()
    python = top / "python"
    python.write_text("#!/bin/sh\nshift 2\necho $* | tr ' ' '\\n' | grep -vx pytest\n")
    python.chmod(0o755)
    environ = {"PATH": f"{top}:/usr/bin:/bin"}
    given = {"test-command": "python -m pytest", **inputs}
    plan = make_plan(given, environ=environ, top=top)
    with ExitStack() as at_end:
        machine = given_by(plan, environ, at_end).machine
        assert machine
        return machine.missing_modules()


def test_missing_modules__of_the_python_that_runs_the_tests(tmp_path: Path) -> None:
    assert missing(tmp_path) == {"selenium", "playwright", "django"}


@pytest.mark.parametrize(
    "inputs",
    [{"test-requirements": "needed.txt"}, {"test-command": "uv run pytest"}],
    ids=["a file lists them", "the command installs them"],
)
def test_missing_modules__of_no_python(tmp_path: Path, inputs: dict[str, str]) -> None:
    assert not missing(tmp_path, **inputs)
