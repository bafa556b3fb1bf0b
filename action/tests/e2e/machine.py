"""What this machine must have before a scenario can run, and where it is."""

import os
import secrets
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[3]
ACTION = CHECKOUT / "action"

# Whatever the caller of pytest has set must not reach the scenarios: on a runner it would be
# another job's, and in a virtual environment another Python's.
_FOREIGN = ("ACTIONS_", "DJANGO_", "GITHUB_", "MAKE", "PYTEST_", "PYTHON", "REHEARSAL_", "RUNNER_")
_FOREIGN_NAMES = {"BROWSER", "DISPLAY", "TEST_SERVER", "VIRTUAL_ENV", "WAYLAND_DISPLAY"}


class MissingToolError(Exception):
    """Say what is missing; `make setup` brings all of it."""


def tool(name: str) -> Path:
    """Find a program, in the development environment first.

    Raises MissingToolError when it is nowhere.
    """
    beside_python = Path(sys.executable).parent / name
    found = str(beside_python) if beside_python.exists() else shutil.which(name)
    if found is None:
        raise MissingToolError(f"`{name}` was not found. Run `make setup`, then try again.")
    return Path(found)


def base_image() -> str:
    """Name the image that stands below every image built here.

    Raises MissingToolError when set-up has not chosen one.
    """
    chosen = CHECKOUT / ".cache/python-image"
    name = os.environ.get("PYTHON_IMAGE") or (chosen.read_text().strip() if chosen.exists() else "")
    if not name:
        raise MissingToolError(f"{chosen} names no base image. Run `make setup`, then try again.")
    return name


def buildx_plugin() -> Path:
    """Return where set-up puts the buildx plugin, for those that look for it there."""
    return CHECKOUT / ".cache/buildx/docker-buildx"


def compose_plugin() -> Path:
    """Return where set-up puts the compose plugin, for those that look for it there."""
    return CHECKOUT / ".cache/compose/docker-compose"


def registry_program() -> Path:
    """Return the registry to push to.

    Raises MissingToolError when there is none.
    """
    fetched = CHECKOUT / ".cache/registry/docker-registry"
    found = str(fetched) if fetched.exists() else shutil.which("docker-registry")
    if found is None:
        raise MissingToolError(f"{fetched} is not there. Run `tools/set-up registry`, then again.")
    return Path(found)


def with_buildx(folder: Path) -> dict[str, str]:
    """Return the environment in which a docker client has the buildx plugin.

    Its configuration is below `folder`. Raises MissingToolError when there is no plugin.
    """
    return _with_plugin(buildx_plugin(), "buildx", folder)


def with_compose(folder: Path) -> dict[str, str]:
    """Return the environment in which a docker client has the compose plugin, as `with_buildx`."""
    return _with_plugin(compose_plugin(), "compose", folder)


def _with_plugin(plugin: Path, name: str, folder: Path) -> dict[str, str]:
    if plugin.exists():
        plugins = folder / "docker/cli-plugins"
        plugins.mkdir(parents=True)
        (plugins / plugin.name).symlink_to(plugin)
        return {"DOCKER_CONFIG": str(plugins.parent)}
    if subprocess.run(["docker", name, "version"], capture_output=True, check=False).returncode:
        raise MissingToolError(f"{plugin} is not there. Run `tools/set-up {name}`, then try again.")
    return {}


def node_modules() -> Path:
    """Find the packages of the upload-artifact stand-in.

    Raises MissingToolError when they are not installed.
    """
    folder = Path(__file__).parent / "stand_ins/upload-artifact/node_modules"
    if not (folder / "@actions/artifact").exists():
        raise MissingToolError(f"{folder} is not there. Run `make setup`, then try again.")
    return folder


def pip_cache() -> Path:
    """Return where pip keeps what it has downloaded on this machine."""
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(os.environ.get("PIP_CACHE_DIR") or caches / "pip")


def own_caches(folder: Path) -> dict[str, str]:
    """Return the environment of a scenario whose caches are below `folder`.

    What one scenario has downloaded, the next one has.
    """
    return {"XDG_CACHE_HOME": str(folder / "cache"), "PIP_CACHE_DIR": str(pip_cache())}


def clean_environment() -> dict[str, str]:
    """Return this process's environment without what would colour a scenario."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(_FOREIGN) and name not in _FOREIGN_NAMES
    }


def copy_checkout(target: Path, wanted: Callable[[str], bool] = bool) -> None:
    """Copy the files that git tracks or would track here, of those whose names are `wanted`."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=CHECKOUT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    for name in filter(wanted, filter(None, listed.split("\0"))):
        if (CHECKOUT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(CHECKOUT / name, target / name)


def free_port() -> int:
    """Return a port of 127.0.0.1 that no program listens on.

    It is below those that the kernel and the engine hand out (ip_local_port_range), so that a
    scenario beside this one does not get it before it is used.
    """
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
