"""The checks of the audit that start further containers: what each finds, and what is left."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from .leftovers import engine
from .machine import base_image
from .repository import Repository, repository_of
from .runner import ActionResult, Runner
from .test_audit import audited, findings

SOUND_APP = {"secrets": "APP_SECRET"}
STARTS = ("secret-required", "confined", "read-only", "restart")
# Writes a note with the form of the app's page.
WRITE = (
    "python3 -c 'import os, urllib.request as r; "
    'r.urlopen(os.environ["REHEARSAL_URL"], data=b"text=kept")\''
)
# Shows what is on the app's volume.
LOOK = """ls -A /data
python -c "import sqlite3
print(sqlite3.connect('/data/notes.sqlite3').execute('SELECT * FROM notes').fetchall())"
"""
MAKES_STATE = (
    "Dockerfile",
    "^USER .*$",
    r"RUN install --directory --owner=10001 /app/state\n\g<0>",
)


@pytest.fixture
def sound_app(workdir: Path) -> Repository:
    return repository_of("sound_app", workdir / "repository")


@pytest.fixture
def network(run_id: str) -> Iterator[str]:
    name = f"network-of-{run_id[::-1]}"
    engine("network", "create", name)
    yield name
    engine("network", "rm", name)


def outcomes(rehearsed: ActionResult) -> dict[str, str]:
    """Return how each check ended that starts containers."""
    words = ("passed", "failed", "skipped")
    return {
        id_: word
        for word in words
        for id_ in findings(rehearsed, word)
        if id_.partition(":")[0] in STARTS
    }


def only(rehearsed: ActionResult, id_: str) -> Mapping[str, Any]:
    """Return the only finding that failed."""
    failed = findings(rehearsed, "failed")
    assert set(failed) == {id_}
    return failed[id_]


def test_read_only__setup_command_writes(sound_app: Repository, runner: Runner) -> None:
    """The page may do without what it writes."""
    sound_app.replace(*MAKES_STATE)
    inputs = {**SOUND_APP, "setup-command": "touch /app/state/set-up"}
    finding = only(audited(sound_app, runner, inputs), "read-only")
    assert "setup-command ended with exit code 1" in finding["message"]


def test_active__the_book_s_database_file_stays_as_it_is(
    sound_app: Repository, runner: Runner
) -> None:
    database = sound_app.write("db.sqlite3", "")
    database.chmod(0o666)
    inputs = {
        **SOUND_APP,
        "volumes": "./db.sqlite3:/data/notes.sqlite3",
        "test-command": WRITE,
    }
    rehearsed = audited(sound_app, runner, inputs)
    assert outcomes(rehearsed) == dict.fromkeys(STARTS, "passed")
    with closing(sqlite3.connect(database)) as opened:
        assert opened.execute("SELECT * FROM notes").fetchall() == [("kept",)]


def test_active__a_volume_stays_as_it_is(
    sound_app: Repository, runner: Runner, run_id: str
) -> None:
    volume = f"old-{run_id[::-1]}"
    engine("volume", "create", volume)
    try:
        inputs = {**SOUND_APP, "volumes": f"{volume}:/data", "test-command": WRITE}
        rehearsed = audited(sound_app, runner, inputs)
        assert outcomes(rehearsed) == dict.fromkeys(STARTS, "passed")
        seen = engine("run", "--rm", "--volume", f"{volume}:/data", base_image(), "sh", "-c", LOOK)
        assert seen.splitlines() == ["notes.sqlite3", "[('kept',)]"]
    finally:
        engine("volume", "rm", volume)
