"""The messages of Selenium's exceptions, as people want to read them."""

from rehearsal.regex import regex

# Selenium's exceptions begin their message with this.
PREFIX = regex(r"(?P<kind>[\w.]+: )?Message:[ \t]*")
# How chromedriver writes the locator of an element that it did not find.
LOCATOR = regex(r'\{"method":"(?P<how>[^"]*)","selector":"(?P<what>.*)"\}')
# What the driver adds, also behind pytest's margin: its own stack (Chrome's frames, Firefox's),
# the heading of that, and its versions.
DRIVER_LINE = regex(
    r"^(?:E\s)?\s*(?:#\d+ 0x[0-9a-f]+ |\S*@(?:chrome|resource)://|(?:Stacktrace|Backtrace):\s*$"
    r"|\(Session info: )"
)
DOCUMENTATION = regex(r";? *For documentation on this error, please visit: \S+")


def without_driver_words(line: str) -> str:
    """Return a line without the driver's additions, empty if it holds nothing else."""
    return "" if DRIVER_LINE.match(line) else DOCUMENTATION.sub("", line)


def plain_message(line: str, kind: str = "") -> str:
    """Return the first line of a message without Selenium's prefix and braces.

    If nothing is left, `kind` stands for it, or the exception's name in the line itself.
    """
    line = LOCATOR.sub(r"\g<what> (\g<how>)", line)
    prefix = PREFIX.match(line)
    if not prefix:
        return line
    before, words = prefix["kind"] or "", line[prefix.end() :]
    return f"{before}{words}" if words else before.removesuffix(": ") or kind
