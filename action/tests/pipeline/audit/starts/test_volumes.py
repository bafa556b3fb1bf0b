import threading
from pathlib import Path
from typing import Any

import pytest

from rehearsal.outside.engine import EngineError
from rehearsal.pipeline.audit.starts import volumes as module
from rehearsal.pipeline.audit.starts.volume_data import SECOND_NAME
from rehearsal.pipeline.audit.starts.volumes import Volumes

from ....fakes import FakeEngine, FakeProcess, inspect_result
from .test_sqlite_tables import NOTES, database
from .test_volume_data import archive

MOUNTS = [
    {"Destination": "/data", "RW": True},
    {"Destination": "/etc/ssl", "RW": False},
]


def volumes(*archives: bytes, **changes: Any) -> Volumes:
    engine = FakeEngine(
        states=[{**inspect_result(), "Mounts": MOUNTS}], archives=[*archives], **changes
    )
    return Volumes(engine=engine, container="c0ffee", stopped=threading.Event())


def copied(found: Volumes) -> list[tuple[object, ...]]:
    assert isinstance(found.engine, FakeEngine)
    return [call[:3] for call in found.engine.calls if str(call[0]).startswith("copy")]


def test_volumes__a_database_made_anew(tmp_path: Path) -> None:
    content = database(tmp_path, *NOTES)
    own: dict[str, bytes | str] = {"data/db": content}
    marked: dict[str, bytes | str] = {**own, f"data/{SECOND_NAME}0": "data/db"}
    found = volumes(archive(own), archive(marked), archive(own))
    before = found.read_and_mark()
    assert copied(found) == [
        ("copy_out", "c0ffee", "/data"),
        ("copy_in", "c0ffee", "/data"),
        ("copy_out", "c0ffee", "/data"),
    ]
    assert found.find_lost(before) == ("the data in /data/db, which was made anew",)


def test_volumes__without_links(tmp_path: Path) -> None:
    own = archive({"data/db": database(tmp_path, *NOTES)})
    found = volumes(own, own, errors={"copy_in": EngineError("no links here")})
    assert found.find_lost(found.read_and_mark()) == ()


def test_volumes__without_a_database_nothing_is_written() -> None:
    found = volumes(archive({"data/a": b"a"}), archive({}))
    assert found.find_lost(found.read_and_mark()) == ("all files of /data, like /data/a",)
    assert ("copy_in", "c0ffee", "/data") not in copied(found)


@pytest.mark.parametrize("content", [b"", b"no archive"])
def test_volumes__unreadable(content: bytes) -> None:
    found = volumes(archive({"data/a": b"a"}), content)
    assert not found.find_lost(found.read_and_mark())


def test_volumes__too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_ARCHIVE", 1000)
    assert not volumes(archive({"data/a": bytes(2000)})).read_and_mark()


@pytest.mark.parametrize("reason", ["late", "stopped"])
def test_volumes__reading_ends(reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    running = FakeProcess(None)
    monkeypatch.setattr(FakeEngine, "copy_out", lambda *_, **__: running)
    found = volumes()
    if reason == "late":
        monkeypatch.setattr(module, "READ_TIMEOUT", 0.0)
    else:
        found.stopped.set()
    assert not found.read_and_mark()
    assert running.was_ended
