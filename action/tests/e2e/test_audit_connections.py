"""Idle clients, and the stop with a request in flight: containers that pass and that fail."""

import json
from pathlib import Path

import pytest

from .repository import Repository, repository_of
from .runner import ActionResult, Runner
from .test_audit import audited, findings

WARN = {"secrets": "APP_SECRET"}


@pytest.fixture
def sound(workdir: Path) -> Repository:
    return repository_of("sound_app", workdir / "repository")


def message(rehearsed: ActionResult, outcome: str, check: str) -> str:
    return str(findings(rehearsed, outcome)[check]["message"])


# The app has to take the request in time.
@pytest.mark.alone
def test_sound_app__finishes_what_is_in_flight(sound: Repository, runner: Runner) -> None:
    rehearsed = audited(sound, runner, WARN)
    assert message(rehearsed, "passed", "idle-connection") == ""
    # Its page reads what is posted.
    assert message(rehearsed, "passed", "graceful-stop") == (
        "In flight at SIGTERM: POST /, of whose body a half was sent: HTTP status 303."
    )


@pytest.mark.alone
def test_a_slow_page__is_in_flight(sound: Repository, runner: Runner) -> None:
    sound.replace("app.py", r"^    page = ", "    import time; time.sleep(0.5)\n    page = ")
    rehearsed = audited(sound, runner, WARN)
    assert message(rehearsed, "passed", "graceful-stop") == (
        "In flight at SIGTERM: GET /, which was being answered: HTTP status 200."
    )


# It cannot bear many clients: with the ninth one it ends.
CROWDED = """\
import os, socket, threading
seats = threading.Semaphore(8)
def serve(connection):
    if not seats.acquire(blocking=False):
        print("too many clients", flush=True)
        os._exit(3)
    with connection:
        if connection.recv(65536):
            connection.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n")
    seats.release()
listener = socket.create_server(("0.0.0.0", 8888))
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
"""


@pytest.mark.parametrize("mode, verdict", [("warn", "passed"), ("enforce", "audit-failed")])
def test_ends_during_the_audit__has_not_crashed(
    sound: Repository, runner: Runner, mode: str, verdict: str
) -> None:
    sound.write("app.py", CROWDED)
    sound.replace("Dockerfile", r"^CMD .*$", 'CMD ["python", "app.py"]')
    rehearsed = audited(sound, runner, {**WARN, "audit": mode})
    assert rehearsed.outputs["verdict"] == verdict
    ended = "The container ended by itself during the audit: exit code 3."
    assert message(rehearsed, "failed", "graceful-stop") == ended
    # Two threads may print at once.
    evidence = "".join(findings(rehearsed, "failed")["graceful-stop"]["evidence"])
    assert "too many clients" in evidence
    assert ended in json.loads(rehearsed.file("verdict.json"))["warnings"]
