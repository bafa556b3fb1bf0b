"""What every stage of a rehearsal works with, apart from its plan."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import field

from rehearsal.dataclass import dataclass
from rehearsal.evidence.folder import Evidence
from rehearsal.evidence.log import Log
from rehearsal.outside.engine import Engine
from rehearsal.outside.github import Console
from rehearsal.pipeline.venv_cache import VenvCache


@dataclass(frozen=True, kw_only=True)
class RunContext:
    """The engine, the outputs and the names of one rehearsal.

    `env` is the environment of every child process. `label` (name=value) marks the containers and
    volumes that the rehearsal creates, `image_tag` names the image that it builds. With
    `keep_container` the container keeps running. The tests' virtual environment is kept in
    `venv_cache`, if there is one.
    """

    engine: Engine
    console: Console
    evidence: Evidence
    env: Mapping[str, str] = field(repr=False)
    label: str
    image_tag: str
    keep_container: bool = False
    venv_cache: VenvCache | None = None

    @contextmanager
    def streamed_log(self, title: str, name: str) -> Iterator[Log]:
        """Open a log in the evidence folder, and show it while it is written."""
        with self.console.group(title), self.console.raw_output() as show:
            log = self.evidence.log(name, echo=show)
            try:
                yield log
            finally:
                log.close()
