"""List the processes of the container, by the host's own numbers."""

import re
from collections.abc import Iterable, Iterator

from rehearsal.audit.observations import ContainerProcess
from rehearsal.pipeline.audit.subject import Subject
from rehearsal.regex import regex

# More than an app has.
MAX_PROCESSES = 1000
# Podman shows a command of several lines as it is, so some lines are no process.
LINE = regex(r"(?P<user>\S+)\s+(?P<pid>\d+)\s+(?P<parent>\d+)\s+(?P<command>\S.*)")
# How ps shows a process that has ended, while its parent does not ask for its exit code.
ZOMBIE = "<defunct>"
# The number of the first process, as the container sees it.
INIT = 1


def list_processes(subject: Subject) -> tuple[ContainerProcess, ...]:
    """Return the processes that the container's own command started.

    A process of `docker exec`, like that of the engine's health check, is not one of them. Raises
    `EngineError`, for example if the engine's machine has no ps.
    """
    engine, container = subject.context.engine, subject.container.id
    first = engine.inspect(container)["State"].get("Pid")
    lines = engine.processes(container)[:MAX_PROCESSES]
    return tuple(_started_by({INIT, first}, filter(None, map(LINE.match, lines))))


def _started_by(
    first: set[int | None], rows: Iterable[re.Match[str]]
) -> Iterator[ContainerProcess]:
    """Yield the first process and its descendants; `first` are the numbers that it may have."""
    found = {int(row["pid"]): row for row in rows}
    for pid, row in found.items():
        oldest = pid
        for _ in found:
            parent = int(found[oldest]["parent"])
            if parent not in found:
                break
            oldest = parent
        if oldest in first and ZOMBIE not in row["command"]:
            yield ContainerProcess(user=row["user"], pid=pid, command=row["command"].strip())
