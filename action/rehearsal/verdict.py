"""How a rehearsal ended, and the one kind of error that ends it."""

from enum import Enum

ISSUES = "https://github.com/dress-rehearsal/dress-rehearsal/issues"


class Verdict(Enum):
    """One word for programs and people; each has its own exit code."""

    PASSED = "passed", 0
    MISCONFIGURED = "misconfigured", 2
    BUILD_FAILED = "build-failed", 10
    CRASHED = "crashed", 11
    NOT_READY = "not-ready", 12
    TESTS_FAILED = "tests-failed", 13
    NO_TESTS = "no-tests", 14
    AUDIT_FAILED = "audit-failed", 15
    PUBLISH_FAILED = "publish-failed", 16
    TIMED_OUT = "timed-out", 17
    CANCELLED = "cancelled", 18
    SETUP_FAILED = "setup-failed", 19
    ENGINE_FAILED = "engine-failed", 20
    ERROR = "error", 70

    def __init__(self, word: str, exit_code: int) -> None:
        self.word = word
        self.exit_code = exit_code

    def __str__(self) -> str:
        return self.word


class Problem(Exception):  # noqa: N818  (a failing test is a result here, not an error of ours)
    """Why a rehearsal did not pass.

    `what` is one sentence: what was found and where. `advice` says what to do next. `excerpt` holds
    the lines that show it, from the end of the log `source`. None of them may hold a secret's
    value; they are redacted all the same.
    """

    def __init__(
        self,
        verdict: Verdict,
        message: str,
        *,
        hint: str = "",
        excerpt: tuple[str, ...] = (),
        source: str = "",
    ) -> None:
        super().__init__(message)
        self.verdict = verdict
        self.message = message
        self.hint = hint
        self.excerpt = excerpt
        self.source = source


class Misconfigured(Problem):
    """An input is wrong, or a secret is missing; nothing of the app was started."""

    def __init__(self, message: str, *, hint: str = "", excerpt: tuple[str, ...] = ()) -> None:
        super().__init__(Verdict.MISCONFIGURED, message, hint=hint, excerpt=excerpt)


def own_fault(trace: str) -> Problem:
    """Return the problem of a fault of ours."""
    return Problem(
        Verdict.ERROR,
        "Dress Rehearsal itself failed; this is no verdict on the app.",
        hint=f"Please report it, with the lines below, at {ISSUES}.",
        excerpt=tuple(trace.splitlines()),
        source="our own traceback",
    )
