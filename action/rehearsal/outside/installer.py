"""What installs Python packages on this machine, uv or pip, and what is set for it."""

import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from rehearsal.dataclass import dataclass
from rehearsal.outside.files import read_text

# Names a file of pip's settings; os.devnull means that pip reads none.
PIP_CONFIG = "PIP_CONFIG_FILE"
# What these say has no effect on which packages are installed.
HARMLESS = frozenset({
    "PIP_BREAK_SYSTEM_PACKAGES", "PIP_CACHE_DIR", "PIP_DEFAULT_TIMEOUT",
    "PIP_DISABLE_PIP_VERSION_CHECK", "PIP_NO_CACHE_DIR", "PIP_NO_COLOR", "PIP_NO_INPUT",
    "PIP_PROGRESS_BAR", "PIP_QUIET", "PIP_REQUIRE_VIRTUALENV", "PIP_RETRIES",
    "PIP_ROOT_USER_ACTION", "PIP_TIMEOUT", "PIP_USE_PEP517", "PIP_VERBOSE",
    "UV_CACHE_DIR", "UV_CONCURRENT_BUILDS", "UV_CONCURRENT_DOWNLOADS", "UV_CONCURRENT_INSTALLS",
    "UV_HTTP_TIMEOUT", "UV_LINK_MODE", "UV_NO_CACHE", "UV_NO_PROGRESS", "UV_PYTHON_INSTALL_DIR",
})  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Installer:
    """What installs: `uv` is its path, or empty if pip does.

    `settings` say where packages come from and which are taken; they may hold passwords.
    """

    uv: str
    settings: tuple[str, ...]


def find_installer(env: Mapping[str, str], folder: Path) -> Installer:
    """Return uv if it is on PATH, else pip. `folder` is where the installation starts.

    uv reads none of pip's settings. Where pip has any, such as another index, pip installs.
    """
    if env.get(PIP_CONFIG) == os.devnull:
        of_pip = _variables({**env, PIP_CONFIG: ""}, "PIP_")
    else:
        of_pip = [*_variables(env, "PIP_"), *_texts(_pip_files(env))]
    uv = "" if of_pip else shutil.which("uv", path=env.get("PATH", ""))
    if not uv:
        return Installer(uv="", settings=(*of_pip, *_named_files(of_pip)))
    settings = [*_variables(env, "UV_"), *_texts(_uv_files(env, folder))]
    return Installer(uv=uv, settings=(*settings, *_named_files(settings)))


def _variables(env: Mapping[str, str], prefix: str) -> list[str]:
    return [
        f"{name}={value}"
        for name, value in sorted(env.items())
        if name.startswith(prefix) and name not in HARMLESS and value
    ]


def _texts(files: Iterator[Path]) -> list[str]:
    """Return the texts of those files that are there and not empty."""
    return [text for file in files if (text := read_text(file)) and text.strip()]


def _pip_files(env: Mapping[str, str]) -> Iterator[Path]:
    """Yield where pip looks for its settings. Source: pip's documentation, "Configuration"."""
    yield from (folder / "pip/pip.conf" for folder in _xdg_folders(env))
    yield from (Path("/etc/pip.conf"), Path(sys.prefix, "pip.conf"))
    if home := env.get("HOME"):
        yield Path(home, ".pip/pip.conf")


def _uv_files(env: Mapping[str, str], folder: Path) -> Iterator[Path]:
    """Yield where uv looks for its settings. Source: uv's documentation, "Configuration files"."""
    for parent in (folder, *folder.parents):
        yield from (parent / "uv.toml", parent / "pyproject.toml")
    yield from (each / "uv/uv.toml" for each in _xdg_folders(env))
    yield Path("/etc/uv/uv.toml")


def _xdg_folders(env: Mapping[str, str]) -> Iterator[Path]:
    """Yield the folders for settings. Source: XDG Base Directory Specification."""
    if own := env.get("XDG_CONFIG_HOME"):
        yield Path(own)
    elif home := env.get("HOME"):
        yield Path(home, ".config")
    yield from map(Path, (env.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(":"))


def _named_files(settings: Iterable[str]) -> Iterator[str]:
    """Yield sizes and times of the files and folders that settings name, such as constraints."""
    for word in sorted({word for text in settings for word in text.replace("=", " ").split()}):
        path = word.strip("\"',")
        if path.startswith("/"):
            try:
                found = Path(path).stat()
            except (OSError, ValueError):
                continue
            yield f"{path} {found.st_size} {found.st_mtime_ns}"
