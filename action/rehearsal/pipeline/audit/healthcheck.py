"""Run the test that the image's HEALTHCHECK declares, as the engine does."""

import time

from rehearsal.audit.image_healthcheck import DEFAULT_RETRIES, DEFAULT_TIMEOUT, declared_healthcheck
from rehearsal.audit.observations import ProgramOutput
from rehearsal.pipeline.audit.programs import run_program
from rehearsal.pipeline.audit.subject import Subject

# In seconds, between a try that fails and the next one.
PAUSE = 0.5


def run_healthcheck(subject: Subject) -> ProgramOutput | None:
    """Run the declared test and return its first success, or its last failure; None without one.

    The app is ready, so its start period is over. A test that may fail several times in a row is
    tried as often, at most three times and for about 30 s: on a busy machine one may be too slow.
    """
    config = subject.context.engine.inspect(subject.image, "image").get("Config") or {}
    declared = declared_healthcheck(config)
    if not declared:
        return None
    seconds = min(declared.timeout, DEFAULT_TIMEOUT)
    tries = min(declared.retries, DEFAULT_RETRIES)
    end = time.monotonic() + DEFAULT_TIMEOUT
    while True:
        output = run_program(subject, declared.command, seconds=seconds)
        tries -= 1
        is_final = output.exit_code == 0 or output.missing
        if is_final or not tries or time.monotonic() > end:
            return output
        time.sleep(PAUSE)
