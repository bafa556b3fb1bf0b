"""The rules of a style sheet that lift an element out of the page, over what stands below it."""

import re
from collections.abc import Iterator

from rehearsal.dataclass import dataclass
from rehearsal.regex import regex

# One without an end goes to the end of the style sheet.
COMMENT = regex(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
LIFTED = regex(r"position\s*:\s*(?:fixed|absolute|sticky)")
# Of a tag as browsers quote it.
NAMES = regex(r"\b(?P<kind>id|class)=\"(?P<names>[^\"]*)\"")


@dataclass(frozen=True, kw_only=True)
class LiftingRule:
    """A rule with `position: fixed` or the like; `line` is that of this declaration, from 1.

    `in_flow` is the text of that line with `position: static` instead.
    """

    selector: str
    line: int
    in_flow: str


def selectors(tag: str) -> list[str]:
    """Return the simple selectors that a tag has, its id first: `#top`, `.banner`."""
    found = {each["kind"]: each["names"].split() for each in NAMES.finditer(tag)}
    ids = [f"#{name}" for name in found.get("id", ())]
    return ids + [f".{name}" for name in found.get("class", ())]


def lifting_rules(css: str, tag: str) -> Iterator[LiftingRule]:
    """Yield the rules of a style sheet that name the id or a class of this tag."""
    # Lines keep their numbers.
    text = COMMENT.sub(lambda found: " " + "\n" * found[0].count("\n"), css)
    wanted = [re.compile(rf"{re.escape(each)}(?![\w-])") for each in selectors(tag)]
    line = 0
    for rule in text.split("}")[:-1]:
        before, _, body = rule.rpartition("{")
        selector = re.split(r"[{;]", before)[-1]
        lifted = LIFTED.search(body)
        if lifted and any(each.search(selector) for each in wanted):
            begin = len(rule) - len(body) + lifted.start()
            at = line + rule.count("\n", 0, begin)
            yield LiftingRule(
                selector=" ".join(selector.split()),
                line=at + 1,
                in_flow=LIFTED.sub("position: static", css.split("\n")[at], count=1),
            )
        line += rule.count("\n")
