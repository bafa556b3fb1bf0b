"""A container that runs beside the app: a service, or a worker."""

import time
from collections.abc import Iterable
from dataclasses import field
from enum import Enum

from rehearsal.dataclass import dataclass
from rehearsal.evidence.log import Log
from rehearsal.outside.engine import Engine
from rehearsal.pipeline.stages.container import Container
from rehearsal.pipeline.stages.container_end import crash_error
from rehearsal.results import companion_run
from rehearsal.results.companion_run import CompanionRun
from rehearsal.results.file_names import SERVICES_FOLDER, WORKERS_FOLDER
from rehearsal.results.tests import Failure
from rehearsal.verdict import RehearsalError, Verdict

# When a companion ended, in the words of a message.
BEFORE_APP_READY = "before the app was ready"
DONE_HINT = (
    "A worker has to run until the rehearsal ends. If it went into the background, let it stay in "
    "the foreground; what has to run only once belongs in before-command."
)
# In seconds: the client has ended, and its last output is read.
CLIENT_WAIT = 5.0


class CompanionKind(Enum):
    """What a companion is, and the folder of the evidence that holds its log and its state."""

    SERVICE = companion_run.SERVICE, SERVICES_FOLDER
    WORKER = companion_run.WORKER, WORKERS_FOLDER

    def __init__(self, word: str, folder: str) -> None:
        self.word = word
        self.folder = folder

    def log_name(self, name: str) -> str:
        """Return the path of a companion's log in the evidence."""
        return f"{self.folder}/{name}.log"

    def state_name(self, name: str) -> str:
        """Return the path of the file with what the engine says of a companion."""
        return f"{self.folder}/{name}.json"


@dataclass(kw_only=True)
class Companion:
    """A started companion.

    `ready_seconds` are from its start; None until it is ready. `started` is in seconds since 1970.
    `host_port` is the port of this machine on which a service on the host's network listens.
    With `may_end` it may end, with exit code 0.
    """

    kind: CompanionKind
    name: str
    image: str
    container: Container
    log: Log
    ready_seconds: float | None = None
    started: float = field(default_factory=time.time)
    host_port: int = 0
    may_end: bool = False

    @property
    def ended(self) -> bool:
        """Whether it has ended though it should still run."""
        return self.container.ended and not self.is_done

    @property
    def is_done(self) -> bool:
        """Whether it has done what it was started for, and ended."""
        return (
            self.may_end and self.container.ended and self.container.client.wait(CLIENT_WAIT) == 0
        )

    @property
    def title(self) -> str:
        """What messages call it, like: service postgres."""
        return f"{self.kind.word} {self.name}"

    @property
    def run(self) -> CompanionRun:
        """What the reports tell of it."""
        return CompanionRun(
            kind=self.kind.word,
            name=self.name,
            image=self.image,
            ready_seconds=self.ready_seconds,
            started=self.started,
        )

    def end_error(
        self,
        engine: Engine,
        *,
        when: str,
        failed: Iterable[Failure] = (),
        verdict: Verdict = Verdict.CRASHED,
    ) -> RehearsalError:
        """Return the error for its end by itself, as `crash_error` does for the app."""
        return crash_error(
            self.container,
            engine,
            self.log,
            when=when,
            failed=failed,
            subject=self.title,
            verdict=verdict,
            hint_if_done=DONE_HINT if self.kind is CompanionKind.WORKER else "",
        )


def raise_if_ended(
    companions: Iterable[Companion],
    kind: CompanionKind,
    engine: Engine,
    *,
    when: str,
    failed: Iterable[Failure] = (),
) -> None:
    """Raise `RehearsalError` (crashed) if a companion of this kind has ended."""
    for each in companions:
        if each.kind is kind and each.ended:
            raise each.end_error(engine, when=when, failed=failed)
