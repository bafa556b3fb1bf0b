"""The cookies that an app sets."""

import re
from collections.abc import Iterable, Iterator

from rehearsal.audit.exchange import Exchange
from rehearsal.dataclass import dataclass
from rehearsal.regex import regex

# Names under which frameworks keep a session or a log-in, and names that people give them. Not of
# tokens against forged requests: scripts of the page have to read them.
SESSION_NAME = regex(r"sess(?:ion|id)|(?:^|[._-])sid$|auth(?!or)|^remember|jwt", re.IGNORECASE)
PAST = regex(r"max-age=(?:0|-\d+)|expires=\w+, \d\d[ -]\w{3}[ -]19\d\d ", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Cookie:
    """A cookie without its value; the names of `attributes` are in lower case."""

    name: str
    attributes: frozenset[str]
    answer: Exchange

    @property
    def is_session(self) -> bool:
        """Whether the cookie logs its owner in, as far as its name says."""
        return bool(SESSION_NAME.search(self.name))


def set_cookies(answers: Iterable[Exchange]) -> Iterator[Cookie]:
    """Yield each cookie once that is set; one that is removed does not count."""
    seen = set()
    for answer in answers:
        for line in answer.all("set-cookie"):
            name, *attributes = line.split(";")
            # Without a name it is all value.
            name = name.partition("=")[0].strip() if "=" in name else ""
            names = frozenset(each.partition("=")[0].strip().lower() for each in attributes)
            is_removed = any(PAST.match(each.strip()) for each in attributes)
            if name and name not in seen and not is_removed:
                seen.add(name)
                yield Cookie(name=name, attributes=names, answer=answer)
