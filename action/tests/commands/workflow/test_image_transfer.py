import io
import json
import re
import tarfile
from collections.abc import Callable, Mapping
from dataclasses import field
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from rehearsal.commands.workflow import image_transfer
from rehearsal.commands.workflow.archive import read_archive
from rehearsal.commands.workflow.image_transfer import identify, restore
from rehearsal.dataclass import dataclass
from rehearsal.outside.engine import Engine, EngineError
from rehearsal.verdict import MisconfiguredError, RehearsalError, Verdict

from .conftest import Job

CONFIG = json.dumps({"architecture": "amd64", "config": {"Cmd": ["true"]}}).encode()


def digest(content: bytes) -> str:
    return f"sha256:{sha256(content).hexdigest()}"


def hexadecimal(content: bytes) -> str:
    return sha256(content).hexdigest()


def write_archive(path: Path, files: Mapping[str, bytes]) -> Path:
    with tarfile.open(path, "w") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return path


def docker_archive(*configs: bytes) -> dict[str, bytes]:
    """Return the files that `docker save` of an old engine writes."""
    files = {f"{hexadecimal(config)}.json": config for config in configs}
    manifest: list[dict[str, Any]] = [{"Config": name, "Layers": []} for name in files]
    return files | {"manifest.json": json.dumps(manifest).encode()}


def buildkit_archive(config: bytes = CONFIG, **index: Any) -> dict[str, bytes]:
    """Return the files that BuildKit writes: also an OCI layout of the same image."""
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
    found = read_archive(write_archive(tmp_path / "image.tar", docker_archive(CONFIG)))
    assert found.ids == (digest(CONFIG),)


def test_read_archive__of_buildkit(tmp_path: Path) -> None:
    files = buildkit_archive()
    found = read_archive(write_archive(tmp_path / "image.tar", files))
    assert found.ids == (digest(CONFIG), manifest_of(files))


def test_read_archive__ignores_a_manifest_of_another_image(tmp_path: Path) -> None:
    other = buildkit_archive(b"{}")
    files = other | buildkit_archive() | {"index.json": other["index.json"]}
    found = read_archive(write_archive(tmp_path / "image.tar", files))
    assert found.ids == (digest(CONFIG),)


def test_read_archive__computes_the_digest_of_the_configuration(tmp_path: Path) -> None:
    files = docker_archive(CONFIG) | {f"{hexadecimal(CONFIG)}.json": b'{"another": "image"}'}
    found = read_archive(write_archive(tmp_path / "image.tar", files))
    assert found.config == digest(b'{"another": "image"}')


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({}, id="empty"),
        pytest.param(docker_archive(), id="no-image"),
        pytest.param(docker_archive(CONFIG, b"{}"), id="two-images"),
        pytest.param({"manifest.json": b"[{}]"}, id="no-configuration"),
        pytest.param({"manifest.json": b'[{"Config": "gone.json"}]'}, id="missing"),
        pytest.param({"manifest.json": b"[1]"}, id="another-shape"),
        pytest.param({"manifest.json": b"{"}, id="no-json"),
        pytest.param(buildkit_archive(manifests=[{"digest": "../x"}]), id="no-digest"),
        pytest.param(buildkit_archive(manifests=[{"digest": digest(b"gone")}]), id="no-manifest"),
        pytest.param(
            buildkit_archive()
            | {f"blobs/sha256/{'0' * 64}": b"{}"}
            | {
                "index.json": json.dumps({"manifests": [{"digest": f"sha256:{'0' * 64}"}]}).encode()
            },
            id="forged-manifest",
        ),
    ],
)
def test_read_archive__rejects(tmp_path: Path, files: dict[str, bytes]) -> None:
    with pytest.raises(RehearsalError, match="does not hold one image") as caught:
        read_archive(write_archive(tmp_path / "image.tar", files))
    assert caught.value.problem.verdict is Verdict.ERROR


def test_read_archive__rejects_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "none.tar", tmp_path):
        with pytest.raises(RehearsalError, match="does not hold one image"):
            read_archive(path)


def test_identify__outputs_the_digest_of_the_configuration(job: Job) -> None:
    archive = write_archive(job.folder / "image.tar", docker_archive(CONFIG))
    assert identify(archive, "hex", job.console) == 0
    assert job.outputs == {"config": digest(CONFIG)}


@dataclass(frozen=True, kw_only=True)
class LoadingEngine(Engine):
    """An engine that knows one image, `image_id`, as soon as an archive is loaded.

    `known_as` is the name under which inspect finds it, its ID by default.
    """

    client: str = "docker"
    buildx: bool = False
    env: Mapping[str, str] = field(default_factory=dict)
    image_id: str
    known_as: str = ""
    loaded: list[Path] = field(default_factory=list)

    def load(self, archive: Path) -> str:
        self.loaded.append(archive)
        return "Loaded image"

    def inspect(self, name: str, kind: str = "container") -> dict[str, Any]:
        if not self.loaded or name != (self.known_as or self.image_id):
            raise EngineError(f"No such {kind}: {name}")
        return {"Id": self.image_id}


FILES = buildkit_archive()
RestoreWith = Callable[..., int]


@pytest.fixture
def restore_with(job: Job, monkeypatch: pytest.MonkeyPatch) -> RestoreWith:
    """Return a function that restores an archive of FILES into an engine."""

    def restore_files(engine: Engine, config: str = digest(CONFIG)) -> int:
        monkeypatch.setattr(image_transfer, "find_engine", lambda _env: engine)
        path = write_archive(job.folder / "image.tar", FILES)
        return restore(path, config, job.environ, job.console)

    return restore_files


@pytest.mark.parametrize(
    "image_id", [digest(CONFIG), manifest_of(FILES)], ids=["classic", "containerd"]
)
def test_restore__outputs_the_id_of_the_engine(
    image_id: str, job: Job, restore_with: RestoreWith
) -> None:
    engine = LoadingEngine(image_id=image_id)
    assert restore_with(engine) == 0
    assert engine.loaded == [job.folder / "image.tar"]
    assert job.outputs == {"image-id": image_id}


def test_restore__reads_the_digest_as_identify_spells_it(
    job: Job, restore_with: RestoreWith
) -> None:
    identify(write_archive(job.folder / "image.tar", FILES), "letters", job.console)
    config = job.outputs["config"]
    assert re.fullmatch("[g-v]{64}", config)
    assert restore_with(LoadingEngine(image_id=digest(CONFIG)), config) == 0
    assert job.outputs["image-id"] == digest(CONFIG)


def test_restore__rejects_another_image_under_the_digest(
    job: Job, restore_with: RestoreWith
) -> None:
    with pytest.raises(RehearsalError, match="did not load the image"):
        restore_with(LoadingEngine(image_id=digest(b"another"), known_as=digest(CONFIG)))
    assert not job.outputs


def test_restore__does_not_load_another_image(job: Job, restore_with: RestoreWith) -> None:
    engine = LoadingEngine(image_id=digest(CONFIG))
    with pytest.raises(RehearsalError, match="was built") as caught:
        restore_with(engine, config=digest(b"another"))
    assert caught.value.problem.verdict is Verdict.ERROR
    assert not engine.loaded
    assert not job.outputs


def test_restore__fails_when_the_engine_does_not_know_the_image(restore_with: RestoreWith) -> None:
    with pytest.raises(RehearsalError, match="Loaded image") as caught:
        restore_with(LoadingEngine(image_id=digest(b"another")))
    assert caught.value.problem.verdict is Verdict.ENGINE_FAILED


def test_restore__rejects_a_missing_digest(job: Job) -> None:
    with pytest.raises(MisconfiguredError, match="digest of the image's configuration is missing"):
        restore(job.folder / "image.tar", "", job.environ, job.console)
