"""The commands that rehearse one failed test alone, on the machine of a report's reader."""

from collections.abc import Callable
from dataclasses import replace

from rehearsal.evidence.rerun_text import rerun_text
from rehearsal.pipeline.stages.shards_and_retries import is_one_shard
from rehearsal.results.evidence_index import EvidenceIndex, FailedTestEvidence
from rehearsal.results.verdict_document import MAX_TESTS
from rehearsal.source.one_test import one_test_command
from rehearsal.source.source_tree import SourceTree


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

    `flags_only` is that of `rerun_text`. A command that holds a secret is shown nowhere.
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
        if not command:
            return test
        text = rerun_text(command, is_shard=is_one_shard(shard), flags_only=flags_only)
        # Reports are redacted, too, and *** in place of a quote would change what the rest means.
        return replace(test, rerun=text) if redact(text) == text else test

    # No report lists more.
    first, more = index.failed[:MAX_TESTS], index.failed[MAX_TESTS:]
    return replace(index, failed=(*map(rerun, first), *more))
