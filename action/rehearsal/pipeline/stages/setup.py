"""Run the setup command inside the started container: migrations, say."""

from rehearsal.evidence.log import Log
from rehearsal.outside.engine import Engine
from rehearsal.pipeline.stages.container import Container
from rehearsal.verdict import RehearsalError, Verdict

EXCERPT = 20
# A variable that is missing fails both, this command at once and the app some seconds later.
# Then the app's end is what to tell.
PATIENCE = 3.0


def run_setup(command: str, container: Container, engine: Engine, log: Log) -> None:
    """Run `command` with `sh -ec` in the container. Raises `RehearsalError` (setup-failed)."""
    process = engine.execute(container.id, ["sh", "-ec", command], out=log.stream())
    try:
        code = process.wait()
    finally:
        process.end()
    if code and not container.ended_by_now(PATIENCE):
        raise RehearsalError(
            Verdict.SETUP_FAILED,
            f"setup-command ended with exit code {code} inside the container.",
            hint="Its last lines are above; setup.log holds them all.",
            excerpt=log.tail(EXCERPT),
            source=log.name,
        )
