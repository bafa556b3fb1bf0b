"""Variables without which the scripts that start an app fail."""

import re
from collections.abc import Iterator

from rehearsal.regex import regex

STRICT = regex(r"^[ \t]*set[ \t]+(?:-[a-z]{0,20}u[a-z]{0,20}\b|.*-o[ \t]+nounset)", re.MULTILINE)
READ = regex(
    r"\$(?:\{(?P<braced>[A-Z][A-Z0-9_]{1,99})(?P<rest>[^}]{0,500})\}|(?P<name>[A-Z][A-Z0-9_]{1,99}))"
)
SET = regex(
    r"^[ \t]*(?:(?:export|local|readonly)[ \t]+)?(?P<name>[A-Z][A-Z0-9_]{1,99})=", re.MULTILINE
)
# The shell or the image sets these.
USUAL = frozenset(
    {"HOME", "PATH", "PWD", "UID", "EUID", "USER", "HOSTNAME", "IFS", "RANDOM", "PORT"}
)
DEFAULT = regex(r":?[-+=]")
ASKED = regex(r":?\?")


def script_variables(text: str) -> Iterator[str]:
    """Yield the variables without which a script ends: by `set -u`, or by `${NAME:?}`."""
    is_strict = bool(STRICT.search(text))
    # Where each one is set first: a script may read a variable before it sets it.
    set_at = {each["name"]: each.start() for each in reversed(list(SET.finditer(text)))}
    done = set(USUAL)
    for each in READ.finditer(text):
        name, rest = each["braced"] or each["name"], each["rest"] or ""
        if name in done or set_at.get(name, each.start()) < each.start():
            continue
        if DEFAULT.match(rest):
            done.add(name)
        elif is_strict or ASKED.match(rest):
            done.add(name)
            yield name
