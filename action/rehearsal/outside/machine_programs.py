"""What this machine has for browser tests: programs, a display, modules of Python."""

import shutil
import subprocess
from collections.abc import Mapping, Sequence
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


def missing_modules(
    python: str, modules: Sequence[str], folder: Path, env: Mapping[str, str]
) -> frozenset[str]:
    """Return the modules that a Python on PATH does not find; an empty set if it cannot be run."""
    program = shutil.which(python, path=env.get("PATH"))
    if not program or not modules:
        return frozenset()
    try:
        done = subprocess.run(
            [program, "-c", FIND, *modules],
            cwd=folder,
            env=dict(env),
            capture_output=True,
            timeout=TIMEOUT,
            check=True,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.SubprocessError):
        return frozenset()
    return frozenset(done.stdout.decode(errors="replace").split()) & {*modules}
