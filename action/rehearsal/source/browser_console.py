"""What a browser's console says of styles and scripts, as rehearsal_testing writes it."""

import re

from rehearsal.regex import regex
from rehearsal.source.source_tree import SourceTree

# An exception that no script of the page caught. Source: Chromium 156 and Firefox 153.
SCRIPT_ERROR = (
    r"^\S+Z (?:SEVERE|ERROR): (?P<url>\w+://[^/\s]+(?P<path>/\S*?)):(?P<line>\d+):\d+: "
    r"(?:Uncaught )?(?:\(in promise\) )?(?P<error>(?:\w*Error|\w*Exception)\b.*)$"
)
# What a browser says of a page that came instead of a style or a script. Source: Chromium 156 and
# Firefox 153; the last one is of a page in quirks mode.
ADDRESS = r"\w+://[^/\s'”]+(?P<url>/[^?#\s'”]+)\S*"
HTML = r"(?P<answer>text/html)"
REFUSED_TYPES = (
    rf"Refused to (?:apply style|execute script) from '{ADDRESS} because its MIME type \('{HTML}'",
    rf": {ADDRESS} - Failed to load module script: .* MIME type of \"{HTML}\"",
    rf"(?:resource|module) from “{ADDRESS} was blocked .* MIME type \(“{HTML}”\)",
    rf"The stylesheet {ADDRESS} was not loaded because its MIME type, “{HTML}”",
)
# What the page's Content-Security-Policy does not allow. Source: Chromium 156 and those before it,
# Firefox 153. Pictures are left out: no test fails for one.
CSP = r"the following Content Security Policy directive:? ['\"](?P<directive>.+?)['\"]\. "
OTHERS = r"(?:the (?!image)\w+ )?'(?P<what>\w+:[^']+)'"
INLINE = r"(?P<what>inline [\w ]+?)"
# A policy that only reports blocks nothing. Firefox says "would block" of it.
REPORTED = r"\[Report Only\]|policy is report-only"
FIREFOX_BLOCKED = r"Content-Security-Policy: The page.s settings blocked"
BLOCKED_WORDS = (
    rf"(?:Loading|Connecting to) {OTHERS} violates {CSP}",
    rf"(?:Executing|Applying) {INLINE} violates {CSP}",
    rf"Refused to \w+ (?:to )?{OTHERS} because it violates {CSP}",
    rf"Refused to \w+ {INLINE} because it violates {CSP}",
    rf"{FIREFOX_BLOCKED} .+? \((?!img)\S+\) at (?P<what>\S+) .*: “(?P<directive>.+?)”",
    rf"{FIREFOX_BLOCKED} an (?P<what>inline \w+|event handler) .*: “(?P<directive>.+?)”",
)
BLOCKED = tuple(rf"^(?!.*(?:{REPORTED})).*?{words}" for words in BLOCKED_WORDS)
FIRST_ERROR = regex(SCRIPT_ERROR, re.MULTILINE)


def script_location(console: str, checkout: SourceTree) -> str:
    """Return `FILE:LINE` of the first script that failed, empty if none did.

    Without such a file in the checkout, it is the path under which the page asked for it.
    """
    found = FIRST_ERROR.search(console)
    if not found:
        return ""
    path = found["path"].partition("?")[0]
    return f"{checkout.locate_static(path) or path}:{found['line']}"
