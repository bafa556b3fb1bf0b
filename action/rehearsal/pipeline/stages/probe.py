"""Probe the app until it answers as requested, the container exits, or waiting cannot help."""

from collections.abc import Callable
from urllib.parse import urlsplit

from rehearsal.config.rehearsal_plan import ProbePlan
from rehearsal.dataclass import dataclass
from rehearsal.outside.http_response import Answer
from rehearsal.pipeline.stages.stuck_detector import StuckDetector, answer_kind
from rehearsal.pipeline.timeline_recorder import TimelineRecorder
from rehearsal.verdict import RehearsalError, Verdict

# A pause is one hundredth of the time waited so far, within these bounds, in seconds. So the first
# attempts are milliseconds apart, nobody waits more than 1 % too long, and an app that logs an
# error for each attempt gets some 500 of them in a minute and not 6000.
PAUSE_SHARE = 0.01
MIN_PAUSE = 0.01
MAX_PAUSE = 0.5

# The time limit of one attempt, in seconds: a page that takes longer is no sign of being ready.
ATTEMPT_TIMEOUT = 10.0
# The least time for the last attempt, in seconds, even if it ends after ready-timeout: on a busy
# machine every app would miss a shorter limit.
LAST_ATTEMPT_TIMEOUT = 1.0

REDIRECT_STATUSES = range(300, 400)

# As a browser asks for a page: some servers answer 404 or 406 to a client that accepts no HTML.
DEFAULT_HEADERS = {
    "User-Agent": "dress-rehearsal",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Encoding": "identity",
    "Connection": "close",
}

SendRequest = Callable[[float], Answer]
Clock = Callable[[], float]


@dataclass(frozen=True, kw_only=True)
class Ready:
    """The app answered as requested, `seconds` after its start, at the given attempt."""

    seconds: float
    attempts: int
    answer: Answer


def wait_until_ready(
    plan: ProbePlan,
    send_request: SendRequest,
    *,
    started: float,
    follow_end: Callable[[], bool],
    clock: Clock,
    sleep: Callable[[float], object],
    timeline: TimelineRecorder,
    detector: StuckDetector,
) -> Ready:
    """Send requests until an answer is accepted.

    `send_request` takes a time limit in seconds. `started` is the clock's reading when the
    container started; `timeline` records answers and milestones. `follow_end` returns whether the
    container had exited, and runs again; if it does not run again, it raises an error. Raises
    `RehearsalError` (not-ready) when `detector` gives up, or `plan.timeout` seconds after the first
    request: before that a setup command may have taken its time.
    """
    attempts = 0
    first_request = clock()
    while True:
        attempts += 1
        requested = clock()
        time_left = first_request + plan.timeout - requested
        answer = send_request(min(ATTEMPT_TIMEOUT, max(LAST_ATTEMPT_TIMEOUT, time_left)))
        now = clock()
        _record(timeline, plan, answer, requested - started, now - started)
        if is_ready(plan, answer):
            timeline.record_milestone("ready", now - started, str(answer))
            return Ready(seconds=now - started, attempts=attempts, answer=answer)
        if not follow_end() and detector.stuck_for(answer, now):
            raise _stuck_error(plan, answer, detector.same_count, now - detector.same_since)
        waited = clock() - first_request
        if waited >= plan.timeout:
            raise _timeout_error(plan, answer, attempts)
        sleep(min(MAX_PAUSE, max(MIN_PAUSE, waited * PAUSE_SHARE)))


def request_headers(plan: ProbePlan, port: int) -> dict[str, str]:
    """Return the headers of a request to the app, where `port` of this machine leads to it."""
    return {"Host": f"{plan.host}:{port}", **DEFAULT_HEADERS, **plan.headers}


def is_ready(plan: ProbePlan, answer: Answer) -> bool:
    """Return whether the answer means that the app is ready."""
    is_accepted = answer.status > 0 and plan.accepts(answer.status)
    return is_accepted and not leads_to_https(plan, answer)


def leads_to_https(plan: ProbePlan, answer: Answer) -> bool:
    """Return whether the answer redirects to https on the same host, where nothing listens."""
    try:
        target = urlsplit(answer.headers.get("location", ""))
        host = urlsplit(f"//{plan.headers.get('Host', plan.host)}").hostname
    except ValueError:  # The location is no URL.
        return False
    is_redirect = answer.status in REDIRECT_STATUSES
    return is_redirect and target.scheme == "https" and target.hostname == host


def describe_answer(plan: ProbePlan, answer: Answer) -> str:
    """Return an answer in one line, with the target of a redirect to https."""
    if leads_to_https(plan, answer):
        return f"{answer}, a redirect to {answer.headers['location']}, where a rehearsal has no TLS"
    return str(answer)


def _record(
    timeline: TimelineRecorder, plan: ProbePlan, answer: Answer, requested: float, answered: float
) -> None:
    """Record an answer; the times are in seconds since the container started."""
    error = "" if answer.timed_out else answer.error
    timeline.record_answer((*answer_kind(answer), error), describe_answer(plan, answer), answered)
    if answer.first_byte is not None:
        timeline.record_milestone("first byte", requested + answer.first_byte)
    if answer.status:
        timeline.record_milestone("first answer", answered, str(answer))


def _stuck_error(plan: ProbePlan, answer: Answer, requests: int, seconds: float) -> RehearsalError:
    ended = "were all answered with" if answer.status else "all failed; the last one:"
    return RehearsalError(
        Verdict.NOT_READY,
        f"Gave up early: {requests} requests GET {plan.path} in {seconds:.1f} s {ended} "
        f"{describe_answer(plan, answer)}.",
        hint="If the app needs longer to start, set ready-timeout.",
    )


def _timeout_error(plan: ProbePlan, answer: Answer, attempts: int) -> RehearsalError:
    return RehearsalError(
        Verdict.NOT_READY,
        f"GET {plan.path} got no answer that counts as ready within {plan.timeout} s "
        f"({attempts} attempts). The last one: {describe_answer(plan, answer)}.",
        hint="The container was still running. Check port, ready-path and ready-status, "
        "and read container.log; a slow start needs a longer ready-timeout.",
    )
