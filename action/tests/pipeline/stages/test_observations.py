import os
from typing import Any

import pytest

from rehearsal.outside.http_response import Answer
from rehearsal.outside.listeners import Listener
from rehearsal.pipeline.stages import observations

from ...fakes import container_plan, probe_plan, secret

SECRET = secret().value


def test_input_lines__show_no_names_but_those_of_allowed_hosts() -> None:
    """Any other line of env may be a part of a value that was broken into lines."""
    env = {"SHOP": "value", "DJANGO_ALLOWED_HOSTS": "value", "hush+hush/": "="}
    plan = container_plan(env=env, setup_command="migrate")
    assert observations.input_lines(plan) == (
        "setup-command given",
        "network none",
        "command none",
        "allowed-hosts DJANGO_ALLOWED_HOSTS",
    )
    assert observations.input_lines(container_plan(network="shop")) == (
        "setup-command none",
        "network given",
        "command none",
    )


@pytest.mark.parametrize(
    "env, command, code, lines",
    [
        ({}, "pytest", 1, ("no display", "exit code 1")),
        (
            {"DISPLAY": "", "MOZ_HEADLESS": "1"},
            "pytest",
            -9,
            ("no display", "MOZ_HEADLESS", "exit code -9"),
        ),
        ({"DISPLAY": ":0"}, "pytest", 0, ()),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "pytest", None, ()),
        ({}, "xvfb-run -a pytest", 1, ("exit code 1",)),
    ],
)
def test_suite_environment_lines__what_a_browser_needs(
    env: dict[str, str],
    command: str,
    code: int | None,
    lines: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1001)
    monkeypatch.setattr(observations, "memory_mib", lambda: 7000)
    monkeypatch.setattr(observations, "shared_memory_mib", lambda: 0)
    found = observations.suite_environment_lines(env, command, code)
    assert {*found} == {*lines, "memory 7000 MiB"}
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(observations, "shared_memory_mib", lambda: 64)
    found = observations.suite_environment_lines(env, command, code, "a b.txt")
    assert "requirements a b.txt" in found
    assert {"root", "shared memory 64 MiB"} <= {*found}


def test_request_lines__port_path_host() -> None:
    asked = observations.request_lines(probe_plan(path="/healthz"), 8888, "localhost:49153")
    assert asked == ("port 8888", "path /healthz", "host localhost:49153")


@pytest.mark.parametrize(
    "answer, lines",
    [
        (Answer(status=400, body="<h1>Bad\nRequest"), ("HTTP status 400", "<h1>Bad", "Request")),
        (Answer(error="connection refused (x)"), ("connection refused (x)",)),
        (
            Answer(status=301, headers={"location": "https://localhost/"}),
            ("HTTP status 301, a redirect to https://localhost/, where a rehearsal has no TLS",),
        ),
    ],
    ids=["a page", "none", "to https"],
)
def test_answer_lines__status_and_body(answer: Answer, lines: tuple[str, ...]) -> None:
    assert observations.answer_lines(probe_plan(), answer) == lines


def test_listener_lines__reachability() -> None:
    found = [
        Listener(port=8888, address="0.0.0.0"),  # noqa: S104  (read, not bound)
        Listener(port=8888, address="::1", ipv6_only=True),
        Listener(port=8888, address="fd00::2", ipv6_only=True),
        Listener(port=80, address="127.0.0.1"),
    ]
    lines = ("loopback [::1]:8888", "ipv6-only [fd00::2]:8888", "other-port 127.0.0.1:80")
    assert observations.listener_lines(found, 8888, tls=False) == ("reachable 0.0.0.0:8888", *lines)
    assert observations.listener_lines(found, 8888, tls=True) == ("speaks-tls 0.0.0.0:8888", *lines)


def test_listener_lines__none_or_unknown() -> None:
    assert observations.listener_lines([], 8888, tls=True) == ("none",)
    assert observations.listener_lines(None, 8888, tls=False) == ()


EXITED: dict[str, Any] = {
    "Path": "python",
    "Args": ["-u", "/app.py"],
    "RestartCount": 3,
    "State": {"Status": "exited", "ExitCode": 137, "OOMKilled": True},
    "Config": {"User": "10001", "Env": ["KEY=planted"]},
    "HostConfig": {"Memory": 48 << 20, "RestartPolicy": {"Name": "always"}},
}


def test_container_lines__ended_container() -> None:
    assert observations.container_lines(EXITED) == (
        "command python -u /app.py",
        "user 10001",
        "memory limit 48 MiB",
        "twice that --memory=96m",
        "restart policy always",
        "exit code 137",
        "killed for memory",
        "restarted 3 times",
    )


@pytest.mark.parametrize(
    "swap, options",
    [(0, ()), (-1, ()), (48, ("swap too --memory-swap=96m",)), (96, ())],
)
def test_container_lines__a_limit_of_swap_that_is_too_low(
    swap: int, options: tuple[str, ...]
) -> None:
    limits = {"Memory": 48 << 20, "MemorySwap": max(swap << 20, -1)}
    lines = observations.container_lines({"HostConfig": limits})
    assert lines[3:-1] == ("twice that --memory=96m", *options)


def test_container_lines__running_container() -> None:
    log = [{"Output": "ok"}, {"Output": "trying\nrefused\n"}]
    state = {"Status": "running", "ExitCode": 0, "Health": {"Status": "unhealthy", "Log": log}}
    assert observations.container_lines({"State": state}) == (
        "command",
        "user root",
        "memory limit none",
        "restart policy no",
        "health unhealthy: refused",
    )


def test_container_lines__what_can_be_written() -> None:
    mounts = [
        {"Type": "volume", "Destination": "/data", "RW": True},
        {"Type": "bind", "Destination": "/etc/app", "RW": False},
    ]
    found = observations.container_lines({"HostConfig": {"ReadonlyRootfs": True}, "Mounts": mounts})
    assert found[4:] == ("read-only root", "mount volume /data", "mount read-only /etc/app")


@pytest.mark.parametrize(
    "value, lines",
    [
        ("shop.settings.production", ["settings module shop.settings.production"]),
        ("", []),
        ("a b", []),
        ("x" * 101, []),
    ],
)
def test_container_lines__settings_module(value: str, lines: list[str]) -> None:
    config = {"Env": ["PATH=/bin", f"DJANGO_SETTINGS_MODULE={value}"]}
    found = observations.container_lines({"Config": config})
    assert [line for line in found if line.startswith("settings")] == lines


def test_without_secrets__replaces_values_only() -> None:
    env = [f"KEY={SECRET}", "PATH=/usr/bin", f"KEY_2={SECRET}=x", "KEYS=kept", "EMPTY="]
    found: dict[str, object] = {"Id": "c0ffee", "Config": {"Env": env, "Image": "app"}}
    known = observations.without_secrets(found, {"KEY", "KEY_2"})
    assert known["Id"] == "c0ffee"
    assert known["Config"] == {
        "Env": ["KEY=***", "PATH=/usr/bin", "KEY_2=***", "KEYS=kept", "EMPTY="],
        "Image": "app",
    }
    assert found["Config"] == {"Env": env, "Image": "app"}


@pytest.mark.parametrize(
    "found", [{}, {"Config": None}, {"Config": {"Env": None}}], ids=["none", "null", "no env"]
)
def test_without_secrets__no_environment(found: dict[str, object]) -> None:
    assert observations.without_secrets(found, {"KEY"}) == {**found, "Config": {"Env": []}}


@pytest.mark.parametrize(
    "page, address, line",
    [
        ("<title>To-Do</title>", "http://x/", "To-Do at http://x/"),
        ("<TITLE lang=en>To-Do</TITLE>", "", "To-Do"),
        ("<p>x", "http://x/", "no title at http://x/"),
        ("", "", ""),
    ],
)
def test_page_line(page: str, address: str, line: str) -> None:
    assert observations.page_line(page, address) == line


def test_console_lines__last_ones() -> None:
    text = "\n\n".join(f"message {number}" for number in range(50))
    assert observations.console_lines(text, 80) == tuple(f"message {n}" for n in range(30, 50))
