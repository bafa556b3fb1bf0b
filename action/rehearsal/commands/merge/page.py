"""index.html of a merge: verdict and causes, the failed tests, and links to each shard's page."""

import time
from collections.abc import Iterator, Sequence

from rehearsal.commands.merge.causes import shard_causes
from rehearsal.commands.merge.merging import MergeResult
from rehearsal.commands.merge.shards import ShardEvidence
from rehearsal.commands.merge.summary import SHARD_COLUMNS, total
from rehearsal.report.page.all_tests import all_tests
from rehearsal.report.page.anchors import Anchors, anchor_of
from rehearsal.report.page.audit import audit_section
from rehearsal.report.page.cause import cause_section
from rehearsal.report.page.failed_tests import FLAKY_NOTE, section_of_tests
from rehearsal.report.page.failure import name_and_errors
from rehearsal.report.page.layout import layout, origin_and_image
from rehearsal.report.page.links import link
from rehearsal.report.page.markup import Child, Markup, element
from rehearsal.report.page.since import pair_of, pictures_since, since_section
from rehearsal.report.words import join_names
from rehearsal.results.evidence_index import FailedTestEvidence
from rehearsal.results.file_names import VERDICT_FILE
from rehearsal.results.shard import Shard
from rehearsal.results.tests import SuiteResults
from rehearsal.verdict import Verdict

# These limits keep the page short; verdict.json holds all.
MAX_TESTS = 300
MAX_CAUSES = 50


def page(merged: MergeResult) -> Markup:
    """Return the page: verdict and causes, the shards, the failed tests of all."""
    result = merged.result
    started = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(result.started))
    jumps = list(_jumps(merged))
    return layout(result, f"tests: {total(result)}", started, main=_main(merged), jumps=jumps)


def _jumps(merged: MergeResult) -> Iterator[tuple[str, str]]:
    """Yield the anchors and short titles of the sections that the page has."""
    result = merged.result
    counts = result.suite_results or SuiteResults()
    failed = len(merged.failed_tests) + counts.failed_left_out
    flaky = len(merged.flaky_tests) + counts.flaky_left_out
    sections = (
        ("cause", "Cause", result.problem),
        ("shards", "Rehearsals", result.shards),
        ("audit", "Audit", result.audit),
        ("since", "Changes", result.since),
        ("failed", f"Failed {failed:,}", merged.failed_tests),
        ("flaky", f"Flaky {flaky:,}", merged.flaky_tests),
        ("tests", "All tests", counts.tests),
        ("rehearsed", "What was rehearsed", result.image_id),
    )
    yield from ((anchor, title) for anchor, title, content in sections if content)


def _main(merged: MergeResult) -> Iterator[Child]:
    result = merged.result
    causes = shard_causes(merged)
    for number, each in enumerate(causes[:MAX_CAUSES]):
        anchor = None if number else "cause"
        shards = join_names(each.shards)
        yield cause_section(each.cause, shards=shards, origin=result.origin, anchor=anchor)
    if len(causes) > MAX_CAUSES:
        yield element(
            "p", f"{len(causes) - MAX_CAUSES} more causes are in ", link(VERDICT_FILE), "."
        )
    yield element("h2", f"Rehearsals ({len(result.shards)})", id="shards")
    yield element("section", _shards(result.shards), class_="card")
    yield audit_section(result.audit)
    shown = (*merged.failed_tests[:MAX_TESTS], *merged.flaky_tests[:MAX_TESTS])
    cards = {test.failure.name for _, test in shown}
    yield since_section(result.since, result.origin, cards=cards, shown=cards)
    counts = result.suite_results or SuiteResults()
    anchors = Anchors()

    def card(shard: ShardEvidence, test: FailedTestEvidence) -> Markup:
        anchor = anchors.add(test.failure.name)
        head = name_and_errors(test, origin=shard.result.origin, anchor=anchor, since=result.since)
        pictures = pictures_since(pair_of(result.since, test.failure.name))
        return _card(shard.outcome, (head, pictures), anchor, anchor_of(test.failure.name))

    yield section_of_tests(
        "Failed tests",
        merged.failed_tests,
        card,
        limit=MAX_TESTS,
        left_out=counts.failed_left_out,
        anchor="failed",
    )
    yield section_of_tests(
        "Flaky tests",
        merged.flaky_tests,
        card,
        limit=MAX_TESTS,
        note=FLAKY_NOTE,
        left_out=counts.flaky_left_out,
        anchor="flaky",
    )
    yield all_tests(counts, cards=cards)
    yield origin_and_image(result)


def _shards(shards: Sequence[Shard]) -> Child:
    if not shards:
        return element("p", "No evidence was found.")
    head = (
        element("th", name, scope="col", class_=None if number < 2 else "number")  # noqa: PLR2004
        for number, name in enumerate(SHARD_COLUMNS)
    )
    return element(
        "table",
        element("thead", element("tr", *head)),
        element("tbody", map(_row, shards)),
        class_="shards",
    )


def _row(shard: Shard) -> Markup:
    tests = "?" if shard.tests is None else shard.tests
    numbers = (tests, shard.failures, shard.flaky, f"{shard.seconds:.1f}")
    passed = shard.verdict is Verdict.PASSED
    return element(
        "tr",
        element("th", _shard_link(shard), scope="row"),
        element("td", f"{shard.verdict}" if passed else f"{shard.verdict} ✗"),
        [element("td", each, class_="number") for each in numbers],
        class_=None if passed else "failed",
    )


def _card(shard: Shard, head: Child, anchor: str, there: str) -> Markup:
    """Return the card of a test, with a link to its card on the page of its shard, at `there`."""
    return element(
        "article",
        head,
        element(
            "p",
            "Pictures, steps and the app's log of that moment are on the page of ",
            _shard_link(shard, f"#{there}"),
        ),
        class_="card test",
        id=anchor,
    )


def _shard_link(shard: Shard, anchor: str = "") -> Child:
    return element("a", shard.title, href=f"{shard.page}{anchor}") if shard.page else shard.title
