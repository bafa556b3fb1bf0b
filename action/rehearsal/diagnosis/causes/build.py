"""Causes that end a rehearsal before the app has started, when none of the others does."""

from rehearsal.diagnosis.rules import Cause, Pattern
from rehearsal.verdict import Verdict

BUILD = (
    Cause(
        id="no-such-package",
        verdicts=(Verdict.SETUP_FAILED,),
        patterns=(
            Pattern(
                "test-setup.log",
                r"No matching distribution found for (?P<package>\S+)",
                r"Could not find a version that satisfies the requirement (?P<package>\S+)",
                r"Invalid requirement: '(?P<package>[^'\n]+)'",
            ),
        ),
        title="There is no package {package} for the tests to install",
        hint="Correct its name or version in the file that test-requirements names: the version "
        "has to exist, and to work with the runner's Python.",
    ),
    Cause(
        id="build",
        verdicts=(Verdict.BUILD_FAILED,),
        patterns=(Pattern("problem", r"could not be built from (?P<dockerfile>\S+)"),),
        details=(
            Pattern("build.log", r"^ > \[[^\]\n]*\] (?P<where>.*):\n(?:.*\n)*?-{4,}"),
            Pattern("build.log", r"(?P<where>dockerfile parse error .*)"),
            Pattern("build.log", r"failed to solve[^:\n]*: .*"),
        ),
        title="{dockerfile} does not build: {where|the end of build.log says why}",
        hint="Mend that instruction; what it printed last is shown with it. The same command on "
        "your own machine: docker build .",
    ),
)
