"""What this machine has for browser tests: programs, a display, modules of Python."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from functools import cache
from pathlib import Path

# The names on PATH, the variables that name a file, and Selenium's name in its own cache.
BROWSERS = {
    "firefox": (("firefox", "firefox-esr"), "FIREFOX_BIN"),
    "chrome": (
        ("google-chrome", "google-chrome-stable", "chromium", "chromium-browser", "chrome"),
        "CHROME_BIN",
    ),
}
DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY")
# In seconds; Python takes about 0.05.
TIMEOUT = 5.0
# In seconds: also after that time it has to be read what Python has printed.
MIN_WAIT = 0.1
# In seconds, after SIGKILL: a system call may never return.
KILL_TIMEOUT = 1.0
FIND = (
    "import importlib.util as u, sys\n"
    "print(*(each for each in sys.argv[1:] if u.find_spec(each) is None))"
)


def find_browsers(env: Mapping[str, str]) -> frozenset[str]:
    """Return which of `firefox` and `chrome` are there, as Selenium looks for them."""
    cache = Path(env.get("HOME", "/"), ".cache", "selenium")
    return frozenset(
        browser
        for browser, (names, variable) in BROWSERS.items()
        if any(shutil.which(name, path=env.get("PATH")) for name in names)
        or env.get(variable)
        or (cache / browser).is_dir()
    )


def has_display(env: Mapping[str, str]) -> bool:
    """Whether a browser with a window may find a display."""
    return any(map(env.get, DISPLAYS))


def look_for_modules(
    python: str, modules: Sequence[str], folder: Path, env: Mapping[str, str], at_end: ExitStack
) -> Callable[[], frozenset[str]]:
    """Start to look for modules; return what waits for those that a Python on PATH does not find.

    There are none if it cannot be run, or hangs. `at_end` ends it.
    """
    program = shutil.which(python, path=env.get("PATH"))
    if not program or not modules:
        return frozenset
    try:
        child = subprocess.Popen(
            [program, "-c", FIND, *modules],
            cwd=folder,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        return frozenset
    at_end.callback(_end, child)
    limit = time.monotonic() + TIMEOUT

    @cache
    def missing_modules() -> frozenset[str]:
        try:
            printed, _ = child.communicate(timeout=max(MIN_WAIT, limit - time.monotonic()))
        except subprocess.TimeoutExpired:
            return frozenset()
        found = printed.decode(errors="replace").split() if child.returncode == 0 else ()
        return frozenset(found) & {*modules}

    return missing_modules


def _end(child: subprocess.Popen[bytes]) -> None:
    """End a child that leads its own session, and what it has started."""
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGKILL)
    with suppress(subprocess.TimeoutExpired):
        child.wait(KILL_TIMEOUT)
    if child.stdout:
        child.stdout.close()
