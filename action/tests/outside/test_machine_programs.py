import sys
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

import pytest

from rehearsal.outside import machine_programs
from rehearsal.outside.machine_programs import find_browsers, has_display, look_for_modules
from rehearsal.outside.processes import processes_with_env


def program(path: Path, script: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}")
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


def look(top: Path, python: str, *modules: str) -> frozenset[str]:
    with ExitStack() as at_end:
        env = {"PATH": f"{top}:/usr/bin:/bin"}
        missing_modules = look_for_modules(python, modules, top, env, at_end)
        assert missing_modules() == missing_modules()
        return missing_modules()


def test_look_for_modules(tmp_path: Path) -> None:
    (tmp_path / "beside.py").touch()
    modules = ("json", "no_such_module_at_all", "beside")
    assert look(tmp_path, sys.executable, *modules) == {"no_such_module_at_all"}


@pytest.mark.parametrize("python", ["no-such-python", "false", "broken"])
def test_look_for_modules__no_python(tmp_path: Path, python: str) -> None:
    program(tmp_path / "broken", "no_such is what I print\nexit 1\n")
    assert not look(tmp_path, python, "no_such")


def test_look_for_modules__a_python_that_hangs_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path / "hangs", "sleep 77\necho no_such\n")
    monkeypatch.setattr(machine_programs, "TIMEOUT", 0)
    env = {"PATH": f"{tmp_path}:/usr/bin:/bin", "MARK": uuid4().hex}
    with ExitStack() as at_end:
        missing_modules = look_for_modules("hangs", ["no_such"], tmp_path, env, at_end)
        assert not missing_modules()
        assert processes_with_env(f"MARK={env['MARK']}")
    assert not processes_with_env(f"MARK={env['MARK']}")
