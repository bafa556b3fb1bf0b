"""verdict.json: the result of a rehearsal for programs, written and read back."""

from rehearsal.results.codec import InvalidDocumentError, decode, dumps, loads
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.results.shard import parse_shard
from rehearsal.results.verdict_document import VERSION, Derived, Format, derive, restore
from rehearsal.verdict import Verdict


class UnsupportedVersionError(InvalidDocumentError):
    """A later version of the format, which this version of the program does not know."""


def write_json(result: RehearsalResult) -> str:
    """Return the text of the verdict.json of a result."""
    return dumps(derive(result), result)


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
