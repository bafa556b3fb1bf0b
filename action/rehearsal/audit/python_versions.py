"""Versions of Python packages: which are equal, and which is newer (PEP 440)."""

import re

from rehearsal.regex import regex

VERSION = regex(
    r"v?(?:(?P<epoch>\d+)!)?(?P<release>\d+(?:\.\d+)*)"
    r"(?:[-_.]?(?P<pre>a|alpha|b|beta|c|rc|pre|preview)[-_.]?(?P<pre_number>\d*))?"
    r"(?P<post>-(?P<post_bare>\d+)|[-_.]?(?:post|rev|r)[-_.]?(?P<post_number>\d*))?"
    r"(?P<dev>[-_.]?dev[-_.]?(?P<dev_number>\d*))?"
    r"(?:\+(?P<local>[a-z\d]+(?:[-_.][a-z\d]+)*))?",
    re.IGNORECASE,
)
PRE = {"alpha": "a", "beta": "b", "c": "rc", "pre": "rc", "preview": "rc"}
# Which comes first: 1.dev1, 1a1.dev1, 1a1, 1rc1, 1, 1.post1.
DEV_ONLY, NO_PRE = "", "z"
ORDER_OF_NO_DEV = 1 << 60
# More digits than any version has: `int` refuses very many.
MAX_LENGTH = 200

Version = tuple[int, tuple[int, ...], str, int, int, int, str]


def parse_version(text: str) -> Version | None:
    """Return a version in a form that can be compared, its local part last, or None."""
    found = VERSION.fullmatch(text.strip())
    if not found or len(text) > MAX_LENGTH:
        return None
    release = [int(number) for number in found["release"].split(".")]
    while len(release) > 1 and release[-1] == 0:
        release.pop()
    pre = (found["pre"] or "").lower()
    has_post = found["post"] is not None
    no_pre = DEV_ONLY if found["dev"] and not has_post else NO_PRE
    return (
        int(found["epoch"] or 0),
        tuple(release),
        PRE.get(pre, pre) or no_pre,
        int(found["pre_number"] or 0),
        int(found["post_bare"] or found["post_number"] or 0) if has_post else -1,
        int(found["dev_number"] or 0) if found["dev"] else ORDER_OF_NO_DEV,
        re.sub(r"[-_]", ".", (found["local"] or "").lower()),
    )


def is_version(installed: str, wanted: str) -> bool:
    """Whether an installed version is the wanted one; without a local part any local part is."""
    left, right = parse_version(installed), parse_version(wanted)
    if left is None or right is None:
        return installed.strip().lower() == wanted.strip().lower()
    return left == right if right[-1] else left[:-1] == right[:-1]
