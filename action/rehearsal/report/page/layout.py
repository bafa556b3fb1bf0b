"""The sheet every page is written on: it needs nothing but itself and its neighbours."""

import base64
from hashlib import sha256
from pathlib import Path

from rehearsal import __version__
from rehearsal.report.page.markup import Child, element, inline
from rehearsal.verdict import Verdict

DOCTYPE = "<!doctype html>\n"
STYLE_FILE = Path(__file__).with_name("page.css")
SCRIPT_FILE = Path(__file__).with_name("page.js")


def layout(verdict: Verdict, *, subject: str, name: str, heading: Child, main: Child) -> str:
    """Return a whole page; `subject` is what was rehearsed, `name` the run's."""
    style, script = (file.read_text(encoding="utf-8") for file in (STYLE_FILE, SCRIPT_FILE))
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_policy(style, script)),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="referrer", content="no-referrer"),
        element("title", f"{verdict} · {subject} · Dress Rehearsal"),
        inline("style", style),
    )
    body = element(
        "body",
        element("header", heading),
        element("main", main),
        element("footer", element("p", f"Dress Rehearsal {__version__}, {name}", class_="soft")),
        inline("script", script),
        class_="passed" if verdict is Verdict.PASSED else "failed",
    )
    return f"{DOCTYPE}{element('html', head, body, lang='en')}\n"


def title(verdict: Verdict, *facts: str) -> Child:
    """Return what stands first: the verdict, and what there is to say in one line."""
    word = element("span", str(verdict), class_="verdict")
    return element("h1", word, " Dress rehearsal"), element("p", " · ".join(facts), class_="soft")


def _policy(style: str, script: str) -> str:
    """Allow our own style and script, and the pictures beside the page: nothing else."""
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "img-src 'self' file:; base-uri 'none'; form-action 'none'"
    )


def _hash(code: str) -> str:
    return f"sha256-{base64.b64encode(sha256(code.encode()).digest()).decode()}"
