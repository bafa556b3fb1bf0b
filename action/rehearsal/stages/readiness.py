"""Probe until the app truly answers, and never wait for a corpse."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from rehearsal.outside.web import Answer
from rehearsal.plan import ProbePlan
from rehearsal.verdict import Problem, Verdict

# Each pause is one hundredth of the time waited so far, within these bounds, in seconds: the first
# polls are milliseconds apart, nobody waits more than 1% too long, and an app that answers every
# poll with a logged error is asked some 500 times in a minute and not 6000 times.
SHORTEST_PAUSE = 0.01
LONGEST_PAUSE = 0.5
PATIENCE = 0.01

# One slow page is fine; a page that takes longer than this is no sign of being ready, in seconds.
ATTEMPT_TIMEOUT = 10.0

REDIRECTS = range(300, 400)

Ask = Callable[[float], Answer]
Clock = Callable[[], float]


@dataclass(frozen=True, kw_only=True)
class Ready:
    """The app answered as asked, `seconds` after its start, at the given attempt."""

    seconds: float
    attempts: int
    answer: Answer


class Ended(Exception):  # noqa: N818
    """The container ended while it was waited for."""


def wait_until_ready(
    plan: ProbePlan,
    ask: Ask,
    *,
    started: float,
    ended: Callable[[], bool],
    clock: Clock,
    sleep: Callable[[float], None],
) -> Ready:
    """Ask until an answer is accepted.

    `ask` takes seconds and returns an `Answer`; `started` is the clock's reading at the container's
    start. Raises `Ended` as soon as the container does, and `Problem` (not-ready) after
    `plan.timeout` seconds of asking: a setup command before it may have taken its time.
    """
    attempts = 0
    begun = clock()
    while True:
        attempts += 1
        answer = ask(min(ATTEMPT_TIMEOUT, max(0.1, begun + plan.timeout - clock())))
        if answer.status and plan.accepts(answer.status) and not leads_to_https(plan, answer):
            return Ready(seconds=clock() - started, attempts=attempts, answer=answer)
        if ended():
            raise Ended
        waited = clock() - begun
        if waited >= plan.timeout:
            raise _never(plan, answer, attempts)
        sleep(min(LONGEST_PAUSE, max(SHORTEST_PAUSE, waited * PATIENCE)))


def leads_to_https(plan: ProbePlan, answer: Answer) -> bool:
    """Whether the answer sends a browser to https on the same host, where nothing listens."""
    try:
        target = urlsplit(answer.headers.get("location", ""))
        asked = urlsplit(f"//{plan.headers.get('Host', 'localhost')}").hostname
    except ValueError:  # No URL, so it leads nowhere.
        return False
    return answer.status in REDIRECTS and target.scheme == "https" and target.hostname == asked


def _never(plan: ProbePlan, answer: Answer, attempts: int) -> Problem:
    seen = str(answer)
    if leads_to_https(plan, answer):
        seen += f", a redirect to {answer.headers['location']}, where a rehearsal has no TLS"
    return Problem(
        Verdict.NOT_READY,
        f"{plan.path} did not answer as asked within {plan.timeout} s ({attempts} attempts). "
        f"The last one: {seen}.",
        advice="The container was running all the time. Check port, ready-path and ready-status, "
        "and what container.log says; a slow start needs a longer ready-timeout.",
    )
