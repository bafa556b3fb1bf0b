"""Causes of a failed build or a failed installation; they come last in the order."""

from rehearsal.diagnosis.rules import Cause, Pattern
from rehearsal.results.file_names import BUILD_LOG, TEST_SETUP_LOG
from rehearsal.verdict import Verdict

BUILD = (
    Cause(
        id="no-such-package",
        verdicts=(Verdict.SETUP_FAILED,),
        patterns=(
            Pattern(
                TEST_SETUP_LOG,
                r"No matching distribution found for (?P<package>\S+)",
                r"Could not find a version that satisfies the requirement (?P<package>\S+)",
                r"Invalid requirement: '(?P<package>[^'\n]+)'",
            ),
        ),
        title="The tests' package {package} cannot be found",
        hint="Correct its name or version in the file that test-requirements names. The version "
        "has to exist, and has to work with the runner's Python.",
    ),
    Cause(
        id="build",
        verdicts=(Verdict.BUILD_FAILED,),
        patterns=(Pattern("problem", r"could not be built from (?P<dockerfile>\S+)"),),
        details=(
            Pattern(BUILD_LOG, r"^ > \[[^\]\n]*\] (?P<where>.*):\n(?:.*\n)*?-{4,}"),
            Pattern(BUILD_LOG, r"(?P<where>dockerfile parse error .*)"),
            Pattern(BUILD_LOG, r"failed to solve[^:\n]*: .*"),
        ),
        title="{dockerfile} does not build: {where|the end of build.log says why}",
        hint="Correct that instruction. Its last output is shown below. To try it on your own "
        "machine: docker build .",
    ),
)
