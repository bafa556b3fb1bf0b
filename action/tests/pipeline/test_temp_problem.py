import errno
import os

import pytest

from rehearsal.pipeline.run_folder import temp_folder
from rehearsal.pipeline.temp_problem import temp_problem
from rehearsal.verdict import Verdict

SET = {"GITHUB_ACTIONS": "true", "RUNNER_TEMP": "/runner/temp"}


def error(number: int) -> OSError:
    return OSError(number, os.strerror(number))


def test_temp_problem__not_set_on_a_runner() -> None:
    with pytest.raises(OSError, match="it is not set") as caught:
        temp_folder({"GITHUB_ACTIONS": "true"})
    problem = temp_problem({"GITHUB_ACTIONS": "true"}, caught.value)
    assert problem.verdict is Verdict.MISCONFIGURED
    assert problem.message == "RUNNER_TEMP is not set, so there is no folder for the evidence."
    assert "unless the workflow changes it" in problem.hint


@pytest.mark.parametrize(
    "number, reason, hint",
    [
        (errno.ENOENT, "No such file or directory", "Name a folder that exists"),
        (errno.ENOTDIR, "Not a directory", "Name a folder that exists"),
        (errno.EROFS, "Read-only file system", "on a disk that can be written to"),
        (errno.EACCES, "Permission denied", "that the user of this process may write to"),
        (errno.ENOSPC, "No space left on device", "Free room on that disk: the reports alone need"),
    ],
)
def test_temp_problem__says_why_and_what_to_do(number: int, reason: str, hint: str) -> None:
    problem = temp_problem(SET, error(number))
    assert problem.message == (
        f"RUNNER_TEMP is /runner/temp, where no evidence can be written: {reason}."
    )
    assert hint in problem.hint


def test_temp_problem__on_a_laptop() -> None:
    problem = temp_problem({}, error(errno.ENOSPC))
    assert problem.message == (
        "No evidence can be written into the folder for temporary files: No space left on device."
    )
    assert problem.hint.endswith("The variable TMPDIR names it.")
