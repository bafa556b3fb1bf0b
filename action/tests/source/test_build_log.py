"""Logs of real builds that fail, each written by two clients from one Dockerfile."""

from pathlib import Path

import pytest

from rehearsal.source.build_log import FailedStep, find_failed_step, find_line

BUILDS = Path(__file__).parent / "builds"
CLIENTS = ("docker-20.10.24", "buildx-0.29.1")


def build_log(name: str, client: str) -> str:
    return (BUILDS / f"{name}-{client}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize(
    "name, line, stage, last",
    [
        ("pip-not-found", 4, "build", "/bin/sh: 1: pip3.99: not found"),
        ("pip-without-r", 4, "", "ERROR: No matching distribution found for requirements.txt"),
        ("no-such-package", 4, "", "ERROR: No matching distribution found for djnago==5.0"),
        ("copy-missing", 2, "", ""),
        ("copy-ignored", 3, "", ""),
        ("no-such-image", 1, "", ""),
        ("no-shell", 3, "", 'exec: "/bin/sh": stat /bin/sh: no such file or directory'),
        ("stage-target", 3, "test", ""),
        ("unknown-instruction", 2, "", ""),
    ],
)
def test_find_failed_step__of_real_builds(
    *, name: str, client: str, line: int, stage: str, last: str
) -> None:
    step = find_failed_step(build_log(name, client))
    assert step
    assert step.stage == stage
    assert (step.output or ("",))[-1].endswith(last)
    assert bool(step.output) is bool(last)
    assert step.reason
    dockerfile = (BUILDS / f"{name}.Dockerfile").read_text(encoding="utf-8")
    assert find_line(dockerfile, step) == line


def test_find_failed_step__a_heredoc() -> None:
    step = find_failed_step(build_log("heredoc", "buildx-0.29.1"))
    assert step == FailedStep(
        instruction="RUN <<END (set -e...)",
        output=("one",),
        reason='process "/bin/sh -c set -e\\necho one\\nfalse\\n" did not complete successfully: '
        "exit code: 1",
        line=3,
    )


PODMAN = """STEP 1/6: FROM localhost/python:3.13-slim
STEP 2/6: COPY app.py /app.py
--> 0d06b5f78a8b
STEP 3/6: RUN no-such-program
/bin/sh: 1: no-such-program: not found
Error: building at STEP "RUN no-such-program": while running runtime: exit status 127
"""


@pytest.mark.parametrize("prefix", ["", "[2/2] "], ids=["one stage", "stages"])
def test_find_failed_step__of_podman(prefix: str) -> None:
    step = find_failed_step(PODMAN.replace("STEP 3", f"{prefix}STEP 3"))
    assert step == FailedStep(
        instruction="RUN no-such-program",
        output=("/bin/sh: 1: no-such-program: not found",),
        reason="while running runtime: exit status 127",
    )
    assert find_line("FROM python\nCOPY app.py /app.py\nRUN no-such-program\n", step) == 3


@pytest.mark.parametrize("log", ["", "#1 DONE 0.0s\n", "> [1/2] RUN", "ERROR: no builder found\n"])
def test_find_failed_step__unknown(log: str) -> None:
    assert find_failed_step(log) is None


@pytest.mark.parametrize(
    "dockerfile, stage, line",
    [
        ("FROM a AS one\nRUN make\nFROM b AS two\nRUN make\n", "two", 4),
        ("FROM a AS One\nRUN make\n", "one", 2),
        ("FROM a\nRUN make\nFROM b\nRUN make\n", "stage-1", 4),
        ("FROM a\n\n# RUN make\nRUN \\\n    make\n", "", 4),
        ("FROM a\nRUN cmake\n", "", 0),
        ("", "", 0),
    ],
)
def test_find_line__of_an_instruction(dockerfile: str, stage: str, line: int) -> None:
    assert find_line(dockerfile, FailedStep(instruction="RUN make", stage=stage)) == line
