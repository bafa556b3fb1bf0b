"""The user's web browser: whether it is on this machine, and how to open a page in it."""

import getpass
import webbrowser
from collections.abc import Mapping
from shlex import quote

SSH_PORT = "22"


def is_here(environ: Mapping[str, str]) -> bool:
    """Whether the user sits at this machine: it has a display, and no SSH session leads to it."""
    has_display = environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY")
    return bool(has_display) and not environ.get("SSH_CONNECTION")


def open_page(address: str) -> bool:
    """Open a page in the user's browser; return whether there is one."""
    try:
        return webbrowser.open(address)
    except (OSError, webbrowser.Error):
        return False


def tunnel_command(environ: Mapping[str, str], port: int) -> str:
    """Return the command that makes `port` of this machine a port of the user's machine."""
    host, options = "HOST", ""
    match environ.get("SSH_CONNECTION", "").split():
        # Source: ssh(1), ENVIRONMENT. The address is the one that the user's machine knows.
        case [_, _, server, server_port]:
            host = f"{_user()}@{server}"
            options = f" -p {server_port}" if server_port != SSH_PORT else ""
    return f"ssh -N -L {port}:127.0.0.1:{port}{options} {quote(host)}"


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "USER"
