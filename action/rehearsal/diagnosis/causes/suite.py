"""Causes in the tests' own environment on the runner."""

from rehearsal.diagnosis.facts import LOCATIONS, PROPOSALS, TEST_ENVIRONMENT
from rehearsal.diagnosis.paste import in_step
from rehearsal.diagnosis.rules import CAPTURES, Cause, Pattern, Variant
from rehearsal.results.file_names import TEST_LOG
from rehearsal.verdict import Verdict

TEST_OUTPUT = (TEST_LOG, "failures")

# Source: chromedriver 156, Playwright 1.65, Cypress 15, Node 24, CPython 3.13, OpenJDK 21.
TAB_CRASHED = (
    r"\btab crashed\b",
    r"\b(?:Page|Target) crashed\b",
    r"Renderer process just crashed",
)
NODE_HEAP = r"JavaScript heap out of memory"
NO_MEMORY = (r"^(?:E +)?MemoryError\b.*", r"java\.lang\.OutOfMemoryError: .+")
# The kernel ends a process so that takes more than there is: by SIGKILL.
KILLED = r"^exit code (?:-9|137)$"

SUITE = (
    Cause(
        id="tests-out-of-memory",
        verdicts=(Verdict.TESTS_FAILED,),
        patterns=(
            Pattern((*TEST_OUTPUT, TEST_ENVIRONMENT), *TAB_CRASHED, NODE_HEAP, *NO_MEMORY, KILLED),
        ),
        details=(Pattern(TEST_ENVIRONMENT, r"^memory (?P<memory>\d+ MiB)$"),),
        title="The browser's tab crashed, most likely because memory ran out",
        hint="This machine has {memory|too little}. Open fewer browsers at a time, close each "
        "after its test, or take a larger runner.",
        variants=(
            Variant(
                pattern=Pattern(TEST_OUTPUT, NODE_HEAP),
                title="The tests ran out of memory: Node's heap is full",
                hint="Node limits its heap by itself. Raise the limit, in MiB; this machine has "
                "{memory|more}.",
                paste=in_step("test-env", "NODE_OPTIONS=--max-old-space-size=4096"),
            ),
            Variant(
                pattern=Pattern(TEST_OUTPUT, *NO_MEMORY),
                title="The tests ran out of memory",
                hint="This machine has {memory|too little}. Run fewer tests at a time, or take a "
                "larger runner.",
            ),
            Variant(
                pattern=Pattern(TEST_ENVIRONMENT, KILLED),
                title="The test command was killed (SIGKILL), most likely because memory ran out",
                hint="The kernel ends programs so if memory runs out; no time-out of a rehearsal "
                "does. This machine has {memory|too little}. Run fewer tests at a time, or take a "
                "larger runner.",
            ),
            Variant(
                # Docker gives a container 64 MiB.
                pattern=Pattern(TEST_ENVIRONMENT, r"^shared memory (?P<shared>[1-6]?\d MiB)$"),
                title="The browser's tab crashed: /dev/shm has {shared}, and Chrome needs more",
                hint="A job with container: has no more, unless its options say --shm-size=1g. Or "
                "start Chrome with --disable-dev-shm-usage.",
            ),
        ),
    ),
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
                pattern=Pattern(LOCATIONS, r"^tests_module (?P<path>.+)$"),
                title="The tests do not find the project's own module {module}",
                hint="It is {path}. Python looks for it where the tests start: set "
                "working-directory to the folder above it, or correct test-command.",
            ),
            Variant(
                pattern=Pattern(CAPTURES, r"^module (?:functional_tests|tests?)(?:\.\S*)?$"),
                title="The tests do not find their own module {module}",
                hint="Python looks for it where the tests start. Set working-directory to the "
                "folder above it, or correct the name in test-command.",
            ),
            Variant(
                pattern=Pattern(PROPOSALS, r"^tests_package # in "),
                hint="The tests run on the runner, not in the image, with packages of their own.",
                paste="{tests_package|}",
            ),
            Variant(
                pattern=Pattern(LOCATIONS, r"^tests_requirements (?P<file>.+)$"),
                hint="{file} names it, so it is installed, but for another Python than the one "
                "that test-command runs. Write python there: that is the first one on PATH.",
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
