import json
from typing import Any

import pytest

from rehearsal.called.unbuilt import explain, unbuilt
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
            {"result": "failure", "outputs": {"legs": "2", "matrix": "{}"}},
            "build-failed",
            "could not be built",
            id="build-failed",
        ),
        pytest.param(
            {"result": "failure", "outputs": {}}, "error", "before it had read", id="no-checkout"
        ),
        pytest.param({"result": "failure"}, "error", "before it had read", id="no-outputs"),
        pytest.param(
            {"result": "success", "outputs": {"legs": "2"}}, "error", "outputs are gone", id="gone"
        ),
        pytest.param(
            {"result": "cancelled", "outputs": {"legs": "2"}},
            "cancelled",
            "was cancelled",
            id="cancelled",
        ),
    ],
)
def test_explain__says_why(build: dict[str, Any], verdict: str, says: str) -> None:
    problem = explain(build)
    assert (str(problem.verdict), says in problem.what) == (verdict, True)


def test_unbuilt__tells_it(job: Job) -> None:
    needs = {"build": {"result": "failure", "outputs": {"legs": "1"}}, "rehearse": {}}
    job.environ["NEEDS"] = json.dumps(needs)
    with pytest.raises(Problem, match="could not be built"):
        unbuilt(job.environ, job.console)
    assert job.outputs == {"verdict": "build-failed"}
    assert job.summary.startswith("## Dress rehearsal: build-failed\n")
