"""What the last job of the called workflow says when there was nothing to rehearse."""

import json
from collections.abc import Mapping

from rehearsal.outside.github import Console
from rehearsal.verdict import Problem, Verdict

VARIABLE = "NEEDS"


def unbuilt(environ: Mapping[str, str], console: Console) -> int:
    """Tell why no leg ran, from the job `build` as `needs` shows it; the output is `verdict`.

    Always raises `Problem`.
    """
    problem = explain(json.loads(environ[VARIABLE])["build"])
    console.output("verdict", str(problem.verdict))
    console.summary(f"## Dress rehearsal: {problem.verdict}\n\n{problem.what} {problem.advice}\n")
    raise problem


def explain(build: Mapping[str, object]) -> Problem:
    """Return why nothing was rehearsed."""
    outputs = build.get("outputs")
    told: Mapping[str, str] = outputs if isinstance(outputs, dict) else {}
    if build.get("result") == "cancelled":
        return Problem(Verdict.CANCELLED, "The run was cancelled before the image was built.")
    if told.get("verdict"):
        return Problem(
            next(each for each in Verdict if each.word == told["verdict"]),
            "Nothing was rehearsed: an input is wrong, or a secret is missing.",
            advice="The job Build says which, in its annotation and its summary.",
        )
    if build.get("result") == "success":
        return Problem(
            Verdict.ERROR,
            "The image was built, and the job's outputs are gone.",
            advice="GitHub drops an output that contains a secret's value: look for “Skip output” "
            "in the log of the job Build, and for a secret that is a word as common as chrome.",
        )
    if told.get("legs"):
        return Problem(
            Verdict.BUILD_FAILED,
            "Nothing was rehearsed: the image could not be built.",
            advice="The log of the job Build says why.",
        )
    return Problem(
        Verdict.ERROR,
        "Nothing was rehearsed: the job Build ended before it had read its inputs.",
        advice="Its log says why. Run it again; if it stays so, please report it.",
    )
