"""What changed since the baseline: failures, slower tests, pictures, the image's size."""

from collections.abc import Collection, Iterator

from rehearsal.report.page.anchors import anchor_of
from rehearsal.report.page.links import web_link
from rehearsal.report.page.markup import Child, Markup, element, embedded_picture
from rehearsal.report.page.origin import SEPARATOR
from rehearsal.report.page.shown_name import shown_name
from rehearsal.report.since_words import (
    COMPARE,
    MAX_LISTED,
    NOTHING_NEW,
    SLOWER_NOTE,
    SLOWER_TITLE,
    baseline_line,
    commits_text,
    failure_groups,
    image_line,
    is_nothing_new,
    since_title,
    slower_cells,
)
from rehearsal.report.web_links import compare_url
from rehearsal.results.bounded_text import cut_text
from rehearsal.results.comparison import Comparison
from rehearsal.results.origin import Origin
from rehearsal.results.picture_pair import Picture, PicturePair

ANCHOR = "since"
PICTURES = "What the browser showed in the baseline, and now"
COLUMNS = ("baseline", "now", "test")
# In characters.
MAX_NAME = 300


def since_section(
    since: Comparison | None,
    origin: Origin,
    *,
    cards: Collection[str] = (),
    shown: Collection[str] = (),
) -> Child:
    """Return the section, nothing without a baseline.

    `cards` are the names of the tests that have a card of their own on the page; the pictures of
    those in `shown` are in their cards.
    """
    if not since:
        return None
    return element(
        "section",
        element("h2", since_title(since)),
        _commits(since, origin),
        element("p", baseline_line(since), class_="soft"),
        element("p", NOTHING_NEW) if is_nothing_new(since) else None,
        [_group(title, names, cards) for title, names in failure_groups(since)],
        _slower(since, cards),
        _line(image_line(since)),
        [_pair_of_test(pair, cards) for pair in since.pictures if pair.test not in shown],
        class_="card since",
        id=ANCHOR,
    )


def _commits(since: Comparison, origin: Origin) -> Child:
    text, address = commits_text(since, origin), compare_url(origin, since.commit)
    more = (SEPARATOR, web_link(address, COMPARE)) if address else None
    return element("p", text, more) if text else None


def _line(text: str) -> Child:
    return element("p", text) if text else None


def _group(title: str, names: Collection[str], cards: Collection[str]) -> Markup:
    listed = [*names][:MAX_LISTED]
    return element(
        "div",
        element("h3", title),
        element("ul", (element("li", _name(name, cards)) for name in listed)),
        _more(len(names)),
    )


def _more(count: int) -> Child:
    more = count - MAX_LISTED
    return element("p", f"{more:,} more", class_="soft") if more > 0 else None


def _name(name: str, cards: Collection[str]) -> Child:
    shown = shown_name(cut_text(name, MAX_NAME))
    return element("a", shown, href=f"#{anchor_of(name)}") if name in cards else shown


def _slower(since: Comparison, cards: Collection[str]) -> Child:
    if not since.slower:
        return None
    head = (element("th", title, scope="col") for title in COLUMNS)
    rows = (
        element(
            "tr",
            [element("td", cell, class_="number") for cell in slower_cells(test)],
            element("td", _name(test.name, cards)),
        )
        for test in since.slower[:MAX_LISTED]
    )
    return element(
        "div",
        element("h3", f"{SLOWER_TITLE} ({len(since.slower):,})"),
        element("p", SLOWER_NOTE, class_="soft"),
        element(
            "table",
            element("thead", element("tr", head)),
            element("tbody", rows),
            class_="slower",
        ),
        _more(len(since.slower)),
    )


def pair_of(since: Comparison | None, test: str) -> PicturePair | None:
    """Return the pictures of a test in the baseline and now, if there are any."""
    return next((each for each in since.pictures if each.test == test), None) if since else None


def pictures_since(pair: PicturePair | None, address: str = "") -> Child:
    """Return both pictures and what differs; `address` is that of the page on the second one."""
    if not pair:
        return None
    return element("div", element("h4", PICTURES), _pair(pair, address), class_="wrap")


def _pair_of_test(pair: PicturePair, cards: Collection[str]) -> Markup:
    return element("div", element("h3", _name(pair.test, cards)), _pair(pair))


def _pair(pair: PicturePair, address: str = "") -> Child:
    return (
        element("p", _moment(pair), class_="soft") if pair.step else None,
        element("div", _figures(pair, address), class_="differences"),
    )


def _moment(pair: PicturePair) -> str:
    if pair.same_step:
        return f"Both pictures were taken after the same step: {pair.step}"
    return (
        "The picture of the baseline is its last one, and may be of another moment of the test: "
        f"after {pair.step}"
    )


def _figures(pair: PicturePair, address: str) -> Iterator[Markup]:
    yield _figure("In the baseline, where it passed", pair.before, pair.test)
    yield _figure("Now, where it failed", pair.now, pair.test, address)
    # since.js draws it and shows it.
    yield element(
        "figure",
        element("h4", "What differs ", element("span", role="status")),
        element(
            "a",
            element(
                "canvas", role="img", aria_label=f"What differs in the pictures of {pair.test}"
            ),
            href=f"#{ANCHOR}",
        ),
        hidden=True,
    )


def _figure(title: str, picture: Picture, test: str, address: str = "") -> Markup:
    image = embedded_picture(picture.kind, picture.content, alt=f"{title}: {test}")
    page: Child = (SEPARATOR, element("code", address)) if address else None
    return element("figure", element("h4", title, page), element("a", image, href=f"#{ANCHOR}"))
