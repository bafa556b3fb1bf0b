import io
import json
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from rehearsal.commands.workflow import image_transfer
from rehearsal.commands.workflow.archive import read_archive
from rehearsal.commands.workflow.image_transfer import identify, restore
from rehearsal.outside.engine import Engine, EngineError
from rehearsal.verdict import Misconfigured, Problem, Verdict

from .conftest import Job

CONFIG = json.dumps({"architecture": "amd64", "config": {"Cmd": ["true"]}}).encode()


def digest(content: bytes) -> str:
    return f"sha256:{sha256(content).hexdigest()}"


def hexadecimal(content: bytes) -> str:
    return sha256(content).hexdigest()


def archive(path: Path, files: Mapping[str, bytes]) -> Path:
    with tarfile.open(path, "w") as opened:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            opened.addfile(member, io.BytesIO(content))
    return path


def saved(*configs: bytes) -> dict[str, bytes]:
    """Return what `docker save` of an old engine writes."""
    files = {f"{hexadecimal(config)}.json": config for config in configs}
    listed: list[dict[str, Any]] = [{"Config": name, "Layers": []} for name in files]
    return files | {"manifest.json": json.dumps(listed).encode()}


def laid_out(config: bytes = CONFIG, **index: Any) -> dict[str, bytes]:
    """Return what BuildKit writes: the same image as an OCI layout, too."""
    blob = f"blobs/sha256/{hexadecimal(config)}"
    manifest = json.dumps({"config": {"digest": digest(config)}, "layers": []}).encode()
    entries = [{"digest": digest(manifest)}]
    return {
        blob: config,
        f"blobs/sha256/{hexadecimal(manifest)}": manifest,
        "index.json": json.dumps({"manifests": entries} | index).encode(),
        "manifest.json": json.dumps([{"Config": blob, "Layers": []}]).encode(),
    }


def manifest_of(files: Mapping[str, bytes]) -> str:
    found: str = json.loads(files["index.json"])["manifests"][0]["digest"]
    return found


def test_read_archive__of_an_old_engine(tmp_path: Path) -> None:
    found = read_archive(archive(tmp_path / "image.tar", saved(CONFIG)))
    assert found.ids == (digest(CONFIG),)


def test_read_archive__of_buildkit(tmp_path: Path) -> None:
    files = laid_out()
    found = read_archive(archive(tmp_path / "image.tar", files))
    assert found.ids == (digest(CONFIG), manifest_of(files))


def test_read_archive__a_manifest_of_another_image_is_no_id_of_this_one(tmp_path: Path) -> None:
    other = laid_out(b"{}")
    files = other | laid_out() | {"index.json": other["index.json"]}
    found = read_archive(archive(tmp_path / "image.tar", files))
    assert found.ids == (digest(CONFIG),)


def test_read_archive__the_configuration_is_hashed_and_not_believed(tmp_path: Path) -> None:
    files = saved(CONFIG) | {f"{hexadecimal(CONFIG)}.json": b'{"another": "image"}'}
    found = read_archive(archive(tmp_path / "image.tar", files))
    assert found.config == digest(b'{"another": "image"}')


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({}, id="empty"),
        pytest.param(saved(), id="no-image"),
        pytest.param(saved(CONFIG, b"{}"), id="two-images"),
        pytest.param({"manifest.json": b"[{}]"}, id="no-configuration"),
        pytest.param({"manifest.json": b'[{"Config": "gone.json"}]'}, id="missing"),
        pytest.param({"manifest.json": b"[1]"}, id="another-shape"),
        pytest.param({"manifest.json": b"{"}, id="no-json"),
        pytest.param(laid_out(manifests=[{"digest": "../x"}]), id="no-digest"),
        pytest.param(laid_out(manifests=[{"digest": digest(b"gone")}]), id="no-manifest"),
        pytest.param(
            laid_out()
            | {f"blobs/sha256/{'0' * 64}": b"{}"}
            | {
                "index.json": json.dumps({"manifests": [{"digest": f"sha256:{'0' * 64}"}]}).encode()
            },
            id="forged-manifest",
        ),
    ],
)
def test_read_archive__refused(tmp_path: Path, files: dict[str, bytes]) -> None:
    with pytest.raises(Problem, match="does not hold one image") as caught:
        read_archive(archive(tmp_path / "image.tar", files))
    assert caught.value.verdict is Verdict.ERROR


def test_read_archive__what_is_none_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.tar", tmp_path):
        with pytest.raises(Problem, match="does not hold one image"):
            read_archive(path)


def test_identify__tells_the_digest(job: Job) -> None:
    assert identify(archive(job.folder / "image.tar", saved(CONFIG)), job.console) == 0
    assert job.outputs == {"config": digest(CONFIG)}


@dataclass(frozen=True, kw_only=True)
class Loading(Engine):
    """An engine that knows an image once it is loaded, by the digest it likes best."""

    client: str = "docker"
    buildx: bool = False
    env: Mapping[str, str] = field(default_factory=dict)
    identity: str
    asked: str = ""
    loaded: list[Path] = field(default_factory=list)

    def load(self, archive: Path) -> str:
        self.loaded.append(archive)
        return "Loaded image"

    def inspect(self, name: str, kind: str = "container") -> dict[str, Any]:
        if not self.loaded or name != (self.asked or self.identity):
            raise EngineError(f"No such {kind}: {name}")
        return {"Id": self.identity}


@pytest.fixture
def files() -> dict[str, bytes]:
    return laid_out()


@pytest.mark.parametrize("store", ["graph", "containerd"])
def test_restore__is_told_by_the_engines_own_id(
    store: str, files: dict[str, bytes], job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    identity = digest(CONFIG) if store == "graph" else manifest_of(files)
    engine = Loading(identity=identity)
    monkeypatch.setattr(image_transfer, "find_engine", lambda _env: engine)
    path = archive(job.folder / "image.tar", files)
    assert restore(path, digest(CONFIG), job.environ, job.console) == 0
    assert engine.loaded == [path]
    assert job.outputs == {"image-id": identity}


def test_restore__an_engine_that_takes_the_name_for_another_image(
    files: dict[str, bytes], job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = Loading(identity=digest(b"another"), asked=digest(CONFIG))
    monkeypatch.setattr(image_transfer, "find_engine", lambda _env: engine)
    path = archive(job.folder / "image.tar", files)
    with pytest.raises(Problem, match="has not loaded the image"):
        restore(path, digest(CONFIG), job.environ, job.console)
    assert not job.outputs


def test_restore__another_image_is_not_even_loaded(
    files: dict[str, bytes], job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = Loading(identity=digest(CONFIG))
    monkeypatch.setattr(image_transfer, "find_engine", lambda _env: engine)
    path = archive(job.folder / "image.tar", files)
    with pytest.raises(Problem, match="was built") as caught:
        restore(path, digest(b"another"), job.environ, job.console)
    assert caught.value.verdict is Verdict.ERROR
    assert not engine.loaded
    assert not job.outputs


def test_restore__an_engine_that_does_not_know_it_afterwards(
    files: dict[str, bytes], job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        image_transfer, "find_engine", lambda _env: Loading(identity=digest(b"another"))
    )
    path = archive(job.folder / "image.tar", files)
    with pytest.raises(Problem, match="Loaded image") as caught:
        restore(path, digest(CONFIG), job.environ, job.console)
    assert caught.value.verdict is Verdict.ENGINE_FAILED


def test_restore__without_a_digest_is_misconfigured(job: Job) -> None:
    with pytest.raises(Misconfigured, match="no digest to check"):
        restore(job.folder / "image.tar", "", job.environ, job.console)
