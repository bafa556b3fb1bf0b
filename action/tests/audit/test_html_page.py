import pytest

from rehearsal.audit.html_page import PageFile, parse_page

PAGE = """<!doctype html>
<html><head><title>Lists</title>
<base href="/app/"><base href="/other/">
<meta name="Referrer" content="no-referrer">
<meta property="og:url" content="https://lists.example/">
<link rel="preload stylesheet" href=" site.css "><link rel="icon" href="/icon.svg">
<link rel=stylesheet href=/bare.css><link rel="canonical" href="https://lists.example/x">
<style>h1 { background: url(/not-looked-for.png) }</style>
<script src="/site.js"></script><script type="module" src="/module.js"></script>
<script type="application/json" src="/data.json"></script>
<script>document.write('<img src="/written.png">')</script>
</head><body><h1>My <b>lists</b> &amp; more</h1>
<img src="data:image/gif;base64,R0lG" alt=""><img alt="" src="/logo.svg">
<img src="" srcset="/x.png 2x">
<img src="/{{ name }}.png"><template><img src="/in-a-template.png"><p>hidden</p></template>
<form action="/lists/new"><button formaction="/lists/other">Go</button></form>
<!-- a comment with <img src="/comment.png"> -->
</body></html>"""


def test_files__that_a_browser_loads() -> None:
    assert [(file.kind, file.link) for file in parse_page(PAGE).files] == [
        ("stylesheet", "site.css"),
        ("stylesheet", "/bare.css"),
        ("script", "/site.js"),
        ("script", "/module.js"),
        ("image", "data:image/gif;base64,R0lG"),
        ("image", "/logo.svg"),
    ]


def test_page__its_base_and_its_policy() -> None:
    page = parse_page(PAGE)
    assert page.base == "/app/"
    assert page.referrer == "no-referrer"
    assert parse_page("<p>x").base == ""


def test_urls__of_all_attributes() -> None:
    urls = parse_page(PAGE).urls
    for url in ("https://lists.example/", "https://lists.example/x", "/lists/new", "/lists/other"):
        assert url in urls


def test_text__is_what_a_reader_sees() -> None:
    text = parse_page(PAGE).text
    assert [line for line in text.splitlines() if line.strip()] == [
        "Lists", "My ", "lists", " & more", "Go",
    ]  # fmt: skip
    assert parse_page("only text").text == "only text"


@pytest.mark.parametrize(
    "broken",
    [
        "<![x[ <img src=/a.png>",
        "<img src=/a.png",
        "<template><img src=/a.png>",
        "</style></template>",
        "<img src='/a.png",
        "\0<",
    ],
)
def test_broken_pages__are_read_as_far_as_they_go(broken: str) -> None:
    assert parse_page(broken).files == ()


def test_attributes__the_first_of_a_name_counts() -> None:
    page = parse_page('<img src="/a.png" src="/b.png"><img src>')
    assert page.files == (PageFile(kind="image", link="/a.png"),)
