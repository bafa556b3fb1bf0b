"""Probe until the app truly answers, never wait for a corpse, and see when waiting cannot help."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from rehearsal.config.plan import ProbePlan
from rehearsal.outside.http_probe import Answer
from rehearsal.pipeline.timeline_recorder import TimelineRecorder
from rehearsal.verdict import RehearsalError, Verdict

# Each pause is one hundredth of the time waited so far, within these bounds, in seconds: the first
# polls are milliseconds apart, nobody waits more than 1% too long, and an app that answers every
# poll with a logged error is asked some 500 times in a minute and not 6000 times.
SHORTEST_PAUSE = 0.01
LONGEST_PAUSE = 0.5
PATIENCE = 0.01

# One slow page is fine; a page that takes longer than this is no sign of being ready, in seconds.
ATTEMPT_TIMEOUT = 10.0
# The last attempt has this long, past ready-timeout where need be, in seconds: on a busy machine a
# shorter one would take any app for a silent one.
LAST_ATTEMPT = 1.0

# While connections are refused an app just starts, as a rule: it is looked at more closely after
# this many seconds, and then each time that as much has passed again.
FIRST_LOOK = 1.0

REDIRECTS = range(300, 400)

Ask = Callable[[float], Answer]
Clock = Callable[[], float]


@dataclass(frozen=True, kw_only=True)
class Ready:
    """The app answered as asked, `seconds` after its start, at the given attempt."""

    seconds: float
    attempts: int
    answer: Answer


@dataclass(frozen=True, kw_only=True)
class HopelessCause:
    """A cause that waiting does not mend, once it has been seen for `sure_after` seconds."""

    cause: str
    sure_after: float


FindCause = Callable[[], HopelessCause | None]


class ContainerExitedError(Exception):
    """The container ended while it was waited for."""


def wait_until_ready(
    plan: ProbePlan,
    ask: Ask,
    *,
    started: float,
    ended: Callable[[], bool],
    clock: Clock,
    sleep: Callable[[float], object],
    timeline: TimelineRecorder,
    find_cause: FindCause = lambda: None,
) -> Ready:
    """Ask until an answer is accepted.

    `ask` takes seconds and returns an `Answer`; `started` is the clock's reading at the container's
    start. `timeline` is filled on the way; `suspect` is asked now and then what waiting cannot
    mend. Raises `Ended` as soon as the container does, and `RehearsalError` (not-ready) when the
    same suspicion has held for long enough, or after `plan.timeout` seconds of asking: a setup
    command before it may have taken its time.
    """
    attempts = 0
    begun = clock()
    doubt = StuckDetector(find_cause)
    while True:
        attempts += 1
        asked = clock()
        answer = ask(min(ATTEMPT_TIMEOUT, max(LAST_ATTEMPT, begun + plan.timeout - asked)))
        now = clock()
        _note(timeline, plan, answer, asked - started, now - started)
        if answer.status and plan.accepts(answer.status) and not leads_to_https(plan, answer):
            timeline.record_milestone("ready", now - started, str(answer))
            return Ready(seconds=now - started, attempts=attempts, answer=answer)
        if ended():
            raise ContainerExitedError
        if doubt.is_sure(answer, now):
            raise _hopeless(plan, answer, now - doubt.sight_since, attempts)
        waited = clock() - begun
        if waited >= plan.timeout:
            raise _never(plan, answer, attempts)
        sleep(min(LONGEST_PAUSE, max(SHORTEST_PAUSE, waited * PATIENCE)))


class StuckDetector:
    """Whether the app looks the same all the time, and in a way that waiting cannot mend."""

    def __init__(self, suspect: FindCause) -> None:
        self._suspect = suspect
        self._kind: object = None
        self._held: HopelessCause | None = None
        self._next_look = 0.0
        self.sight_since = 0.0

    def is_sure(self, answer: Answer, now: float) -> bool:
        kind = answer_kind(answer)
        if kind != self._kind:
            self._kind, self.sight_since, self._held = kind, now, None
            self._next_look = now if answer.status else now + FIRST_LOOK
        if now < self._next_look:
            return False
        found = self._suspect()
        if found is None:
            self._held = None
            self._next_look = now + max(FIRST_LOOK, now - self.sight_since)
            return False
        if found != self._held:
            self._held = found
            self._next_look = now + found.sure_after
            return False
        return True


def answer_kind(answer: Answer) -> tuple[int, str, bool]:
    """Return what makes two answers the same: status, where they lead to, whether none came."""
    return answer.status, answer.headers.get("location", ""), answer.timed_out


def leads_to_https(plan: ProbePlan, answer: Answer) -> bool:
    """Whether the answer sends a browser to https on the same host, where nothing listens."""
    try:
        target = urlsplit(answer.headers.get("location", ""))
        asked = urlsplit(f"//{plan.headers.get('Host', 'localhost')}").hostname
    except ValueError:  # No URL, so it leads nowhere.
        return False
    return answer.status in REDIRECTS and target.scheme == "https" and target.hostname == asked


def _note(
    timeline: TimelineRecorder, plan: ProbePlan, answer: Answer, asked: float, answered: float
) -> None:
    words = "" if answer.timed_out else answer.error
    timeline.record_answer((*answer_kind(answer), words), describe_answer(plan, answer), answered)
    if answer.first_byte is not None:
        timeline.record_milestone("first byte", asked + answer.first_byte)
    if answer.status:
        timeline.record_milestone("first answer", answered, str(answer))


def describe_answer(plan: ProbePlan, answer: Answer) -> str:
    """Tell an answer in one line, with where it leads to."""
    if leads_to_https(plan, answer):
        return f"{answer}, a redirect to {answer.headers['location']}, where a rehearsal has no TLS"
    return str(answer)


def _hopeless(plan: ProbePlan, answer: Answer, seconds: float, attempts: int) -> RehearsalError:
    return RehearsalError(
        Verdict.NOT_READY,
        f"GET {plan.path} got the same answer for {seconds:.1f} s ({attempts} attempts), and "
        f"waiting longer cannot help: {describe_answer(plan, answer)}.",
    )


def _never(plan: ProbePlan, answer: Answer, attempts: int) -> RehearsalError:
    return RehearsalError(
        Verdict.NOT_READY,
        f"GET {plan.path} got no answer that counts as ready within {plan.timeout} s "
        f"({attempts} attempts). The last one: {describe_answer(plan, answer)}.",
        hint="The container was running all the time. Check port, ready-path and ready-status, "
        "and what container.log says; a slow start needs a longer ready-timeout.",
    )
