"""Errors for an engine that cannot be reached, each with the client's message and a hint."""

import getpass
import grp
import os
from collections.abc import Mapping
from pathlib import Path

from rehearsal.regex import regex
from rehearsal.verdict import RehearsalError, Verdict

# In messages of Docker 20.10 to 29 and of Podman, wherever they stand in it.
CONNECTION_LOST = (
    "Cannot connect to the Docker daemon",
    "failed to connect to the docker API",
    "permission denied while trying to connect to the",
    "Cannot connect to Podman",
    "error during connect",
)
NO_PERMISSION = regex(
    r"permission denied while trying to connect to the .*? at (?P<address>unix://[^\s:]+)"
)
NO_CONTEXT = regex(r'context "(?P<name>[^"]+)": context not found')
NOT_THE_APP = "This is not the app's fault."


def is_connection_lost(message: str) -> bool:
    """Return whether a client says that it does not reach its engine."""
    return any(text in message for text in CONNECTION_LOST)


def no_client() -> RehearsalError:
    """Return the error for a machine without a client."""
    return _error(
        "There is no docker client on PATH.",
        "Install a client and its engine (Debian and Ubuntu: docker.io and docker-buildx, or "
        "podman-docker). If a client is installed, put its folder on PATH.",
    )


def connection_lost(message: str, env: Mapping[str, str]) -> RehearsalError:
    """Return the error for an engine that does not answer, or does not answer any more.

    `message` is what the client says, `env` its environment.
    """
    if denied := NO_PERMISSION.search(message):
        address = denied["address"]
        return _error(
            f"There is no permission for the engine's socket {address}: {message}",
            _permission_hint(Path(address.removeprefix("unix://"))),
        )
    if missing := NO_CONTEXT.search(message):
        unset = " or unset DOCKER_CONTEXT" if env.get("DOCKER_CONTEXT") else ""
        return _error(
            f"The docker context {missing['name']} does not exist: {message}",
            "See which contexts there are (docker context ls), and choose one (docker context use "
            f"NAME){',' if unset else ''}{unset}.",
        )
    if host := env.get("DOCKER_HOST"):
        return _error(
            f"No engine answers at {host}, which DOCKER_HOST names: {message}",
            "Start the engine there, or unset DOCKER_HOST, so that the engine of this machine is "
            "used.",
        )
    return _error(
        f"The container engine does not answer: {message}",
        "Start the engine (usually: sudo systemctl start docker), or look at the runner. Then "
        "run the rehearsal again.",
    )


def _error(message: str, hint: str) -> RehearsalError:
    return RehearsalError(Verdict.ENGINE_FAILED, message, hint=f"{NOT_THE_APP} {hint}")


def _permission_hint(socket: Path) -> str:
    """Say how the user of this process gets permission: by the group that owns the socket."""
    try:
        group = grp.getgrgid(socket.stat().st_gid)
        user = getpass.getuser()
    except (OSError, KeyError):
        return f"Ask who owns the socket for permission: ls -l {socket}"
    if user in group.gr_mem and group.gr_gid not in os.getgroups():
        return (
            f"The socket belongs to the group {group.gr_name}. Your user is in it, but this "
            f"session is older: log in again, or start a shell with newgrp {group.gr_name}."
        )
    return (
        f"The socket belongs to the group {group.gr_name}, and your user is not in it: sudo "
        f"usermod --append --groups {group.gr_name} {user}, then log in again. Or run an engine "
        "of your own (rootless Docker, Podman), and name its socket in DOCKER_HOST."
    )
