from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

from rehearsal.diagnosis.hopeless_cause import HopelessCause
from rehearsal.evidence.folder import Evidence
from rehearsal.evidence.log import Log
from rehearsal.evidence.log_window import LogWindow
from rehearsal.outside.folder import Folder
from rehearsal.outside.http_response import Answer
from rehearsal.pipeline.stages.stuck_detector import FIRST_CHECK, StuckDetector
from rehearsal.redaction.redactor import Redactor

NO_HOST = HopelessCause(id="disallowed-host", title="", give_up_after=2.0, certain=True)
ELSEWHERE = HopelessCause(id="wrong-port", title="", give_up_after=10.0, certain=False)
NO_PAGE = replace(ELSEWHERE, id="no-such-page", title="There is no page /")
REFUSED = Answer(error="connection refused")
BAD_REQUEST = Answer(status=400)
MISSING = Answer(status=404)
# Seconds between two answers.
STEP = 0.1
LONGEST = 60.0


@dataclass(kw_only=True)
class Wait:
    """One wait for an app: its answers in turn, what it logs at each, and what is found."""

    log: Log
    answers: Iterator[Answer]
    find: Callable[[float], HopelessCause | None]
    logs: Callable[[float], str] = lambda _: ""
    patient: bool = False
    now: float = 0.0
    checks: list[float] = field(default_factory=list)
    reports: list[tuple[float, str]] = field(default_factory=list)

    def find_cause(self) -> HopelessCause | None:
        self.checks.append(self.now)
        return self.find(self.now)

    def report(self, cause: HopelessCause) -> None:
        self.reports.append((self.now, cause.title))

    def gives_up_after(self) -> float:
        """Return after how many seconds the detector gives up, at most `LONGEST`."""
        stream = self.log.stream()
        detector = StuckDetector(
            self.find_cause, LogWindow(self.log), patient=self.patient, report=self.report
        )
        while self.now < LONGEST:
            stream(self.logs(self.now).encode())
            if detector.stuck_for(next(self.answers), self.now):
                break
            self.now = round(self.now + STEP, 1)
        return self.now


@pytest.fixture
def wait(tmp_path: Path) -> Iterator[Callable[..., Wait]]:
    log = Evidence(Folder(tmp_path), Redactor()).log("container.log")

    def make(answer: Answer, cause: HopelessCause | None, **options: Any) -> Wait:
        defaults: dict[str, Any] = {"answers": cycle([answer]), "find": lambda _: cause}
        return Wait(log=log, **(defaults | options))

    yield make
    log.close()


@pytest.mark.parametrize(
    "answer, cause, seconds",
    [
        pytest.param(BAD_REQUEST, NO_HOST, 2.0, id="a wrong host"),
        pytest.param(MISSING, NO_PAGE, 10.0, id="no such page"),
        pytest.param(REFUSED, ELSEWHERE, 11.0, id="another port, seen after a second"),
        pytest.param(BAD_REQUEST, None, LONGEST, id="no cause"),
    ],
)
def test_stuck_for__the_same_cause(
    wait: Callable[..., Wait], answer: Answer, cause: HopelessCause | None, seconds: float
) -> None:
    assert wait(answer, cause).gives_up_after() == seconds


def test_stuck_for__other_answers_begin_anew(wait: Callable[..., Wait]) -> None:
    waiting = wait(MISSING, NO_HOST, answers=cycle([BAD_REQUEST, MISSING]))
    assert waiting.gives_up_after() == LONGEST


def test_stuck_for__other_causes_begin_anew(wait: Callable[..., Wait]) -> None:
    waiting = wait(REFUSED, None, find=lambda now: ELSEWHERE if now < 5 else NO_PAGE)
    assert waiting.gives_up_after() == 21.0


def test_stuck_for__the_cause_disappears(wait: Callable[..., Wait]) -> None:
    waiting = wait(REFUSED, None, find=lambda now: ELSEWHERE if now < 5 else None)
    assert waiting.gives_up_after() == LONGEST


def access_line(now: float) -> str:
    return f'172.17.0.1 - - [22/Nov/2026 18:00:{now:.0f}] "GET / HTTP/1.1" 404 -\n'


@pytest.mark.parametrize(
    "cause, logs, seconds",
    [
        pytest.param(NO_PAGE, access_line, 10.0, id="lines about requests"),
        pytest.param(
            NO_PAGE, lambda now: f"migrated {now:.0f}\n" * (now == 4), 20.0, id="one more"
        ),
        pytest.param(
            NO_PAGE,
            lambda now: f"migrated {now:.0f}\n" * (now % 5 == 4),
            LONGEST,
            id="more and more",
        ),
        pytest.param(NO_HOST, lambda now: f"event {now}\n" * (now % 1 == 0.5), 2.0, id="certain"),
    ],
)
def test_stuck_for__waits_while_the_app_logs_more(
    wait: Callable[..., Wait], cause: HopelessCause, logs: Callable[[float], str], seconds: float
) -> None:
    assert wait(MISSING, cause, logs=logs).gives_up_after() == seconds


def test_stuck_for__patient(wait: Callable[..., Wait]) -> None:
    """What ready-timeout has been given for is waited for; the cause is told once."""
    waiting = wait(MISSING, NO_PAGE, patient=True)
    assert waiting.gives_up_after() == LONGEST
    assert waiting.reports == [(10.0, "There is no page /")]


def test_stuck_for__patient_but_certain(wait: Callable[..., Wait]) -> None:
    waiting = wait(BAD_REQUEST, NO_HOST, patient=True)
    assert waiting.gives_up_after() == 2.0
    assert waiting.reports == []


def test_stuck_for__few_searches_for_a_cause(wait: Callable[..., Wait]) -> None:
    waiting = wait(REFUSED, None)
    waiting.gives_up_after()
    assert 5 <= len(waiting.checks) <= 8
    assert waiting.checks[0] >= FIRST_CHECK


def test_stuck_for__no_search_in_the_first_second(wait: Callable[..., Wait]) -> None:
    waiting = wait(REFUSED, None, answers=iter([REFUSED] * 9))
    with pytest.raises(StopIteration):
        waiting.gives_up_after()
    assert waiting.checks == []
