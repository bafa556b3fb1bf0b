"""Find the engine's client that can do what a command needs."""

import os
import re
from collections.abc import Iterator, Mapping
from enum import Enum
from pathlib import Path

from rehearsal.outside.engine import Engine
from rehearsal.outside.engine_unreachable import connection_lost, no_client
from rehearsal.outside.engine_versions import NoAnswerError, ask_versions
from rehearsal.regex import regex
from rehearsal.verdict import MisconfiguredError, RehearsalError, Verdict

# From this version on a client builds with BuildKit only through the buildx plugin.
BUILDX_REQUIRED_SINCE = 23
CLIENT_TOO_OLD = regex(r"client version \S+ is too old\.[^\n]*")


class EngineNeeds(Enum):
    """What a client must support besides running containers."""

    NOTHING = 0
    BUILDKIT = 1
    BUILDX = 2
    REGISTRIES = 3


def find_engine(env: Mapping[str, str], needs: EngineNeeds = EngineNeeds.NOTHING) -> Engine:
    """Return the first client on PATH that reaches an engine and supports what is needed.

    Raises `RehearsalError` (engine-failed) if no client reaches an engine, `MisconfiguredError` if
    none supports what is needed.
    """
    clients = list(_clients(env))
    if not clients:
        raise no_client()
    found, errors = [], []
    for client in clients:
        try:
            versions = ask_versions(client, env)
        except NoAnswerError as error:
            errors.append(str(error))
            continue
        engine = Engine(client=client, buildx=bool(versions.buildx), versions=versions, env=env)
        if _supports(engine, needs):
            return engine
        found.append(engine)
    if not found:
        raise _no_answer(clients[0], errors[0], env)
    raise _unfit(found[0], needs)


def _supports(engine: Engine, needs: EngineNeeds) -> bool:
    if needs is EngineNeeds.REGISTRIES:
        return not engine.versions.is_podman
    if needs is EngineNeeds.NOTHING or engine.buildx:
        return True
    if needs is EngineNeeds.BUILDX:
        return False
    if engine.versions.is_podman:
        # Only its own client builds everything that BuildKit does.
        return engine.is_podman_client
    major = re.match(r"[0-9]+", engine.versions.client)
    return major is not None and int(major[0]) < BUILDX_REQUIRED_SINCE


def _no_answer(client: str, message: str, env: Mapping[str, str]) -> RehearsalError:
    if found := CLIENT_TOO_OLD.search(message):
        return RehearsalError(
            Verdict.ENGINE_FAILED,
            f"The docker client {client} is too old for the engine: {found[0]}",
            hint="This is not the app's fault. Install a newer client (Debian: docker-cli, "
            "elsewhere: docker-ce-cli), or put a newer one first on PATH.",
        )
    return connection_lost(message, env)


def _unfit(engine: Engine, needs: EngineNeeds) -> MisconfiguredError:
    if engine.versions.is_podman:
        if needs is EngineNeeds.REGISTRIES:
            # Its client does not tell which image a registry holds.
            return MisconfiguredError(
                "The engine is Podman, and publishing works only with Docker.",
                hint="Publish in a job that has Docker, and load the image there first: docker "
                "load the output of docker save.",
            )
        if needs is EngineNeeds.BUILDX:
            return MisconfiguredError(
                "The engine is Podman, which has no buildx: it cannot use cache-from and cache-to.",
                hint="Leave these inputs out, or use Docker.",
            )
        return MisconfiguredError(
            f"The engine is Podman, and the Docker client {engine.client} cannot build with it.",
            hint="Install podman-docker, so that the command docker is podman itself. Or build "
            "the image in an earlier step, and name it in the input image.",
        )
    needed = "use cache-from and cache-to" if needs is EngineNeeds.BUILDX else "build with BuildKit"
    return MisconfiguredError(
        f"The docker client {engine.client} has no buildx plugin: it cannot {needed}.",
        hint="Install the plugin (Debian: docker-buildx, elsewhere: docker-buildx-plugin).",
    )


def _clients(env: Mapping[str, str]) -> Iterator[str]:
    for folder in dict.fromkeys(env.get("PATH", os.defpath).split(os.pathsep)):
        path = Path(folder or ".") / "docker"
        if os.access(path, os.X_OK) and not path.is_dir():
            yield str(path)
