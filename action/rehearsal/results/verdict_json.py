"""verdict.json: the result of a rehearsal for programs, written and read back."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

from rehearsal.results.file_names import VERDICT_FILE
from rehearsal.results.json_decoder import InvalidDocumentError, decode, loads
from rehearsal.results.json_encoder import DocumentTooLargeError, Limits, dumps
from rehearsal.results.json_fields import fields_of
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.results.shard import parse_shard
from rehearsal.results.verdict_document import MAX_TESTS, VERSION, Derived, Format, derive, restore
from rehearsal.verdict import Verdict

# In bytes; a larger file is not read.
MAX_SIZE = 16 << 20
# In bytes. Less than is read, since another version of the program may read the file.
WRITTEN_SIZE = MAX_SIZE // 2
# Tried in their order until the document is small enough; with the last one it always is.
LIMITS = (
    Limits(size=WRITTEN_SIZE),
    Limits(size=WRITTEN_SIZE, text=2_000, lines=200),
    Limits(size=WRITTEN_SIZE, text=500, lines=50),
    Limits(size=WRITTEN_SIZE, text=200, lines=20, entries=50),
)


class UnsupportedVersionError(InvalidDocumentError):
    """A later version of the format, which this version of the program does not know."""


def write_json(result: RehearsalResult) -> str:
    """Return the text of the verdict.json of a result.

    It is as complete as `WRITTEN_SIZE` allows: long texts are cut in their middle, and of very many
    tests only the first are listed.
    """
    *rest, last = LIMITS
    for limits in rest:
        with suppress(DocumentTooLargeError):
            return _dumps(result, limits)
    return _dumps(result, last)


def _dumps(result: RehearsalResult, limits: Limits) -> str:
    problems = result.problems
    if len(problems) > limits.entries:
        # The end of the list is cut: the problem that decides the verdict has to stay.
        problems = tuple(sorted(problems, key=lambda problem: problem.verdict.rank))
    notices = (*result.notices, *_cut_lists(result, limits.entries))
    derived = derive(result, max_tests=min(limits.entries, MAX_TESTS))
    return dumps(derived, replace(result, problems=problems, notices=notices), limits=limits)


def _cut_lists(result: RehearsalResult, limit: int) -> Iterator[str]:
    """Yield a notice for each list that loses its end; a list of texts says it itself."""
    for field in fields_of(RehearsalResult):
        entries = getattr(result, field.name)
        if field.hint.container is tuple and field.hint.item is not str and len(entries) > limit:
            yield f"{VERDICT_FILE} lists {limit:,} of {len(entries):,} {field.key}."


def read_json(text: str) -> RehearsalResult:
    """Return the result that a verdict.json holds; logs and pictures are not in it.

    Raises `UnsupportedVersionError` for a later format, `InvalidDocumentError` for every other
    fault.
    """
    content = loads(text)
    # First, because a later format may differ in everything else.
    if (version := decode(Format, content).version) > VERSION:
        raise UnsupportedVersionError(f"its format is {version}, and this version knows {VERSION}")
    derived = decode(Derived, content)
    result = restore(decode(RehearsalResult, content), derived)
    _check(result, derived.verdict)
    return result


def _check(result: RehearsalResult, verdict: Verdict) -> None:
    """Raise `InvalidDocumentError` where the parts of a document contradict each other."""
    if verdict is not result.verdict:
        raise InvalidDocumentError(
            f"its verdict is {verdict}, and its problems make it {result.verdict}"
        )
    for shard in (result.shard, *(each.shard for each in result.shards)):
        if not parse_shard(shard):
            raise InvalidDocumentError(f"shard is {shard!r}, which is not like 2/4")
    if verdict is not Verdict.PASSED:
        return
    if result.suite_results and result.suite_results.failure_count:
        raise InvalidDocumentError(
            f"its verdict is passed, and {result.suite_results.failure_count} tests failed"
        )
    for each in result.shards:
        if each.verdict is not Verdict.PASSED:
            raise InvalidDocumentError(
                f"its verdict is passed, and that of a shard is {each.verdict}"
            )
