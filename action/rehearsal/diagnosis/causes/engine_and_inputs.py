"""Causes outside the app: the engine, the runner, and the inputs."""

from rehearsal.diagnosis.missing_programs import ABSENT, DENIED
from rehearsal.diagnosis.rules import Cause, Pattern, Variant
from rehearsal.verdict import Verdict


def _unreachable(pattern: str, title: str) -> Variant:
    """Return the heading for one reason why no engine answers."""
    return Variant(pattern=Pattern("problem", pattern), title=title)


ENGINE_AND_INPUTS = (
    Cause(
        id="engine-lost",
        verdicts=(Verdict.ENGINE_FAILED,),
        patterns=(
            Pattern(
                "problem",
                r"^The container engine does not answer: .*",
                r"^There is no permission for the engine's socket .*",
                r"^There is no docker client on PATH.*",
                r"^The docker context .* does not exist: .*",
                r"^No engine answers at .*, which DOCKER_HOST names: .*",
            ),
        ),
        title="The container engine is not running, or it stopped",
        variants=(
            _unreachable(
                r"^There is no permission for (?P<socket>the engine's socket \S+): ",
                "No permission for {socket}",
            ),
            _unreachable(r"^There is no docker client", "No docker client is on PATH"),
            _unreachable(
                r"^The docker context (?P<context>.+) does not exist: ",
                "There is no docker context {context}",
            ),
            _unreachable(
                r"^No engine answers at (?P<host>\S+), which DOCKER_HOST names: ",
                "DOCKER_HOST names {host}, where no engine answers",
            ),
        ),
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
