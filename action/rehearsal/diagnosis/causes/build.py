"""Causes that end a rehearsal before the app has started, when none of the others does."""

from rehearsal.diagnosis.rules import Cause, Clue
from rehearsal.verdict import Verdict

MAKING = (
    Cause(
        id="no-such-package",
        verdicts=(Verdict.SETUP_FAILED,),
        clues=(
            Clue(
                "test-setup.log",
                r"No matching distribution found for (?P<package>\S+)",
                r"Could not find a version that satisfies the requirement (?P<package>\S+)",
                r"Invalid requirement: '(?P<package>[^'\n]+)'",
            ),
        ),
        title="There is no package {package} for the tests to install",
        advice="Correct its name or version in the file that test-requirements names: the version "
        "has to exist, and to work with the runner's Python.",
    ),
    Cause(
        id="build",
        verdicts=(Verdict.BUILD_FAILED,),
        clues=(Clue("problem", r"could not be built from (?P<dockerfile>\S+)"),),
        shows=(
            Clue("build.log", r"^ > \[[^\]\n]*\] (?P<where>.*):\n(?:.*\n)*?-{4,}"),
            Clue("build.log", r"(?P<where>dockerfile parse error .*)"),
            Clue("build.log", r"failed to solve[^:\n]*: .*"),
        ),
        title="{dockerfile} does not build: {where|the end of build.log says why}",
        advice="Mend that instruction; what it printed last is shown with it. The same command on "
        "your own machine: docker build .",
    ),
)
