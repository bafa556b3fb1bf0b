"""The commands that rehearse one failed test alone, on the machine of a report's reader."""

import shlex
from collections.abc import Callable
from dataclasses import replace

from rehearsal.pipeline.stages.shards_and_retries import is_one_shard
from rehearsal.report.words import REHEARSE
from rehearsal.results.evidence_index import EvidenceIndex, FailedTestEvidence
from rehearsal.results.verdict_document import MAX_TESTS
from rehearsal.source.one_test import one_test_command
from rehearsal.source.source_tree import SourceTree

# In characters: no list of commands cuts one of this length.
MAX_COMMAND = 400
# As a flag, so that it counts whatever the workflow says: one test is in one shard.
WHOLE = " --shard 1/1"


def with_reruns(
    index: EvidenceIndex,
    test_command: str,
    source: SourceTree,
    redact: Callable[[str], str],
    *,
    shard: str = "",
    flags_only: bool = False,
) -> EvidenceIndex:
    """Return the index with the command of each failed test, where that is certain.

    With `flags_only` the command has only the flag that is new: the others are the reader's. A test
    command that holds a secret is shown nowhere.
    """
    if not test_command or redact(test_command) != test_command:
        return index

    def exists(path: str) -> bool:
        try:
            return (source.directory / path).is_file()
        except (OSError, ValueError):
            return False  # It is no valid name of a file.

    def rerun(test: FailedTestEvidence) -> FailedTestEvidence:
        failure = test.failure
        command = one_test_command(test_command, failure.name, failure.file, exists)
        if not command or len(command) > MAX_COMMAND:
            return test
        flags = command_flag(command) + (WHOLE if is_one_shard(shard) else "")
        return replace(test, rerun=flags if flags_only else f"{REHEARSE} {flags}")

    # No report lists more.
    first, more = index.failed[:MAX_TESTS], index.failed[MAX_TESTS:]
    return replace(index, failed=(*map(rerun, first), *more))


def command_flag(command: str) -> str:
    """Return the flag that gives a test command to `rehearse`, quoted for a shell."""
    plain = not set(command) & set('"$`\\!')
    return f'--test-command "{command}"' if plain else f"--test-command {shlex.quote(command)}"
