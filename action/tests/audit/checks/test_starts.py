from dataclasses import replace
from typing import Any

import pytest

from rehearsal.audit.check import Check, CheckSkipped, Failure, Note
from rehearsal.audit.checks import starts
from rehearsal.audit.observations import FurtherStarts, Observations, StartRun

READY = StartRun(ready=True, answer="HTTP status 200", seconds=1.5)
REFUSED = StartRun(exit_code=3, log=("KeyError: 'KEY'",))
HUNG = StartRun(seconds=14.6)
STARTED = "started and answered with HTTP status"
GOOD = FurtherStarts(
    plain=READY,
    restarted=READY,
    confined=READY,
    read_only=READY,
    without={"KEY": REFUSED},
    empty={"KEY": REFUSED},
)
CHECKS = (starts.secret_required, starts.confined, starts.read_only, starts.restart)
FIELDS = {"confined": "confined", "read-only": "read_only", "restart": "restarted"}
NOT_READY = "it was not ready after 15 s; its last answer was HTTP status 500"
QUOTED = "\N{LEFT SINGLE QUOTATION MARK}/app/tmp\N{RIGHT SINGLE QUOTATION MARK}"
# The words before what a container did.
WAYS = {
    "confined": "With --cap-drop=ALL and --security-opt=no-new-privileges",
    "read-only": "With --read-only and a tmpfs at /tmp",
    "restart": "After a restart",
}


def found(check: Check, seen: FurtherStarts | None) -> list[Failure | Note]:
    return list(check.find(Observations(starts=seen)))


def failure(check: Check, seen: FurtherStarts) -> Failure:
    (only,) = found(check, seen)
    assert isinstance(only, Failure)
    return only


def with_run(check: Check, run: StartRun | None) -> FurtherStarts:
    """Return the good starts, but the one that a check looks at."""
    changes: dict[str, Any] = {FIELDS[check.id]: run}
    return replace(GOOD, **changes)


def reason(check: Check, seen: FurtherStarts | None) -> str:
    with pytest.raises(CheckSkipped) as caught:
        found(check, seen)
    return str(caught.value)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_starts__passed(check: Check) -> None:
    assert check.active
    assert not found(check, GOOD)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
@pytest.mark.parametrize(
    "plain, missing, why",
    [
        (StartRun(error="No space left."), (), ": No space left"),
        (StartRun(exit_code=1), (), ": it ended with exit code 1 before it was ready"),
        (HUNG, (), ": it was not ready after 15 s and gave no answer"),
        (
            replace(HUNG, answer="HTTP status 500"),
            ("the network backend", "--link in run-options"),
            f": {NOT_READY} (it ran without the network backend and --link in run-options)",
        ),
        (StartRun(setup_error="setup-command failed."), (), ": setup-command failed"),
    ],
    ids=["error", "ended", "silent", "answers", "set-up"],
)
def test_starts__nothing_follows_if_the_plain_one_is_not_ready(
    check: Check, plain: StartRun, missing: tuple[str, ...], why: str
) -> None:
    seen = replace(GOOD, plain=plain, missing=missing)
    assert reason(check, seen) == f"a further container on new volumes did not get ready{why}"


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_starts__nothing_was_started(check: Check) -> None:
    assert reason(check, None) == "no further container was started"


@pytest.mark.parametrize("check", CHECKS[1:], ids=lambda check: check.id)
@pytest.mark.parametrize(
    "run, message",
    [
        (StartRun(exit_code=1), "it ended with exit code 1 before it was ready."),
        (HUNG, "it was not ready after 15 s and gave no answer."),
        (StartRun(setup_error="setup-command ended with exit code 1 inside the container."),
         "setup-command ended with exit code 1 inside the container."),
    ],
    ids=["ended", "hung", "set-up"],
)  # fmt: skip
def test_starts__not_ready(check: Check, run: StartRun, message: str) -> None:
    seen = with_run(check, run)
    assert failure(check, seen).message == f"{WAYS[check.id]} {message}"


@pytest.mark.parametrize("check", CHECKS[1:], ids=lambda check: check.id)
@pytest.mark.parametrize(
    "run, why",
    [
        (None, starts.NO_TIME),
        (StartRun(exit_code=137, error="it was killed for memory"), "it was killed for memory"),
    ],
)
def test_starts__unknown(check: Check, run: StartRun | None, why: str) -> None:
    assert reason(check, with_run(check, run)) == why


@pytest.mark.parametrize(
    "without, empty, message",
    [
        (READY, READY, f"Without KEY and with KEY empty it {STARTED} 200."),
        (READY, REFUSED, f"Without KEY it {STARTED} 200."),
        (REFUSED, READY, f"With KEY empty it {STARTED} 200."),
        (
            READY,
            replace(READY, answer="HTTP status 500"),
            f"Without KEY it {STARTED} 200; with KEY empty it {STARTED} 500.",
        ),
        (
            StartRun(exit_code=0),
            REFUSED,
            "Without KEY it ended with exit code 0, which says that nothing is wrong.",
        ),
    ],
)
def test_secret_required(without: StartRun, empty: StartRun, message: str) -> None:
    seen = replace(GOOD, without={"KEY": without}, empty={"KEY": empty})
    only = failure(starts.secret_required, seen)
    assert only.message == message
    assert only.part == "KEY"


def test_secret_required__each_secret_is_a_part() -> None:
    seen = replace(
        GOOD, without={"A": READY, "B": REFUSED, "C": READY}, empty={"A": READY, "B": REFUSED}
    )
    failures: list[Failure | Note] = []
    with pytest.raises(CheckSkipped, match=f"with C empty {starts.NO_TIME}"):
        failures += (each for each in starts.secret_required.find(Observations(starts=seen)))
    parts = [each.part for each in failures if isinstance(each, Failure)]
    assert parts == ["A", "C"]


@pytest.mark.parametrize(
    "run, why",
    [
        (None, starts.NO_TIME),
        (HUNG, "it neither ended nor answered within 15 s"),
        (StartRun(exit_code=137, error="it was killed for memory"), "it was killed for memory"),
    ],
)
def test_secret_required__unknown(run: StartRun | None, why: str) -> None:
    seen = replace(GOOD, empty={"KEY": run})
    told = reason(starts.secret_required, seen)
    assert told == f"it is not known for each secret: with KEY empty {why}"


def test_secret_required__there_is_none() -> None:
    seen = replace(GOOD, without={}, empty={})
    assert reason(starts.secret_required, seen) == "the container has no secrets"


def test_restart__what_is_lost() -> None:
    lost = ("/data/a.db", "the rows of x in /b.db")
    seen = replace(GOOD, restarted=replace(READY, lost=lost))
    only = failure(starts.restart, seen)
    assert only.evidence == lost
    assert only.message == ("After a restart there is no more of: /data/a.db.")


@pytest.mark.parametrize(
    "line, folder",
    [
        ("OSError: [Errno 30] Read-only file system: '/src/db.sqlite3'", "/src"),
        ("Error: EROFS: read-only file system, open '/app/log/a.log'", "/app/log"),
        ('nginx: [emerg] mkdir() "/var/cache/nginx/x" failed (30: Read-only file system)',
         "/var/cache/nginx/x"),
        ("touch: cannot touch '/run/x': Read-only file system", "/run"),
        ("open /srv/state.json: read-only file system", "/srv"),
        ("java.io.FileNotFoundException: /opt/app/x.log (Read-only file system)", "/opt/app"),
        (f"mkdir: cannot create directory {QUOTED}: Read-only file system", "/app/tmp"),
    ],
)  # fmt: skip
def test_read_only__names_the_folder(line: str, folder: str) -> None:
    run = StartRun(exit_code=1, log=("Starting", line, "Bye"))
    only = failure(starts.read_only, replace(GOOD, read_only=run))
    assert only.evidence == (line,)
    assert f"--tmpfs={folder} in run-options" in only.hint


@pytest.mark.parametrize(
    "log",
    [
        ("sqlite3.OperationalError: unable to open database file",),
        ("Traceback (most recent call last):", "RuntimeError: /app is sad"),
        # Nobody makes all of / a volume.
        ("touch: cannot touch '/state': Read-only file system",),
        (),
    ],
)
def test_read_only__no_folder_is_named(log: tuple[str, ...]) -> None:
    run = StartRun(exit_code=1, log=log)
    only = failure(starts.read_only, replace(GOOD, read_only=run))
    assert only.evidence == (log or ("(the container logged nothing)",))
    assert not only.hint


def test_starts__evidence_is_short() -> None:
    log = tuple(f"open /a/{number}: permission denied" for number in range(50))
    only = failure(starts.confined, replace(GOOD, confined=StartRun(exit_code=1, log=log)))
    assert only.evidence == log[-starts.SHOWN_LINES :]
