"""Links to the files beside the page, and only to those that a browser shows and never runs."""

from rehearsal.report.page.markup import Markup, element

# The app or its tests may have written any other: a page, a drawing, XML, with scripts in it.
SHOWN = (".json", ".log", ".md", ".png", ".txt")


def link(path: str, text: str = "") -> Markup:
    """Return a link to a file of the evidence, or its name alone."""
    if path.endswith(SHOWN):
        return element("a", text or path, href=path)
    return element("span", text or path)
