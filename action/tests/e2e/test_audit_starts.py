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


def before_start(repository: Repository, *lines: str) -> None:
    """Let gunicorn's first process run Python code before it starts the app."""
    body = "".join(f"    {line}\n" for line in lines)
    repository.replace(
        "gunicorn.conf.py", r"\Z", f"\n\ndef on_starting(_):\n    from pathlib import Path\n{body}"
    )


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


@pytest.mark.parametrize(
    "condition, message",
    [
        ("False", "Without APP_SECRET and with APP_SECRET empty it started and answered with"),
        ('"APP_SECRET" not in os.environ', "With APP_SECRET empty it started and answered with"),
    ],
    ids=["default", "empty"],
)
def test_secret_required(
    condition: str, message: str, sound_app: Repository, runner: Runner
) -> None:
    sound_app.replace("app.py", "if not SECRET:", f"if {condition}:")
    finding = only(audited(sound_app, runner, SOUND_APP), "secret-required:APP_SECRET")
    assert finding["message"] == f"{message} HTTP status 200."


def test_confined__a_program_that_becomes_root(sound_app: Repository, runner: Runner) -> None:
    sound_app.replace(
        "Dockerfile",
        "^USER .*$",
        r"RUN cp /bin/cat /bin/root-cat && chmod u+s /bin/root-cat && touch /key "
        r"&& chmod 600 /key\n\g<0>",
    )
    sound_app.replace(
        "Dockerfile",
        "^CMD .*$",
        'CMD ["sh", "-c", "root-cat /key && exec gunicorn app:application"]',
    )
    finding = only(audited(sound_app, runner, SOUND_APP), "confined")
    assert "it ended with exit code 1 before it was ready" in finding["message"]
    assert finding["evidence"] == ["root-cat: /key: Permission denied"]


def test_read_only__a_file_beside_the_code(sound_app: Repository, runner: Runner) -> None:
    sound_app.replace(*MAKES_STATE)
    before_start(sound_app, "Path('/app/state/started').touch()")
    finding = only(audited(sound_app, runner, SOUND_APP), "read-only")
    assert "it ended with exit code 1 before it was ready" in finding["message"]
    assert "Read-only file system: '/app/state/started'" in finding["evidence"][-1]
    assert "--tmpfs=/app/state" in finding["hint"]


def test_read_only__setup_command_writes(sound_app: Repository, runner: Runner) -> None:
    """The page may do without what it writes."""
    sound_app.replace(*MAKES_STATE)
    inputs = {**SOUND_APP, "setup-command": "touch /app/state/set-up"}
    finding = only(audited(sound_app, runner, inputs), "read-only")
    assert "setup-command ended with exit code 1" in finding["message"]


@pytest.mark.parametrize(
    "line, message",
    [
        ("Path('/data/lock').open('x')", "After a restart it ended with exit code 1"),
        (
            "Path('/data/notes.sqlite3').unlink(missing_ok=True)",
            "After a restart there is no more of: the data in /data/notes.sqlite3, which was made",
        ),
        (
            "[each.unlink() for each in Path('/data').iterdir()]",
            "After a restart there is no more of: the data in /data/notes.sqlite3, which was made",
        ),
    ],
    ids=["lock", "database", "all"],
)
def test_restart(line: str, message: str, sound_app: Repository, runner: Runner) -> None:
    before_start(sound_app, line)
    finding = only(audited(sound_app, runner, SOUND_APP), "restart")
    assert message in finding["message"]


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
