"""What a page of HTML says: its links, the files that it loads, and its text."""

from contextlib import suppress
from html.parser import HTMLParser

from rehearsal.dataclass import dataclass

# Attributes that hold a URL. A meta tag has it in its content: og:url, or a refresh.
URL_ATTRIBUTES = ("href", "src", "action", "formaction", "content")
# The types of a script that a browser runs; of any other type it is data.
SCRIPT_TYPES = ("", "module", "text/javascript", "application/javascript", "text/ecmascript")
# Their content is no text of the page, and not loaded.
UNSEEN = ("script", "style", "template")
# What templates that run in the browser put in place of a value.
PLACEHOLDERS = ("{{", "${", "<%")


@dataclass(frozen=True, kw_only=True)
class PageFile:
    """A file that a page loads: `kind` is stylesheet, script or image, `link` its URL there."""

    kind: str
    link: str


@dataclass(frozen=True, kw_only=True)
class HtmlPage:
    """A page: `base` is empty unless it names one, `referrer` the policy of its meta tag.

    `urls` are the values of all attributes that may hold one. `text` is what a reader sees, with
    the text of each element on a line of its own.
    """

    base: str
    files: tuple[PageFile, ...]
    urls: tuple[str, ...]
    referrer: str
    text: str


def parse_page(html: str) -> HtmlPage:
    """Return what a page says, or its beginning, as well as it can be read."""
    parser = _Parser()
    # Python before 3.14 raises it for a declaration that it does not know, like `<![x[`.
    with suppress(AssertionError):
        parser.feed(html)
    return HtmlPage(
        base=parser.base,
        files=tuple(parser.files),
        urls=tuple(parser.urls),
        referrer=parser.referrer,
        text="\n".join(parser.text),
    )


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.base = ""
        self.referrer = ""
        self.files: list[PageFile] = []
        self.urls: list[str] = []
        self.text: list[str] = []
        self._unseen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: (value or "").strip() for name, value in reversed(attrs)}
        self.urls += (values[name] for name in URL_ATTRIBUTES if values.get(name))
        if tag == "base":
            self.base = self.base or values.get("href", "")
        elif tag == "meta" and values.get("name", "").lower() == "referrer":
            self.referrer = values.get("content", "")
        elif "template" not in self._unseen:
            kind, link = _loaded(tag, values)
            if link and not any(each in link for each in PLACEHOLDERS):
                self.files.append(PageFile(kind=kind, link=link))
        if tag in UNSEEN:
            self._unseen.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._unseen and self._unseen[-1] == tag:
            self._unseen.pop()

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.text.append(data)


def _loaded(tag: str, values: dict[str, str]) -> tuple[str, str]:
    """Return the kind and the URL of the file that a tag loads, both empty if it loads none."""
    if tag == "link" and "stylesheet" in values.get("rel", "").lower().split():
        return "stylesheet", values.get("href", "")
    if tag == "script" and values.get("type", "").lower() in SCRIPT_TYPES:
        return "script", values.get("src", "")
    return ("image", values.get("src", "")) if tag == "img" else ("", "")
