"""The plan: everything that was asked for, checked; every later stage only reads it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rehearsal.redaction.secret import Secret


@dataclass(frozen=True, kw_only=True)
class BuildPlan:
    """What to build."""

    context: Path
    dockerfile: Path
    target: str
    platform: str
    args: Mapping[str, str] = field(repr=False)
    secrets: tuple[Secret, ...]
    cache_from: tuple[str, ...]
    cache_to: tuple[str, ...]

    @property
    def needs_buildx(self) -> bool:
        """Whether only buildx can build this."""
        return bool(self.cache_from or self.cache_to)


@dataclass(frozen=True, kw_only=True)
class ContainerPlan:
    """How the container runs.

    `port` is the app's own, `host_port` 0 leaves the choice, `generated` names the secrets that
    were made for this run.
    """

    port: int
    host_port: int
    env: Mapping[str, str] = field(repr=False)
    secrets: tuple[Secret, ...]
    generated: frozenset[str]
    command: tuple[str, ...]
    volumes: tuple[str, ...]
    network: str
    options: tuple[str, ...]
    setup_command: str


@dataclass(frozen=True, kw_only=True)
class ProbePlan:
    """What counts as an answer, and how many seconds it may take to come."""

    path: str
    statuses: tuple[range, ...]
    headers: Mapping[str, str] = field(repr=False)
    timeout: int

    def accepts(self, status: int) -> bool:
        """Whether an answer with this status means that the app is ready."""
        return any(status in accepted for accepted in self.statuses)


@dataclass(frozen=True, kw_only=True)
class SuitePlan:
    """The tests: `command` may be empty (no test was asked for), `requirements` None."""

    command: str
    requirements: Path | None
    env: Mapping[str, str] = field(repr=False)
    timeout: int
    retries: int
    reports: str
    shard: str
    selenium_url: str


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One rehearsal, validated. Either `image` names an image or `build` says how to make it."""

    directory: Path
    image: str
    build: BuildPlan
    container: ContainerPlan
    probe: ProbePlan
    suite: SuitePlan
    timeout: int
    evidence: str
    artifact_name: str
    retention_days: int

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """Everything that must not leave."""
        return self.container.secrets + self.build.secrets

    @property
    def caller_secret_names(self) -> tuple[str, ...]:
        """The names of the secrets somebody entrusted to the repository."""
        return tuple(s.name for s in self.secrets if s.name not in self.container.generated)
