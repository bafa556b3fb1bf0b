"""Causes outside the app: the engine, the runner, and what it was asked to do."""

from rehearsal.diagnosis.rules import Cause, Pattern
from rehearsal.verdict import Verdict

ENVIRONMENT = (
    Cause(
        id="engine-lost",
        verdicts=(Verdict.ENGINE_FAILED,),
        patterns=(Pattern("problem", r"^The container engine does not answer: .*"),),
        title="The container engine is not there, or went away",
    ),
    Cause(
        id="port-taken",
        verdicts=(Verdict.MISCONFIGURED,),
        patterns=(Pattern("problem", r"port (?P<port>\d+) on 127\.0\.0\.1 is already allocated"),),
        title="Something else listens on port {port} of this machine",
    ),
    Cause(
        id="empty-secret",
        verdicts=(Verdict.MISCONFIGURED,),
        patterns=(
            Pattern(
                "problem",
                r"^The secret (?P<name>\w+) is empty\.",
                r"^env: (?P<name>\w+) looks like a secret\b",
                r"^(?:secrets|build-secrets), line \d+: the step's env: has no such variable",
            ),
        ),
        title="A secret is missing, empty, or not where secrets belong",
        background="Better to fail hard: an empty key starts, and then every page is an error.",
    ),
    Cause(
        id="engine-refused",
        verdicts=(Verdict.MISCONFIGURED,),
        patterns=(Pattern("problem", r"^The engine refused to run the container: .*"),),
        title="The container engine refused to run the container",
    ),
)
