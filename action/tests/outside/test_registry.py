import base64
import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest

from rehearsal.outside import registry as registries
from rehearsal.outside.engine import Engine, EngineError
from rehearsal.outside.registry import Registries, RemoteImage, allows_insecure, parse_manifest

from ..commands.publish.fake_registries import ANOTHER, IMAGE, MANIFEST
from .test_engine import client

REFERENCE = "localhost:5000/app:1"
LOOPBACK = {"InsecureRegistryCIDRs": ["127.0.0.0/8", "::1/128"], "IndexConfigs": {}}


def shown(kind: str = "SchemaV2Manifest", **more: Any) -> dict[str, Any]:
    descriptor = {"digest": MANIFEST, "mediaType": "x"}
    return {"Ref": "x", "Descriptor": descriptor, kind: {"config": {"digest": IMAGE}}, **more}


@pytest.mark.parametrize("kind", ["SchemaV2Manifest", "OCIManifest"])
def test_parse_manifest__docker_and_oci(kind: str) -> None:
    assert parse_manifest(json.dumps(shown(kind))) == RemoteImage(digest=MANIFEST, config=IMAGE)


def test_parse_manifest__prefers_the_bytes_to_the_descriptor() -> None:
    raw = b'{"schemaVersion": 2}'
    text = json.dumps(shown(Raw=base64.b64encode(raw).decode()))
    assert parse_manifest(text).digest == f"sha256:{hashlib.sha256(raw).hexdigest()}"


def test_parse_manifest__of_an_index() -> None:
    assert parse_manifest(json.dumps([shown(), shown()])) == RemoteImage(manifest_count=2)


@pytest.mark.parametrize(
    "host, config, insecure",
    [
        ("localhost:5000", LOOPBACK, True),
        ("localhost", LOOPBACK, True),
        ("127.0.0.1:5000", LOOPBACK, True),
        ("[::1]:5000", LOOPBACK, True),
        ("10.1.2.3:5000", LOOPBACK, False),
        ("registry.lan:5000", LOOPBACK, False),
        ("registry.lan:5000", {"IndexConfigs": {"registry.lan:5000": {"Secure": False}}}, True),
        ("docker.io", {"IndexConfigs": {"docker.io": {"Secure": True}}}, False),
        ("127.0.0.1:5000", {}, False),
    ],
)  # fmt: skip
def test_allows_insecure__as_the_engine_does(
    host: str, config: dict[str, Any], *, insecure: bool
) -> None:
    assert allows_insecure(host, config) is insecure


def registries_of(tmp_path: Path, script: str, **environ: str) -> Registries:
    path = client(tmp_path / "client", f'echo "$*" >>{tmp_path}/calls\n{script}')
    env = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), **environ}
    return Registries(engine=Engine(client=str(path), buildx=False, env=env))


def calls(tmp_path: Path) -> list[str]:
    return (tmp_path / "calls").read_text().splitlines()


ANSWERS = (
    f"case $1 in info) echo '{json.dumps(LOOPBACK)}';; manifest) echo '{json.dumps(shown())}';;"
    " *) exit 9;; esac"
)


def test_inspect(tmp_path: Path) -> None:
    held = registries_of(tmp_path, ANSWERS).inspect(REFERENCE)
    assert held == RemoteImage(digest=MANIFEST, config=IMAGE)
    assert calls(tmp_path)[-1] == f"manifest inspect --verbose --insecure {REFERENCE}"


def test_inspect__insecure_only_where_the_engine_allows_it(tmp_path: Path) -> None:
    registries_of(tmp_path, ANSWERS).inspect("ghcr.io/owner/app:1")
    assert calls(tmp_path)[-1] == "manifest inspect --verbose ghcr.io/owner/app:1"


def says(words: str) -> str:
    return f"[[ $1 == info ]] && exit 1; echo '{words}' >&2; exit 1"


@pytest.mark.parametrize("words", [f"no such manifest: {REFERENCE}", "manifest unknown: x"])
def test_inspect__none_if_nothing_is_there(tmp_path: Path, words: str) -> None:
    assert registries_of(tmp_path, says(words)).inspect(REFERENCE) is None


def test_inspect__raises_with_the_client_s_message(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=r"^no basic auth credentials$"):
        registries_of(tmp_path, says("no basic auth credentials")).inspect(REFERENCE)


def test_inspect__raises_without_an_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registries, "INSPECT_TIMEOUT", 0.3)
    with pytest.raises(EngineError, match="manifest did not answer within 0 s"):
        registries_of(tmp_path, "[[ $1 == info ]] && exit 1; sleep 9").inspect(REFERENCE)


def test_inspect__raises_without_a_client(tmp_path: Path) -> None:
    asked = registries_of(tmp_path, "")
    Path(asked.engine.client).unlink()
    with pytest.raises(EngineError, match="No such file"):
        asked.inspect(REFERENCE)


def test_inspect__ignores_stored_manifests(tmp_path: Path) -> None:
    config = tmp_path / "config"
    (config / "manifests" / "localhost-5000_app-1").mkdir(parents=True)
    (config / "contexts").mkdir()
    (config / "config.json").write_text('{"auths": {}}')
    script = f'[[ $1 == info ]] && exit 1; ls -l "$DOCKER_CONFIG" >{tmp_path}/seen\n{ANSWERS}'
    registries_of(tmp_path, script, DOCKER_CONFIG=str(config)).inspect(REFERENCE)
    seen = (tmp_path / "seen").read_text()
    # Where the credentials are, there they stay: a link to them is all that is made.
    assert f"config.json -> {config}/config.json" in seen
    assert f"contexts -> {config}/contexts" in seen
    assert "manifests" not in seen
    folder = Path(os.fspath(config))
    assert sorted(entry.name for entry in folder.iterdir()) == [
        "config.json",
        "contexts",
        "manifests",
    ]


def test_inspect__keeps_the_configuration_without_stored_manifests(tmp_path: Path) -> None:
    script = f'echo "${{DOCKER_CONFIG-unset}}" >{tmp_path}/seen\n{ANSWERS}'
    registries_of(tmp_path, script).inspect(REFERENCE)
    assert (tmp_path / "seen").read_text() == "unset\n"


def test_pull(tmp_path: Path) -> None:
    script = (
        f'case $1 in pull) echo "Digest: {MANIFEST}";; '
        f"""image) echo '[{{"Id": "{IMAGE}"}}]';; esac"""
    )
    assert registries_of(tmp_path, script).pull(REFERENCE) == RemoteImage(
        digest=MANIFEST, config=IMAGE
    )
    assert calls(tmp_path)[0] == f"pull {REFERENCE}"


RESOLVE = f'failed to resolve reference "{REFERENCE}"'


@pytest.mark.parametrize(
    "words",
    [
        f"manifest for {REFERENCE} not found: manifest unknown: manifest unknown",
        f"{RESOLVE}: {REFERENCE}: not found",
    ],
    ids=["classic store", "containerd"],
)
def test_pull__none_if_nothing_is_there(tmp_path: Path, words: str) -> None:
    asked = registries_of(tmp_path, says(f"Error response from daemon: {words}"))
    assert asked.pull(REFERENCE) is None


@pytest.mark.parametrize(
    "words",
    ["denied: x", f"{RESOLVE}: the token service was not found", f"{RESOLVE}: x: not found: later"],
    ids=["classic store", "containerd", "something else is not found"],
)
def test_pull__raises_on_a_refusal(tmp_path: Path, words: str) -> None:
    with pytest.raises(EngineError, match=f"^{words}$"):
        registries_of(tmp_path, says(f"Error response from daemon: {words}")).pull(REFERENCE)


def test_retag__keeps_the_manifest(tmp_path: Path) -> None:
    heard: list[bytes] = []
    source = f"localhost:5000/app@{ANOTHER}"
    script = "echo $BUILDKIT_PROGRESS"
    process = registries_of(tmp_path, script).retag(source, REFERENCE, out=heard.append)
    assert process.wait(10) == 0
    assert b"".join(heard) == b"plain\n"
    command = "buildx imagetools create --prefer-index=false --tag"
    assert calls(tmp_path) == [f"{command} {REFERENCE} {source}"]


def test_push(tmp_path: Path) -> None:
    heard: list[bytes] = []
    process = registries_of(tmp_path, "echo pushed").push(REFERENCE, out=heard.append)
    assert process.wait(10) == 0
    assert b"".join(heard) == b"pushed\n"
    assert calls(tmp_path) == [f"push {REFERENCE}"]
