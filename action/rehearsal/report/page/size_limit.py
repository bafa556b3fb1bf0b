"""Results with shorter texts, for a page that would be too large."""

from collections.abc import Iterator
from dataclasses import replace

from rehearsal.results.bounded_text import cut_text
from rehearsal.results.evidence_index import EvidenceIndex, FailedTestEvidence, LogExcerpt
from rehearsal.results.map_texts import map_texts
from rehearsal.results.rehearsal import RehearsalResult

# In characters: of the app's log, of any other text. The last ones fit whatever the texts hold.
LIMITS = ((1 << 20, 32 << 10), (256 << 10, 8 << 10), (64 << 10, 1 << 10), (16 << 10, 200))


def smaller_results(result: RehearsalResult) -> Iterator[RehearsalResult]:
    """Yield the result with ever shorter texts."""
    for log, text in LIMITS:
        yield replace(result, index=_smaller(result.index, log, text))
    if result.since:
        yield replace(
            result,
            index=_smaller(result.index, *LIMITS[-1]),
            since=replace(result.since, pictures=()),
        )


def _smaller(index: EvidenceIndex, log: int, text: int) -> EvidenceIndex:
    def test(each: FailedTestEvidence) -> FailedTestEvidence:
        short: FailedTestEvidence = map_texts(each, lambda value: cut_text(value, text))
        excerpts = tuple(_excerpt(excerpt, text) for excerpt in each.excerpts)
        own = each.slice and _excerpt(each.slice, text)
        pictures = {
            name: getattr(each, name)
            for name in (
                *("pictures", "before", "files", "attempts"),
                *("steps_file", "trace_page", "rerun"),
            )
        }
        return replace(short, excerpts=excerpts, slice=own, **pictures)

    limits = (log, *[text] * len(index.logs))
    return replace(
        index,
        failed=tuple(map(test, index.failed)),
        flaky=tuple(map(test, index.flaky)),
        logs=tuple(map(_excerpt, index.logs, limits)),
    )


def _excerpt(excerpt: LogExcerpt, limit: int) -> LogExcerpt:
    """Return an excerpt of at most `limit` characters; its note says that it was cut."""
    kept = cut_text(excerpt.text, limit)
    left_out = excerpt.left_out + max(0, len(excerpt.text) - len(kept))
    return replace(excerpt, text=kept, left_out=left_out)
