"""Run a program of ours in the app's container, with the Python that runs the app."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from rehearsal.audit.observations import ContainerProcess, ProgramOutput
from rehearsal.pipeline.audit.programs import run_program
from rehearsal.pipeline.audit.subject import Subject
from rehearsal.pipeline.stages.ask_again import has_memory_limit
from rehearsal.pipeline.stages.in_place_of_app import IN_PLACE_OF_APP
from rehearsal.regex import regex

# In seconds, for one program.
TIMEOUT = 30.0
# From its end by itself to that of the client.
GRACE = 2.0
# 128 and the number of SIGALRM.
ALARMED = 142
INTERPRETER = regex(r"/(?:\S*/)?python[\d.]*")
# Characters of a line that a reason quotes.
MAX_LENGTH = 200
# What begins the lines that are ours, among those that the app prints when it is imported.
MARK = "rehearsal-audit "
# The program ends itself, since the engine would let it run on. What it finds it tells at once.
BEGINNING = rf"""{IN_PLACE_OF_APP}
signal.alarm({TIMEOUT:.0f})
def tell(**found):
    os.write(1, ("\n{MARK}" + json.dumps(found) + "\n").encode())
"""


class NoAnswerError(Exception):
    """The app's Python could not be asked; the text says why, without a full stop."""


def ask_python(subject: Subject, script: str) -> tuple[list[dict[str, Any]], ProgramOutput]:
    """Run a script that uses `tell`; return what it told, and the whole of what became of it.

    Raises `NoAnswerError`.
    """
    if has_memory_limit(subject.container, subject.context.engine):
        raise NoAnswerError(
            "the container has a memory limit, and a second program could take what the app needs"
        )
    for interpreter in (*_interpreters(subject.processes), "python", "python3"):
        output = run_program(
            subject, [interpreter, "-c", BEGINNING + script], seconds=TIMEOUT + GRACE
        )
        if not output.missing:
            return list(told_in(output.lines)), output
    raise NoAnswerError("the image has no Python")


def why_silent(output: ProgramOutput) -> str:
    """Return why a program did not tell everything."""
    if output.exit_code in {None, ALARMED}:
        return f"its Python took longer than {TIMEOUT:g} s"
    last = next((line for line in reversed(output.lines) if line.strip()), "")
    return f"its Python ended with exit code {output.exit_code}: {last[:MAX_LENGTH]}"


def _interpreters(processes: Iterable[ContainerProcess]) -> Iterator[str]:
    """Yield the Python of the app's process; that of a virtual environment may not be on PATH."""
    for process in processes:
        program = process.command.split(maxsplit=1)[0]
        if INTERPRETER.fullmatch(program) and "supervisord" not in process.command:
            yield program
            return


def told_in(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Yield what a program told in the lines that it printed, among those of the app."""
    for line in lines:
        if line.startswith(MARK):
            try:
                told = json.loads(line.removeprefix(MARK))
                # Half of a surrogate pair, which JSON may have, could not be written down.
                json.dumps(told, ensure_ascii=False).encode()
            except (ValueError, RecursionError):
                continue
            if isinstance(told, dict):
                yield told
