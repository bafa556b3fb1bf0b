"""The container engine, through its client: argument lists in, parsed answers out."""

import json
import re
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import field
from datetime import datetime
from pathlib import Path
from typing import Any

from rehearsal.dataclass import dataclass
from rehearsal.outside.engine_unreachable import connection_lost, is_connection_lost
from rehearsal.outside.process import Process, Sink, run
from rehearsal.regex import regex
from rehearsal.results.engine_versions import EngineVersions
from rehearsal.results.json_fields import MAX_NUMBER

# A client answers within milliseconds; an engine busy with a large container, within seconds.
CALL_TIMEOUT = 60.0
# A large image is read from the disk, unpacked and hashed.
LOAD_TIMEOUT = 1800.0

# How long to wait for a container or a volume after a cancellation, in seconds: the engine creates
# it all the same, and only then can it be removed.
PENDING_GRACE = 2.0

# The clean-up step and the watchdog may remove the same container.
ALREADY_GONE = regex(
    r"No such (container|volume|network)|network (\S+ )?not found"
    r"|removal of container .* is already in progress",
    re.IGNORECASE,
)

ERROR_PREFIX = regex(r"\A(Error response from daemon|Error): ")
NO_SUCH_IMAGE = regex(r"no such image|image not known", re.IGNORECASE)


class EngineError(Exception):
    """The engine refused a call; the text is its own."""


@dataclass(frozen=True, kw_only=True)
class Engine:
    """A client that reaches an engine; `buildx` says whether it has that plugin.

    `env` is the client's environment. `foreground_env` is added to it for commands that end with
    their client. Those that create or start a container leave children if the client is Podman.
    """

    client: str
    buildx: bool
    env: Mapping[str, str] = field(repr=False)
    foreground_env: Mapping[str, str] = field(default_factory=dict)
    versions: EngineVersions = field(default_factory=EngineVersions)

    @property
    def is_podman_client(self) -> bool:
        """Whether the client is Podman's own, and not a Docker client that reaches Podman."""
        return self.versions.is_podman and self.versions.client == self.versions.version

    def build(self, arguments: Sequence[str], *, secrets: Mapping[str, str], out: Sink) -> Process:
        """Start a BuildKit build; the client's environment passes `secrets`."""
        command = ["buildx", "build", "--load"] if self.buildx else ["build"]
        buildkit = {"DOCKER_BUILDKIT": "1", "BUILDKIT_PROGRESS": "plain"}
        env = {**self.env, **self.foreground_env, **secrets, **buildkit}
        return Process([self.client, *command, *arguments], env=env, out=out)

    def create(self, arguments: Sequence[str], *, secrets: Mapping[str, str]) -> str:
        """Create a container and return its ID; the client's environment passes `secrets`."""
        return self._call(["create", *arguments], env={**self.env, **secrets}, grace=PENDING_GRACE)

    def start(self, container: str, *, out: Sink, err: Sink) -> Process:
        """Attach to a created container and start it; the process ends when the container does."""
        argv = [self.client, "start", "--attach", container]
        return Process(argv, env=self.env, out=out, err=err)

    def why_not_started(self, container: str) -> str:
        """Start a container without attaching, after that was refused; return why it is refused.

        With Podman's socket an attached client only tells "unable to upgrade to tcp, received 500".
        """
        try:
            self._call(["start", container])
        except EngineError as refusal:
            return str(refusal).splitlines()[0]  # The next one says that it has failed.
        self.stop(container, seconds=0)
        return ""

    def attach(self, container: str, *, out: Sink, err: Sink) -> Process:
        """Attach to a running container; the process ends when the container does."""
        argv = [self.client, "attach", "--no-stdin", "--sig-proxy=false", container]
        return Process(argv, env=self.env, out=out, err=err)

    def pull(self, image: str, *, out: Sink) -> Process:
        """Start to pull an image."""
        env = {**self.env, **self.foreground_env}
        return Process([self.client, "pull", image], env=env, out=out)

    def execute(self, container: str, command: Sequence[str], *, out: Sink) -> Process:
        """Start a command inside a running container."""
        env = {**self.env, **self.foreground_env}
        return Process([self.client, "exec", container, *command], env=env, out=out)

    def watch_signals(self, container: str, *, out: Sink) -> Process:
        """Print a line whenever the engine has sent a signal to a container; runs until ended.

        Podman prints nothing for the signal of `stop`.
        """
        filters = ("--filter", f"container={container}", "--filter", "event=kill")
        argv = [self.client, "events", *filters]
        env = {**self.env, **self.foreground_env}
        return Process(argv, env=env, out=out, err=lambda _refusal: None)

    def copy_out(self, container: str, path: str, *, out: Sink, err: Sink) -> Process:
        """Start to write a file or folder of a container, running or not, to `out`, as a tar."""
        return Process(
            [self.client, "cp", f"{container}:{path}", "-"], env=self.env, out=out, err=err
        )

    def copy_in(self, container: str, path: str, archive: bytes) -> None:
        """Unpack a tar in a folder of a container, running or not. Raises `EngineError`."""
        self._call(["cp", "-", f"{container}:{path}"], stdin=archive)

    def inspect(self, name: str, kind: str = "container") -> dict[str, Any]:
        """Return what the engine knows of a container or an image. Raises `EngineError`."""
        found: list[dict[str, Any]] = json.loads(self._call([kind, "inspect", name]))
        return found[0]

    def processes(self, container: str) -> list[str]:
        """Return a line for each process of a running container.

        A line has the user, by name or number of the engine's machine, the numbers of the process
        and of its parent, and the command. Docker asks the machine's ps and so has the machine's
        numbers of processes, Podman those inside the container. Raises `EngineError`.
        """
        columns = ["-eo", "user,pid,ppid,args"]
        if self.versions.is_podman:
            # Its own names of columns: ps would have to be in the container.
            columns = ["huser,pid,ppid,args"]
        return self._call(["top", container, *columns]).splitlines()[1:]

    def image_id_of(self, name: str) -> str:
        """Return the ID of an image. Raises `EngineError` if there is none."""
        return self.image_id_and_size(name)[0]

    def image_id_and_size(self, name: str) -> tuple[str, int | None]:
        """Return the ID of an image, and its size in bytes if the engine tells it.

        Raises `EngineError` if there is none.
        """
        found = self.inspect(name, "image")
        size = found.get("Size")
        is_known = type(size) is int and 0 < size <= MAX_NUMBER
        return _full_id(found["Id"]), size if is_known else None

    def image_id_of_container(self, container: str) -> str:
        """Return the ID of a container's image. Raises `EngineError`."""
        return _full_id(self.inspect(container)["Image"])

    def image_names(self, image: str) -> list[str] | None:
        """Return the names of the image with an ID, or None if there is no such image."""
        try:
            names = self.inspect(image, "image").get("RepoTags") or []
        except EngineError as refusal:
            if NO_SUCH_IMAGE.search(str(refusal)):
                return None
            raise
        return [name for name in names if "<none>" not in name]

    def history(self, image: str) -> str:
        """Return the commands that made an image, the last one first. Raises `EngineError`."""
        return self._call(["history", "--no-trunc", "--format", "{{.CreatedBy}}", image])

    def last_exit_code(self, container: str) -> int | None:
        """Return the exit code of a container's latest end, or None if the engine has no record."""
        events = self._call([
            *("events", "--since", "0", "--until", f"{time.time():.9f}"),
            *("--filter", f"container={container}", "--filter", "event=die"),
            *("--format", "{{json .}}"),
        ])  # fmt: skip
        if not events:
            return None
        event = json.loads(events.splitlines()[-1])
        if "Actor" in event:
            return int(event["Actor"]["Attributes"]["exitCode"])
        return int(event.get("ContainerExitCode", 0))  # From Podman's own client.

    def load(self, archive: Path) -> str:
        """Load the images of an archive and return what the client prints."""
        return self._call(["load", "--input", str(archive)], timeout=LOAD_TIMEOUT)

    def host(self) -> str:
        """Return the URL of the engine, or an empty string if the client does not know it."""
        variable = "CONTAINER_HOST" if self.is_podman_client else "DOCKER_HOST"
        if self.env.get(variable):
            return self.env[variable]
        try:
            return self._call(["context", "inspect", "--format", "{{.Endpoints.docker.Host}}"])
        except EngineError:
            return ""

    def clock_offset(self) -> float:
        """Return how many seconds the engine's clock is ahead of ours; 0.0 if that is not known.

        An engine in a virtual machine has a clock of its own.
        """
        before = time.time()
        try:
            shown = self._call(["info", "--format", "{{.SystemTime}}"])
            there = datetime.fromisoformat(shown).timestamp()
        except (EngineError, ValueError):
            return 0.0
        after = time.time()
        return 0.0 if before <= there <= after else there - (before + after) / 2

    def check(self) -> None:
        """Return if the engine answers. Raises `RehearsalError` (engine-failed)."""
        with suppress(EngineError):
            self._call(["version"])

    def has_image(self, name: str) -> bool:
        """Return whether the engine has an image. Raises `EngineError`."""
        return self.image_names(name) is not None

    def create_network(self, name: str, label: str) -> None:
        """Create a network with our label."""
        self._call(["network", "create", "--label", label, name], grace=PENDING_GRACE)

    def stop(self, *containers: str, seconds: int) -> None:
        """Stop containers side by side: SIGTERM, then SIGKILL after `seconds`."""
        self._call(["stop", "-t", str(seconds), *containers])

    def remove(self, containers: Iterable[str]) -> None:
        """Remove containers, running or not, with their anonymous volumes; ignore missing ones.

        Raises `EngineError` if one of them cannot be removed, after the others were.
        """
        containers = tuple(containers)
        if containers and self.versions.is_podman:
            # It would stop them first, and wait for 10 s for one that ignores SIGTERM.
            with suppress(EngineError):
                self._call(["kill", *containers])
        self._remove_each(["rm", "--force", "--volumes"], containers)

    def _remove_each(self, command: list[str], names: Iterable[str]) -> None:
        names = tuple(names)
        # All at once takes little longer than one; a name that is gone may end such a call early.
        if len(names) > 1:
            with suppress(EngineError):
                self._call([*command, *names])
                return
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
        """Add a name to an image. Raises `EngineError`."""
        self._call(["tag", image, reference])

    def untag(self, reference: str) -> None:
        """Remove a name from an image, and the image if it was its last name."""
        self._call(["image", "rm", "--no-prune", reference])

    def ensure_volume(self, name: str, label: str) -> None:
        """Create a named volume with our label, unless it exists."""
        try:
            self._call(["volume", "inspect", name])
        except EngineError:
            self._call(["volume", "create", "--label", label, name], grace=PENDING_GRACE)

    def remove_labelled(self, label: str, prefix: str = "") -> None:
        """Remove the containers, then the networks and volumes, with a label (`name=value`).

        With a `prefix`, only those whose names begin with it.
        """

        def chosen(names: Iterable[str]) -> list[str]:
            return [name for name in names if name.startswith(prefix)]

        try:
            self.remove(self.container_ids(label, prefix))
        finally:
            try:
                self._remove_each(["network", "rm"], chosen(self.network_names(label)))
            finally:
                self._remove_each(["volume", "rm"], chosen(self.volume_names(label)))

    def network_names(self, label: str) -> list[str]:
        """Return the names of all networks with a label (`name=value`)."""
        format_ = ("--format", "{{.Name}}")
        return self._call(["network", "ls", *format_, "--filter", f"label={label}"]).split()

    def volume_names(self, label: str) -> list[str]:
        """Return the names of all volumes with a label (`name=value`)."""
        return self._call(["volume", "ls", "--quiet", "--filter", f"label={label}"]).split()

    def container_ids(self, label: str, prefix: str = "") -> list[str]:
        """Return the IDs of all containers with a label, and a name that begins with `prefix`."""
        named = ("--filter", f"name=^{re.escape(prefix)}") if prefix else ()
        return self._call(
            ["ps", "--all", "--quiet", "--no-trunc", "--filter", f"label={label}", *named]
        ).split()

    def _call(
        self,
        arguments: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        timeout: float = 0.0,
        grace: float = 0.0,
        stdin: bytes = b"",
    ) -> str:
        try:
            code, out, err = run(
                [self.client, *arguments],
                env=env or self.env,
                timeout=timeout or CALL_TIMEOUT,
                grace=grace,
                stdin=stdin,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            lost = f"{arguments[0]}: {type(error).__name__}"
            raise connection_lost(lost, self.env) from None
        if code == 0:
            return out.strip()
        message = err.strip() or out.strip()
        if is_connection_lost(message):
            raise connection_lost(message, self.env)
        raise EngineError(ERROR_PREFIX.sub("", message))


def _full_id(image_id: str) -> str:
    """Return the ID of an image with its algorithm, which Podman leaves out."""
    return image_id if ":" in image_id else f"sha256:{image_id}"
