"""What other users of the machine could see while something runs: command lines, environments."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from .planted_secrets import find

_PAUSE = 0.02


@dataclass(kw_only=True)
class ProcessWatch:
    """What was seen.

    `holders` maps the command lines of processes that had secrets in their environment to the
    secrets' names. Those in a container are told by a leading "contained: ", those that have the
    action's inputs, as its steps do and nothing else should, by "with the inputs: ".
    """

    command_lines: set[bytes] = field(default_factory=set)
    holders: dict[str, set[str]] = field(default_factory=dict)


@contextmanager
def watch_processes(secrets: Mapping[str, str]) -> Iterator[ProcessWatch]:
    """Look at every process of the machine each 20 ms, for as long as the block runs."""
    watched = ProcessWatch()
    seen: set[tuple[str, bytes]] = set()
    over = threading.Event()

    def watch() -> None:
        while not over.wait(_PAUSE):
            for process in Path("/proc").glob("[0-9]*"):
                _look(process, secrets, seen, watched)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield watched
    finally:
        over.set()
        thread.join()


def _look(
    process: Path, secrets: Mapping[str, str], seen: set[tuple[str, bytes]], watched: ProcessWatch
) -> None:
    try:
        command_line = (process / "cmdline").read_bytes()
        if (process.name, command_line) in seen:
            return
        seen.add((process.name, command_line))
        watched.command_lines.add(command_line)
        environment = (process / "environ").read_bytes()
        contained = (process / "ns/pid").readlink() != Path("/proc/self/ns/pid").readlink()
    except OSError:
        return  # It has ended.
    words = command_line.replace(b"\0", b" ").decode(errors="replace").strip()
    if b"REHEARSAL_INPUTS=" in environment:
        words = f"with the inputs: {words}"
    if contained:
        words = f"contained: {words}"
    for name, value in secrets.items():
        if find({name: value}, {"it": environment}):
            watched.holders.setdefault(words, set()).add(name)
