"""The command line that rehearses one test: how it is written, and whether a text is one.

Readers paste it into a terminal. So it is never cut, and it is shown only as it is.
"""

import shlex

from rehearsal.report.words import REHEARSE
from rehearsal.results.evidence_index import FailedTestEvidence
from rehearsal.source.one_test import is_one_test_command

# In characters: a longer one is no help in a report. Half of it may be quotes of quotes.
MAX_RERUN = 1000
FLAG = "--test-command"
# As a flag, so that it counts whatever the workflow says: one test is in one shard.
WHOLE = " --shard 1/1"


def rerun_text(command: str, *, is_shard: bool = False, flags_only: bool = False) -> str:
    """Return what rehearses one test by its test command, empty if it is too long to be shown.

    With `flags_only` it has only the flag that is new: the others are the reader's.
    """
    text = command_flag(command) + (WHOLE if is_shard else "")
    text = text if flags_only else f"{REHEARSE} {text}"
    return text if len(text) <= MAX_RERUN else ""


def command_flag(command: str) -> str:
    """Return the flag that gives a test command to `rehearse`, quoted for a shell."""
    plain = not set(command) & set('"$`\\!')
    return f'{FLAG} "{command}"' if plain else f"{FLAG} {shlex.quote(command)}"


def is_rerun(text: str, test: FailedTestEvidence) -> bool:
    """Return whether a text, which anybody may have written, rehearses this test and no more."""
    if len(text) > MAX_RERUN or not text.isprintable():
        return False
    flags = text.removeprefix(f"{REHEARSE} ")
    flag = flags.removesuffix(WHOLE)
    try:
        match shlex.split(flag):
            case [_, command]:
                is_ours = text == rerun_text(
                    command, is_shard=flag != flags, flags_only=flags == text
                )
                return is_ours and is_one_test_command(command, test.failure.name, test.file)
    except ValueError:
        pass  # A quote is not closed.
    return False
