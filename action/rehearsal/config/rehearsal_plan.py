"""The plan of a rehearsal: all inputs, checked. Later stages only read it."""

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import Any

from rehearsal.dataclass import dataclass
from rehearsal.redaction.secret import Secret


@dataclass(frozen=True, kw_only=True)
class BuildPlan:
    """How to build the image: folders and files are absolute paths."""

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
        """Whether the build needs buildx, which alone supports cache-from and cache-to."""
        return bool(self.cache_from or self.cache_to)


@dataclass(frozen=True, kw_only=True)
class ContainerPlan:
    """How to run the container.

    `port` is where the app listens in the container, 0 until the image is known. It is published on
    `address`, an IP address of this machine; with `host_port` 0 the engine chooses the port there.
    `command` replaces the image's own command unless it is empty. `generated_names` are the names
    of the secrets whose values were made for this run.
    """

    port: int
    address: str
    host_port: int
    env: Mapping[str, str] = field(repr=False)
    secrets: tuple[Secret, ...]
    generated_names: frozenset[str]
    command: tuple[str, ...]
    volumes: tuple[str, ...]
    network: str
    run_options: tuple[str, ...]
    setup_command: str


@dataclass(frozen=True, kw_only=True)
class ComposedService:
    """What a compose file says of a service beyond its container, which Compose creates.

    It starts once the services in `after_started` are started and those in `after_ready` are
    ready. With `completes` it is ready when it has ended with exit code 0; with `may_end` such an
    end is no failure.
    """

    after_started: tuple[str, ...] = ()
    after_ready: tuple[str, ...] = ()
    completes: bool = False
    may_end: bool = False


@dataclass(frozen=True, kw_only=True)
class ServicePlan:
    """A container that runs beside the app, like a database; `name` is its host name, too.

    It is ready when it listens on `ready_port`, or when `ready_command` (sh -c in it) ends with
    exit code 0. Without either, its image decides. `options` are more arguments of docker create,
    and `command` replaces the image's own command unless it is empty. One `on_host_network` is a
    Selenium Grid: its browsers reach the app at localhost as the tests do, which get its URL.
    `composed` is None unless a compose file describes it.
    """

    name: str
    image: str
    env: Mapping[str, str] = field(default_factory=dict, repr=False)
    secrets: tuple[Secret, ...] = ()
    ready_port: int = 0
    ready_command: str = ""
    options: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    on_host_network: bool = False
    composed: ComposedService | None = None


@dataclass(frozen=True, kw_only=True)
class ComposePlan:
    """The services that are asked for by name from compose files.

    `files` are absolute paths, and `lines` the numbers of the lines that name each service.
    `ports` and `commands` are from service-ready, `harmless` the names in not-secret. Once the
    files have been read, `project` is what Compose has to create, apart from names and labels,
    `secrets` are the values that the files use, and the services are in `CompanionsPlan.services`.
    """

    files: tuple[Path, ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict)
    ports: Mapping[str, int] = field(default_factory=dict)
    commands: Mapping[str, str] = field(default_factory=dict)
    harmless: tuple[str, ...] = ()
    project: Mapping[str, Any] = field(default_factory=dict, repr=False)
    secrets: tuple[Secret, ...] = ()


@dataclass(frozen=True, kw_only=True)
class WorkerPlan:
    """A further container of the rehearsed image: `command` replaces the image's own command."""

    name: str
    command: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class CompanionsPlan:
    """What runs beside the app: services and workers, and what runs before it.

    `timeout` is in seconds, for all services together. `before_command` is a script (sh -ec) that
    runs in a container of the rehearsed image before the app starts; empty if there is none.
    """

    services: tuple[ServicePlan, ...] = ()
    timeout: int = 60
    before_command: str = ""
    workers: tuple[WorkerPlan, ...] = ()
    compose: ComposePlan = field(default_factory=ComposePlan)

    @property
    def run_beside_app(self) -> bool:
        """Whether anything runs for as long as the app does."""
        return bool(self.services or self.workers)


@dataclass(frozen=True, kw_only=True)
class ProbePlan:
    """Which answer means that the app is ready, and for how many seconds to wait for it.

    `host` is the host in the app's URL. With `timeout_given` the caller has chosen the time.
    """

    host: str
    path: str
    statuses: tuple[range, ...]
    headers: Mapping[str, str] = field(repr=False)
    timeout: int
    timeout_given: bool

    def accepts(self, status: int) -> bool:
        """Whether the app is ready if it answers with this status."""
        return any(status in accepted for accepted in self.statuses)


@dataclass(frozen=True, kw_only=True)
class SuitePlan:
    """How to run the tests.

    `command` is empty if no test was asked for. `requirements` is None if the tests need no virtual
    environment; with `keeps_venv` a runner keeps it. `timeout` is in seconds. `capture` says that
    failed browser tests leave evidence, `trace` which tests leave a trace of their browsers:
    on-failure, retry, always or off.
    `reports_glob` is relative to the working directory. `selenium_url` is empty, too, if a service
    is the Grid: its URL is known when its image is here.
    """

    command: str
    requirements: Path | None
    keeps_venv: bool
    env: Mapping[str, str] = field(repr=False)
    timeout: int
    retries: int
    capture: bool
    trace: str
    trace_pictures: bool
    reports_glob: str
    shard: str
    selenium_url: str


@dataclass(frozen=True, kw_only=True)
class AuditPlan:
    """What the audit does: `mode` is off, warn or enforce.

    `waivers` are the ids of findings that do not count. With `active` checks may start further
    containers. `layer_seconds` is how long the image's layers are read.
    """

    mode: str = "off"
    waivers: tuple[str, ...] = ()
    active: bool = False
    layer_seconds: int = 10

    @property
    def is_on(self) -> bool:
        """Whether there is an audit."""
        return self.mode != "off"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One rehearsal. If `image` names an image, `build` is not used.

    `directory` is the working directory, and `top` the folder where its input starts. `timeout` is
    in seconds. `keep_images` is in days, and 0 means for ever. `evidence_policy` says when to keep
    evidence: on-failure, always or never. `evidence_limit` is in megabytes. `baseline` is the
    folder of the evidence to compare with, which may be missing. `trust_image` says that the image
    may get secrets on events that can be started by strangers. `warnings` are about inputs that are
    allowed, but may not do what their author expects.
    """

    top: Path
    directory: Path
    image: str
    trust_image: bool
    build: BuildPlan
    container: ContainerPlan
    companions: CompanionsPlan = field(default_factory=CompanionsPlan)
    probe: ProbePlan
    suite: SuitePlan
    audit: AuditPlan = field(default_factory=AuditPlan)
    timeout: int
    keep_images: int
    evidence_policy: str
    evidence_limit: int
    baseline: Path | None = None
    artifact_name: str
    retention_days: int
    audit_only: bool = False
    warnings: tuple[str, ...] = ()

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """The secrets of the container, of the build and of the services, each once."""
        companions = self.companions
        services = (secret for service in companions.services for secret in service.secrets)
        others = (*self.build.secrets, *services, *companions.compose.secrets)
        return tuple(dict.fromkeys((*self.container.secrets, *others)))

    @property
    def caller_secret_names(self) -> tuple[str, ...]:
        """The names of the secrets whose values the caller gave."""
        return tuple(s.name for s in self.secrets if s.name not in self.container.generated_names)
