"""How a rehearsal ended, and the errors that end it with a known problem."""

from dataclasses import KW_ONLY
from enum import Enum
from typing import Annotated

from rehearsal.dataclass import dataclass

PROJECT = "https://github.com/dress-rehearsal/dress-rehearsal"
ISSUES = f"{PROJECT}/issues"


class Verdict(Enum):
    """How a rehearsal ended: its word, its exit code, and what it means (in Markdown).

    The order is the rank: if there are several problems, the verdict that comes first decides.
    """

    CANCELLED = "cancelled", 18, "The run was cancelled. What was found until then is kept."
    ERROR = "error", 70, "Dress Rehearsal itself failed, or an image is not the expected one."
    MISCONFIGURED = (
        "misconfigured",
        2,
        "An input is wrong, or a secret is missing. The app was never started.",
    )
    BUILD_FAILED = "build-failed", 10, "The image could not be built."
    ENGINE_FAILED = (
        "engine-failed",
        20,
        "There is no container engine, or it went away. Not the app's fault.",
    )
    CRASHED = (
        "crashed",
        11,
        "The container ended by itself before it was ready, during the tests, or before our stop.",
    )
    TIMED_OUT = (
        "timed-out",
        17,
        "The tests ran past `test-timeout`, or the whole rehearsal past `timeout`.",
    )
    SETUP_FAILED = (
        "setup-failed",
        19,
        "`setup-command` or the installation of `test-requirements` failed.",
    )
    NOT_READY = (
        "not-ready",
        12,
        "The container ran, but never gave an answer that counts as ready.",
    )
    TESTS_FAILED = "tests-failed", 13, "The test command failed."
    NO_TESTS = "no-tests", 14, "The test command ran no test."
    AUDIT_FAILED = (
        "audit-failed",
        15,
        "The audit found a fault in the image, and the input `audit` is `enforce`.",
    )
    PUBLISH_FAILED = (
        "publish-failed",
        16,
        "From `action/publish`: a registry does not hold the image that passed.",
    )
    PASSED = "passed", 0, "Everything that was asked for succeeded."

    def __init__(self, word: str, exit_code: int, meaning: str) -> None:
        self.word = word
        self.exit_code = exit_code
        self.meaning = meaning
        self.rank = len(type(self).__members__)

    def __str__(self) -> str:
        return self.word


@dataclass(frozen=True)
class Problem:
    """Why a rehearsal did not pass.

    `message` is one sentence: what was found, and where. `hint` says what to do next. `excerpt`
    holds the lines that show it, from the end of the log `source`. No text here may hold a secret's
    value; the reports redact every text all the same.
    """

    verdict: Annotated[Verdict, "The verdict that it leads to."]
    message: Annotated[str, "What was found, and where."]
    _: KW_ONLY
    hint: Annotated[str, "What to do next, or empty."] = ""
    excerpt: Annotated[tuple[str, ...], "The log lines that show it."] = ()
    source: str = ""


class RehearsalError(Exception):
    """Ends a rehearsal with a `problem`."""

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
        self.problem = Problem(verdict, message, hint=hint, excerpt=excerpt, source=source)

    @classmethod
    def of(cls, problem: Problem) -> "RehearsalError":
        """Return the error that ends a rehearsal with this problem."""
        error = cls(problem.verdict, problem.message)
        error.problem = problem
        return error


class MisconfiguredError(RehearsalError):
    """An input is wrong, or a secret is missing; nothing of the app was started."""

    def __init__(self, message: str, *, hint: str = "", excerpt: tuple[str, ...] = ()) -> None:
        super().__init__(Verdict.MISCONFIGURED, message, hint=hint, excerpt=excerpt)


def own_fault(trace: str) -> Problem:
    """Return the problem that reports a fault of Dress Rehearsal; `trace` is its traceback."""
    return Problem(
        Verdict.ERROR,
        "Dress Rehearsal itself failed; this is no verdict on the app.",
        hint=f"Please report it at {ISSUES}, with the traceback that the step log shows.",
        excerpt=tuple(trace.splitlines()),
        source="Dress Rehearsal's traceback",
    )
