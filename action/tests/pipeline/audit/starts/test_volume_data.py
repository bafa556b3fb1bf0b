import io
import tarfile
from pathlib import Path

import pytest

from rehearsal.pipeline.audit.starts import volume_data
from rehearsal.pipeline.audit.starts.volume_data import (
    SECOND_NAME,
    VolumeData,
    find_lost,
    parse_archive,
    second_names,
)

from .test_sqlite_tables import NOTES, database

DATABASE = "/data/db.sqlite3"
SECOND = f"/data/{SECOND_NAME}0"


def archive(files: dict[str, bytes | str]) -> bytes:
    """Return an archive with files by name; a text is the name of the file that it leads to."""
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w") as tar:
        folder = tarfile.TarInfo("data")
        folder.type = tarfile.DIRTYPE
        tar.addfile(folder)
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            if isinstance(content, str):
                member.type, member.linkname = tarfile.LNKTYPE, content
                tar.addfile(member)
            else:
                member.size = len(content)
                tar.addfile(member, io.BytesIO(content))
    return written.getvalue()


def data(
    *files: str, tables: frozenset[str] | None = frozenset(), marked: bool = False
) -> VolumeData:
    """Return what is on a volume with a database, which has its second name if it is marked."""
    links = {DATABASE: SECOND} if marked else {}
    found = {*files, DATABASE, *links.values()}
    return VolumeData(files=frozenset(found), databases={DATABASE: tables}, links=links)


def lost(before: VolumeData, after: VolumeData) -> list[str]:
    return list(find_lost(before, after, "/data"))


def test_parse_archive(tmp_path: Path) -> None:
    content = database(tmp_path, *NOTES)
    # Engines list the names in their order, and the first one has the content.
    found = parse_archive(
        archive({f"data/{SECOND_NAME}0": content, "data/db.sqlite3": f"data/{SECOND_NAME}0"}),
        "/data",
    )
    assert found.files == {SECOND, DATABASE}
    assert found.databases[DATABASE] == frozenset({"notes"})
    assert found.has_second_name(DATABASE)


def test_parse_archive__two_files_are_no_second_name(tmp_path: Path) -> None:
    content = database(tmp_path, *NOTES)
    files: dict[str, bytes | str] = {f"data/{SECOND_NAME}0": content, "data/db.sqlite3": content}
    assert not parse_archive(archive(files), "/data").has_second_name(DATABASE)


def test_parse_archive__of_a_file(tmp_path: Path) -> None:
    found = parse_archive(archive({"db.sqlite3": database(tmp_path, *NOTES)}), "/src/db.sqlite3")
    assert found.databases == {"/src/db.sqlite3": frozenset({"notes"})}
    assert not second_names(found, "/src/db.sqlite3")


def test_parse_archive__a_large_database_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(volume_data, "MAX_DATABASE", 100)
    found = parse_archive(archive({"data/db.sqlite3": database(tmp_path, *NOTES)}), "/data")
    assert found.databases == {DATABASE: None}


def test_second_names__are_links_in_the_volume() -> None:
    found = VolumeData(databases={"/srv/data/deep/a.db": frozenset()})
    with tarfile.open(fileobj=io.BytesIO(second_names(found, "/srv/data"))) as tar:
        (link,) = tar.getmembers()
    assert (link.name, link.linkname, link.islnk()) == (f"{SECOND_NAME}0", "deep/a.db", True)
    assert second_names(VolumeData(), "/data") == b""


def test_find_lost__nothing() -> None:
    before = data("/data/a.png", tables=frozenset({"notes"}), marked=True)
    assert not lost(before, before)
    assert not lost(data(), data("/data/new"))


def test_find_lost__a_database_made_anew() -> None:
    made_anew = [f"the data in {DATABASE}, which was made anew"]
    assert lost(data(marked=True), data()) == made_anew
    # Its second name is that of the old file.
    assert lost(data(marked=True), data(SECOND)) == made_anew


def test_find_lost__without_a_second_name_nobody_knows() -> None:
    assert not lost(data(), data())


def test_find_lost__a_database_that_is_gone() -> None:
    assert lost(data("/data/a"), VolumeData(files=frozenset({"/data/a"}))) == [DATABASE]


@pytest.mark.parametrize(
    "before, after, named",
    [
        ({"auth_user", "notes"}, {"notes"}, ["auth_user"]),
        ({"notes"}, set(), ["notes"]),
        (set(), {"notes"}, []),
        ({"django_session", "cache_table", "background_task"}, set(), []),
        (None, set(), []),
        ({"notes"}, None, []),
    ],
)
def test_find_lost__tables_that_are_empty_now(
    before: set[str] | None, after: set[str] | None, named: list[str]
) -> None:
    seen = [
        data(tables=None if tables is None else frozenset(tables), marked=True)
        for tables in (before, after)
    ]
    assert lost(seen[0], seen[1]) == [f"the rows of {name} in {DATABASE}" for name in named]


@pytest.mark.parametrize(
    "before, after, is_lost",
    [
        (["/data/a", "/data/b"], ["/data/c"], True),
        (["/data/a", "/data/b"], ["/data/b"], False),
        (["/data/app.pid", "/data/x.sock", "/data/cache/x", "/data/db-wal"], [], False),
        ([], [], False),
    ],
)
def test_find_lost__all_files(before: list[str], after: list[str], is_lost: bool) -> None:
    found = lost(VolumeData(files=frozenset(before)), VolumeData(files=frozenset(after)))
    assert found == (["all files of /data, like /data/a"] if is_lost else [])
