"""The messages of Selenium's exceptions, as people want to read them."""

import re

# Selenium's exceptions begin their message with this.
PREFIX = re.compile(r"(?P<kind>[\w.]+: )?Message:[ \t]*")
# How chromedriver writes the locator of an element that it did not find.
LOCATOR = re.compile(r'\{"method":"(?P<how>[^"]*)","selector":"(?P<what>.*)"\}')


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
