"""The problem of a rehearsal that has no folder to work in."""

import errno
from collections.abc import Mapping

from rehearsal.evidence.folder import RESERVED
from rehearsal.evidence.left_out import megabytes
from rehearsal.pipeline.run_folder import is_missing
from rehearsal.verdict import Problem, Verdict

HINTS = {
    errno.ENOSPC: f"Free room on that disk: the reports alone need {megabytes(RESERVED)}.",
    errno.EDQUOT: f"Free room there: the reports alone need {megabytes(RESERVED)}.",
    errno.EROFS: "Name a folder on a disk that can be written to.",
    errno.EACCES: "Name a folder that the user of this process may write to.",
}
OTHER_HINT = (
    "Name a folder that exists and can be written to. On a runner RUNNER_TEMP is set, unless the "
    "workflow changes it."
)


def temp_problem(environ: Mapping[str, str], error: OSError) -> Problem:
    """Return the problem of a folder for temporary files that cannot be used, and what to do."""
    reason = error.strerror or str(error)
    hint = HINTS.get(error.errno or 0, OTHER_HINT)
    if is_missing(environ):
        message = "RUNNER_TEMP is not set, so there is no folder for the evidence."
    elif path := environ.get("RUNNER_TEMP"):
        message = f"RUNNER_TEMP is {path}, where no evidence can be written: {reason}."
    else:
        message = f"No evidence can be written into the folder for temporary files: {reason}."
        hint = f"{hint} The variable TMPDIR names it."
    return Problem(Verdict.MISCONFIGURED, message, hint=hint)
