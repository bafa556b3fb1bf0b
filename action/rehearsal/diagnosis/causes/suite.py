"""Causes in the tests' own environment on the runner."""

from rehearsal.diagnosis.paste import in_step
from rehearsal.diagnosis.rules import CAPTURES, Cause, Pattern, Variant
from rehearsal.results.file_names import TEST_LOG
from rehearsal.verdict import Verdict

TEST_OUTPUT = (TEST_LOG, "failures")

SUITE = (
    Cause(
        id="tests-missing-module",
        verdicts=(Verdict.TESTS_FAILED,),
        patterns=(
            Pattern(
                TEST_LOG,
                r"^(?:E +)?ModuleNotFoundError: No module named '(?P<module>[^'\n]+)'",
                r"^(?:E +)?Error: Cannot find module '(?P<module>[^./'\n][^'\n]*)'",
            ),
        ),
        title="The tests' own environment has no module {module}",
        hint="The tests run on the runner, not in the image. Add the package to the file that "
        "test-requirements names; functional_tests/requirements.txt is taken without that input.",
        variants=(
            Variant(
                pattern=Pattern(TEST_LOG, r"Error: Cannot find module '"),
                hint="The tests run on the runner, not in the image. Install what they need there: "
                "add the package to package.json, and run npm ci in a step before this one.",
            ),
            Variant(
                pattern=Pattern(CAPTURES, r"^module (?:functional_tests|tests?)(?:\.\S*)?$"),
                title="The tests do not find their own module {module}",
                hint="Python looks for it where the tests start. Set working-directory to the "
                "folder above it, or correct the name in test-command.",
            ),
            Variant(
                pattern=Pattern(CAPTURES, r"^module django$"),
                hint="The tests run on the runner, not in the image, and manage.py test imports "
                "Django. Add Django to the file that test-requirements names, or run the tests "
                "without it: test-command: python -m unittest discover functional_tests.",
            ),
        ),
    ),
    Cause(
        id="tests-missing-variable",
        verdicts=(Verdict.TESTS_FAILED,),
        patterns=(
            Pattern(
                TEST_LOG,
                r'File "(?:<frozen os>|[^"\n]*/os\.py)", line \d+, in __getitem__\n'
                r"(?:    .*\n)*(?:E +)?KeyError: '(?P<name>\w+)'",
            ),
        ),
        title="The environment variable {name} is missing in the tests",
        hint="The tests do not get the container's variables and secrets. Give them their own.",
        paste=in_step("test-env", "{name}=VALUE"),
    ),
)
