"""What a check is: a function over what was observed, with what people need to know about it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import KW_ONLY

from rehearsal.audit.observations import Observations
from rehearsal.dataclass import dataclass
from rehearsal.regex import regex


@dataclass(frozen=True)
class Failure:
    """Something that a check found wrong; a check that yields none has passed.

    `message` is one sentence. `part` is the part of the check that can be waived by itself, and
    `evidence` the lines that show it. `hint` says what to do, if the check's own hint does not fit.
    """

    message: str
    _: KW_ONLY
    part: str = ""
    evidence: tuple[str, ...] = ()
    hint: str = ""


@dataclass(frozen=True)
class Note:
    """What a reader has to know of a check that passed: what it could not look at, for example."""

    message: str
    _: KW_ONLY
    evidence: tuple[str, ...] = ()


class CheckSkipped(Exception):  # noqa: N818  (it is no error)
    """Raised by a check that cannot look; the text is the reason, a sentence without a full stop.

    It begins in lower case: "the image has no Python".
    """


Finder = Callable[[Observations], Iterator[Failure | Note]]


@dataclass(frozen=True, kw_only=True)
class Check:
    """One check.

    `title` says what is asked of the image, as a statement that is true when the check passes.
    `why` is the lesson behind it, `hint` what to do when it fails, `reference` the page of Django,
    gunicorn, Docker or OWASP about it. `parts` matches the parts that can be waived by themselves;
    it is None if there are none, and `parts_label` names them for people. With `active` it needs
    further containers.
    """

    id: str
    title: str
    why: str
    hint: str
    reference: str
    find: Finder
    parts: re.Pattern[str] | None = None
    parts_label: str = ""
    active: bool = False


def check(
    id_: str,
    *,
    title: str,
    why: str,
    hint: str,
    reference: str,
    parts: str = "",
    parts_label: str = "",
    active: bool = False,
) -> Callable[[Finder], Check]:
    """Return a decorator that makes a `Check` of a function."""

    def decorate(find: Finder) -> Check:
        return Check(
            id=id_,
            title=title,
            why=why,
            hint=hint,
            reference=reference,
            find=find,
            parts=regex(parts) if parts else None,
            parts_label=parts_label,
            active=active,
        )

    return decorate
