"""The environment of a step of a workflow."""

from collections.abc import Iterator, Mapping

from rehearsal.local.contexts import ValueSources
from rehearsal.verdict import MisconfiguredError


class StepEnvironment(Mapping[str, str]):
    """The environment of a step: the process's own, and over it the `env:` of the workflow file.

    A name that only `.env` has can be read, but iteration leaves it out. A variable that could not
    be evaluated raises `MisconfiguredError` when it is read; iteration leaves it out, too.
    """

    def __init__(self, sources: ValueSources) -> None:
        self.workflow_env: dict[str, str] = {}
        self.errors: dict[str, MisconfiguredError] = {}
        self._sources = sources

    def __getitem__(self, name: str) -> str:
        if name in self.errors:
            raise self.errors[name]
        if name in self.workflow_env:
            return self.workflow_env[name]
        if name in self._sources.environ:
            return self._sources.environ[name]
        return self._sources.lookup_variable(name)

    def __iter__(self) -> Iterator[str]:
        names = {**self._sources.environ, **self.workflow_env}
        return (name for name in names if name not in self.errors)

    def __len__(self) -> int:
        return len(list(iter(self)))
