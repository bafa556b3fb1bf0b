from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from rehearsal_capture.trace.pages import Pages


def doms(pages: Pages, shas: list[str]) -> list[str]:
    return [each["html"] for each in pages.lines(shas) if each["k"] == "dom"]


def told(text: str, *, whole: bool = True) -> dict[str, Any]:
    return {"text": text, "rules": text.count("{"), "whole": whole}


def added(
    pages: Pages, html: str, css: Sequence[str] = (), sheets: Mapping[str, Any] | None = None
) -> str:
    sha = pages.add({"html": html, "css": css, "sheets": sheets or {}, "cut": False})
    assert sha is not None
    return sha


def styles(pages: Pages, sha: str) -> list[str]:
    return [each["text"] for each in pages.lines([sha]) if each["k"] == "css"]


def test_lines__each_dom_and_its_style_sheets_once() -> None:
    pages = Pages()
    first = added(pages, "<p>one", ["a.css"], {"a.css": told("p { }")})
    second = added(pages, "<p>two")
    assert added(pages, "<p>one", ["a.css"]) == first
    shown, plain, sheet = pages.lines([first, second, first])
    assert shown == {"k": "dom", "sha": first, "html": "<p>one", "css": [sheet["sha"]]}
    assert plain == {"k": "dom", "sha": second, "html": "<p>two", "css": []}
    assert sheet == {"k": "css", "sha": sheet["sha"], "text": "p { }"}


def test_sheets__stay_for_the_next_test() -> None:
    pages = Pages()
    sheets = {"a.css": told("p { }"), "of-another-server.css": told("")}
    added(pages, "<p>", [*sheets], sheets)
    pages.clear()
    assert pages.sheets() == {"a.css": 1, "of-another-server.css": 0}
    assert styles(pages, added(pages, "<p>", [*sheets, "not-answered.css"])) == ["p { }"]


def test_sheets__in_part_only_for_one_test() -> None:
    pages = Pages()
    sha = added(pages, "<p>", ["a.css"], {"a.css": told("p { }", whole=False)})
    assert pages.sheets() == {"a.css": 1}
    assert styles(pages, sha) == ["p { }"]
    pages.clear()
    assert pages.sheets() == {}


def test_sheets__a_new_text_at_the_same_address() -> None:
    pages = Pages()
    added(pages, "<p>", sheets={"a.css": told("p { }"), "b.css": told("")})
    sha = added(pages, "<b>", ["a.css"], {"a.css": told("p { } b { }")})
    # The one that is new is the last to be dropped.
    assert [*pages.sheets().items()] == [("b.css", 0), ("a.css", 2)]
    assert styles(pages, sha) == ["p { } b { }"]


@pytest.mark.parametrize("length, kept", [(10, 100), (300_000, 6)])
def test_sheets__the_newest_within_bounds(length: int, kept: int) -> None:
    pages = Pages()
    for number in range(120):
        added(pages, "<p>", sheets={f"{number}.css": told("a" * length)})
    assert [*pages.sheets()] == [f"{number}.css" for number in range(120 - kept, 120)]


def test_add__a_style_sheet_without_room_costs_no_page() -> None:
    pages = Pages()
    sheets = {f"{number}.css": told(str(number) * 300_000) for number in range(5)}
    shas = [added(pages, str(number) * 300_000, [*sheets], sheets) for number in range(3)]
    assert [each[0] for each in doms(pages, shas)] == ["0", "1", "2"]
    assert [each[0] for each in styles(pages, shas[2])] == ["0", "1", "2"]
    # Once for each style sheet, however often it is seen.
    assert pages.left_out["dom"] == 2


def test_add__keeps_the_first_and_the_newest() -> None:
    pages = Pages()
    shas = [added(pages, str(number) * 400_000) for number in range(8)]
    kept = doms(pages, shas)
    assert [each[0] for each in kept] == ["0", "4", "5", "6", "7"]
    assert sum(map(len, kept)) <= 2_000_000
    assert pages.left_out["dom"] == 3


def test_add__is_the_newest_when_it_is_seen_again() -> None:
    pages = Pages()
    shas = [added(pages, str(number) * 400_000) for number in (0, 1, 2, 1, 3, 4, 5)]
    assert [each[0] for each in doms(pages, shas)] == ["0", "1", "3", "4", "5"]


@pytest.mark.parametrize(
    "html, shown",
    [
        ('<a href="/x?a=1&#38;token=s3cret">', '<a href="/x?a=1&#38;token=•••">'),
        ('<form action="http://u:s3cret@h/">', '<form action="http://h/">'),
        ('<i data-url="/r/abcdefgh1234567890abcd/">', '<i data-url="/r/•••/">'),
        ('<img src="data:image/png;base64,AA/A">', '<img src="data:image/png;base64,AA/A">'),
        ("<p>see ?token=x", "<p>see ?token=x"),
        ('<i hx-get="/r?token=s3cret">', '<i hx-get="/r?token=•••">'),
        ('<i data-n="{&#34;a&#34;:1}">', '<i data-n="{&#34;a&#34;:1}">'),
        ("<p>see wss://h/?token=s3cret now", "<p>see wss://h/?token=••• now"),
    ],
)
def test_lines__hides_values_in_addresses(html: str, shown: str) -> None:
    pages = Pages()
    assert doms(pages, [added(pages, html)]) == [shown]


def test_add_picture__keeps_the_first_and_the_newest() -> None:
    pages = Pages()
    for number in range(100):
        pages.add_picture({"i": number}, b"jpeg", 0.0)
    numbers = [line["i"] for line, _ in pages.pictures()]
    assert numbers == [*range(10), *range(50, 100)]
    assert pages.left_out["pictures"] == 40


def test_add_picture__of_a_step_the_newest() -> None:
    pages, first, second = Pages(), {"i": 0}, {"i": 0}
    for line, picture in ((first, b"1"), (second, b"2"), (first, b"3")):
        pages.add_picture(line, picture, 0.0)
    assert pages.pictures() == [(second, b"2"), (first, b"3")]


def test_has_time__within_a_part_of_the_test() -> None:
    pages = Pages()
    assert pages.has_time()
    pages.add_picture({}, b"jpeg", 3600.0)
    assert not pages.has_time()
    pages.clear()
    assert pages.has_time()
