"""What the last job of the called workflow says when there was nothing to rehearse."""

import json
from collections.abc import Mapping, Sequence

from rehearsal.outside.github import Console
from rehearsal.verdict import Problem, Verdict

VARIABLE = "NEEDS"
# What the legs need of the job `build`; without any of them there are none.
OUTPUTS = ("matrix", "legs", "minutes", "config", "image-artifact")


def explain_skipped(environ: Mapping[str, str], console: Console) -> int:
    """Tell why no leg ran, from the job `build` as `needs` shows it; the output is `verdict`.

    Always raises `Problem`.
    """
    problem = explain(json.loads(environ[VARIABLE])["build"])
    console.output("verdict", str(problem.verdict))
    console.summary(f"## Dress rehearsal: {problem.verdict}\n\n{problem.message} {problem.hint}\n")
    raise problem


def explain(build: Mapping[str, object]) -> Problem:
    """Return why nothing was rehearsed."""
    outputs = build.get("outputs")
    told: Mapping[str, str] = outputs if isinstance(outputs, dict) else {}
    if build.get("result") == "cancelled":
        return Problem(
            Verdict.CANCELLED,
            "Nothing was rehearsed: the job Build was cancelled, or ran out of time.",
            hint="Run it again. Where it takes more than an hour, its log says which step does.",
        )
    if told.get("verdict"):
        return Problem(
            next(each for each in Verdict if each.word == told["verdict"]),
            "Nothing was rehearsed: an input is wrong, or a secret is missing.",
            hint="The job Build says which, in its annotation and its summary.",
        )
    if build.get("result") == "success":
        return _lost([name for name in OUTPUTS if not told.get(name)])
    if told.get("built") == "failure":
        return Problem(
            Verdict.BUILD_FAILED,
            "Nothing was rehearsed: the image could not be built.",
            hint="The log of the job Build says why.",
        )
    if told.get("built") == "success":
        return Problem(
            Verdict.ERROR,
            "Nothing was rehearsed: the image was built, and could not be handed over.",
            hint="The last lines in the log of the job Build say why. An artifact of that name "
            "may be there already: give each call of the workflow an artifact-name of its own. "
            "Otherwise run it again.",
        )
    return Problem(
        Verdict.ERROR,
        "Nothing was rehearsed: the job Build ended before it came to building.",
        hint="Its log says why. Run it again; if it stays so, please report it.",
    )


def _lost(gone: Sequence[str]) -> Problem:
    if not gone:
        return Problem(Verdict.CANCELLED, "The run was cancelled before anything was rehearsed.")
    return Problem(
        Verdict.ERROR,
        f"The image was built, and of its job's outputs these are gone: {', '.join(gone)}.",
        hint="GitHub drops an output that contains a secret's value: look for “Skip output” in "
        "the log of the job Build, and for a secret that is a word as common as chrome.",
    )
