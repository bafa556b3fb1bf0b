r"""The file `.env`: values that GitHub keeps as secrets and variables.

One `NAME=value` a line, `export ` before it or not. A value without quotes ends with its line, or
at ` #`. Between single quotes everything stands for itself; between double quotes a backslash
escapes (`\n`, `\t`, `\"`, `\\`, `\$`). A quoted value may go over several lines; nothing is
expanded.
"""

import re

from rehearsal.verdict import Misconfigured

FILE = ".env"

ITEM = re.compile(
    r"""[ \t]*(?:export[ \t]+)?(?P<name>[A-Za-z_][A-Za-z0-9_]*)[ \t]*=[ \t]*(?:
        '(?P<single>[^']*)'[ \t]*(?:\#[^\n]*)?
      | "(?P<double>(?:[^"\\]|\\.)*)"[ \t]*(?:\#[^\n]*)?
      | (?P<bare>(?![ \t]*['"])[^\n]*)
    )\r?(?:\n|\Z)""",
    re.VERBOSE | re.DOTALL,
)
NOTHING = re.compile(r"[ \t]*(?:\#[^\n]*)?\r?(?:\n|\Z)")
COMMENT = re.compile(r"(?:^|[ \t]+)#.*")
ESCAPE = re.compile(r"\\(.)", re.DOTALL)
ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}


def parse_dotenv(text: str) -> dict[str, str]:
    """Return the values by name, the last of several. Raises `Misconfigured` with a line number."""
    found: dict[str, str] = {}
    at = 0
    while at < len(text):
        if nothing := NOTHING.match(text, at):
            at = nothing.end()
            continue
        item = ITEM.match(text, at)
        if not item:
            number = text.count("\n", 0, at) + 1
            raise Misconfigured(
                f"{FILE}, line {number}: expected NAME=value (the line is not shown, it may hold "
                "a secret).",
                hint="Close every quote; put a value of several lines, or one that begins with a "
                "quote, between quotes.",
            )
        found[item["name"]] = _value(item)
        at = item.end()
    return found


def _value(item: re.Match[str]) -> str:
    if item["single"] is not None:
        return item["single"]
    if item["double"] is not None:
        return ESCAPE.sub(lambda found: ESCAPES.get(found[1], found[1]), item["double"])
    return COMMENT.sub("", item["bare"]).strip()
