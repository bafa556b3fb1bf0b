"""An image in a file, as `docker save` and BuildKit write it: which image it holds."""

import json
import tarfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from rehearsal.results.json_fields import DIGEST
from rehearsal.verdict import Problem, Verdict

# Manifests and configurations are some KB; nothing larger is read into memory.
LARGEST = 1 << 24


@dataclass(frozen=True, kw_only=True)
class Archive:
    """`config` is the digest of the image's configuration, `manifests` those of its manifests.

    An engine calls the image by the first, or by the second with the containerd image store.
    """

    path: Path
    config: str
    manifests: tuple[str, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """What an engine that has loaded it may call it by."""
        return (self.config, *self.manifests)


def read_archive(path: Path) -> Archive:
    """Read which image an archive holds; its configuration is hashed, not believed.

    Raises `Problem` where it holds none, or several.
    """
    try:
        with tarfile.open(path) as opened:
            (image,) = json.loads(_content(opened, "manifest.json"))
            config = _digest(_content(opened, image["Config"]))
            return Archive(path=path, config=config, manifests=tuple(_manifests(opened, config)))
    except (OSError, tarfile.TarError, ValueError, KeyError, TypeError) as error:
        raise Problem(
            Verdict.ERROR,
            f"{path.name} does not hold one image: {type(error).__name__}: {error}",
            hint="It is the image that the job Build handed over. Run the workflow again; if it "
            "stays so, please report it.",
        ) from None


def _manifests(opened: tarfile.TarFile, config: str) -> list[str]:
    """Return the digests of the manifests that belong to the configuration."""
    try:
        index = json.loads(_content(opened, "index.json"))
    except KeyError:
        return []  # `docker save` before version 25 writes no OCI layout.
    found = [str(each["digest"]) for each in index["manifests"]]
    return [digest for digest in found if _config_of(opened, digest) == config]


def _config_of(opened: tarfile.TarFile, manifest: str) -> str:
    if not DIGEST.fullmatch(manifest):
        raise ValueError(f"no digest: {manifest!r}")
    content = _content(opened, f"blobs/sha256/{manifest.removeprefix('sha256:')}")
    if _digest(content) != manifest:
        raise ValueError(f"the manifest {manifest} has another digest")
    described: dict[str, Any] = json.loads(content)
    # An index, which buildx makes with attestations, has none.
    return str(described.get("config", {}).get("digest", ""))


def _content(opened: tarfile.TarFile, name: str) -> bytes:
    member = opened.getmember(name)
    stream = opened.extractfile(member) if member.size <= LARGEST else None
    if stream is None:
        raise ValueError(f"{name} cannot be read")
    return stream.read()


def _digest(content: bytes) -> str:
    return f"sha256:{sha256(content).hexdigest()}"
