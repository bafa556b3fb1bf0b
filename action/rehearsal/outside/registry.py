"""Registries, through the engine's own client: it alone knows the credentials of docker login."""

import hashlib
import ipaddress
import json
import re
import subprocess
import tempfile
from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rehearsal.outside.engine import Engine, EngineError
from rehearsal.outside.process import Process, Sink, run

# A registry answers within a second; through a proxy, on a bad day, within many.
INSPECT_TIMEOUT = 60.0
# A pull of what was pushed a moment ago fetches a manifest; of something else, all its layers.
PULL_TIMEOUT = 600.0
# What the client says where it found nothing; it says so of what it may not read, too. The last is
# the engine's with the containerd image store.
NOT_FOUND = re.compile(
    r"no such manifest|manifest unknown|not found: manifest|name unknown"
    r"|\bfailed to resolve reference \"([^\"\s]+)\": \1: not found\s*\Z"
)
DIGEST_LINE = re.compile(r"^Digest: (sha256:[0-9a-f]{64})$", re.MULTILINE)
# What `docker manifest create` remembers; inspect believes it before it asks any registry.
MANIFEST_CACHE = "manifests"


@dataclass(frozen=True, kw_only=True)
class RemoteImage:
    """What a registry has under a reference.

    `digest` is the manifest's, `config` its config's; both are empty for an index of several
    manifests, which the client shows one by one.
    """

    digest: str = ""
    config: str = ""
    manifest_count: int = 0

    def is_image(self, image_id: str) -> bool:
        """Whether it is that image.

        With the engine's classic store an ID is the config's digest, with containerd's the
        manifest's.
        """
        return image_id in (self.config, self.digest)


@dataclass(frozen=True, kw_only=True)
class Registries:
    """Every registry that the engine's client reaches."""

    engine: Engine

    def inspect(self, reference: str) -> RemoteImage | None:
        """Return what is there, None where the client sees nothing. Raises `EngineError`.

        A client older than 24 does not understand OCI's manifests and sees nothing there.
        """
        asked = ["manifest", "inspect", "--verbose", *self._insecure(reference), reference]
        try:
            with self._without_manifest_cache() as engine:
                return parse_manifest(_call(engine, asked, INSPECT_TIMEOUT))
        except EngineError as refusal:
            if not NOT_FOUND.search(str(refusal)):
                raise
            return None

    def pull(self, reference: str) -> RemoteImage | None:
        """Return what the engine finds there, which may know a way that the client does not.

        It moves the engine's own tag of that name. Raises `EngineError`.
        """
        try:
            said = _call(self.engine, ["pull", reference], PULL_TIMEOUT)
        except EngineError as refusal:
            if not NOT_FOUND.search(str(refusal)):
                raise
            return None
        digest = DIGEST_LINE.search(said)
        found = self.engine.inspect(reference, "image")
        return RemoteImage(digest=digest[1] if digest else "", config=str(found["Id"]))

    def push(self, reference: str, *, out: Sink) -> Process:
        """Start a push of what the engine has tagged so."""
        return Process([self.engine.client, "push", reference], env=self.engine.env, out=out)

    def retag(self, source: str, reference: str, *, out: Sink) -> Process:
        """Start to put a manifest's own bytes under one more reference.

        It needs buildx 0.15 or newer: an older one would wrap the manifest in an index.
        """
        command = ["buildx", "imagetools", "create", "--prefer-index=false", "--tag"]
        argv = [self.engine.client, *command, reference, source]
        return Process(argv, env={**self.engine.env, "BUILDKIT_PROGRESS": "plain"}, out=out)

    def _insecure(self, reference: str) -> list[str]:
        """Return the flag where the engine, too, would take a registry without a certificate."""
        host = reference.partition("/")[0]
        try:
            told = _call(
                self.engine, ["info", "--format", "{{json .RegistryConfig}}"], INSPECT_TIMEOUT
            )
            config = json.loads(told)
        except (EngineError, ValueError):
            return []
        return ["--insecure"] if allows_insecure(host, config) else []

    @contextmanager
    def _without_manifest_cache(self) -> Iterator[Engine]:
        """Yield a client that remembers no manifest; everything else of it stays where it is."""
        env = self.engine.env
        home = Path(env.get("DOCKER_CONFIG") or Path(env.get("HOME", "/")) / ".docker")
        if not (home / MANIFEST_CACHE).is_dir():
            yield self.engine
            return
        with tempfile.TemporaryDirectory(prefix="rehearsal-") as folder:
            for entry in home.iterdir():
                if entry.name != MANIFEST_CACHE:
                    (Path(folder) / entry.name).symlink_to(entry.absolute())
            yield replace(self.engine, env={**env, "DOCKER_CONFIG": folder})


def allows_insecure(host: str, config: Mapping[str, Any]) -> bool:
    """Whether the engine's RegistryConfig takes `host` (with its port) without a certificate."""
    index = (config.get("IndexConfigs") or {}).get(host)
    if index:
        return not index.get("Secure", True)
    name = re.sub(r":[0-9]+\Z", "", host).strip("[]")
    try:
        address = ipaddress.ip_address("127.0.0.1" if name == "localhost" else name)
    except ValueError:
        return False
    networks = config.get("InsecureRegistryCIDRs") or []
    return any(address in ipaddress.ip_network(network, strict=False) for network in networks)


def parse_manifest(text: str) -> RemoteImage:
    """Return what `docker manifest inspect --verbose` shows: one manifest, or a list of them."""
    shown = json.loads(text)
    if isinstance(shown, list):
        return RemoteImage(manifest_count=len(shown))
    manifest = shown.get("OCIManifest") or shown.get("SchemaV2Manifest") or {}
    digest = str(shown.get("Descriptor", {}).get("digest") or "")
    if raw := shown.get("Raw"):
        digest = f"sha256:{hashlib.sha256(b64decode(raw)).hexdigest()}"
    return RemoteImage(digest=digest, config=str(manifest.get("config", {}).get("digest") or ""))


def _call(engine: Engine, arguments: Sequence[str], timeout: float) -> str:
    try:
        code, out, err = run([engine.client, *arguments], env=engine.env, timeout=timeout)
    except subprocess.TimeoutExpired:
        raise EngineError(f"{arguments[0]} did not answer within {timeout:.0f} s") from None
    except OSError as error:
        raise EngineError(f"{arguments[0]}: {error.strerror or error}") from None
    if code:
        raise EngineError((err.strip() or out.strip()).removeprefix("Error response from daemon: "))
    return out
