"""Explain in the last job of the reusable workflow why no rehearsal ran."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from rehearsal.commands.workflow.dropped_outputs import ONE_LINE
from rehearsal.outside.github import Console
from rehearsal.verdict import Problem, RehearsalError, Verdict

# The outputs of the job `build` without which the jobs of the matrix are skipped.
REQUIRED_OUTPUTS = ("shards", "browsers", "config", "image-attempt")


def explain_skipped(environ: Mapping[str, str], console: Console) -> int:
    """Raise the `RehearsalError` that explains why no rehearsal ran, and set the output `verdict`.

    The variable NEEDS holds the context `needs` of the job as JSON.
    """
    problem = find_problem(json.loads(environ["NEEDS"])["build"])
    console.output("verdict", str(problem.verdict))
    console.summary(f"## Dress rehearsal: {problem.verdict}\n\n{problem.message} {problem.hint}\n")
    raise RehearsalError.of(problem)


def find_problem(build: Mapping[str, Any]) -> Problem:
    """Return why nothing was rehearsed; `build` is the result and the outputs of the job."""
    outputs: Mapping[str, str] = build.get("outputs") or {}
    if build.get("result") == "cancelled":
        return Problem(
            Verdict.CANCELLED,
            "Nothing was rehearsed: the job Build was cancelled, or ran out of time.",
            hint="Run the workflow again. If the job needs more than an hour, its log shows which "
            "step takes the time.",
        )
    if refused := next((each for each in Verdict if each.word == outputs.get("verdict")), None):
        return Problem(
            refused,
            "Nothing was rehearsed: an input is wrong, or a secret is missing.",
            hint="The annotation and the summary of the job Build name it.",
        )
    if build.get("result") == "success":
        return _missing_outputs([name for name in REQUIRED_OUTPUTS if not outputs.get(name)])
    if outputs.get("build-outcome") == "failure":
        return Problem(
            Verdict.BUILD_FAILED,
            "Nothing was rehearsed: the image could not be built.",
            hint="The log of the job Build shows why.",
        )
    if outputs.get("build-outcome") == "success":
        return Problem(
            Verdict.ERROR,
            "Nothing was rehearsed: the image was built, but could not be uploaded.",
            hint="The last lines in the log of the job Build show why. If an artifact of that name "
            "exists already, give each call of the workflow its own artifact-name. Otherwise run "
            "the workflow again.",
        )
    return Problem(
        Verdict.ERROR,
        "Nothing was rehearsed: the job Build failed before it built the image.",
        hint="Its log shows why. Run the workflow again. If that does not help, please report it.",
    )


def _missing_outputs(names: Sequence[str]) -> Problem:
    if not names:
        return Problem(Verdict.CANCELLED, "The run was cancelled before anything was rehearsed.")
    return Problem(
        Verdict.ERROR,
        f"The image was built, but these outputs of the job Build are missing: {', '.join(names)}.",
        hint="GitHub drops an output in which a line of a secret occurs: look for “Skip output” in "
        f"the log of the job Build. {ONE_LINE}",
    )
