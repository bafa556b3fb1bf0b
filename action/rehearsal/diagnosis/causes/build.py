"""Causes of a failed build or a failed installation; they come last in the order."""

from rehearsal.diagnosis.facts import FAILED_STEP, PACKAGE_IS_A_FILE
from rehearsal.diagnosis.rules import Cause, Pattern, Variant
from rehearsal.results.file_names import BUILD_LOG, TEST_SETUP_LOG
from rehearsal.verdict import Verdict

DOCKERFILE = Pattern("problem", r"could not be built from (?P<dockerfile>\S+)")

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
        id="pip-without-r",
        verdicts=(Verdict.BUILD_FAILED,),
        patterns=(
            DOCKERFILE,
            Pattern(FAILED_STEP, PACKAGE_IS_A_FILE),
        ),
        title="{dockerfile} lets pip install a package called {file}: -r is missing",
        hint="Write -r before {file}: pip install -r {file}.",
        paste="{requirements_option|}",
    ),
    Cause(
        id="package-not-found",
        verdicts=(Verdict.BUILD_FAILED,),
        patterns=(
            DOCKERFILE,
            Pattern(
                FAILED_STEP,
                r"No matching distribution found for (?P<package>\S+)(?<!\.txt)$",
                r"npm (?:ERR!|error) 404 +'?(?P<package>[^\s']+?)(?:@[^\s'@]*)?'? is not in",
                r"E: Unable to locate package (?P<package>\S+)",
            ),
        ),
        title="{dockerfile} installs {package}, and there is no such package",
        hint="Correct its name and version. The version has to exist for the Python or Node of "
        "this image, and the index has to be reachable from the build.",
        variants=(
            Variant(
                pattern=Pattern(FAILED_STEP, r"E: Unable to locate package"),
                hint="Correct its name, and run apt-get update in the same RUN before apt-get "
                "install: the base image has no lists of packages.",
            ),
        ),
    ),
    Cause(
        id="missing-in-context",
        verdicts=(Verdict.BUILD_FAILED,),
        patterns=(
            DOCKERFILE,
            Pattern(FAILED_STEP, r"\"/?(?P<path>[^\"\n]+)\":? not found(?:: not found)?$"),
        ),
        details=(Pattern(FAILED_STEP, r"\A(?P<where>(?:COPY|ADD) .*)"),),
        title="{dockerfile} copies {path}, which is not in the build context",
        hint="COPY sees the files of the input context only, and not those that .dockerignore "
        "lists. Correct the path, or context, or .dockerignore.",
    ),
    Cause(
        id="no-such-program",
        verdicts=(Verdict.BUILD_FAILED,),
        patterns=(
            DOCKERFILE,
            Pattern(
                FAILED_STEP,
                r"^/bin/\w+: (?:line )?(?:\d+: )?(?P<program>[^\s:]+): (?:command )?not found$",
                r"exec: \"(?P<program>[^\"\n]+)\": (?:stat|executable file not found)",
            ),
        ),
        title="{dockerfile} runs {program}, and the image has no such program there",
        hint="Install it in an instruction before this one, or begin with a base image that has "
        "it.",
        variants=(
            Variant(
                pattern=Pattern(FAILED_STEP, r"exec: \"/bin/sh\""),
                hint="The base image has no shell. Run the program itself, as a list: RUN "
                '["/program", "argument"]. Or do this in an earlier stage, and copy the result.',
            ),
        ),
    ),
    Cause(
        id="no-compiler",
        verdicts=(Verdict.BUILD_FAILED,),
        patterns=(
            DOCKERFILE,
            Pattern(
                FAILED_STEP,
                r"error: command '(?P<compiler>[^'\n]+)' failed: No such file or directory",
                r"\[Errno 2\] No such file or directory: '(?P<compiler>\S*(?:gcc|cc|c\+\+))'",
            ),
        ),
        title="{dockerfile} installs a package that has to be compiled, and there is no {compiler}",
        hint="Choose a version of the package that has a wheel for this Python and platform. Or "
        "install a compiler before: apt-get update && apt-get install -y gcc python3-dev.",
    ),
    Cause(
        id="wrong-platform",
        verdicts=(Verdict.BUILD_FAILED,),
        patterns=(DOCKERFILE, Pattern(FAILED_STEP, r"exec format error")),
        title="{dockerfile} builds for another processor than this machine has",
        hint="Remove the input platform and --platform in FROM, or use a runner with that "
        "processor. A program that was copied into the image has to be made for it, too.",
    ),
    Cause(
        id="disk-full",
        verdicts=(Verdict.BUILD_FAILED,),
        patterns=(DOCKERFILE, Pattern((FAILED_STEP, BUILD_LOG), r"[Nn]o space left on device")),
        title="The disk is full: {dockerfile} could not be built",
        hint="This is not the app's fault. Free space before this step (docker system df shows "
        "what images and caches take), or set keep-images on a machine of your own.",
    ),
    Cause(
        id="base-image",
        verdicts=(Verdict.BUILD_FAILED,),
        patterns=(
            DOCKERFILE,
            Pattern(FAILED_STEP, r"\AFROM (?P<image>\S+)"),
        ),
        title="The base image {image} of {dockerfile} cannot be pulled",
        hint="Correct its name and tag in FROM. If it is in a registry that wants a login, log in "
        "before this step.",
        variants=(
            Variant(
                pattern=Pattern(FAILED_STEP, r"toomanyrequests|429 Too Many Requests"),
                hint="This is not the app's fault. The registry limits how often it can be asked "
                "without a login: log in before this step, or rehearse again later.",
            ),
            Variant(
                pattern=Pattern(
                    FAILED_STEP,
                    r"no such host|server misbehaving|i/o timeout|deadline exceeded"
                    r"|TLS handshake timeout|connection (?:refused|reset)|unexpected EOF",
                ),
                hint="The registry did not answer. If its name in FROM is right, this is not the "
                "app's fault: rehearse again.",
            ),
        ),
    ),
    Cause(
        id="build",
        verdicts=(Verdict.BUILD_FAILED,),
        patterns=(DOCKERFILE,),
        details=(
            Pattern(FAILED_STEP, r"(?P<where>dockerfile parse error .*)"),
            Pattern(FAILED_STEP, r"\A(?P<where>[A-Z]+ .*)(?:\n.*)*\Z"),
            Pattern(BUILD_LOG, r"failed to solve[^:\n]*: .*"),
        ),
        title="{dockerfile} does not build: {where|the end of build.log says why}",
        hint="Correct that instruction. Its last output is shown below. To try it on your own "
        "machine: docker build .",
        symptom=True,
    ),
)
