"""The container engine, through its own client: argument lists in, parsed answers out."""

import json
import os
import re
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

from rehearsal.outside.process import Process, Sink, run
from rehearsal.verdict import MisconfiguredError, RehearsalError, Verdict

# A client answers within milliseconds; an engine busy with a large container, within seconds.
CALL_TIMEOUT = 60.0
# A large image is read from the disk, unpacked and hashed.
LOAD_TIMEOUT = 1800.0

# What the engine was asked to make it makes, even when we are cancelled meanwhile: only once it is
# there can it be removed, so that long we wait, in seconds.
PENDING_GRACE = 2.0

# From this version on a client builds with BuildKit through the buildx plugin alone.
BUILDX_REQUIRED_SINCE = 23

# The clean-up step and the watchdog may both be at it.
ALREADY_GONE = re.compile(
    r"No such (container|volume)|removal of container .* is already in progress", re.IGNORECASE
)

CONNECTION_LOST = ("Cannot connect to the Docker daemon", "error during connect")


class EngineError(Exception):
    """The engine said no; the text is its own."""


@dataclass(frozen=True, kw_only=True)
class Engine:
    """One client that works; `buildx` says whether it brings that plugin."""

    client: str
    buildx: bool
    env: Mapping[str, str] = field(repr=False)

    def build(self, arguments: Sequence[str], *, secrets: Mapping[str, str], out: Sink) -> Process:
        """Start a BuildKit build; `secrets` travel in the client's environment."""
        verb = ["buildx", "build", "--load"] if self.buildx else ["build"]
        env = {**self.env, **secrets, "DOCKER_BUILDKIT": "1", "BUILDKIT_PROGRESS": "plain"}
        return Process([self.client, *verb, *arguments], env=env, out=out)

    def create(self, arguments: Sequence[str], *, secrets: Mapping[str, str]) -> str:
        """Create a container and return its ID; `secrets` travel in the client's environment."""
        return self._call(["create", *arguments], env={**self.env, **secrets}, grace=PENDING_GRACE)

    def start(self, container: str, *, out: Sink, err: Sink) -> Process:
        """Attach to a created container, then start it: the child ends when the container does."""
        argv = [self.client, "start", "--attach", container]
        return Process(argv, env=self.env, out=out, err=err)

    def attach(self, container: str, *, out: Sink, err: Sink) -> Process:
        """Attach to a running container: the child ends when the container does."""
        argv = [self.client, "attach", "--no-stdin", "--sig-proxy=false", container]
        return Process(argv, env=self.env, out=out, err=err)

    def execute(self, container: str, command: Sequence[str], *, out: Sink) -> Process:
        """Start a command inside a running container."""
        return Process([self.client, "exec", container, *command], env=self.env, out=out)

    def inspect(self, name: str, kind: str = "container") -> dict[str, Any]:
        """Return what the engine knows of a container or an image. Raises `EngineError`."""
        found: list[dict[str, Any]] = json.loads(self._call([kind, "inspect", name]))
        return found[0]

    def last_exit_code(self, container: str) -> int | None:
        """Return the exit code of a container's latest end, None where the engine has no record."""
        codes = self._call([
            *("events", "--since", "0", "--until", f"{time.time():.9f}"),
            *("--filter", f"container={container}", "--filter", "event=die"),
            *("--format", "{{.Actor.Attributes.exitCode}}"),
        ])  # fmt: skip
        return int(codes.split()[-1]) if codes else None

    def load(self, archive: Path) -> str:
        """Load the images in an archive and return what the engine says of them."""
        return self._call(["load", "--input", str(archive)], timeout=LOAD_TIMEOUT)

    def host(self) -> str:
        """Return the URL the client reaches its engine at, or nothing when it does not tell."""
        if self.env.get("DOCKER_HOST"):
            return self.env["DOCKER_HOST"]
        try:
            return self._call(["context", "inspect", "--format", "{{.Endpoints.docker.Host}}"])
        except EngineError:
            return ""

    def check(self) -> None:
        """Return if the engine answers. Raises `RehearsalError` (engine-failed)."""
        with suppress(EngineError):
            self._call(["version"])

    def stop(self, container: str, seconds: int) -> None:
        """Stop a container: SIGTERM, then SIGKILL after `seconds`."""
        self._call(["stop", "--time", str(seconds), container])

    def remove(self, containers: Iterable[str]) -> None:
        """Remove containers with their anonymous volumes, running or not; gone already is fine.

        Raises `EngineError` when one of them cannot be removed; the others are.
        """
        self._remove_each(["rm", "--force", "--volumes"], containers)

    def _remove_each(self, command: list[str], names: Iterable[str]) -> None:
        refusals = []
        for name in names:
            try:
                self._call([*command, name])
            except EngineError as refusal:
                if not ALREADY_GONE.search(str(refusal)):
                    refusals.append(str(refusal))
        if refusals:
            raise EngineError("; ".join(refusals))

    def tag(self, image: str, reference: str) -> None:
        """Give an image one more name. Raises `EngineError`."""
        self._call(["tag", image, reference])

    def untag(self, reference: str) -> None:
        """Take a name from an image; without any name left the image goes, too."""
        self._call(["image", "rm", "--no-prune", reference])

    def ensure_volume(self, name: str, label: str) -> None:
        """Create a named volume, labelled as ours, unless there is one of that name."""
        try:
            self._call(["volume", "inspect", name])
        except EngineError:
            self._call(["volume", "create", "--label", label, name], grace=PENDING_GRACE)

    def remove_labelled(self, label: str) -> None:
        """Remove the containers, then the volumes, that carry a label (`name=value`)."""
        try:
            self.remove(self.container_ids(label))
        finally:
            self._remove_each(["volume", "rm"], self.volume_names(label))

    def volume_names(self, label: str) -> list[str]:
        """Return the names of all volumes that carry a label (`name=value`)."""
        return self._call(["volume", "ls", "--quiet", "--filter", f"label={label}"]).split()

    def container_ids(self, label: str) -> list[str]:
        """Return the IDs of all containers that carry a label (`name=value`)."""
        return self._call(
            ["ps", "--all", "--quiet", "--no-trunc", "--filter", f"label={label}"]
        ).split()

    def _call(
        self,
        arguments: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        timeout: float = 0.0,
        grace: float = 0.0,
    ) -> str:
        try:
            code, out, err = run(
                [self.client, *arguments],
                env=env or self.env,
                timeout=timeout or CALL_TIMEOUT,
                grace=grace,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise connection_lost(f"{arguments[0]}: {type(error).__name__}") from None
        if code == 0:
            return out.strip()
        words = err.strip() or out.strip()
        if any(text in words for text in CONNECTION_LOST):
            raise connection_lost(words)
        raise EngineError(words.removeprefix("Error response from daemon: "))


def connection_lost(words: str) -> RehearsalError:
    """Return the problem of an engine that is not there, or not any more."""
    return RehearsalError(
        Verdict.ENGINE_FAILED,
        f"The container engine does not answer: {words}",
        hint="This is not the app's fault. Start the engine (sudo systemctl start docker, as a "
        "rule), or look at the runner. Where permission is denied, your user has to join the group "
        "docker. Then run the rehearsal again.",
    )


class EngineNeeds(Enum):
    """What a client has to be able to do besides running containers."""

    NOTHING = 0
    BUILDKIT = 1
    BUILDX = 2


def find_engine(env: Mapping[str, str], needs: EngineNeeds = EngineNeeds.NOTHING) -> Engine:
    """Return the first client on PATH that reaches an engine and is able to do what is needed.

    A recent client without its buildx plugin cannot use BuildKit; one older than 23 can without.
    Raises `RehearsalError` (engine-failed) when none reaches an engine, `MisconfiguredError` when
    none is able or the engine is on another host.
    """
    clients = [
        candidate
        for folder in dict.fromkeys(env.get("PATH", os.defpath).split(os.pathsep))
        if os.access(candidate := str(Path(folder or ".") / "docker"), os.X_OK)
        and not Path(candidate).is_dir()
    ]
    if not clients:
        raise connection_lost("there is no docker client on PATH")
    complaints = []
    for client in clients:
        version = [client, "version", "--format", "{{.Client.Version}}"]
        try:
            code, out, err = run(version, env=env, timeout=CALL_TIMEOUT)
        except (OSError, subprocess.TimeoutExpired) as error:
            code, out, err = 1, "", f"{client}: {type(error).__name__}"
        if code:
            complaints.append(err.strip() or out.strip())
            continue
        engine = Engine(client=client, buildx=_has_buildx(client, env), env=env)
        number = re.match(r"[0-9]+", out)
        old = number is not None and int(number[0]) < BUILDX_REQUIRED_SINCE
        if engine.buildx or needs is EngineNeeds.NOTHING or (old and needs is EngineNeeds.BUILDKIT):
            return engine
    if len(complaints) == len(clients):
        raise connection_lost(complaints[0])
    raise MisconfiguredError(
        f"The docker client {clients[0]} has no buildx plugin: it cannot "
        + (
            "use cache-from and cache-to."
            if needs is EngineNeeds.BUILDX
            else "build with BuildKit."
        ),
        hint="Install the plugin (Debian: docker-buildx, elsewhere: docker-buildx-plugin).",
    )


def _has_buildx(client: str, env: Mapping[str, str]) -> bool:
    try:
        return run([client, "buildx", "version"], env=env, timeout=CALL_TIMEOUT)[0] == 0
    except (OSError, subprocess.TimeoutExpired):
        return False
