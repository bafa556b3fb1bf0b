import json
from typing import Any

import pytest

from rehearsal.commands.workflow.explain_skipped import OUTPUTS, explain, explain_skipped
from rehearsal.verdict import Problem

from .conftest import Job


@pytest.mark.parametrize(
    "build, verdict, says",
    [
        pytest.param(
            {"result": "failure", "outputs": {"verdict": "misconfigured"}},
            "misconfigured",
            "an input is wrong",
            id="misconfigured",
        ),
        pytest.param(
            {"result": "failure", "outputs": {"legs": "2", "built": "failure"}},
            "build-failed",
            "could not be built",
            id="build-failed",
        ),
        pytest.param(
            {"result": "failure", "outputs": {"legs": "2", "built": "success", "config": "x"}},
            "error",
            "could not be handed over",
            id="no-upload",
        ),
        pytest.param(
            {"result": "failure", "outputs": {"legs": "2", "built": "skipped"}},
            "error",
            "before it came to building",
            id="no-builder",
        ),
        pytest.param(
            {"result": "failure", "outputs": {}}, "error", "before it came to", id="no-checkout"
        ),
        pytest.param({"result": "failure"}, "error", "before it came to", id="no-outputs"),
        pytest.param(
            {"result": "cancelled", "outputs": {"legs": "2"}},
            "cancelled",
            "was cancelled",
            id="cancelled",
        ),
        pytest.param(
            {"result": "success", "outputs": dict.fromkeys(OUTPUTS, "x")},
            "cancelled",
            "before anything was rehearsed",
            id="cancelled-between",
        ),
    ],
)
def test_explain__says_why(build: dict[str, Any], verdict: str, says: str) -> None:
    problem = explain(build)
    assert (str(problem.verdict), says in problem.message) == (verdict, True)


@pytest.mark.parametrize("gone", OUTPUTS)
def test_explain__names_an_output_that_was_dropped(gone: str) -> None:
    outputs = {name: "" if name == gone else "x" for name in OUTPUTS}
    problem = explain({"result": "success", "outputs": outputs})
    assert str(problem.verdict) == "error"
    assert problem.message.endswith(f"these are gone: {gone}.")


def test_unbuilt__tells_it(job: Job) -> None:
    needs = {"build": {"result": "failure", "outputs": {"built": "failure"}}, "rehearse": {}}
    job.environ["NEEDS"] = json.dumps(needs)
    with pytest.raises(Problem, match="could not be built"):
        explain_skipped(job.environ, job.console)
    assert job.outputs == {"verdict": "build-failed"}
    assert job.summary.startswith("## Dress rehearsal: build-failed\n")
