"""Archives of images, as engines save them."""

import gzip
import io
import json
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

BLOCK = 512


def pieces(data: bytes, size: int = 1 << 16) -> Iterator[bytes]:
    return (data[at : at + size] for at in range(0, len(data), size))


def tar_of(files: Mapping[str, bytes], *, kind: int = tarfile.PAX_FORMAT) -> bytes:
    """Return an archive of files; one whose content is b"->X" is a link to X."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=kind) as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            if content.startswith(b"->"):
                member.type, member.linkname = tarfile.SYMTYPE, content[2:].decode()
                tar.addfile(member)
            else:
                member.size = len(content)
                tar.addfile(member, io.BytesIO(content))
    return stream.getvalue()


@dataclass(frozen=True, kw_only=True)
class SavedImage:
    """An image with these layers, each the files in it, and the commands that made them."""

    layers: Sequence[Mapping[str, bytes]]
    commands: Sequence[str]

    @property
    def contents(self) -> list[bytes]:
        return [tar_of(files) for files in self.layers]

    @property
    def digests(self) -> list[str]:
        return [_digest(content) for content in self.contents]

    @property
    def config(self) -> bytes:
        history: list[dict[str, object]] = [{"created_by": "ENV A=1", "empty_layer": True}]
        history += ({"created_by": command} for command in self.commands)
        rootfs = {"type": "layers", "diff_ids": self.digests}
        return json.dumps({"history": history, "rootfs": rootfs}).encode()

    def classic(self) -> bytes:
        """As Docker 20.10 to 24: the layers by numbers of the engine's own, equal ones as links."""
        files: dict[str, bytes] = {f"{_hex(self.config)}.json": self.config}
        seen: dict[bytes, str] = {}
        for number, content in enumerate(self.contents):
            name = f"{_hex(str(number).encode())}/layer.tar"
            files |= {name.replace("layer.tar", "VERSION"): b"1.0"}
            files |= {name.replace("layer.tar", "json"): b'{"id": "1"}'}
            files[name] = f"->../{seen[content]}".encode() if content in seen else content
            seen.setdefault(content, name)
        return tar_of(
            {**dict(sorted(files.items())), "manifest.json": b"[]", "repositories": b"{}"}
        )

    def blobs(self) -> bytes:
        """As Docker 25 and newer with the classic store."""
        return self._blobs(self.contents)

    def compressed(self) -> bytes:
        """As Docker with containerd's store: two parts of gzip, as estargz has."""
        return self._blobs([
            gzip.compress(content[:700]) + gzip.compress(content[700:]) for content in self.contents
        ])  # fmt: skip

    def podman(self) -> bytes:
        files = {f"{_hex(content)}.tar": content for content in self.contents}
        links = {f"{n}/layer.tar": f"->../{name}".encode() for n, name in enumerate(files)}
        return tar_of({**files, f"{_hex(self.config)}.json": self.config, **links})

    def _blobs(self, layers: Sequence[bytes]) -> bytes:
        blobs = {f"blobs/sha256/{_hex(each)}": each for each in (*layers, self.config)}
        return tar_of({**dict(sorted(blobs.items())), "index.json": b"{}", "oci-layout": b"{}"})


def _hex(data: bytes) -> str:
    return sha256(data).hexdigest()


def _digest(data: bytes) -> str:
    return f"sha256:{_hex(data)}"
