"""Causes in the program that a container should start."""

from rehearsal.diagnosis.facts import PROPOSALS
from rehearsal.diagnosis.missing_programs import ABSENT, DENIED, NO_FORMAT, PROGRAM_SOURCES
from rehearsal.diagnosis.paste import INPUTS_ORIGIN
from rehearsal.diagnosis.rules import Cause, Pattern, Variant
from rehearsal.verdict import Verdict

PROPOSED = "{missing_program|}"

PROGRAMS = (
    Cause(
        id="missing-program",
        verdicts=(Verdict.MISCONFIGURED, Verdict.CRASHED, Verdict.SETUP_FAILED),
        patterns=(Pattern(PROGRAM_SOURCES, *ABSENT, *DENIED, *NO_FORMAT),),
        title="The image has no program {program}",
        hint="Install the package that brings it, or copy it into the image, and check the path. A "
        "virtual environment's bin folder has to be in PATH. A script also needs the program that "
        "its first line names.",
        variants=(
            Variant(
                pattern=Pattern(PROGRAM_SOURCES, *DENIED),
                title="The image has {program}, and may not run it: it is not executable",
                hint="Let git know that the file is executable, so that each checkout has it so.",
                paste=PROPOSED,
            ),
            Variant(
                pattern=Pattern(PROGRAM_SOURCES, *NO_FORMAT),
                title="The image cannot run {program}: it is no program, nor says what runs it",
                hint="A script has to begin with a line like #!/bin/sh. A program has to be made "
                "for the processor of this image.",
                paste=PROPOSED,
            ),
            Variant(
                pattern=Pattern(PROPOSALS, r"^missing_program sed ", shown=False),
                title="The image cannot run {program}: its lines end as on Windows",
                hint="So the program that its first line names has another name. Let the lines end "
                "as on Linux.",
                paste=PROPOSED,
            ),
            Variant(
                pattern=Pattern(
                    PROPOSALS, r"^missing_program (?:COPY (?!package\.json )|!)", shown=False
                ),
                title="The image lacks {program}, which the project has",
                hint="No COPY brings it in, or .dockerignore keeps it out.",
                paste=PROPOSED,
            ),
            Variant(
                pattern=Pattern(PROPOSALS, r"^missing_program ", shown=False),
                hint="The image does not install its package: add that.",
                paste=PROPOSED,
            ),
            Variant(
                pattern=Pattern(INPUTS_ORIGIN, r"^given command$", shown=False),
                hint="The input command names it: correct that. Or install the package that brings "
                "it, or copy it into the image, and check the path.",
            ),
        ),
    ),
)
