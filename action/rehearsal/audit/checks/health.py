"""The image's HEALTHCHECK."""

import json
from collections.abc import Iterator

from rehearsal.audit.check import CheckSkipped, Failure, check
from rehearsal.audit.image_healthcheck import Healthcheck, declared_healthcheck
from rehearsal.audit.observations import Observations, ProgramOutput

# Lines of what the test prints that a finding shows.
MAX_LINES = 10
DECLARE = (
    "Declare a test in the last stage of the Dockerfile, of a program that the image has: "
    'HEALTHCHECK CMD ["python", "-c", "import urllib.request as r; '
    "r.urlopen('http://localhost:PORT/', timeout=3)\"]. It asks a page that is cheap and needs no "
    "login, with a host name that the app accepts. Podman keeps it with --format docker only."
)


@check(
    "healthcheck",
    title="The image declares a HEALTHCHECK, and it passes",
    why="An app can hang while its process still runs. Without a test nobody notices: neither the "
    "engine, nor Compose or Swarm, which wait for it before they send visitors to a new version.",
    hint=DECLARE,
    reference="https://docs.docker.com/reference/dockerfile/#healthcheck",
)
def healthcheck(seen: Observations) -> Iterator[Failure]:
    """Read the image's configuration, and what the test did when it was run."""
    if not seen.image_config:
        raise CheckSkipped("the engine did not tell the image's configuration")
    declared = declared_healthcheck(seen.image_config)
    if not declared:
        test = (seen.image_config.get("Healthcheck") or {}).get("Test")
        yield Failure(
            "The image switches the HEALTHCHECK of its base image off."
            if test
            else "The image declares no HEALTHCHECK.",
            evidence=(f"Healthcheck.Test in the image's configuration: {json.dumps(test)}",),
        )
    elif seen.healthcheck is None:
        raise CheckSkipped("the engine did not run the image's test")
    elif seen.healthcheck.exit_code != 0:
        yield _failed(declared, seen.healthcheck)


def _failed(declared: Healthcheck, output: ProgramOutput) -> Failure:
    hint = (
        "Run the test in the container (docker exec), and mend it or the page that it asks. A "
        "request to localhost needs a host name that the app accepts."
    )
    if output.exit_code is None:
        message = f"HEALTHCHECK takes longer than its timeout of {declared.timeout:g} s."
    elif output.missing:
        message = f"The image lacks the program of its HEALTHCHECK, {declared.command[0]}."
        hint = DECLARE
    else:
        message = f"HEALTHCHECK fails with exit code {output.exit_code}, though the app is ready."
    return Failure(message, hint=hint, evidence=(declared.evidence, *output.lines[-MAX_LINES:]))
