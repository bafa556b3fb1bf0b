"""A bare Debian 12 in a folder: what set-up has to cope with, and a working machine cannot show."""

import os
import platform
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from .machine import CHECKOUT, copy_checkout, tool

_RELEASE = "bookworm"
_CACHE = CHECKOUT / ".cache/bare-debian"
_INSIDE = "/srv/dress-rehearsal"

# How this machine reaches package indexes: its own facts, read when the test runs.
_NETWORK_FILES = (
    "etc/resolv.conf",
    "etc/pip.conf",
    "root/.npmrc",
    "root/.config/pip/pip.conf",
)
_NETWORK_FOLDERS = ("usr/local/share/ca-certificates",)
# Of use where this machine is the same Debian: other sources name other releases.
_ARCHIVE_FOLDERS = ("etc/apt/sources.list.d", "etc/apt/auth.conf.d", "etc/apt/keyrings")
_NETWORK_VARIABLES = (
    "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy",
    "PIP_CERT", "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS",
)  # fmt: skip
# What was downloaded once on this machine is not downloaded again.
_DOWNLOADS = ("var/cache/apt/archives", "root/.cache/pip", "root/.npm")

# Bytes; the finished system takes 2.4 GB.
_ROOM = 8 * 1024**3

# All mounts live in a mount namespace of the command's own, and are gone with it, however it ends.
# The engine must find the machine's cgroups; $1 is the root, $2 the downloads folder.
_ENTER = f"""
set -e
root=$1 downloads=$2
shift 2
mount -t proc proc "$root/proc"
mount --rbind /sys "$root/sys"
mount --rbind /dev "$root/dev"
mount -t tmpfs tmpfs "$root/run"
for folder in {" ".join(_DOWNLOADS)}; do
    mkdir -p "$root/$folder" "$downloads/$folder"
    mount --bind "$downloads/$folder" "$root/$folder"
done
[ -z "$ALONE" ] || ip link set lo up
exec chroot "$root" /bin/bash -c "cd {_INSIDE} && $1"
"""


@dataclass(frozen=True, kw_only=True)
class BareDebian:
    """The system's root folder; the checkout is in it."""

    root: Path

    def run(
        self, script: str, *, alone: bool = False, timeout: float = 300
    ) -> subprocess.CompletedProcess[str]:
        """Run a script at the checkout's top, its processes ending with it.

        `alone` gives it an empty network of its own, so that an engine started there cannot
        touch this machine's bridges and packet filter.
        """
        namespaces = ["--mount", "--pid", "--fork", "--kill-child"]
        if alone:
            namespaces.append("--net")
        command = [
            str(tool("unshare")),
            *namespaces,
            *("bash", "-c", _ENTER, "enter", str(self.root), str(_CACHE / "downloads"), script),
        ]
        return subprocess.run(
            command,
            env=_environment() | {"ALONE": "1" if alone else ""},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=timeout,
            check=False,
        )


@contextmanager
def bare_debian() -> Iterator[BareDebian]:
    """Lay a bare Debian 12 out with this checkout in it, and remove it at the end.

    Raises PermissionError without root, MissingToolError without mmdebstrap.
    """
    if os.geteuid() != 0:
        msg = "A Debian root is laid out by root only: run `sudo make e2e`."
        raise PermissionError(msg)
    archive = _archive()
    root = Path(tempfile.mkdtemp(prefix="dr-debian-", dir=_roomy_place()))
    try:
        with tarfile.open(archive) as packed:
            # Made here, by mmdebstrap: a system's own links and owners must come out as they are.
            packed.extractall(root, filter="fully_trusted")  # noqa: S202
        _share_network(root)
        copy_checkout(root / _INSIDE.lstrip("/"))
        # As on any machine whose services are not to start on installation.
        policy = root / "usr/sbin/policy-rc.d"
        policy.write_text("#!/bin/sh\nexit 101\n")
        policy.chmod(0o755)
        # Nobody minds if this root is lost with the power.
        (root / "etc/dpkg/dpkg.cfg.d/unsafe-io").write_text("force-unsafe-io\n")
        yield BareDebian(root=root)
    finally:
        shutil.rmtree(root)


def _roomy_place() -> Path:
    """Choose memory where it is large, as many small files are quick there; else the disk."""
    memory = Path("/dev/shm")
    if memory.is_dir():
        workdir = os.statvfs(memory)
        executable = not workdir.f_flag & os.ST_NOEXEC
        if executable and workdir.f_bavail * workdir.f_frsize > _ROOM:
            return memory
    return _CACHE


def _archive() -> Path:
    """Return the system as a tar archive, made anew each month."""
    _CACHE.mkdir(parents=True, exist_ok=True)
    archive = _CACHE / f"{_RELEASE}-{datetime.now(UTC):%Y-%m}.tar"
    if not archive.exists():
        for old in _CACHE.glob("*.tar"):
            old.unlink()
        part = archive.with_suffix(".part.tar")
        subprocess.run(
            [str(tool("mmdebstrap")), "--quiet", "--variant=minbase", _RELEASE, str(part)],
            check=True,
            timeout=180,
        )
        part.rename(archive)
    return archive


def _share_network(root: Path) -> None:
    same = platform.freedesktop_os_release().get("VERSION_CODENAME") == _RELEASE
    for name in _NETWORK_FOLDERS + (_ARCHIVE_FOLDERS if same else ()):
        if Path("/", name).is_dir():
            shutil.copytree(Path("/", name), root / name, dirs_exist_ok=True)
    for name in _NETWORK_FILES:
        if Path("/", name).is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(Path("/", name), root / name)
    if any((root / "etc/apt/sources.list.d").glob("*.sources")):
        # It would name the same archive a second time.
        (root / "etc/apt/sources.list").unlink(missing_ok=True)


def _environment() -> dict[str, str]:
    here = {name: os.environ[name] for name in _NETWORK_VARIABLES if name in os.environ}
    return here | {
        "HOME": "/root",
        "LANG": "C.UTF-8",
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    }
