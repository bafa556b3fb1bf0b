"""index.html of a merge: the index of the evidence; each shard's own page is one step away."""

import time
from collections.abc import Iterator, Sequence

from rehearsal.commands.merge.causes import ShardCause, shard_causes
from rehearsal.commands.merge.merging import Merged
from rehearsal.commands.merge.shards import ShardEvidence
from rehearsal.commands.merge.summary import total
from rehearsal.report.cause_text import snippets
from rehearsal.report.counts import why
from rehearsal.report.page.failed_tests import FLAKY
from rehearsal.report.page.layout import layout, title
from rehearsal.report.page.links import link
from rehearsal.report.page.markup import Child, Markup, element
from rehearsal.report.words import listed
from rehearsal.results.evidence_index import FailedTestEvidence
from rehearsal.results.file_names import VERDICT
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.results.shard import Shard
from rehearsal.verdict import Verdict

COLUMNS = ("rehearsal", "verdict", "tests", "failed", "flaky", "seconds")
# More than anyone reads.
MOST_TESTS = 300
MOST_FINDINGS = 50


def page(merged: Merged) -> str:
    """Return the page: verdict and causes, the shards, the failed tests of all."""
    result = merged.result
    when = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(result.started))
    return layout(
        result.verdict,
        subject=result.image or result.name,
        name=result.name,
        heading=title(result.verdict, f"tests: {total(result)}", when),
        main=_main(merged),
    )


def _main(merged: Merged) -> Iterator[Child]:
    result = merged.result
    found = shard_causes(merged)
    yield map(_finding, found[:MOST_FINDINGS])
    if len(found) > MOST_FINDINGS:
        yield element("p", f"{len(found) - MOST_FINDINGS} more causes are in ", link(VERDICT))
    yield element("h2", f"Rehearsals ({len(result.shards)})")
    yield element("section", _shards(result.shards), class_="card")
    failed = [(leg, test) for leg in merged.legs for test in leg.result.index.tests]
    yield _tests("Failed tests", failed)
    flaky = [(leg, test) for leg in merged.legs for test in leg.result.index.flaky]
    yield _tests("Flaky tests", flaky, FLAKY)
    yield _image(result)


def _finding(found: ShardCause) -> Markup:
    known = found.cause
    return element(
        "section",
        element("h2", known.title),
        element("p", f"In {listed(found.shards)}.", class_="soft") if found.shards else None,
        element("p", known.message) if known.message else None,
        element("h3", "What to do") if known.hint or known.paste else None,
        [element("p", part) for part in known.hint.split("\n\n") if part.strip()],
        [element("div", _pre(each, "To paste"), class_="paste") for each in snippets(known.paste)],
        element("h3", "What shows it") if known.known and known.lines else None,
        element("div", _pre("\n".join(known.lines), "What shows it"), class_="wrap")
        if known.lines
        else None,
        class_="card cause",
    )


def _shards(shards: Sequence[Shard]) -> Child:
    if not shards:
        return element("p", "No evidence was found.")
    head = (
        element("th", name, scope="col", class_=None if number < 2 else "number")  # noqa: PLR2004
        for number, name in enumerate(COLUMNS)
    )
    return element(
        "table",
        element("thead", element("tr", *head)),
        element("tbody", map(_row, shards)),
        class_="shards",
    )


def _row(shard: Shard) -> Markup:
    name = element("a", shard.title, href=shard.page) if shard.page else shard.title
    tests = "?" if shard.tests is None else shard.tests
    numbers = (tests, shard.failures, shard.flaky, f"{shard.seconds:.1f}")
    good = shard.verdict is Verdict.PASSED
    return element(
        "tr",
        element("th", name, scope="row"),
        element("td", f"{shard.verdict}" if good else f"{shard.verdict} ✗"),
        [element("td", each, class_="number") for each in numbers],
        class_=None if good else "failed",
    )


def _tests(
    what: str, tests: Sequence[tuple[ShardEvidence, FailedTestEvidence]], words: str = ""
) -> Child:
    if not tests:
        return None
    more = len(tests) - MOST_TESTS
    return element(
        "section",
        element("h2", f"{what} ({len(tests)})"),
        element("p", words) if words else None,
        [_test(leg, test) for leg, test in tests[:MOST_TESTS]],
        element("p", f"{more} more are in ", link(VERDICT), ".") if more > 0 else None,
    )


def _test(leg: ShardEvidence, test: FailedTestEvidence) -> Markup:
    shard = leg.shard
    where = element("a", shard.title, href=shard.page) if shard.page else shard.title
    place = f"{test.file}:{test.failure.line}" if test.failure.line else test.file
    frame = test.frame
    return element(
        "article",
        element("h3", test.failure.name),
        element("p", why(test.failure) or "It failed, and says no more.", class_="error"),
        element("p", "In ", where, [" · Test: ", element("code", place)] if place else None),
        element("p", "The app: ", element("code", f"{frame.file}:{frame.line}"), f" {frame.error}")
        if frame
        else None,
        class_="card test",
    )


def _image(result: RehearsalResult) -> Child:
    rows = [("Image", result.image), ("Image ID", result.image_id)]
    known = [(name, value) for name, value in rows if value]
    if not known and not result.notices:
        return None
    cells = (
        element("tr", element("th", name, scope="row"), element("td", element("code", value)))
        for name, value in known
    )
    return (
        element("h2", "What was rehearsed"),
        element(
            "section",
            element("table", element("tbody", *cells)) if known else None,
            [element("p", f"Notice: {notice}") for notice in result.notices],
            class_="card",
        ),
    )


def _pre(text: str, label: str) -> Markup:
    return element("pre", text, tabindex=0, role="region", aria_label=label)
