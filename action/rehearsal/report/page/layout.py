"""What the page of a rehearsal and the page of a merge share: the frame and the common parts."""

import base64
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path

from rehearsal import __version__
from rehearsal.report import run_here
from rehearsal.report.cause_text import split_comment, split_snippets
from rehearsal.report.page.anchors import anchor_of
from rehearsal.report.page.markup import Child, Markup, breakable, element, inline
from rehearsal.report.page.origin import SEPARATOR, origin_line
from rehearsal.report.slowest import TITLE, Slowest, slowest_parts
from rehearsal.report.words import REHEARSE
from rehearsal.results.origin import Origin
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.verdict import Verdict

DOCTYPE = "<!doctype html>\n"
STYLE_FILE = Path(__file__).with_name("page.css")
STYLE_FILES = (STYLE_FILE, STYLE_FILE.with_name("since.css"))
SCRIPT_FILES = (STYLE_FILE.with_name("page.js"), STYLE_FILE.with_name("since.js"))


def layout(
    result: RehearsalResult, *facts: str, main: Child, jumps: Iterable[tuple[str, str]] = ()
) -> Markup:
    """Return a whole page; `facts` are shown in one line below the verdict.

    `jumps` are the sections that the list of sections names, as anchors and titles.
    """
    style, script = map(_code, (STYLE_FILES, SCRIPT_FILES))
    policy = _policy(style, script, embeds=bool(result.since and result.since.pictures))
    verdict = str(result.verdict)
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="referrer", content="no-referrer"),
        element("title", f"{verdict} · {result.image or result.name} · Dress Rehearsal"),
        inline("style", style),
    )
    footer = f"Dress Rehearsal {__version__}, {result.name}"
    body = element(
        "body",
        element(
            "header",
            element("h1", element("span", verdict, class_="verdict"), " Dress rehearsal"),
            origin_line(result.origin, result.image),
            element("p", SEPARATOR.join(facts), class_="soft"),
            _slowest(slowest_parts(result)),
        ),
        _bar(jumps),
        element("section", id="found", aria_label="What was found", class_="screen", hidden=True),
        element("main", main),
        element("footer", element("p", footer, class_="soft")),
        inline("script", script),
        class_="passed" if result.verdict is Verdict.PASSED else "failed",
    )
    return Markup((DOCTYPE, *element("html", head, body, lang="en").parts, "\n"))


def _slowest(parts: Sequence[Slowest]) -> Child:
    """Return what took most of the time; a test has a link to its card or its row."""
    if not parts:
        return None
    shown: list[Child] = []
    for each in parts:
        name: Child = breakable(each.subject)
        if each.test:
            name = element("a", name, href=f"#{anchor_of(each.test)}")
        shown.append(("; " if shown else None, name, f" {each.words}"))
    return element("p", TITLE, shown, class_="soft", id="slowest")


def _bar(jumps: Iterable[tuple[str, str]]) -> Markup:
    """Return the list of sections and the search, which stay in sight; page.js shows the search."""
    items = [element("li", element("a", title, href=f"#{anchor}")) for anchor, title in jumps]
    search = element(
        "div",
        element("label", "Search this page", for_="search", class_="unseen"),
        element(
            "input",
            id="search",
            type="search",
            placeholder="Search tests, steps, logs …",
            autocomplete="off",
            spellcheck="false",
        ),
        element("span", id="search-status", role="status", class_="soft"),
        id="find",
        class_="find",
        hidden=True,
    )
    return element(
        "nav",
        element("div", element("ul", items) if items else None, search, class_="bar"),
        class_="jumps screen",
        aria_label="On this page",
    )


def preformatted(text: str | Markup, label: str) -> Markup:
    """Return a text as it is; `label` names it for a screen reader."""
    return element("pre", text, tabindex=0, role="region", aria_label=label)


def snippets(paste: str, label: str) -> list[Child]:
    """Return what is to be pasted, below sentences that say where; page.js adds buttons."""
    return [
        (
            element("p", breakable(where, after="._/"), class_="where") if where else None,
            element("div", preformatted(text, f"{label} ({number})"), class_="paste"),
        )
        for number, (where, text) in enumerate(map(split_comment, split_snippets(paste)), 1)
    ]


def origin_and_image(result: RehearsalResult) -> Child:
    """Return the section about what was rehearsed, with the warnings and notices."""
    origin = result.origin
    facts = {
        "Commit": " ".join(filter(None, (origin.repository, origin.commit, origin.ref))),
        "Last commit of the pull request": origin.head_commit,
        "Image": result.image,
        "Image ID": result.image_id,
        "Engine": str(result.engine),
        "Artifact": result.artifact_name,
    }
    rows = [
        element("tr", element("th", name, scope="row"), element("td", element("code", value)))
        for name, value in facts.items()
        if value
    ]
    if not rows and not result.warnings and not result.notices:
        return None
    return (
        element("h2", "What was rehearsed", id="rehearsed"),
        element(
            "section",
            element("table", element("tbody", *rows)) if rows else None,
            _on_your_machine(origin) if rows else None,
            [element("p", f"Warning: {warning}") for warning in result.warnings],
            [element("p", f"Notice: {notice}") for notice in result.notices],
            class_="card",
        ),
    )


def _code(files: Iterable[Path]) -> str:
    return "".join(file.read_text(encoding="utf-8") for file in files)


def _policy(style: str, script: str, *, embeds: bool) -> str:
    """Allow our own style and script, and the pictures beside and in the page: nothing else."""
    pictures = "'self' file: data:" if embeds else "'self' file:"
    return (
        f"default-src 'none'; style-src '{csp_hash(style)}'; script-src '{csp_hash(script)}'; "
        f"img-src {pictures}; base-uri 'none'; form-action 'none'"
    )


def _on_your_machine(origin: Origin) -> Child:
    """Return the commands that rehearse this commit again; page.js adds a button that copies."""
    commands = run_here.commands(origin, REHEARSE) if origin.repository else REHEARSE
    return (
        element("h3", "Run the whole rehearsal on your machine"),
        element("div", preformatted(commands, "Commands"), class_="paste"),
    )


def csp_hash(code: str) -> str:
    """Return how a policy names a script or a style of a page."""
    return f"sha256-{base64.b64encode(sha256(code.encode()).digest()).decode()}"
