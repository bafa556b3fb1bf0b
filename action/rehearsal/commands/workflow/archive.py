"""Read which image an archive holds; `docker save` and BuildKit write such archives."""

import json
import tarfile
from pathlib import Path
from typing import Any

from rehearsal.dataclass import dataclass
from rehearsal.results.digest_format import DIGEST, digest_of
from rehearsal.verdict import RehearsalError, Verdict

# In bytes. Manifests and configurations have some KB; nothing larger is read into memory.
MAX_MEMBER_SIZE = 1 << 24


@dataclass(frozen=True, kw_only=True)
class ImageArchive:
    """An archive of one image.

    `config` is the digest of the image's configuration, `manifests` are the digests of its
    manifests. The ID of the image is `config`, or with the containerd image store one of
    `manifests`.
    """

    path: Path
    config: str
    manifests: tuple[str, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """The IDs that the image may have in an engine."""
        return (self.config, *self.manifests)


def read_archive(path: Path) -> ImageArchive:
    """Read which image an archive holds.

    The digest of the configuration is computed, not taken from the name in the archive. Raises
    `RehearsalError` when the archive does not hold exactly one image.
    """
    try:
        with tarfile.open(path) as tar:
            (image,) = json.loads(_read(tar, "manifest.json"))
            config = digest_of(_read(tar, image["Config"]))
            manifests = tuple(_manifests_with_config(tar, config))
            return ImageArchive(path=path, config=config, manifests=manifests)
    except (OSError, tarfile.TarError, ValueError, KeyError, TypeError) as error:
        raise RehearsalError(
            Verdict.ERROR,
            f"{path.name} does not hold one image: {type(error).__name__}: {error}",
            hint="The job Build uploaded this file. Run the workflow again. If that does not help, "
            "please report it.",
        ) from None


def _manifests_with_config(tar: tarfile.TarFile, config: str) -> list[str]:
    """Return the digests of the manifests that refer to a configuration."""
    try:
        index = json.loads(_read(tar, "index.json"))
    except KeyError:
        return []  # `docker save` before version 25 writes no OCI layout.
    digests = [str(entry["digest"]) for entry in index["manifests"]]
    return [digest for digest in digests if _config_of(tar, digest) == config]


def _config_of(tar: tarfile.TarFile, digest: str) -> str:
    """Return the digest of the configuration that a manifest refers to."""
    if not DIGEST.fullmatch(digest):
        raise ValueError(f"{digest!r} is not a digest")
    content = _read(tar, f"blobs/sha256/{digest.removeprefix('sha256:')}")
    if digest_of(content) != digest:
        raise ValueError(f"the manifest {digest} has the digest {digest_of(content)}")
    manifest: dict[str, Any] = json.loads(content)
    # An index has no configuration; buildx makes one when it adds attestations.
    return str(manifest.get("config", {}).get("digest", ""))


def _read(tar: tarfile.TarFile, name: str) -> bytes:
    member = tar.getmember(name)
    stream = tar.extractfile(member) if member.size <= MAX_MEMBER_SIZE else None
    if stream is None:
        raise ValueError(f"{name} cannot be read")
    return stream.read()
