r"""Parse the file `.env`, which holds on a laptop what GitHub keeps as secrets and variables.

Each item is `NAME=value`, with `export ` before it or not. Without quotes, the value ends at the
end of the line or at ` #`. In single quotes, every character is literal; in double quotes, a
backslash escapes (`\n`, `\t`, `\"`, `\\`, `\$`). A quoted value may have several lines. Variables
are not expanded.
"""

import re

from rehearsal.regex import regex
from rehearsal.verdict import MisconfiguredError

DOTENV_FILE = ".env"

ASSIGNMENT = regex(
    r"""[ \t]*(?:export[ \t]+)?(?P<name>[A-Za-z_][A-Za-z0-9_]*)[ \t]*=[ \t]*(?:
        '(?P<single>[^']*)'[ \t]*(?:\#[^\n]*)?
      | "(?P<double>(?:[^"\\]|\\.)*)"[ \t]*(?:\#[^\n]*)?
      | (?P<bare>(?![ \t]*['"])[^\n]*)
    )\r?(?:\n|\Z)""",
    re.VERBOSE | re.DOTALL,
)
BLANK_OR_COMMENT = regex(r"[ \t]*(?:\#[^\n]*)?\r?(?:\n|\Z)")
COMMENT = regex(r"(?:^|[ \t]+)#.*")
ESCAPE = regex(r"\\(.)", re.DOTALL)
ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}


def parse_dotenv(text: str) -> dict[str, str]:
    """Return the values by name; the last one counts if a name is repeated.

    Raises `MisconfiguredError` with a line number.
    """
    found: dict[str, str] = {}
    position = 0
    while position < len(text):
        if blank := BLANK_OR_COMMENT.match(text, position):
            position = blank.end()
            continue
        item = ASSIGNMENT.match(text, position)
        if not item:
            number = text.count("\n", 0, position) + 1
            raise MisconfiguredError(
                f"{DOTENV_FILE}, line {number}: expected NAME=value (the line is not shown: it may "
                "hold a secret).",
                hint="Close every quote. A value that has several lines or begins with a quote "
                "needs quotes around it.",
            )
        found[item["name"]] = _value(item)
        position = item.end()
    return found


def _value(item: re.Match[str]) -> str:
    if item["single"] is not None:
        return item["single"]
    if item["double"] is not None:
        return ESCAPE.sub(lambda escape: ESCAPES.get(escape[1], escape[1]), item["double"])
    return COMMENT.sub("", item["bare"]).strip()
