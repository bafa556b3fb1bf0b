import webbrowser
from pathlib import Path

import pytest

from rehearsal.outside.web_browser import is_here, open_page, tunnel_command

SSH = "192.0.2.7 50022 198.51.100.3"


@pytest.mark.parametrize(
    "environ, here",
    [
        ({}, False),
        ({"DISPLAY": ":0"}, True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, True),
        ({"DISPLAY": ""}, False),
        ({"DISPLAY": "localhost:10.0", "SSH_CONNECTION": f"{SSH} 22"}, False),
    ],
    ids=["no display", "X", "Wayland", "an empty one", "X over SSH"],
)
def test_is_here(environ: dict[str, str], here: bool) -> None:
    assert is_here(environ) is here


@pytest.mark.parametrize(
    "connection, command",
    [
        ("", "ssh -N -L 4000:127.0.0.1:4000 HOST"),
        ("odd", "ssh -N -L 4000:127.0.0.1:4000 HOST"),
        (f"{SSH} 22", "ssh -N -L 4000:127.0.0.1:4000 me@198.51.100.3"),
        (f"{SSH} 2222", "ssh -N -L 4000:127.0.0.1:4000 -p 2222 me@198.51.100.3"),
    ],
)
def test_tunnel_command(connection: str, command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "me")
    assert tunnel_command({"SSH_CONNECTION": connection}, 4000) == command


def test_tunnel_command__a_user_without_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> str:
        raise KeyError("getpwuid(): uid not found: 1234")

    monkeypatch.setattr("getpass.getuser", nobody)
    assert "USER@198.51.100.3" in tunnel_command({"SSH_CONNECTION": f"{SSH} 22"}, 1)


@pytest.mark.parametrize("works", [True, False])
def test_open_page(works: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webbrowser, "open", lambda _: works)
    assert open_page(Path("/a b").as_uri()) is works


def test_open_page__no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: str) -> bool:
        raise webbrowser.Error("could not locate runnable browser")

    monkeypatch.setattr(webbrowser, "open", fails)
    assert not open_page("file:///a")
