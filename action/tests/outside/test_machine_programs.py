import sys
from pathlib import Path

import pytest

from rehearsal.outside.machine_programs import find_browsers, has_display, missing_modules


def program(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)


def test_find_browsers(tmp_path: Path) -> None:
    env = {"PATH": str(tmp_path / "bin"), "HOME": str(tmp_path)}
    assert find_browsers(env) == frozenset()
    program(tmp_path / "bin/firefox-esr")
    assert find_browsers(env) == {"firefox"}
    assert find_browsers({**env, "CHROME_BIN": "/opt/chrome"}) == {"firefox", "chrome"}


def test_find_browsers__that_selenium_has_downloaded(tmp_path: Path) -> None:
    (tmp_path / ".cache/selenium/chrome").mkdir(parents=True)
    assert find_browsers({"PATH": "", "HOME": str(tmp_path)}) == {"chrome"}


@pytest.mark.parametrize("name", ["DISPLAY", "WAYLAND_DISPLAY"])
def test_has_display(name: str) -> None:
    assert has_display({name: ":0"})
    assert not has_display({name: ""})


def test_missing_modules(tmp_path: Path) -> None:
    (tmp_path / "beside.py").touch()
    modules = ("json", "no_such_module_at_all", "beside")
    found = missing_modules(sys.executable, modules, tmp_path, {"PATH": "/usr/bin:/bin"})
    assert found == {"no_such_module_at_all"}


@pytest.mark.parametrize("python", ["no-such-python", "false"])
def test_missing_modules__no_python(tmp_path: Path, python: str) -> None:
    assert not missing_modules(python, ["no_such"], tmp_path, {"PATH": "/usr/bin:/bin"})
