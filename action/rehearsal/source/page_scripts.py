"""The errors of a page's scripts in a browser's console, as rehearsal_testing writes them."""

import re

from rehearsal.source.source_tree import SourceTree

# An exception that no script of the page caught. Source: Chromium 156 and Firefox 153.
SCRIPT_ERROR = (
    r"^\S+Z (?:SEVERE|ERROR): (?P<url>\w+://[^/\s]+(?P<path>/\S*?)):(?P<line>\d+):\d+: "
    r"(?:Uncaught )?(?:\(in promise\) )?(?P<error>(?:\w*Error|\w*Exception)\b.*)$"
)
FIRST_ERROR = re.compile(SCRIPT_ERROR, re.MULTILINE)


def script_location(console: str, checkout: SourceTree) -> str:
    """Return `FILE:LINE` of the first script that failed, empty if none did.

    Without such a file in the checkout, it is the path under which the page asked for it.
    """
    found = FIRST_ERROR.search(console)
    if not found:
        return ""
    path = found["path"].partition("?")[0]
    return f"{checkout.locate_static(path) or path}:{found['line']}"
