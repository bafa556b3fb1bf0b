"""Inputs that are refused, before anything is built or started, and hostile ones in every place."""

import socket

import pytest

from .repository import Repository
from .runner import Rehearsed, Runner
from .verdicts import assert_ended

# Everything a shell, the runner or a client would obey if it were let near them.
HOSTILE_LINES = (
    "$(touch pwned)",
    "`touch pwned`",
    "'; touch pwned; '",
    '" && touch pwned #',
    "::set-output name=verdict::passed",
    "::add-mask::rehearsal",
    "%0A::error::pwned",
    "${{ secrets.GITHUB_TOKEN }}",
)
HOSTILE = "x" + "\n".join(HOSTILE_LINES)


def assert_nothing_started(rehearsed: Rehearsed) -> None:
    assert rehearsed.outputs["image-id"] == ""
    assert rehearsed.outputs["ready-seconds"] == ""
    assert rehearsed.evidence is not None
    assert not (rehearsed.evidence / "build.log").exists()


@pytest.mark.parametrize(
    "name, value, said",
    [
        pytest.param("prot", "8888", "'prot'", id="unknown-input"),
        pytest.param("port", "80a", "'80a'", id="port-not-a-number"),
        pytest.param("port", "0", "from 1 to 65535", id="port-out-of-range"),
        pytest.param("port", "٨٨٨٨", "from 1 to 65535", id="port-in-other-digits"),
        pytest.param("ready-status", "200-", "200-399", id="status-range"),
        pytest.param("ready-path", "healthz", "begins with /", id="path-without-slash"),
        pytest.param("evidence", "sometimes", "on-failure, always, never", id="choice"),
        pytest.param("context", "no-such-folder", "no-such-folder", id="missing-context"),
        pytest.param("dockerfile", "Dokcerfile", "Dokcerfile", id="missing-dockerfile"),
        pytest.param("secrets", "PATH=/nowhere", "PATH", id="client-s-own-variable"),
        pytest.param("secrets", "NAME=", "The secret NAME is empty", id="empty-secret"),
        pytest.param(
            "secrets",
            "UNSET",
            "secrets, line 1: the step's env: has no such",
            id="secret-not-handed-over",
        ),
        pytest.param("volumes", "-v /:/host", "volumes", id="option-as-volume"),
        pytest.param("run-options", "--env=X=1", "--env", id="option-of-ours"),
        pytest.param("cache-from", "type=gha", "cache-from", id="cache-that-cannot-work"),
        pytest.param("cache-to", "type=gha", "cache-to", id="cache-to-that-cannot-work"),
    ],
)
def test_misconfigured(name: str, value: str, said: str, tiny: Repository, runner: Runner) -> None:
    rehearsed = runner.use(tiny, {name: value})
    assert_ended(rehearsed, "misconfigured")
    assert said in rehearsed.errors
    assert_nothing_started(rehearsed)


@pytest.mark.parametrize(
    "name, value",
    [
        ("audit", "enforce"),
        ("audit-ignore", "debug"),
        ("audit-active", "true"),
    ],
    ids=lambda value: value,
)
def test_misconfigured__not_yet_supported(
    name: str, value: str, tiny: Repository, runner: Runner
) -> None:
    rehearsed = runner.use(tiny, {name: value})
    assert_ended(rehearsed, "misconfigured")
    assert name in rehearsed.errors
    assert_nothing_started(rehearsed)


@pytest.mark.parametrize(
    "name",
    ["image", "context", "dockerfile", "target", "platform", "port", "network", "volumes"],
)
@pytest.mark.parametrize("value", [HOSTILE, "--privileged"], ids=["hostile", "an-option"])
def test_hostile_values__are_refused(
    name: str, value: str, tiny: Repository, runner: Runner
) -> None:
    rehearsed = runner.use(tiny, {name: value})
    assert_ended(rehearsed, "misconfigured")
    assert_harmless(rehearsed, tiny)


def test_hostile_values__where_any_text_is_right(tiny: Repository, runner: Runner) -> None:
    hostile = " ".join(HOSTILE_LINES)
    rehearsed = runner.use(
        tiny,
        {
            "build-args": f"WHATEVER={hostile}",
            "env": f"TINY_PRINTS=HOSTILE TINY_SECRET\nHOSTILE=x\\n{hostile}",
            "secrets": f"TINY_SECRET<<END\n{HOSTILE}\nEND",
            "ready-headers": f"X-Hostile: {hostile}",
            "test-env": "\n".join(f"TEST_{n}={line}" for n, line in enumerate(HOSTILE_LINES)),
            "test-command": "python3 -m unittest checks.Page checks.Prints",
        },
    )
    assert_ended(rehearsed, "passed")
    assert_harmless(rehearsed, tiny)


def assert_harmless(rehearsed: Rehearsed, repository: Repository) -> None:
    assert not list(repository.root.rglob("pwned"))
    assert not list(rehearsed.folder.rglob("pwned"))
    assert not {"set-output", "set-env"} & set(rehearsed.shown.obeyed)
    assert "rehearsal" not in rehearsed.shown.masks
    assert "pwned" not in [each.text for each in rehearsed.shown.annotations]


def test_run_options__reach_the_container(tiny: Repository, runner: Runner) -> None:
    proof = {
        "setup-command": "! touch /tmp/file && grep -q '^CapEff:.0000000000000000$' /proc/1/status"
    }
    rehearsed = runner.use(tiny, proof | {"run-options": "--read-only\n--cap-drop\nALL"})
    assert_ended(rehearsed, "passed")


def test_port_taken__is_said_before_building(tiny: Repository, runner: Runner) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taker:
        port = str(taker.getsockname()[1])
        rehearsed = runner.use(tiny, {"host-port": port})
    assert_ended(rehearsed, "misconfigured")
    assert port in rehearsed.errors
    assert_nothing_started(rehearsed)
