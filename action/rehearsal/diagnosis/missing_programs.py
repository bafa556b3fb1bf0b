"""Which program an image cannot start, in the words of engines and shells."""

import re

from rehearsal.dataclass import dataclass
from rehearsal.diagnosis.facts import WORKER_LOG, Facts
from rehearsal.results.file_names import BEFORE_LOG, CONTAINER_LOG, SETUP_LOG

PROGRAM_SOURCES = ("problem", SETUP_LOG, BEFORE_LOG, CONTAINER_LOG, WORKER_LOG)
# An app may do without a program and go on: only the last lines say why it ended.
END = r"$(?:\n.*){0,2}\Z"
SHELL = r"^\S+: (?:line )?(?:\d+: )?(?:exec: )?"
QUOTE = "['`\N{LEFT SINGLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}]"
ABSENT = (
    # The engines' runc; a missing sh is the cause no-shell.
    r'exec: "(?!sh")(?P<program>[^"\n]+)": executable file not found',
    r'exec: "(?P<program>[^"\n]+)": stat [^:\n]+: no such file or directory',
    rf"executable file {QUOTE}(?!sh{QUOTE})(?P<program>[^'`\n]+){QUOTE} not found",  # crun
    rf"{SHELL}(?P<program>[^\s:]+): (?:command )?not found{END}",
    rf"{SHELL}cannot open (?P<program>\S+): No such file{END}",
    rf"^exec (?P<program>\S+): no such file or directory{END}",
    rf"^\S*env: {QUOTE}?(?P<program>[^\s'`]+?){QUOTE}?: No such file or directory{END}",
    rf"^\S*python[\d.]*: can't open file '(?P<program>[^'\n]+)': \[Errno 2\].*{END}",
)
DENIED = (
    r'exec: "(?P<program>[^"\n]+)": permission denied',
    rf"{SHELL}(?P<program>[^\s:]*/[^\s:]+): Permission denied{END}",
)
NO_FORMAT = (rf"^exec (?P<program>\S+): exec format error{END}",)


@dataclass(frozen=True, kw_only=True)
class MissingProgram:
    """A program by its name or path, and whether it is there and `denied`, or has `no_format`."""

    name: str
    denied: bool = False
    no_format: bool = False


def find_missing_program(facts: Facts) -> MissingProgram | None:
    """Return the program that could not be started, None if none is named."""
    for source in PROGRAM_SOURCES:
        for words in (ABSENT, DENIED, NO_FORMAT):
            for pattern in words:
                if found := re.search(pattern, facts.text(source), re.MULTILINE):
                    return MissingProgram(
                        name=found["program"],
                        denied=words is DENIED,
                        no_format=words is NO_FORMAT,
                    )
    return None
