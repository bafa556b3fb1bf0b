import io
import json
import shlex
import tarfile
from pathlib import Path

import pytest

from rehearsal.outside.engine import Engine
from rehearsal.outside.image_config import config_digest, read_config_digest
from rehearsal.results.engine_versions import EngineVersions

from .test_engine import client, path_of

HEX = "ab" * 32


def archive(config: str) -> bytes:
    """Return an archive as `docker save` streams it, its layers before its manifest."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        files = {"blobs/sha256/cd": b"layer" * 9000, "manifest.json": config.encode()}
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return stream.getvalue()


def image(config: str) -> str:
    return json.dumps([{"Config": config, "RepoTags": ["app:1"], "Layers": []}])


# docker.io 28.5.2 with containerd's image store, and 20.10.24.
@pytest.mark.parametrize("config", [f"blobs/sha256/{HEX}", f"{HEX}.json"])
def test_read_config_digest__old_and_new_archives(config: str) -> None:
    assert read_config_digest(io.BytesIO(archive(image(config)))) == f"sha256:{HEX}"


def saving(folder: Path, output: bytes, store: str) -> Engine:
    (folder / "archive").write_bytes(output)
    path = client(folder, f"exec /bin/cat {shlex.quote(str(folder / 'archive'))}")
    versions = EngineVersions(name="Docker", store=store)
    return Engine(client=str(path), buildx=False, versions=versions, env=path_of())


def test_config_digest__of_containerds_image_store(tmp_path: Path) -> None:
    engine = saving(tmp_path, archive(image(f"blobs/sha256/{HEX}")), "containerd")
    assert config_digest(engine, "sha256:manifest") == f"sha256:{HEX}"


@pytest.mark.parametrize("store", ["classic", ""])
def test_config_digest__elsewhere_is_the_id(tmp_path: Path, store: str) -> None:
    assert config_digest(saving(tmp_path, b"", store), "sha256:config") == "sha256:config"


@pytest.mark.parametrize(
    "output",
    [
        b"",
        b"Error response from daemon: no such image",
        archive("[]"),
        archive("{"),
        archive(json.dumps([{"Config": None}])),
        archive(image("a") + image("b")),
        archive(image(f"blobs/sha256/{HEX}"))[:46_000],
    ],
    ids=["nothing", "no tar", "no image", "no JSON", "no name", "two", "cut"],
)
def test_config_digest__is_empty_when_it_cannot_be_found_out(tmp_path: Path, output: bytes) -> None:
    assert config_digest(saving(tmp_path, output, "containerd"), "sha256:manifest") == ""
