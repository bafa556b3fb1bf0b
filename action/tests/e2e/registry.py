"""Registries on this machine, asked over HTTP and not by our code."""

import base64
import gzip
import hashlib
import http.client
import io
import json
import subprocess
import tarfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .leftovers import engine
from .machine import free_port, registry_program

MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip"
CONFIG = "application/vnd.docker.container.image.v1+json"
ACCEPTED = f"{MANIFEST}, application/vnd.oci.image.manifest.v1+json"
OK, CREATED, NOT_FOUND = 200, 201, 404
USER, PASSWORD = "publisher", "let-me-in-please"
# htpasswd's bcrypt of that password.
_HTPASSWD = f"{USER}:$2y$05$abcdefghijklmnopqrstuuOPioPmcEgbUhKZgbPwSehqX7.MdT.yK\n"


@dataclass(frozen=True, kw_only=True)
class Registry:
    """A registry by the host it is reached at: `localhost:PORT`; some want a password."""

    host: str
    folder: Path
    password: bool = False

    def holds(self, repository: str, tag: str) -> tuple[str, str] | None:
        """Return the digests of the manifest and of its config, None where nothing is."""
        status, _, data = self._ask("GET", f"/v2/{repository}/manifests/{tag}", accept=ACCEPTED)
        if status == NOT_FOUND:
            return None
        assert status == OK, data
        return _digest(data), str(json.loads(data)["config"]["digest"])

    def tags(self, repository: str) -> list[str]:
        """Return the tags of a repository."""
        status, _, data = self._ask("GET", f"/v2/{repository}/tags/list")
        assert status == OK, data
        return sorted(json.loads(data)["tags"])

    def manifest(self, repository: str, tag: str) -> bytes:
        """Return the bytes of a manifest."""
        status, _, data = self._ask("GET", f"/v2/{repository}/manifests/{tag}", accept=ACCEPTED)
        assert status == OK, data
        return data

    def put_manifest(self, repository: str, tag: str, manifest: bytes) -> None:
        """Put the bytes of a manifest under a tag."""
        path = f"/v2/{repository}/manifests/{tag}"
        kind = json.loads(manifest)["mediaType"]
        status, _, data = self._ask("PUT", path, data=manifest, kind=kind)
        assert status == CREATED, data

    def put_blob(self, repository: str, blob: bytes) -> dict[str, Any]:
        """Upload a blob; return its digest and size, as a manifest has them."""
        _, headers, _ = self._ask("POST", f"/v2/{repository}/blobs/uploads/", data=b"")
        path = headers["Location"].partition(self.host)[2] + f"&digest={_digest(blob)}"
        status, _, data = self._ask("PUT", path, data=blob, kind="application/octet-stream")
        assert status == CREATED, data
        return {"digest": _digest(blob), "size": len(blob)}

    def answers(self) -> bool:
        """Whether it answers at all."""
        try:
            self._ask("GET", "/v2/")
        except OSError:
            return False
        return True

    def is_empty(self) -> bool:
        """Whether nobody ever began to push here."""
        return not any(self.folder.iterdir())

    def _ask(
        self, method: str, path: str, *, data: bytes | None = None, kind: str = "", accept: str = ""
    ) -> tuple[int, Mapping[str, str], bytes]:
        known = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        login = f"Basic {known}" if self.password else ""
        headers = {"Content-Type": kind, "Accept": accept, "Authorization": login}
        connection = http.client.HTTPConnection(self.host, timeout=30)
        try:
            given = {name: value for name, value in headers.items() if value}
            connection.request(method, path, body=data, headers=given)
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()


@contextmanager
def serve_registry(
    place: Path, *, password: bool = False, read_only: bool = False
) -> Iterator[Registry]:
    """Serve a registry whose files are below `place` until the block ends."""
    port = free_port()
    data = place / "registry"
    data.mkdir(parents=True)
    (place / "htpasswd").write_text(_HTPASSWD)
    storage = {"filesystem": {"rootdirectory": str(data)}}
    config: dict[str, Any] = {
        "version": "0.1",
        "log": {"level": "warn"},
        "storage": storage | {"maintenance": {"readonly": {"enabled": read_only}}},
        "http": {"addr": f"127.0.0.1:{port}"},
    }
    if password:
        config["auth"] = {"htpasswd": {"realm": "r", "path": str(place / "htpasswd")}}
    file = place / "config.yml"
    file.write_text(json.dumps(config))  # JSON is YAML.
    registry = Registry(host=f"localhost:{port}", folder=data, password=password)
    with (
        (place / "log").open("wb") as log,
        subprocess.Popen(
            [str(registry_program()), "serve", str(file)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        ) as process,
    ):
        try:
            _wait_for(registry, process)
            yield registry
        finally:
            process.kill()


def push_recompressed(image: str, registry: Registry, repository: str, tag: str) -> str:
    """Put an image into a registry with its layers compressed otherwise; return the digest."""
    archive = subprocess.run(["docker", "save", image], check=True, capture_output=True).stdout
    with tarfile.open(fileobj=io.BytesIO(archive)) as saved:

        def content(name: str) -> bytes:
            file = saved.extractfile(name)
            assert file is not None
            return file.read()

        (listed,) = json.loads(content("manifest.json"))
        layers = [
            {"mediaType": LAYER, **registry.put_blob(repository, gzip.compress(content(name), 1))}
            for name in listed["Layers"]
        ]
        config = {"mediaType": CONFIG, **registry.put_blob(repository, content(listed["Config"]))}
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": config,
        "layers": layers,
    }
    data = json.dumps(manifest).encode()
    registry.put_manifest(repository, tag, data)
    return _digest(data)


def build_small_image(folder: Path, run_id: str, text: str = "a layer") -> str:
    """Make an image of two small layers that no registry has; return its ID."""
    folder.mkdir()
    (folder / "one").write_text(f"{text} of {run_id}\n")
    (folder / "two").write_text(f"another one of {run_id}\n" * 1000)
    (folder / "Dockerfile").write_text("FROM scratch\nCOPY one /\nCOPY two /\n")
    name = f"small:{run_id}-{text.replace(' ', '-')}"
    engine("build", "--quiet", "--tag", name, str(folder))
    return str(json.loads(engine("image", "inspect", name))[0]["Id"])


def _wait_for(registry: Registry, process: "subprocess.Popen[bytes]") -> None:
    limit = time.monotonic() + 60
    while not registry.answers():
        assert process.poll() is None, "the registry ended at once"
        assert time.monotonic() < limit, "the registry did not answer within 60 s"
        time.sleep(0.05)


def _digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"
