"""Registries, through the engine's client: only it knows the credentials of docker login."""

import hashlib
import ipaddress
import json
import re
import subprocess
import tempfile
from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from rehearsal.dataclass import dataclass
from rehearsal.outside.engine import Engine, EngineError
from rehearsal.outside.process import Process, Sink, run
from rehearsal.regex import regex

# A registry answers within a second; through a proxy, on a bad day, within many.
INSPECT_TIMEOUT = 60.0
# A pull of what was pushed a moment ago fetches a manifest; of something else, all its layers.
PULL_TIMEOUT = 600.0
# What the client says when it finds nothing, or when it may not read what is there. The last
# pattern is the engine's with the containerd image store.
NOT_FOUND = regex(
    r"no such manifest|manifest unknown|not found: manifest|name unknown"
    r"|\bfailed to resolve reference \"([^\"\s]+)\": \1: not found\s*\Z"
)
DIGEST_LINE = regex(r"^Digest: (sha256:[0-9a-f]{64})$", re.MULTILINE)
# Where `docker manifest create` stores manifests; inspect reads them before it asks a registry.
MANIFEST_CACHE = "manifests"


@dataclass(frozen=True, kw_only=True)
class RemoteImage:
    """The image that a registry has under a reference.

    `digest` is the manifest's, `config` its config's. Both are empty for an index of
    `manifest_count` manifests, which the client shows one by one.
    """

    digest: str = ""
    config: str = ""
    manifest_count: int = 0


@dataclass(frozen=True, kw_only=True)
class Registries:
    """The registries that the engine's client reaches."""

    engine: Engine

    def inspect(self, reference: str) -> RemoteImage | None:
        """Return what is there, or None if the client finds nothing. Raises `EngineError`.

        A client older than 24 does not find OCI manifests.
        """
        command = ["manifest", "inspect", "--verbose", *self._insecure(reference), reference]
        try:
            with self._without_manifest_cache() as engine:
                return parse_manifest(_call(engine, command, INSPECT_TIMEOUT))
        except EngineError as refusal:
            if not NOT_FOUND.search(str(refusal)):
                raise
            return None

    def pull(self, reference: str) -> RemoteImage | None:
        """Return what the engine finds there: it may reach a registry that the client does not.

        This moves the engine's own tag of that name. Raises `EngineError`.
        """
        try:
            output = _call(self.engine, ["pull", reference], PULL_TIMEOUT)
        except EngineError as refusal:
            if not NOT_FOUND.search(str(refusal)):
                raise
            return None
        digest = DIGEST_LINE.search(output)
        found = self.engine.inspect(reference, "image")
        return RemoteImage(digest=digest[1] if digest else "", config=str(found["Id"]))

    def push(self, reference: str, *, out: Sink) -> Process:
        """Start to push the image that the engine has under this reference."""
        return Process([self.engine.client, "push", reference], env=self.engine.env, out=out)

    def retag(self, source: str, reference: str, *, out: Sink) -> Process:
        """Start to add a reference to the same manifest, byte for byte.

        This needs buildx 0.15 or newer: an older one would wrap the manifest in an index.
        """
        command = ["buildx", "imagetools", "create", "--prefer-index=false", "--tag"]
        argv = [self.engine.client, *command, reference, source]
        return Process(argv, env={**self.engine.env, "BUILDKIT_PROGRESS": "plain"}, out=out)

    def _insecure(self, reference: str) -> list[str]:
        """Return the flag --insecure if the engine accepts this registry without a certificate."""
        host = reference.partition("/")[0]
        try:
            command = ["info", "--format", "{{json .RegistryConfig}}"]
            config = json.loads(_call(self.engine, command, INSPECT_TIMEOUT))
        except (EngineError, ValueError):
            return []
        return ["--insecure"] if allows_insecure(host, config) else []

    @contextmanager
    def _without_manifest_cache(self) -> Iterator[Engine]:
        """Yield a client that has its own configuration, but no stored manifests."""
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
    """Whether the engine's RegistryConfig accepts `host` (with its port) without a certificate."""
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
    """Parse what `docker manifest inspect --verbose` prints: one manifest, or a list of them."""
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
