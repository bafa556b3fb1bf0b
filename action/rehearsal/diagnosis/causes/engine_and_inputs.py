"""Causes outside the app: the engine, the runner, and the inputs."""

from rehearsal.diagnosis.missing_programs import ABSENT, DENIED
from rehearsal.diagnosis.rules import Cause, Pattern
from rehearsal.verdict import Verdict

ENGINE_AND_INPUTS = (
    Cause(
        id="engine-lost",
        verdicts=(Verdict.ENGINE_FAILED,),
        patterns=(Pattern("problem", r"^The container engine does not answer: .*"),),
        title="The container engine is not running, or it stopped",
    ),
    Cause(
        id="port-taken",
        verdicts=(Verdict.MISCONFIGURED,),
        patterns=(Pattern("problem", r"port (?P<port>\d+) on \S+ is already allocated"),),
        title="Another program uses port {port} of this machine",
    ),
    Cause(
        id="empty-secret",
        verdicts=(Verdict.MISCONFIGURED,),
        patterns=(
            Pattern(
                "problem",
                r"^The secret (?P<name>\w+) is empty\.",
                r"^env, line \d+: the name looks like a secret's",
                r"^(?:secrets|build-secrets), line \d+: the secret is empty",
                r"^(?:secrets|build-secrets), line \d+: the step's env: has no such variable",
            ),
        ),
        title="A secret is missing, empty, or in the wrong input",
        background="The rehearsal stops on purpose: with an empty key an app may start, and then "
        "every page fails.",
    ),
    Cause(
        id="engine-refused",
        verdicts=(Verdict.MISCONFIGURED,),
        patterns=(Pattern("problem", r"^The engine refused to run the container: .*"),),
        unless=(Pattern("problem", *ABSENT, *DENIED),),
        title="The container engine refused to run the container",
    ),
)
