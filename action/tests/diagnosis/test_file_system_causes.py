from dataclasses import replace

import pytest

from rehearsal.diagnosis.causes import CAUSES
from rehearsal.diagnosis.derived_facts import derive_facts
from rehearsal.diagnosis.facts import FILE_ERROR, Facts
from rehearsal.diagnosis.paste import INPUTS_ORIGIN
from rehearsal.diagnosis.rules import diagnose
from rehearsal.results.diagnosis import Diagnosis
from rehearsal.verdict import Verdict

from .test_causes import captured


def diagnosed(log: str, *container: str) -> list[Diagnosis]:
    facts = Facts(
        verdict=Verdict.CRASHED,
        lines={"container.log": tuple(log.splitlines()), "container": container},
    )
    return diagnose(replace(facts, lines={**facts.lines, **derive_facts(facts, None)}), CAUSES)


def with_lines(facts: Facts, *lines: str) -> Facts:
    """Return the facts with other lines about the file, of a step without inputs."""
    return replace(facts, lines={**facts.lines, FILE_ERROR: lines, INPUTS_ORIGIN: ()})


@pytest.mark.parametrize(
    "log, port",
    [
        ("Error: listen EACCES: permission denied 0.0.0.0:80", "80"),
        ("Error: listen EACCES: permission denied :::443", "443"),
        ("[1] [ERROR] connection to ('', 81) failed: [Errno 13] Permission denied", "81"),
        (
            ("ERROR:    [Errno 13] error while attempting to bind on address ('127.0.0.1', 81): "
            "permission denied"),
            "81",
        ),
        ("2026/11/29 07:31:46 listen tcp :80: bind: permission denied", "80"),
        ("nginx: [emerg] bind() to 0.0.0.0:80 failed (13: Permission denied)", "80"),
        (
            "    sock.bind(binding)\nPermissionError: [Errno 13] Permission denied",
            "below 1024",
        ),
    ],
)  # fmt: skip
def test_privileged_port(log: str, port: str) -> None:
    (found,) = diagnosed(log, "user app")
    assert found.id == "privileged-port"
    assert found.title == f"The app's user (app) may not listen on port {port}"


def test_permission_denied__in_a_volume() -> None:
    facts = with_lines(
        captured("permission-denied"),
        "path /data/a/x", "folder /data/a", "mount volume /data", "after web/Dockerfile:7",
    )  # fmt: skip
    (found,) = diagnose(facts, CAUSES)
    assert "/data is a volume" in found.hint
    assert found.paste == (
        "# in web/Dockerfile, after line 7, add:\nRUN mkdir -p /data && chown 65534 /data"
    )


@pytest.mark.parametrize(
    "lines, hint",
    [
        (("mount bind /data", "after Dockerfile:3"), "/data is a folder of the host"),
        (("code /", "after Dockerfile:3"), "a folder of its own"),
        (("reads",), "The app reads it. Give that user a copy"),
        (("system /etc",), "/etc is not that user's"),
        ((), "before USER"),
    ],
)
def test_permission_denied__nothing_to_paste(lines: tuple[str, ...], hint: str) -> None:
    facts = with_lines(captured("permission-denied"), "path /data/x", "folder /data", *lines)
    (found,) = diagnose(facts, CAUSES)
    assert hint in found.hint
    assert not found.paste


def test_read_only_files__a_tmpfs() -> None:
    facts = captured("read-only-files")
    (found,) = diagnose(with_lines(facts, *facts.lines[FILE_ERROR]), CAUSES)
    assert found.paste.endswith("with:, add:\nrun-options: --tmpfs=/data")


@pytest.mark.parametrize(
    "line, text",
    [
        ("mount read-only /data", "what is mounted at /data is read-only\nRemove :ro"),
        ("code /data", "would hide the app's own files"),
        ("system /etc", "would hide the app's own files"),
    ],
)
def test_read_only_files__no_tmpfs(line: str, text: str) -> None:
    facts = with_lines(captured("read-only-files"), "path /data/x", "folder /data", line)
    (found,) = diagnose(facts, CAUSES)
    assert text in f"{found.title}\n{found.hint}"
    assert not found.paste


@pytest.mark.parametrize(
    "log",
    [
        "sqlite3.OperationalError: database is locked",
        "SqliteError: database is locked",
        "Error: SQLITE_BUSY: database is locked",
        "SQLite3::BusyException: database is locked (ActiveRecord::StatementTimeout)",
        "2026/11/29 07:31:46 database is locked (5) (SQLITE_BUSY)",
    ],
)
def test_database_locked__of_any_app(log: str) -> None:
    (found,) = diagnosed(log)
    assert found.id == "database-locked"
    assert not found.paste


def test_readonly_database__read_only_file_system() -> None:
    facts = captured("readonly-database")
    container = (*facts.lines["container"], "read-only root")
    found = diagnose(replace(facts, lines={**facts.lines, "container": container}), CAUSES)[0]
    assert "the file system is read-only" in found.title
