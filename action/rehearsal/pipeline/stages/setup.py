"""Run the setup command (migrations, for example) inside the started container."""

import time
from collections.abc import Callable

from rehearsal.evidence.log import Log
from rehearsal.outside.engine import Engine
from rehearsal.pipeline.stages.container import Container
from rehearsal.pipeline.stages.end_of_log import end_of_log
from rehearsal.verdict import RehearsalError, Verdict

EXCERPT_LINES = 20
# In seconds.
CHECK_INTERVAL = 0.5
# A missing variable ends this command at once and the app some seconds later. Wait for the app this
# many seconds, or so many times as long as the command took, which is longer on a busy machine: if
# the app ends too, the crash is what to report.
CRASH_WAIT = 3.0
CRASH_WAIT_SHARE = 3.0
MAX_CRASH_WAIT = 10.0


def run_setup(
    command: str,
    container: Container,
    engine: Engine,
    log: Log,
    *,
    check: Callable[[], None] = lambda: None,
) -> None:
    """Run `command` with `sh -ec` in the container. Raises `RehearsalError` (setup-failed).

    `check` is called again and again, and when the command has failed; what it raises ends the
    command. Returns without an error if the container ends as well: the caller reports the crash.
    """
    started = time.monotonic()
    process = engine.execute(container.id, ["sh", "-ec", command], out=log.stream())
    try:
        while (code := process.wait(CHECK_INTERVAL)) is None:
            check()
    finally:
        process.end()
    if code:
        check()
    wait = max(CRASH_WAIT, CRASH_WAIT_SHARE * (time.monotonic() - started))
    if code and not container.ends_within(min(wait, MAX_CRASH_WAIT)):
        raise RehearsalError(
            Verdict.SETUP_FAILED,
            f"setup-command ended with exit code {code} inside the container.",
            hint=end_of_log(log),
            excerpt=log.tail(EXCERPT_LINES),
            source=log.name,
        )
