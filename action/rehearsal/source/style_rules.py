"""The rules of a style sheet that lift an element out of the page, over what stands below it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
RULE = re.compile(r"(?P<selector>[^{};]+)\{(?P<body>[^{}]*)\}")
LIFTED = re.compile(r"position\s*:\s*(?:fixed|absolute|sticky)")
# Of a tag as browsers quote it.
NAMES = re.compile(r"\b(?P<kind>id|class)=\"(?P<names>[^\"]*)\"")


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
    text = COMMENT.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), css)
    wanted = [re.compile(rf"{re.escape(each)}(?![\w-])") for each in selectors(tag)]
    for rule in RULE.finditer(text):
        lifted = LIFTED.search(rule["body"])
        if lifted and any(each.search(rule["selector"]) for each in wanted):
            start = rule.start("body") + lifted.start()
            line = text.count("\n", 0, start)
            yield LiftingRule(
                selector=" ".join(rule["selector"].split()),
                line=line + 1,
                in_flow=LIFTED.sub("position: static", css.split("\n")[line], count=1),
            )
