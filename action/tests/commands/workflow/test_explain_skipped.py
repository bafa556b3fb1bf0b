import json
from typing import Any

import pytest

from rehearsal.commands.workflow.explain_skipped import (
    REQUIRED_OUTPUTS,
    explain_skipped,
    find_problem,
)
from rehearsal.verdict import RehearsalError

from .conftest import Job


@pytest.mark.parametrize(
    "build, verdict, says",
    [
        pytest.param(
            {
                "result": "failure",
                "outputs": {"verdict": "misconfigured", "build-outcome": "skipped"},
            },
            "misconfigured",
            "an input is wrong",
            id="misconfigured",
        ),
        pytest.param(
            {"result": "failure", "outputs": {"verdict": "none", "build-outcome": "failure"}},
            "build-failed",
            "could not be built",
            id="build-failed",
        ),
        pytest.param(
            {
                "result": "failure",
                "outputs": {"verdict": "none", "build-outcome": "success", "config": "x"},
            },
            "error",
            "could not be uploaded",
            id="upload-failed",
        ),
        pytest.param(
            {"result": "failure", "outputs": {"verdict": "none", "build-outcome": "none"}},
            "error",
            "before it built the image",
            id="build-not-started",
        ),
        pytest.param(
            {"result": "failure", "outputs": {}}, "error", "before it built", id="no-checkout"
        ),
        pytest.param({"result": "failure"}, "error", "before it built", id="no-outputs"),
        pytest.param(
            {"result": "cancelled", "outputs": {"verdict": "none"}},
            "cancelled",
            "was cancelled",
            id="cancelled",
        ),
        pytest.param(
            {"result": "success", "outputs": dict.fromkeys(REQUIRED_OUTPUTS, "x")},
            "cancelled",
            "before anything was rehearsed",
            id="cancelled-between",
        ),
    ],
)
def test_find_problem__names_the_verdict_and_the_reason(
    build: dict[str, Any], verdict: str, says: str
) -> None:
    problem = find_problem(build)
    assert (str(problem.verdict), says in problem.message) == (verdict, True)


@pytest.mark.parametrize("dropped", REQUIRED_OUTPUTS)
def test_find_problem__names_a_dropped_output(dropped: str) -> None:
    outputs = {name: "" if name == dropped else "x" for name in REQUIRED_OUTPUTS}
    problem = find_problem({"result": "success", "outputs": outputs})
    assert str(problem.verdict) == "error"
    assert problem.message.endswith(f"are missing: {dropped}.")


def test_explain_skipped__sets_output_and_summary(job: Job) -> None:
    needs = {
        "build": {"result": "failure", "outputs": {"build-outcome": "failure"}},
        "rehearse": {},
    }
    job.environ["NEEDS"] = json.dumps(needs)
    with pytest.raises(RehearsalError, match="could not be built"):
        explain_skipped(job.environ, job.console)
    assert job.outputs == {"verdict": "build-failed"}
    assert job.summary.startswith("## Dress rehearsal: build-failed\n")
