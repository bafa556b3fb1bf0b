"""Find the engine's client that can do what a command needs."""

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from enum import Enum
from pathlib import Path

from rehearsal.outside.engine import CALL_TIMEOUT, Engine, connection_lost
from rehearsal.outside.process import run
from rehearsal.verdict import MisconfiguredError

# From this version on a client builds with BuildKit only through the buildx plugin.
BUILDX_REQUIRED_SINCE = 23


class EngineNeeds(Enum):
    """What a client must support besides running containers."""

    NOTHING = 0
    BUILDKIT = 1
    BUILDX = 2


def find_engine(env: Mapping[str, str], needs: EngineNeeds = EngineNeeds.NOTHING) -> Engine:
    """Return the first client on PATH that reaches an engine and supports what is needed.

    Raises `RehearsalError` (engine-failed) if no client reaches an engine, `MisconfiguredError` if
    none supports what is needed.
    """
    clients = list(_clients(env))
    if not clients:
        raise connection_lost("there is no docker client on PATH")
    errors = []
    for client in clients:
        version = [client, "version", "--format", "{{.Client.Version}}"]
        try:
            code, out, err = run(version, env=env, timeout=CALL_TIMEOUT)
        except (OSError, subprocess.TimeoutExpired) as error:
            code, out, err = 1, "", f"{client}: {type(error).__name__}"
        if code:
            errors.append(err.strip() or out.strip())
            continue
        engine = Engine(client=client, buildx=_has_buildx(client, env), env=env)
        major = re.match(r"[0-9]+", out)
        is_old = major is not None and int(major[0]) < BUILDX_REQUIRED_SINCE
        if (
            engine.buildx
            or needs is EngineNeeds.NOTHING
            or (is_old and needs is EngineNeeds.BUILDKIT)
        ):
            return engine
    if len(errors) == len(clients):
        raise connection_lost(errors[0])
    needed = "use cache-from and cache-to" if needs is EngineNeeds.BUILDX else "build with BuildKit"
    raise MisconfiguredError(
        f"The docker client {clients[0]} has no buildx plugin: it cannot {needed}.",
        hint="Install the plugin (Debian: docker-buildx, elsewhere: docker-buildx-plugin).",
    )


def _clients(env: Mapping[str, str]) -> Iterator[str]:
    for folder in dict.fromkeys(env.get("PATH", os.defpath).split(os.pathsep)):
        path = Path(folder or ".") / "docker"
        if os.access(path, os.X_OK) and not path.is_dir():
            yield str(path)


def _has_buildx(client: str, env: Mapping[str, str]) -> bool:
    try:
        return run([client, "buildx", "version"], env=env, timeout=CALL_TIMEOUT)[0] == 0
    except (OSError, subprocess.TimeoutExpired):
        return False
