"""What the stages of a rehearsal work with."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from rehearsal.evidence.folder import Evidence
from rehearsal.evidence.log import Log
from rehearsal.outside.engine import Engine
from rehearsal.outside.github import Console


@dataclass(frozen=True, kw_only=True)
class RunContext:
    """What every stage is given beside its plan.

    `env` is the environment of whatever runs the project's code. `label` (name=value) marks the
    containers and volumes that the rehearsal makes; `tag` names the image that it builds; `keep`
    leaves the container running.
    """

    engine: Engine
    console: Console
    evidence: Evidence
    env: Mapping[str, str] = field(repr=False)
    label: str
    tag: str
    keep: bool = False

    @contextmanager
    def streamed_log(self, title: str, name: str) -> Iterator[Log]:
        """Open a log of the evidence that is also shown while it is written."""
        with self.console.group(title), self.console.raw_output() as show:
            log = self.evidence.log(name, echo=show)
            try:
                yield log
            finally:
                log.close()
