"""Links to files of the evidence, but only to those that a browser shows without running them."""

from rehearsal.report.page.markup import Markup, element

# The app or its tests may have written any other file: HTML, SVG or XML with scripts in it.
SAFE_SUFFIXES = (
    *(".json", ".log", ".md", ".txt", ".zip"),
    *(".gif", ".jpeg", ".jpg", ".png", ".webp", ".mp4", ".webm"),
)


def link(path: str, text: str = "") -> Markup:
    """Return a link to a file of the evidence, or only its name where a link is not safe."""
    if path.endswith(SAFE_SUFFIXES):
        return element("a", text or path, href=path)
    return element("span", text or path)
