"""Run a program in the container, for a bounded time, and keep a bounded part of what it prints."""

import re
import time
from collections.abc import Sequence

from rehearsal.audit.observations import ProgramOutput
from rehearsal.pipeline.audit.subject import Subject
from rehearsal.regex import regex

# In bytes, of what one program prints.
MAX_OUTPUT = 1 << 20
# A program that is not there: what a shell returns, and Docker and Podman in its place.
NOT_STARTED = (126, 127)
REFUSED = regex(r"^(?:OCI runtime exec failed|Error: (?:crun|runc)): ", re.MULTILINE)


class OutOfTimeError(Exception):
    """The time for looking at the container was over before a program had ended."""


def run_program(subject: Subject, command: Sequence[str], *, seconds: float) -> ProgramOutput:
    """Run a command in the container as the image's own user; return what became of it.

    After `seconds` only the client is ended: the engine has no way to end what it runs there.
    Raises `OutOfTimeError`.
    """
    output = bytearray()

    def keep(piece: bytes) -> None:
        output.extend(piece[: MAX_OUTPUT - len(output)])

    process = subject.context.engine.execute(subject.container.id, command, out=keep)
    try:
        left = max(subject.looks_end - time.monotonic(), 0.0)
        code = process.wait(min(seconds, left))
    finally:
        process.end()
    if code is None and left < seconds:
        raise OutOfTimeError
    # Before anything is cut out of it, which could cut a secret in two.
    redactor = subject.context.evidence.redactor
    text = redactor.redact_bytes(bytes(output)).decode(errors="replace")
    if len(output) == MAX_OUTPUT:
        # Its last line may be a part of one, and that a part of a secret.
        text = text.rpartition("\n")[0]
    return ProgramOutput(
        exit_code=code,
        lines=tuple(text.splitlines()),
        missing=code in NOT_STARTED and bool(REFUSED.search(text)),
    )
