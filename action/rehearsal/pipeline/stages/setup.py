"""Run the setup command (migrations, for example) inside the started container."""

from rehearsal.evidence.log import Log
from rehearsal.outside.engine import Engine
from rehearsal.pipeline.stages.container import Container
from rehearsal.verdict import RehearsalError, Verdict

EXCERPT_LINES = 20
# A missing variable ends this command at once and the app some seconds later. Wait this many
# seconds for the app: if it ends too, the crash is what to report.
CRASH_WAIT = 3.0


def run_setup(command: str, container: Container, engine: Engine, log: Log) -> None:
    """Run `command` with `sh -ec` in the container. Raises `RehearsalError` (setup-failed).

    Returns without an error if the container ends as well: the caller reports the crash.
    """
    process = engine.execute(container.id, ["sh", "-ec", command], out=log.stream())
    try:
        code = process.wait()
    finally:
        process.end()
    if code and not container.ends_within(CRASH_WAIT):
        raise RehearsalError(
            Verdict.SETUP_FAILED,
            f"setup-command ended with exit code {code} inside the container.",
            hint="setup.log shows why, at its end.",
            excerpt=log.tail(EXCERPT_LINES),
            source=log.name,
        )
