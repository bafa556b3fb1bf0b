"""Where a rehearsal was held and what was asked of it, as far as everyone may be told."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Repository, commit, ref, and the run's address with its attempt; all empty off GitHub."""

    repository: str = ""
    commit: str = ""
    ref: str = ""
    run: str = ""
    attempt: int = 0


@dataclass(frozen=True, kw_only=True)
class RequestSummary:
    """What the inputs asked for.

    `command` is the SHA-256 of the test command, empty without one: its text may hold what was
    meant for the tests alone. `path` is the probe's without a query, for the same reason;
    `statuses` are those that counted as ready; `browser` is what the tests were told to take.
    """

    command: str = ""
    browser: str = ""
    path: str = ""
    statuses: str = ""
