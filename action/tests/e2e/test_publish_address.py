"""The app at another address of this machine: everything that opens it goes there."""

import json
import socket
import sys

import pytest

from .contract import assert_verdict
from .repository import Repository
from .runner import Runner

# Every address that begins with 127 is this machine's own on Linux, and nobody else's.
OTHER = "127.0.0.2"
STORIES = f"{sys.executable} manage.py test functional_tests"


def has_ipv6() -> bool:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


def test_publish_address__stories_in_a_browser(superlists: Repository, runner: Runner) -> None:
    """Forms, cookies and redirects of a Django app work there as they do on localhost."""
    (superlists.root / "functional_tests/requirements.txt").unlink()
    rehearsed = runner.use(
        superlists,
        {
            "publish-address": OTHER,
            "generate-secrets": "DJANGO_SECRET_KEY",
            "env": f"DJANGO_ALLOWED_HOST={OTHER}",
            "setup-command": "python manage.py migrate --noinput",
            "test-command": f"[[ $TEST_SERVER == {OTHER}:* ]]\n{STORIES}.test_new_visitor",
            "evidence": "always",
        },
    )
    assert rehearsed.outputs["verdict"] == "passed", rehearsed.errors
    (binding,) = json.loads(rehearsed.file("container.json"))["HostConfig"]["PortBindings"][
        "8888/tcp"
    ]
    assert binding["HostIp"] == OTHER
    assert "can open the app" not in rehearsed.log


def test_publish_address__the_host_that_an_app_refuses(
    superlists: Repository, runner: Runner
) -> None:
    rehearsed = runner.use(
        superlists,
        {
            "publish-address": OTHER,
            "generate-secrets": "DJANGO_SECRET_KEY",
            "env": "DJANGO_ALLOWED_HOST=localhost",
            "test-command": "true",
        },
    )
    assert_verdict(rehearsed, "not-ready")
    assert f"ALLOWED_HOSTS does not contain {OTHER}" in rehearsed.errors
    assert f"env: DJANGO_ALLOWED_HOST={OTHER}" in rehearsed.summary


@pytest.mark.parametrize(
    "address, host",
    [pytest.param(OTHER, OTHER, id="ipv4"), pytest.param("::1", "[::1]", id="ipv6")],
)
def test_publish_address__redirects_to_https(
    address: str, host: str, tiny: Repository, runner: Runner
) -> None:
    """What the app says of its own address is compared with the address that was asked."""
    if address == "::1" and not has_ipv6():
        pytest.skip("this machine has no IPv6")
    inputs = {"publish-address": address, "env": "TINY_FAULT=https", "test-command": "true"}
    rehearsed = runner.use(tiny, inputs)
    assert_verdict(rehearsed, "not-ready")
    assert f"a redirect to https://{host}:" in rehearsed.errors
    assert json.loads(rehearsed.file("verdict.json"))["diagnoses"][0]["id"] == "https-redirect"


def test_publish_address__ipv6(tiny: Repository, runner: Runner) -> None:
    if not has_ipv6():
        pytest.skip("this machine has no IPv6")
    command = '[[ $TEST_SERVER == "[::1]":* ]]\ncurl --globoff --silent --fail "$REHEARSAL_URL"'
    rehearsed = runner.use(tiny, {"publish-address": "::1", "test-command": command})
    assert_verdict(rehearsed, "passed", warned=True)
    assert "It works" in rehearsed.log


def test_publish_address__tests_that_open_localhost(tiny: Repository, runner: Runner) -> None:
    """The port is the right one: only the host is not."""
    command = 'curl --silent --show-error "http://localhost:${TEST_SERVER##*:}/"'
    rehearsed = runner.use(tiny, {"publish-address": OTHER, "test-command": command})
    assert_verdict(rehearsed, "tests-failed")
    (cause,) = json.loads(rehearsed.file("verdict.json"))["diagnoses"]
    assert cause["id"] == "tests-wrong-host"
    assert f"the app is at {OTHER}:" in cause["title"]


def test_publish_address__of_another_machine(tiny: Repository, runner: Runner) -> None:
    # Reserved for documentation (RFC 5737): no machine has it.
    rehearsed = runner.use(tiny, {"publish-address": "203.0.113.7", "test-command": "true"})
    assert_verdict(rehearsed, "misconfigured")
    assert "publish-address is 203.0.113.7, which is no address of this machine" in rehearsed.errors
    assert not rehearsed.outputs["image-id"], "nothing was built for it"
    (warning,) = (each for each in rehearsed.shown.annotations if each.level == "warning")
    assert "can open the app" in warning.text


def test_publish_address__taken_port(tiny: Repository, runner: Runner) -> None:
    with socket.create_server((OTHER, 0)) as taken:
        port = str(taken.getsockname()[1])
        inputs = {"publish-address": OTHER, "host-port": port, "test-command": "true"}
        rehearsed = runner.use(tiny, inputs)
    assert_verdict(rehearsed, "misconfigured")
    assert f"port {port} on {OTHER} is already allocated" in rehearsed.errors
    assert rehearsed.outputs["diagnosis"] == "port-taken"
