import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rehearsal.audit.observations import ImageContent, LayerFile, SecretPlace
from rehearsal.config.rehearsal_plan import AuditPlan
from rehearsal.evidence.folder import Evidence
from rehearsal.outside.engine import EngineError
from rehearsal.outside.folder import Folder
from rehearsal.pipeline.audit.image_content import MAX_COMMAND, read_content
from rehearsal.pipeline.audit.subject import Subject
from rehearsal.redaction.redactor import Redactor
from rehearsal.redaction.secret import Secret

from ...fakes import FakeEngine
from ...outside.archives import SavedImage
from ...outside.test_engine import engine_of
from .subjects import subject_of

TOKEN = Secret(name="TOKEN", value="Gf73hfoq93hfo")
IMAGE = SavedImage(
    layers=[{"etc/x": b"1"}, {"app/.env": b"A=1"}, {"app/a": TOKEN.value.encode()}],
    commands=["", "COPY . /app # buildkit", "/bin/sh -c #(nop)  ADD a /app"],
)
ENV = LayerFile(path="/app/.env", kind="env", layer=2, made_by="COPY . /app", size=3)
SECRET = SecretPlace(name="TOKEN", place="/app/a", layer=3, made_by="ADD a /app")


def subject(
    folder: Path,
    *,
    image: SavedImage = IMAGE,
    save: str = "cat archive",
    history: str = "cat history",
    seconds: int = 60,
    **config: Any,
) -> Subject:
    """Make a subject whose engine has the image, and saves it so."""
    (folder / "archive").write_bytes(image.classic())
    (folder / "history").write_text("\n".join(image.commands))
    shown = [{"Config": config, "RootFS": {"Layers": image.digests}}]
    (folder / "inspected").write_text(json.dumps(shown))
    engine = engine_of(
        folder,
        f'cd "{folder}"; case $1 in save) {save} ;; history) {history} ;; *) cat inspected ;; esac',
    )
    (folder / "evidence").mkdir()
    made = subject_of(FakeEngine(), folder / "evidence")
    evidence = Evidence(Folder(folder / "evidence"), Redactor([TOKEN]))
    context = replace(made.context, engine=engine, evidence=evidence)
    plan = replace(
        made.plan,
        container=replace(made.plan.container, secrets=(TOKEN,)),
        audit=AuditPlan(mode="warn", layer_seconds=seconds),
    )
    return replace(made, context=context, plan=plan)


def test_read_content__what_is_in_layers_history_and_configuration(tmp_path: Path) -> None:
    assert read_content(subject(tmp_path)) == ImageContent(
        files=(ENV,), secrets=(SECRET,), searched=("TOKEN",)
    )


def test_read_content__shows_no_secret(tmp_path: Path) -> None:
    command = f"RUN {'x' * (MAX_COMMAND - 10)} {TOKEN.value}\n  more"
    image = SavedImage(
        layers=[{f"app/{TOKEN.value}\x1b[1m/.env": b"A=1", TOKEN.value: b""}], commands=[command]
    )
    content = read_content(subject(tmp_path, image=image, Env=[f"{TOKEN.value}={TOKEN.value}"]))
    assert len(content.secrets) == 4
    assert content.files[0].path == "/app/***\\x1b[1m/.env"
    assert content.files[0].made_by.endswith("x *** m…")
    assert TOKEN.value[:5] not in repr(content)


def test_read_content__without_time_only_history_and_configuration(tmp_path: Path) -> None:
    asked = subject(tmp_path, seconds=0, save="exit 9", Labels={"a": TOKEN.value})
    content = read_content(asked)
    assert content.unread == "read no layer since audit-layer-timeout is 0"
    assert content.secrets == (SecretPlace(name="TOKEN", place="the label a"),)
    assert content.files == ()


@pytest.mark.parametrize(
    "save, unread",
    [
        ("exec sleep 1000", "read no layer in 1 s (audit-layer-timeout)"),
        ("echo 'Error: no space' >&2; exit 1", "read no layer (Error: no space)"),
        ("head -c 900 archive", "read no layer (it ends too early)"),
    ],
    ids=["silent", "refused", "cut"],
)
def test_read_content__not_all_was_read(tmp_path: Path, save: str, unread: str) -> None:
    assert read_content(subject(tmp_path, save=save, seconds=1)).unread == unread


def test_read_content__says_which_layers_are_left(tmp_path: Path) -> None:
    layers = [{f"app/{n}": bytes([n]) * 50_000} for n in range(4)]
    image = SavedImage(layers=layers, commands=["RUN"] * 4)
    archive = image.blobs()
    (tmp_path / "half").write_bytes(archive[: len(archive) // 2])
    unread = read_content(subject(tmp_path, image=image, save="cat half")).unread
    assert unread.startswith("read 2 of 4 layers (it ends too early); not read: ")
    listed = unread.rpartition(": ")[2].split(", ")
    assert sorted(listed) == listed
    assert len(set(listed) & set("1234")) == 2


def test_read_content__a_layer_is_missing(tmp_path: Path) -> None:
    image = SavedImage(layers=IMAGE.layers[:2], commands=IMAGE.commands[:2])
    (tmp_path / "less").write_bytes(image.classic())
    unread = read_content(subject(tmp_path, save="cat less")).unread
    assert unread == "read 2 of 3 layers; not read: 3"


def test_read_content__ends_with_the_audit(tmp_path: Path) -> None:
    asked = subject(tmp_path, save="exec cat /dev/zero")
    asked.stopped.set()
    assert read_content(asked).unread == "read no layer before the audit ended"


def test_read_content__the_engine_has_no_such_image(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="No such image"):
        read_content(subject(tmp_path, history="echo 'No such image: x' >&2; exit 1"))
