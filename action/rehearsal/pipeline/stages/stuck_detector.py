"""Detect an app that answers the same all the time, for a cause that waiting does not remove."""

from collections.abc import Callable

from rehearsal.diagnosis.hopeless_cause import HopelessCause
from rehearsal.evidence.log_window import LogWindow
from rehearsal.outside.http_response import Answer

# An app that is starting refuses connections, which is normal. The first search for a cause comes
# after this many seconds; the same time has to pass again before each further search.
FIRST_CHECK = 1.0


FindCause = Callable[[], HopelessCause | None]


def answer_kind(answer: Answer) -> tuple[int, str, bool]:
    """Return what two answers of one kind have in common: status, redirect target, time-out."""
    return answer.status, answer.headers.get("location", ""), answer.timed_out


class StuckDetector:
    """Decides after each answer whether to give up.

    `window` shows what the app has logged since the last search for a cause. If `patient`, a cause
    that is not certain does not end the wait: `report` gets it, once. `same_since` is the time of
    the first of the last answers of one kind, `same_count` is their number.
    """

    def __init__(
        self,
        find_cause: FindCause,
        window: LogWindow,
        *,
        patient: bool,
        report: Callable[[HopelessCause], object],
    ) -> None:
        self._find_cause = find_cause
        self._window = window
        self._patient = patient
        self._report = report
        self._reported = False
        self._kind: object = None
        self._suspect: HopelessCause | None = None
        self._requests = 0
        self._next_check = 0.0
        self.same_since = 0.0
        self.same_count = 0

    def stuck_for(self, answer: Answer, now: float) -> HopelessCause | None:
        """Return the cause for which waiting longer cannot help, or None."""
        kind = answer_kind(answer)
        if kind != self._kind:
            self._kind, self.same_since, self.same_count = kind, now, 0
            self._watch(None, now if answer.status else now + FIRST_CHECK)
        self._requests += 1
        self.same_count += 1
        if now < self._next_check:
            return None
        cause = self._find_cause()
        if cause and self._persists(cause):
            if cause.certain or not self._patient:
                return cause
            if not self._reported:
                self._report(cause)
            self._reported = True
        pause = cause.give_up_after if cause else max(FIRST_CHECK, now - self.same_since)
        self._watch(cause, now + pause)
        return None

    def _persists(self, cause: HopelessCause) -> bool:
        same = self._suspect is not None and cause.id == self._suspect.id
        return same and (cause.certain or self._window.is_silent(self._requests))

    def _watch(self, suspect: HopelessCause | None, next_check: float) -> None:
        self._suspect, self._next_check = suspect, next_check
        self._requests = 0
        self._window.open()
