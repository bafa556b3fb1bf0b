from typing import Any

import pytest

from rehearsal.audit.check import Check
from rehearsal.audit.checks.connections import graceful_stop, idle_connection
from rehearsal.audit.evaluate import ENDED, evaluate
from rehearsal.audit.exchange import Exchange
from rehearsal.audit.observations import IdleRun, Observations, StopRun
from rehearsal.results.audit import Finding


def finding(check: Check, **seen: Any) -> Finding:
    observations = Observations(**seen)
    audit = evaluate(observations, mode="warn", active=False, waivers=(), checks=[check])
    (only,) = audit.findings
    return only


def told(check: Check, **seen: Any) -> str:
    found = finding(check, **seen)
    return f"{found.outcome}: {found.message}"


def answered(seconds: float, status: int = 200) -> Exchange:
    return Exchange(path="/ready", status=status, seconds=seconds)


TOO_LATE = Exchange(path="/ready", seconds=1.01, error="no answer within 1 s")


def idle(**changes: Any) -> IdleRun:
    given: dict[str, Any] = {"idle": 50, "slow": 4, "before": answered(0.01)}
    return IdleRun(**{**given, **changes})


@pytest.mark.parametrize(
    "run, expected",
    [
        pytest.param(
            idle(beside=answered(0.9)),
            "passed: ",
            id="in time",
        ),
        pytest.param(
            idle(before=answered(3), beside=answered(3.9)),
            "passed: ",
            id="a slow page",
        ),
        pytest.param(
            idle(before=answered(0.01, 503), beside=answered(0.01, 503)),
            "passed: ",
            id="an error before, too",
        ),
        pytest.param(
            idle(beside=TOO_LATE, after=answered(0.01)),
            "failed: GET /ready got no answer (no answer within 1 s) while 50 connections were "
            "idle and 4 clients sent byte by byte.",
            id="no answer",
        ),
        pytest.param(
            idle(beside=TOO_LATE, after=Exchange(path="/ready", error="connection refused")),
            "failed: GET /ready got no answer (no answer within 1 s) while 50 connections were "
            "idle and 4 clients sent byte by byte.",
            id="never again",
        ),
        pytest.param(
            idle(beside=answered(0.01, 503), after=answered(0.01)),
            "failed: GET /ready gave HTTP status 503 after 0.0 s while 50 connections were idle "
            "and 4 clients sent byte by byte.",
            id="refused",
        ),
        pytest.param(
            idle(beside=answered(1.21), after=answered(4.5)),
            "skipped: GET /ready takes 0.0 s at one time and 4.5 s at another without other "
            "clients, too",
            id="slow by itself",
        ),
        pytest.param(
            idle(why_unknown="this machine lets us open too few connections"),
            "skipped: this machine lets us open too few connections",
            id="unknown",
        ),
        pytest.param(None, "skipped: no page was asked for beside idle clients", id="not observed"),
    ],
)
def test_idle_connection(run: IdleRun | None, expected: str) -> None:
    assert told(idle_connection, idle=run) == expected


def test_idle_connection__evidence() -> None:
    found = finding(idle_connection, idle=idle(beside=TOO_LATE, after=answered(0.02)))
    assert found.evidence == (
        "GET /ready before: HTTP status 200 after 0.01 s",
        "GET /ready beside them: no answer within 1 s after 1.01 s",
        "GET /ready after they were gone: HTTP status 200 after 0.02 s",
    )


def stop(code: int = 0, **changes: Any) -> StopRun:
    given: dict[str, Any] = {"end": f"exit code {code}", "seconds": 0.4, "was_killed": code == 137}
    return StopRun(exit_code=code, **{**given, **changes})


POST = "POST /, of whose body a half was sent"
IN_FLIGHT: dict[str, Any] = {"request": POST, "answer": "HTTP status 403", "is_answered": True}
DROPPED: dict[str, Any] = {"request": POST, "answer": "the connection was closed"}
UNANSWERED = f"A request in flight at SIGTERM was not answered: {POST}."
WRONG_CODE = "SIGTERM ended the container with exit code 1 instead of 0 or 143."
NOTHING_HELD = (
    "No request could be held in flight at SIGTERM: the server answers at once, or closes "
    "connections whose request is not complete."
)


@pytest.mark.parametrize(
    "run, expected",
    [
        (stop(**IN_FLIGHT), f"passed: In flight at SIGTERM: {POST}: HTTP status 403."),
        (stop(143, **IN_FLIGHT), f"passed: In flight at SIGTERM: {POST}: HTTP status 403."),
        (stop(), f"passed: {NOTHING_HELD}"),
        (stop(**DROPPED), f"failed: {UNANSWERED}"),
        (stop(1), f"failed: {WRONG_CODE}"),
        (
            stop(seconds=7.2, **DROPPED),
            f"failed: The container ended only 7.2 s after SIGTERM. {UNANSWERED}",
        ),
        (
            stop(137, seconds=10.1),
            "failed: The container had not ended 10 s after SIGTERM and was killed.",
        ),
        (stop(seconds=7.2, load=2.5), "failed: The container ended only 7.2 s after SIGTERM."),
        (stop(seconds=7.2, load=3.0), f"passed: {NOTHING_HELD}"),
        (
            stop(137, seconds=10.1, load=9.0),
            "failed: The container had not ended 10 s after SIGTERM and was killed.",
        ),
        (
            stop(137),
            "failed: SIGTERM ended the container with exit code 137 instead of 0 or 143.",
        ),
        (
            stop(1, seconds=6.0),
            f"failed: The container ended only 6.0 s after SIGTERM. {WRONG_CODE}",
        ),
        (
            stop(3, by_itself=True),
            "failed: The container ended by itself during the audit: exit code 3.",
        ),
        (
            StopRun(why_unknown="the container is kept and was not stopped, as --keep asks"),
            "skipped: the container is kept and was not stopped, as --keep asks",
        ),
        (None, "skipped: the container's stop was not observed"),
    ],
)
def test_graceful_stop(run: StopRun | None, expected: str) -> None:
    assert told(graceful_stop, stop=run) == expected


@pytest.mark.parametrize(
    "name, code, outcome",
    [
        ("SIGINT", 130, "passed"),
        ("int", 130, "passed"),
        ("2", 130, "passed"),
        ("SIGQUIT", 130, "failed"),
        ("SIGRTMIN+3", 130, "failed"),
        ("", 130, "failed"),
        (None, 143, "passed"),
    ],
)
def test_graceful_stop__the_image_s_own_signal(name: str | None, code: int, outcome: str) -> None:
    found = finding(graceful_stop, stop=stop(code), image_config={"StopSignal": name})
    assert str(found.outcome) == outcome


def test_graceful_stop__evidence() -> None:
    assert finding(graceful_stop, stop=stop(**DROPPED)).evidence == (
        f"{POST}: the connection was closed",
        "SIGTERM: exit code 0 after 0.4 s",
    )
    ended = finding(graceful_stop, stop=stop(3, by_itself=True, log=("Killed",)))
    assert ended.evidence == ("Killed",)
    assert ended.hint != graceful_stop.hint


def test_evaluate__says_of_a_skipped_check_that_the_container_had_ended() -> None:
    found = finding(idle_connection, stop=stop(3, by_itself=True))
    assert found.message == f"no page was asked for beside idle clients{ENDED}"
