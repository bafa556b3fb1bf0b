"""Variables without which the scripts that start an app fail."""

import re
from collections.abc import Iterator

STRICT = re.compile(r"^\s*set\s+(?:-[a-z]*u[a-z]*\b|-o\s+nounset|.*-o\s+nounset)", re.MULTILINE)
READ = re.compile(r"\$(?:\{(?P<braced>[A-Z][A-Z0-9_]+)(?P<rest>[^}]*)\}|(?P<name>[A-Z][A-Z0-9_]+))")
SET = re.compile(r"^\s*(?:export\s+|local\s+|readonly\s+)?(?P<name>[A-Z][A-Z0-9_]+)=", re.MULTILINE)
# The shell and the image have these.
USUAL = frozenset(
    {"HOME", "PATH", "PWD", "UID", "EUID", "USER", "HOSTNAME", "IFS", "RANDOM", "PORT"}
)
DEFAULT = re.compile(r":?[-+=]")
ASKED = re.compile(r":?\?")


def script_variables(text: str) -> Iterator[str]:
    """Yield the variables without which a script ends: by `set -u`, or by `${NAME:?}`."""
    is_strict = bool(STRICT.search(text))
    # Where each is set first: a script may give a default to what it has read before.
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
