"""A cause for which it is useless to wait until the app is ready."""

from dataclasses import replace

from rehearsal.dataclass import dataclass
from rehearsal.diagnosis.causes import CAUSES
from rehearsal.diagnosis.facts import MISSING_VARIABLES, Facts
from rehearsal.diagnosis.missing_variables import missing_variables
from rehearsal.diagnosis.rules import diagnose
from rehearsal.diagnosis.unreachable_servers import unreachable_lines


@dataclass(frozen=True, kw_only=True)
class HopelessCause:
    """A cause that waiting does not remove, and after how many seconds to give up.

    Unless it is `certain`, the app may still be starting. Then a log that goes on shows that it is,
    and a caller who gave ready-timeout knows better.
    """

    id: str
    title: str
    give_up_after: float
    certain: bool


def find_hopeless_cause(facts: Facts) -> HopelessCause | None:
    """Return the first cause that fits an app that is not ready, and that waiting does not remove.

    `facts` are of this moment, as if the verdict was not-ready.
    """
    derived = {MISSING_VARIABLES: missing_variables(facts), **unreachable_lines(facts)}
    facts = replace(facts, lines={**facts.lines, **derived})
    for cause in CAUSES:
        limit = cause.give_up
        if limit and all(each.find(facts) for each in limit.only_if):
            for found in diagnose(facts, [cause]):
                return HopelessCause(
                    id=found.id,
                    title=found.title,
                    give_up_after=limit.after,
                    certain=limit.certain,
                )
    return None
