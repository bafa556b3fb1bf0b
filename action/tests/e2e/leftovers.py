"""What a scenario must not leave behind: containers, volumes, networks, processes."""

import io
import json
import os
import subprocess
import tarfile
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

from .engine_socket import SocketConnection
from .machine import base_image, tool

_LISTS = {
    "container": ("ps", "--all", "--format", "{{.Names}} {{.Labels}}"),
    "volume": ("volume", "ls", "--format", "{{.Name}} {{.Labels}}"),
    "network": ("network", "ls", "--format", "{{.Name}} {{.Labels}}"),
}
# The same lists of the engine itself: a client that is started for each takes ten times as long.
_PATHS = {"container": "/containers/json?all=1", "volume": "/volumes", "network": "/networks"}
_IMAGE_NAMES = {
    "RepoTags": "{{.Repository}}:{{.Tag}}",
    "RepoDigests": "{{.Repository}}@{{.Digest}}",
}


class EngineError(Exception):
    """The engine answered with an error."""


def engine(*arguments: str) -> str:
    """Ask the engine through its client and return what it prints."""
    return subprocess.run(
        [str(tool("docker")), *arguments],
        check=True,
        # With attestations buildx would make an index, which cannot be published.
        env=os.environ | {"BUILDX_NO_DEFAULT_ATTESTATIONS": "1"},
        text=True,
        capture_output=True,
        timeout=60,
    ).stdout


def saved_image(image: str) -> dict[str, bytes]:
    """Return what `docker save` streams of an image, the layers of its base image left out."""
    archive = subprocess.run(
        [str(tool("docker")), "save", image], check=True, capture_output=True, timeout=60
    ).stdout
    base = json.loads(engine("image", "inspect", base_image()))[0]["RootFS"]["Layers"]
    with tarfile.open(fileobj=io.BytesIO(archive)) as saved:
        content = {
            member.name: file.read()
            for member in saved
            if member.isfile() and (file := saved.extractfile(member))
        }
    layers = json.loads(content["manifest.json"])[0]["Layers"]
    for layer in layers[: len(base)]:
        del content[layer]
    return {f"{name} of the image": data for name, data in content.items()}


def of_the_engine(run_id: str) -> list[str]:
    """Name every container, volume and network that carries `run_id` in its name or a label."""
    return [f"{kind} {line}" for kind in _LISTS for line in _list(kind) if run_id in line]


def _list(kind: str) -> list[str]:
    socket = _engine_socket()
    if not socket:
        return engine(*_LISTS[kind]).splitlines()
    found = _ask(socket, _PATHS[kind])
    return [
        " ".join([*_names(each), *_labels(each["Labels"] or {})])
        for each in ((found["Volumes"] or ()) if kind == "volume" else found)
    ]


def _names(found: Mapping[str, Any]) -> Iterator[str]:
    # Containers have several, each after a slash.
    return (name.removeprefix("/") for name in found.get("Names") or [found["Name"]])


def _labels(labels: Mapping[str, str]) -> Iterator[str]:
    return (f"{name}={value}" for name, value in labels.items())


@cache
def _engine_socket() -> str:
    """Return the socket that the client would use, or nothing if it uses none."""
    if os.environ.get("E2E_ENGINE") == "podman-docker":
        return ""
    host = engine("context", "inspect", "--format", "{{.Endpoints.docker.Host}}").strip()
    return host.removeprefix("unix://") if host.startswith("unix:///") else ""


def _ask(socket: str, path: str) -> Any:
    """Return what an engine answers. Raises `EngineError`."""
    with closing(SocketConnection(socket)) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        content = answer.read()
    if answer.status != HTTPStatus.OK:
        raise EngineError(f"GET {path}: status {answer.status}, {content!r}")
    return json.loads(content)


def remove_images(run_id: str) -> None:
    """Remove the images that carry `run_id` in their name; a rehearsal leaves what it built."""
    for kind in _IMAGE_NAMES:
        names = _image_names(kind)
        if found := {name for name in names if run_id in name and "<none>" not in name}:
            engine("image", "rm", "--force", *found)


def _image_names(kind: str) -> list[str]:
    """List the tags or the digests of all images, with the names of their repositories."""
    for patience in (0.1, 0.5, 1.0, 2.0, 5.0):
        with suppress(subprocess.CalledProcessError, EngineError):
            return _list_images(kind)
        # With containerd's store it fails when a neighbour removes an image in the meantime.
        time.sleep(patience)
    return _list_images(kind)


def _list_images(kind: str) -> list[str]:
    if socket := _engine_socket():
        images = _ask(socket, "/images/json")
        return [name for image in images for name in image[kind] or ()]
    return engine("image", "ls", "--digests", "--format", _IMAGE_NAMES[kind]).split()


def of_processes(run_id: str, patience: float = 10) -> list[str]:
    """List the processes that carry `run_id` in their environment and do not end within `patience`
    seconds."""
    deadline = time.monotonic() + patience
    while (left := list(_carriers(run_id))) and time.monotonic() < deadline:
        time.sleep(0.05)
    return left


def _carriers(run_id: str) -> Iterator[str]:
    wanted = run_id.encode()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if int(process.name) != os.getpid() and wanted in (process / "environ").read_bytes():
                command = (
                    (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                )
                yield f"process {process.name}: {command}"
        except OSError:
            continue  # It has ended.


def running(command: str) -> list[str]:
    """List the processes with this command line, in containers too."""
    wanted = command.replace(" ", "\0").encode() + b"\0"
    return [
        process.name for process in Path("/proc").glob("[0-9]*") if wanted == _command_line(process)
    ]


def _command_line(process: Path) -> bytes:
    try:
        return (process / "cmdline").read_bytes()
    except OSError:
        return b""  # It has ended.
