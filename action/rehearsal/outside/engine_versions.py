"""Ask a client which engine it reaches."""

import json
import subprocess
from collections.abc import Mapping
from dataclasses import replace

from rehearsal.outside.process import run
from rehearsal.results.engine_versions import EngineVersions

# In seconds. A client answers within milliseconds.
TIMEOUT = 60.0
# What `docker info` says of an engine that keeps its images in containerd.
CONTAINERD_DRIVER = "io.containerd.snapshotter.v1"


class NoAnswerError(Exception):
    """A client reaches no engine; the text is its own."""


def ask_versions(client: str, env: Mapping[str, str]) -> EngineVersions:
    """Return which engine a client reaches. Raises `NoAnswerError`."""
    code, out, err = _ask([client, "version", "--format", "{{json .}}"], env)
    if code:
        raise NoAnswerError(err.strip() or out.strip())
    versions = parse_versions(out)
    if versions.is_podman:
        return versions  # Its `buildx` is an alias of `build`.
    code, out, _ = _ask([client, "buildx", "version"], env)
    buildx = "" if code else next(iter(out.split()[1:]), "unknown")
    _, drivers, _ = _ask([client, "info", "--format", "{{json .DriverStatus}}"], env)
    store = "containerd" if CONTAINERD_DRIVER in drivers else "classic" if drivers else ""
    return replace(versions, buildx=buildx, store=store)


def parse_versions(text: str) -> EngineVersions:
    """Return what `version --format '{{json .}}'` tells.

    `podman` as a client has no server, and a server that is Podman names it as a component.
    """
    try:
        shown = json.loads(text)
        client, server = shown["Client"], shown.get("Server")
        version = str(client["Version"])
        if not server:
            return EngineVersions(name="Podman", version=version, client=version)
        names = [str(each["Name"]) for each in server.get("Components") or ()]
        name = "Podman" if any("Podman" in each for each in names) else "Docker"
        return EngineVersions(name=name, version=str(server["Version"]), client=version)
    except (ValueError, KeyError, TypeError, AttributeError):
        return EngineVersions()


def _ask(argv: list[str], env: Mapping[str, str]) -> tuple[int, str, str]:
    try:
        return run(argv, env=env, timeout=TIMEOUT)
    except (OSError, subprocess.TimeoutExpired) as error:
        return 1, "", f"{argv[0]}: {type(error).__name__}"
