"""The further containers of the audit: what they share, and what they leave alone."""

import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path

import pytest

from . import leftovers
from .audit_case import SOUND_APP
from .contract import assert_verdict
from .leftovers import engine
from .machine import base_image, with_compose
from .repository import Repository, repository_of
from .runner import ActionResult, Runner, RunningStep
from .services import POSTGRES, REDIS, all_volumes, anonymous_volumes, label
from .test_audit import AUDIT, STARTS, audited, findings
from .test_cancelled import cancelled_when
from .test_compose import ASKED, seeded

__all__ = ["seeded"]

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
# Wait for nothing else at the app's start.
NEEDS_A_FRIEND = "import socket\n\nsocket.gethostbyname('friend')\n"


@pytest.fixture
def sound_app(workdir: Path) -> Repository:
    return repository_of("sound_app", workdir / "repository")


@pytest.fixture
def network(run_id: str) -> Iterator[str]:
    """A network of the caller's, in which there is a `friend`."""
    name = f"network-of-{run_id[::-1]}"
    engine("network", "create", name)
    friend = ("--name", f"friend-of-{run_id[::-1]}", "--network-alias", "friend")
    engine("run", "--detach", *friend, "--network", name, base_image(), "sleep", "3600")
    yield name
    engine("rm", "--force", friend[1])
    engine("network", "rm", name)


def outcomes(rehearsed: ActionResult) -> dict[str, str]:
    """Return how each check ended that starts containers."""
    return {
        id_: word
        for word in ("passed", "failed", "skipped")
        for id_ in findings(rehearsed, word)
        if id_.partition(":")[0] in STARTS
    }


def test_read_only__setup_command_counts(sound_app: Repository, runner: Runner) -> None:
    """The page may do without what it writes."""
    sound_app.replace("Dockerfile", "^USER .*$", r"RUN chown 10001 .\n\g<0>")
    rehearsed = audited(sound_app, runner, {**SOUND_APP, "setup-command": "touch /app/set-up"})
    assert set(findings(rehearsed, "failed")) == {"read-only"}
    finding = findings(rehearsed, "failed")["read-only"]
    assert "setup-command ended with exit code 1" in finding["message"]
    assert "Read-only file system" in finding["evidence"][0]
    assert "--tmpfs=/app in run-options" in finding["hint"]


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
    assert outcomes(audited(sound_app, runner, inputs)) == dict.fromkeys(STARTS, "passed")
    with closing(sqlite3.connect(database)) as opened:
        assert opened.execute("SELECT * FROM notes").fetchall() == [("kept",)]


def test_active__a_volume_stays_as_it_is(
    sound_app: Repository, runner: Runner, run_id: str
) -> None:
    volume = f"old-{run_id[::-1]}"
    engine("volume", "create", volume)
    try:
        inputs = {**SOUND_APP, "volumes": f"{volume}:/data", "test-command": WRITE}
        assert outcomes(audited(sound_app, runner, inputs)) == dict.fromkeys(STARTS, "passed")
        look = ("--rm", "--volume", f"{volume}:/data", base_image(), "sh", "-c", LOOK)
        assert engine("run", *look).splitlines() == ["notes.sqlite3", "[('kept',)]"]
    finally:
        engine("volume", "rm", volume)


def test_active__not_in_the_caller_s_network(
    sound_app: Repository, runner: Runner, network: str
) -> None:
    sound_app.replace("gunicorn.conf.py", r"\Z", NEEDS_A_FRIEND)
    rehearsed = audited(sound_app, runner, {**SOUND_APP, "network": network})
    assert rehearsed.outputs["verdict"] == "passed"
    assert outcomes(rehearsed) == dict.fromkeys(STARTS, "skipped")
    reason = findings(rehearsed, "skipped")["restart"]["message"]
    assert "it ended with exit code 1 before it was ready" in reason
    assert f"it ran without the network {network}" in reason
    assert "gaierror" in rehearsed.file("audit/plain.log")


@pytest.mark.usefixtures("service_images")
def test_active__services_once_more(workdir: Path, runner: Runner) -> None:
    repository = repository_of("node_postgres", workdir / "repository")
    repository.replace(
        "server.js", "^( *)response.setHeader", r"\1console.log(`rows: ${rows.length}`);\n\g<0>"
    )
    inputs = {
        "services": f"db={POSTGRES}",
        "service-env": "db.POSTGRES_USER=app\ndb.POSTGRES_PASSWORD=app\ndb.POSTGRES_DB=app",
        "secrets": "DATABASE_URL=postgres://app:app@db/app",
        "before-command": "node migrate.js",
    }
    rehearsed = audited(repository, runner, inputs)
    assert outcomes(rehearsed) == {
        # It connects when it is asked for a page.
        "secret-required:DATABASE_URL": "failed",
        **dict.fromkeys(STARTS[1:], "passed"),
    }
    # Each migration adds a row.
    for log in ("container", "audit/plain", "audit/confined", "audit/read-only"):
        assert set(re.findall("rows: .*", rehearsed.file(f"{log}.log"))) == {"rows: 1"}
    assert "database system is ready" in rehearsed.file("audit/service-db.log")


@pytest.mark.usefixtures("service_images")
def test_active__services_of_a_compose_file(seeded: Repository, runner: Runner) -> None:
    seeded.replace(
        "app.py", "^def main.*$", r"\g<0>\n    socket.create_connection(('cache', 6379))"
    )
    inputs = {
        **ASKED,
        "compose-services": "redis\nseed",
        "secrets": "APP_SECRET\nREDIS_PASSWORD",
    }
    rehearsed = runner.use(
        seeded,
        {**AUDIT, **inputs},
        environment=with_compose(runner.folder)
        | {"APP_SECRET": "planted-for-the-app", "REDIS_PASSWORD": "planted-for-redis"},
    )
    found = outcomes(rehearsed)
    assert [found[each] for each in STARTS[1:]] == ["passed"] * 3
    assert "Ready to accept connections" in rehearsed.file("audit/service-redis.log")


def app_started(step: RunningStep) -> bool:
    return "Listening" in step.file("audit/plain.log")


def service_started(step: RunningStep) -> bool:
    return "Ready to accept connections" in step.file("audit/service-redis.log")


@pytest.mark.alone
@pytest.mark.usefixtures("service_images")
@pytest.mark.parametrize(
    "inputs, condition",
    [
        pytest.param({"volumes": "./db.sqlite3:/data/notes.sqlite3"}, app_started, id="app"),
        pytest.param({"services": f"redis={REDIS}"}, service_started, id="services"),
    ],
)
def test_cancelled__nothing_is_left(
    inputs: Mapping[str, str],
    condition: Callable[[RunningStep], bool],
    sound_app: Repository,
    runner: Runner,
) -> None:
    sound_app.write("db.sqlite3", "").chmod(0o666)
    volumes: set[str] = set()

    def is_so_far(step: RunningStep) -> bool:
        if not condition(step):
            return False
        volumes.update(anonymous_volumes(label(step)))
        return True

    def nothing_is_left(_: Path) -> None:
        # A laptop has no clean-up step.
        assert not leftovers.of_the_engine(runner.run_id)
        assert not volumes & all_volumes()

    rehearsed = runner.use(
        sound_app,
        {**AUDIT, **SOUND_APP, **inputs},
        environment={"APP_SECRET": "planted-for-the-app"},
        meanwhile=cancelled_when(is_so_far),
        between=nothing_is_left,
    )
    assert volumes
    assert_verdict(rehearsed, "cancelled")
