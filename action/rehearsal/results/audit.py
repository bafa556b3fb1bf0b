"""What the audit found: one finding for each check, or for each part of a check that failed."""

from enum import Enum
from typing import Annotated

from rehearsal.dataclass import dataclass
from rehearsal.results.json_fields import Json

OFF, WARN, ENFORCE = "off", "warn", "enforce"
# The id of a check, then the part of it that one finding is about: deploy-check:W004.
FINDING_ID = r"^[a-z][a-z-]*(:[A-Za-z0-9_.-]+)?$"
# The address of a page, without what Markdown or HTML would read as markup; or none.
REFERENCE = r"^(https://[A-Za-z0-9./_~#?=&%:+-]+)?$"


class Outcome(Enum):
    """How a check ended."""

    PASSED = "passed"
    FAILED = "failed"
    WAIVED = "waived"
    SKIPPED = "skipped"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One finding; `evidence` are the lines on which it rests."""

    id: Annotated[
        str,
        "The id of the check; with a colon, the part of it that failed.",
        Json(pattern=FINDING_ID, verbatim=True),
    ]
    outcome: Annotated[Outcome, "How it ended; a waived finding has failed."]
    title: Annotated[str, "What the check asks of the image.", Json(verbatim=True)]
    message: Annotated[str, "What was found, or why it was skipped; empty if it just passed."] = ""
    hint: Annotated[str, "What to do, or empty."] = ""
    why: Annotated[str, "Why it matters.", Json(verbatim=True)] = ""
    reference: Annotated[str, "A page about it.", Json(pattern=REFERENCE, verbatim=True)] = ""
    evidence: Annotated[tuple[str, ...], "The lines that show it."] = ()


@dataclass(frozen=True, kw_only=True)
class Audit:
    """All findings, in the order of the checks."""

    mode: Annotated[str, "What a failed check does.", Json(enum=(WARN, ENFORCE), verbatim=True)] = (
        WARN
    )
    active: Annotated[bool, "Whether checks were allowed to start further containers."] = False
    findings: Annotated[tuple[Finding, ...], "In the order of the checks."] = ()
    needless_waivers: Annotated[
        tuple[str, ...], "The ids in audit-ignore that waive nothing any more.", Json(verbatim=True)
    ] = ()

    def having(self, outcome: Outcome) -> tuple[Finding, ...]:
        """Return the findings that ended so."""
        return tuple(each for each in self.findings if each.outcome is outcome)

    @property
    def failed(self) -> tuple[Finding, ...]:
        """The findings that failed and are not waived."""
        return self.having(Outcome.FAILED)
