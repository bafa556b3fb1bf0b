"""What the audit observed of an image and its container; None stands for what was not looked at."""

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from rehearsal.audit.exchange import Exchange
from rehearsal.dataclass import dataclass

# A host that no app has (RFC 2606, 2).
FOREIGN_HOST = "rehearsal.invalid"
# How much longer an answer may take beside idle and slow clients, in seconds.
MAX_DELAY = 1.0
SERVER_ERRORS = range(500, 600)
# Characters of a command that evidence shows.
MAX_COMMAND = 200


@dataclass(frozen=True, kw_only=True)
class Asset:
    """A stylesheet, script or image of the app's page: asked for plainly, and compressed.

    `kind` is stylesheet, script or image. `link` is the URL as the page has it. `plain` is the
    answer behind its redirects. `compressed` is None unless `plain` has status 200.
    """

    kind: str
    link: str
    plain: Exchange
    compressed: Exchange | None = None


@dataclass(frozen=True, kw_only=True)
class Pages:
    """What the app answered.

    `ready` begins with ready-path, `home` with `/`, and `unknown` with a path that no app has; what
    follows are the pages of the same origin that each redirects to. `malformed` is a path with
    an invalid escape. `foreign` are all paths before that one again, once each, asked for with
    `FOREIGN_HOST`. `logged` are the lines that the app logged from `unknown` on, and `marks` texts
    of which each line about these requests has one. `left_out` is how many more files the pages
    load. `debugger` is what Werkzeug's server answers to a request for its debugger's script.
    """

    ready: tuple[Exchange, ...]
    home: tuple[Exchange, ...]
    unknown: tuple[Exchange, ...]
    malformed: Exchange
    foreign: tuple[Exchange, ...]
    assets: tuple[Asset, ...] = ()
    left_out: int = 0
    logged: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    debugger: Exchange | None = None

    @property
    def all(self) -> tuple[Exchange, ...]:
        """Every answer with the app's own host, and then those with the foreign one."""
        return (*self.ready, *self.home, *self.unknown, self.malformed, *self.foreign)


@dataclass(frozen=True, kw_only=True)
class ContainerProcess:
    """A process that the container started, with the `pid` that the engine tells.

    `user` is a name or number of the engine's machine: root in a user namespace is another one.
    """

    user: str
    pid: int
    command: str

    @property
    def is_root(self) -> bool:
        """Whether it runs as uid 0."""
        return self.user in {"root", "0"}

    @property
    def evidence(self) -> str:
        """The process as a line of ps."""
        return f"{self.user} {self.pid} {self.command[:MAX_COMMAND]}"


@dataclass(frozen=True, kw_only=True)
class ProgramOutput:
    """What a program in the container printed; `exit_code` is None if it took too long.

    `missing` says that the image does not have the program.
    """

    exit_code: int | None
    lines: tuple[str, ...] = ()
    missing: bool = False


@dataclass(frozen=True, kw_only=True)
class DjangoMessage:
    """A warning or an error of `check --deploy`; `shown` is the whole of it as Django prints it.

    The `id` is like security.W004, empty if the check gave none.
    """

    id: str
    text: str
    shown: str


@dataclass(frozen=True, kw_only=True)
class DjangoProject:
    """What a program of ours learned from Django in the container; `why_unknown` if nothing.

    `unapplied` are the migrations that a database lacks, `missing` the operations that
    makemigrations would write. `unanswered` says for the name of a field why it is not known.
    """

    version: str = ""
    why_unknown: str = ""
    checks: tuple[DjangoMessage, ...] = ()
    unapplied: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    unanswered: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class RequirementsFile:
    """A file of requirements in the image; `is_constraint` if it only limits versions."""

    path: str
    lines: tuple[str, ...]
    is_constraint: bool = False


@dataclass(frozen=True, kw_only=True)
class PythonPackages:
    """The requirements file in the image with those that it includes, and what is installed.

    `installed` are versions by names as the packages write them, `environment` the values of the
    variables of markers (PEP 508). `why_unknown` says why there is nothing to compare.
    """

    files: tuple[RequirementsFile, ...] = ()
    installed: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    why_unknown: str = ""


@dataclass(frozen=True, kw_only=True)
class LayerFile:
    """A file of a layer that the image should not have, or a folder of `files` such files.

    `kind` is one of `stray_files.KINDS`. `size` is in bytes. `layer` counts from 1, or is 0 if it
    is not known; `made_by` is the command that made it, empty if not known. `removed_by` is the
    layer that removes the file again, or 0.
    """

    path: str
    kind: str
    layer: int = 0
    made_by: str = ""
    files: int = 1
    size: int = 0
    removed_by: int = 0


@dataclass(frozen=True, kw_only=True)
class SecretPlace:
    """Where the value of the secret `name` stands: a file of a layer, or the configuration.

    `layer` and `made_by` are as in `LayerFile`.
    """

    name: str
    place: str
    layer: int = 0
    made_by: str = ""


@dataclass(frozen=True, kw_only=True)
class ImageContent:
    """What was found in the layers, the history and the configuration.

    `unread` says what was not read of the layers, and why; it is a clause. Of the names of secrets,
    `searched` are those whose values were looked for, `not_searched` those whose values images may
    have by chance, and `generated` those whose values are new in each run.
    """

    files: tuple[LayerFile, ...] = ()
    secrets: tuple[SecretPlace, ...] = ()
    unread: str = ""
    searched: tuple[str, ...] = ()
    not_searched: tuple[str, ...] = ()
    generated: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class IdleRun:
    """The ready page beside `idle` idle clients and `slow` ones that send byte by byte.

    `before` and `after` are the same request without them; `after` is None if `beside` is no worse
    than `before`. `beside` is None if it was not asked for, for the reason `why_unknown`. Their
    seconds count to the end of the headers.
    """

    idle: int
    slow: int
    before: Exchange
    beside: Exchange | None = None
    after: Exchange | None = None
    why_unknown: str = ""

    @property
    def allowed_seconds(self) -> float:
        """Within how many seconds the answer beside the clients is expected."""
        return MAX_DELAY + self.before.seconds

    @property
    def is_worse(self) -> bool:
        """Whether the answer beside the clients is late, none, or an error of the server."""
        if not self.beside or not self.beside.status or self.beside.seconds > self.allowed_seconds:
            return True
        return self.beside.status in SERVER_ERRORS and self.before.status not in SERVER_ERRORS


@dataclass(frozen=True, kw_only=True)
class StopRun:
    """How the container ended after SIGTERM, `seconds` later.

    `request` says what was in flight, empty if nothing could be held there; `answer` is what came
    of it, and `is_answered` says that it is an answer. With `by_itself` the container ended during
    the audit, before SIGTERM, and `log` are its last lines. `end` is the end in words. `load` is
    how many processes wanted each processor. `why_unknown` is set if it was not stopped.
    """

    end: str = ""
    exit_code: int = 0
    seconds: float = 0.0
    was_killed: bool = False
    by_itself: bool = False
    log: tuple[str, ...] = ()
    request: str = ""
    answer: str = ""
    is_answered: bool = False
    load: float = 0.0
    why_unknown: str = ""


@dataclass(frozen=True, kw_only=True)
class StartRun:
    """A further container: how it was started, and what became of it.

    `ready` says that it gave an answer that counts as ready; `answer` is the last one, with its
    HTTP status, or empty. `exit_code` is None if it did not end. `setup_error` says how its
    setup-command failed. `lost` says what of its volumes' data a restart lost. With an `error`
    nothing follows from the rest: the engine refused to start it, for example.
    """

    ready: bool = False
    answer: str = ""
    exit_code: int | None = None
    seconds: float = 0.0
    log: tuple[str, ...] = ()
    setup_error: str = ""
    lost: tuple[str, ...] = ()
    error: str = ""


@dataclass(frozen=True, kw_only=True)
class FurtherStarts:
    """The further containers: as production starts it, and in all other ways.

    `plain` was started and then restarted as `restarted`; it had no part of what `missing` names.
    `without` and `empty` have a start for the name of each secret. None stands for a start for
    which there was no time.
    """

    plain: StartRun
    missing: tuple[str, ...] = ()
    restarted: StartRun | None = None
    confined: StartRun | None = None
    read_only: StartRun | None = None
    without: Mapping[str, StartRun | None] = field(default_factory=dict)
    empty: Mapping[str, StartRun | None] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Observations:
    """All that the checks may look at.

    `image_config` is the image's configuration as the engine tells it. `healthcheck` is None if the
    image declares none. With `is_late` the time was over before everything was looked at.
    """

    pages: Pages | None = None
    processes: tuple[ContainerProcess, ...] | None = None
    image_config: Mapping[str, Any] = field(default_factory=dict)
    healthcheck: ProgramOutput | None = None
    django: DjangoProject | None = None
    packages: PythonPackages | None = None
    content: ImageContent | None = None
    idle: IdleRun | None = None
    stop: StopRun | None = None
    starts: FurtherStarts | None = None
    is_late: bool = False

    @property
    def is_django(self) -> bool:
        """Whether the container runs Django, as far as that is known."""
        return self.django is not None and bool(self.django.version)
