"""Find the places where Node code reads environment variables."""

from collections.abc import Iterator

from rehearsal.regex import regex

READ = regex(
    r"process\.env(?:\.(?P<name>[A-Z][A-Z0-9_]{2,99})\b|\[[\"'](?P<key>[A-Z][A-Z0-9_]{2,99})[\"']\])"
)
# Code after `process.env.NAME` that allows it to be unset: a default, a test, or an assignment.
AFTER = regex(r"\s*(?:\|\||\?\?|\?|[=!]==?|=(?!=)|&&|\)\s*(?:\|\||\?\?|\?|&&|\{))")
BEFORE = regex(r"(?:!|\bif\s*\(\s*|\btypeof\s+|\bdelete\s+|[=!]==?\s*|&&\s*|\|\|\s*|\?\?\s*)$")
# Files of tools, and of pages, where the build inserts the values.
OTHER_FILES = regex(
    r"(?:^|/)[^/]*(?:\.config|rc)\.[cm]?[jt]s$|\.d\.ts$|\.min\.js$|(?:^|/)node_modules/"
)
# Variables that Node, its tools or platforms set, or that are optional.
USUAL = regex(
    r"(?:NODE_|npm_|VITE_|REACT_APP_|NEXT_PUBLIC_|GITHUB_)\w+|CI|PORT|HOST|DEBUG|HOME|PATH|TZ|USER"
    r"|HOSTNAME|LOG_LEVEL"
)
MAX_LINE = 1000


def node_readings(path: str, text: str) -> Iterator[tuple[str, int, bool]]:
    """Yield the name and the line of each variable, and whether the code runs without it."""
    if OTHER_FILES.search(path) or "process.env" not in text:
        return
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > MAX_LINE or line.lstrip().startswith(("//", "*")):
            continue
        for found in READ.finditer(line):
            name = found["name"] or found["key"]
            has_default = (
                bool(AFTER.match(line, found.end()))
                or bool(BEFORE.search(line[: found.start()]))
                or bool(USUAL.fullmatch(name))
            )
            yield name, number, has_default
