"""How a container ended, and the error for one that ended by itself."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from rehearsal.dataclass import dataclass
from rehearsal.evidence.log import Log
from rehearsal.outside.engine import Engine
from rehearsal.pipeline.stages.container import FINAL_STATES, Container
from rehearsal.regex import regex
from rehearsal.results.bounded_text import cut_name
from rehearsal.results.tests import Failure, Span
from rehearsal.source.tracebacks import SERVER_NOISE, tracebacks
from rehearsal.verdict import RehearsalError, Verdict

# How many lines of the log a report shows, and how many are searched for the exception.
EXCERPT_LINES = 25
SEARCHED_LINES = 500
# When a container ended, in the words of a message.
IN_TESTS = "during the tests"
SIGKILL_EXIT_CODE = 137
# How much later than a test the engine may see an end, in seconds; milliseconds as a rule.
RECORDING_DELAY = 0.2
# The times in a JUnit report are rounded; they may be wrong by this many seconds.
REPORT_ROUNDING = 1.0
# How many tests a message names. Four may run at once on a runner with four cores.
MAX_NAMES = 4
# The last line of a Python traceback.
EXCEPTION_LINE = regex(r"[\w.]*(Error|Exception|Exit|ImproperlyConfigured|Warning)\b(: |$)")


@dataclass(frozen=True, kw_only=True)
class ContainerEnd:
    """How a container ended, by itself or stopped by us; `time` is in seconds since 1970.

    `restarted` means that its restart policy starts it again.
    """

    exit_code: int
    out_of_memory: bool
    time: float
    restarted: bool = False

    @property
    def was_killed(self) -> bool:
        """Whether SIGKILL ended it."""
        return self.exit_code == SIGKILL_EXIT_CODE

    def __str__(self) -> str:
        words = [f"exit code {self.exit_code}"]
        if self.out_of_memory:
            words.append("killed for memory")
        if self.restarted:
            words.append("and its restart policy starts it again")
        return ", ".join(words)


def has_ended(container: Container, engine: Engine) -> bool:
    """Return whether the container has ended since it was attached to.

    The engine is asked, since a busy machine may tell the client a second later.
    """
    if container.ended:
        return True
    inspected = engine.inspect(container.id)
    restarts = inspected.get("RestartCount") or 0
    status = inspected["State"]["Status"]
    return status in {*FINAL_STATES, "restarting"} or restarts > container.restarts


def read_end(container: Container, engine: Engine) -> ContainerEnd:
    """Return how the container ended; keep what the engine says if it has ended for good."""
    code = container.client.wait(5.0)
    inspected = engine.inspect(container.id)
    state = inspected["State"]
    if state["Status"] in FINAL_STATES:
        container.final_state = inspected
    # For a moment after the end the engine still reports "running". The client has waited for the
    # end and exits with the same code. If the container was started again, its state has been
    # overwritten, and the client may have read the new state: then the engine's events are right.
    if code is None or state["Status"] != "running":
        code = int(state["ExitCode"])
    elif inspected.get("RestartCount"):
        recorded = engine.last_exit_code(container.id)
        code = code if recorded is None else recorded
    return ContainerEnd(
        exit_code=code,
        out_of_memory=bool(state["OOMKilled"]),
        time=datetime.fromisoformat(state["FinishedAt"]).timestamp(),
        restarted=state["Status"] == "restarting"
        or (state["Status"] == "running" and bool(inspected.get("RestartCount"))),
    )


def crash_error(
    container: Container,
    engine: Engine,
    log: Log,
    *,
    when: str,
    failed: Iterable[Failure] = (),
    subject: str = "container",
    verdict: Verdict = Verdict.CRASHED,
    hint_if_done: str = "",
) -> RehearsalError:
    """Return the error for a container that ended by itself; `subject` names it in the message.

    The message names the `failed` tests that were running at that moment. `hint_if_done` is the
    hint for exit code 0.
    """
    end = read_end(container, engine)
    if running := [each.name for each in failed if each.span and _includes(each.span, end.time)]:
        names = [cut_name(name) for name in running[:MAX_NAMES]]
        more = [f"{len(running) - MAX_NAMES} more"] if len(running) > MAX_NAMES else []
        when += f", while {' and '.join(names + more)} ran"
    exception = _last_exception(log.tail(SEARCHED_LINES))
    return RehearsalError(
        verdict,
        f"The {subject} ended {when}: {end}." + (f" It raised {exception}" if exception else ""),
        hint=(end.exit_code == 0 and hint_if_done) or _where_to_look(log),
        excerpt=log.tail(EXCERPT_LINES),
        source=log.name,
    )


def _where_to_look(log: Log) -> str:
    if log.tail(1):
        return f"Its last lines are in the log and the summary; {log.name} holds all of them."
    return (
        f"It wrote nothing: {log.name} is empty. If it logs into a file, let it log to its "
        "standard output."
    )


def _includes(span: Span, time: float) -> bool:
    before, after = (0.0, RECORDING_DELAY) if span.exact else (REPORT_ROUNDING, REPORT_ROUNDING)
    return span.start - before <= time <= span.end + after


def _last_exception(lines: Sequence[str]) -> str:
    """Return the last exception of the app itself; the server's own ones only follow from it."""
    found = [traceback.error for traceback in tracebacks("\n".join(lines))]
    found = found or [line for line in lines if EXCEPTION_LINE.match(line)]
    return next((error for error in reversed(found) if not SERVER_NOISE.search(error)), "")
