import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from rehearsal.pipeline.audit.starts import sqlite_tables
from rehearsal.pipeline.audit.starts.sqlite_tables import MAGIC, find_filled_tables


def database(folder: Path, *statements: str) -> bytes:
    path = folder / "some.sqlite3"
    with closing(sqlite3.connect(path)) as opened, opened:
        for statement in statements:
            opened.execute(statement)
    return path.read_bytes()


NOTES = ("CREATE TABLE notes (text)", "INSERT INTO notes VALUES ('a')")


@pytest.mark.parametrize("mode", ["delete", "wal"])
def test_find_filled_tables(tmp_path: Path, mode: str) -> None:
    content = database(
        tmp_path,
        f"PRAGMA journal_mode = {mode}",
        *NOTES,
        "CREATE TABLE empty (text)",
        """CREATE TABLE "odd "" name" (text)""",
        """INSERT INTO "odd "" name" VALUES (1)""",
        "CREATE VIEW seen AS SELECT * FROM notes",
        "CREATE VIRTUAL TABLE found USING fts5(text)",
    )
    assert content.startswith(MAGIC)
    filled = find_filled_tables(content)
    assert filled is not None
    assert {"notes", 'odd " name'} <= filled
    assert not {"empty", "seen", "found"} & filled


@pytest.mark.parametrize("cut", [16, 99])
def test_find_filled_tables__cut_off(tmp_path: Path, cut: int) -> None:
    assert find_filled_tables(database(tmp_path, *NOTES)[:cut]) is None


def test_find_filled_tables__garbage() -> None:
    assert find_filled_tables(MAGIC + bytes(range(256)) * 64) is None


def test_find_filled_tables__ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_tables, "MAX_WORK", 1)
    assert find_filled_tables(database(tmp_path, *NOTES)) is None
