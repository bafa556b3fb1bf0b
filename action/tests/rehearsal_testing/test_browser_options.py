from pathlib import Path
from typing import Any, cast

import pytest

from rehearsal_testing.browser_settings import BrowserChoice
from rehearsal_testing.browser_workspace import Lair
from rehearsal_testing.chrome import chrome_options
from rehearsal_testing.firefox import firefox_options

LAIR = Lair(folder=Path("/lair"), watcher=cast("Any", None))


@pytest.mark.parametrize("uid,expected", [(0, True), (1000, False)], ids=["root", "user"])
def test_chrome__no_sandbox_for_root_only(
    monkeypatch: pytest.MonkeyPatch, uid: int, expected: bool
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: uid)
    assert ("--no-sandbox" in chrome_options(BrowserChoice(), LAIR).arguments) is expected


@pytest.mark.parametrize("headed", [True, False], ids=["headed", "headless"])
def test_headed__decides_about_the_window(headed: bool) -> None:
    chrome = chrome_options(BrowserChoice(headed=headed), LAIR).arguments
    firefox = firefox_options(BrowserChoice(name="firefox", headed=headed), LAIR).arguments
    assert ("--headless" in chrome) is not headed
    assert ("-headless" in firefox) is not headed


def test_window__is_1024_by_768() -> None:
    assert "--window-size=1024,768" in chrome_options(BrowserChoice()).arguments
    firefox = firefox_options(BrowserChoice(name="firefox")).arguments
    assert {"--width=1024", "--height=768"} <= set(firefox)


def test_local__everything_is_kept_in_the_lair() -> None:
    chrome = chrome_options(BrowserChoice(), LAIR)
    assert "--user-data-dir=/lair/profile" in chrome.arguments
    assert chrome.experimental_options["prefs"] == {"download.default_directory": "/lair/downloads"}
    firefox = firefox_options(BrowserChoice(name="firefox"), LAIR)
    assert firefox.preferences["browser.download.dir"] == "/lair/downloads"
    environ = LAIR.environ({"HOME": "/home/me"}, Path("/bin/sh"))
    assert environ["TMPDIR"] == environ["XDG_CACHE_HOME"] == environ["XDG_CONFIG_HOME"] == "/lair"
    assert environ["HOME"] == "/home/me"


def test_remote__nothing_of_this_machine_is_asked_for() -> None:
    for options in (chrome_options(BrowserChoice()), firefox_options(BrowserChoice())):
        asked = str(options.to_capabilities())
        assert "/lair" not in asked
        assert "--no-sandbox" not in asked


def test_runnable__a_program_without_its_run_bit_is_copied(tmp_path: Path) -> None:
    program, lair = tmp_path / "geckodriver_linux64", tmp_path / "lair"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o644)
    lair.mkdir()
    copy = Lair(folder=lair, watcher=LAIR.watcher).runnable(program)
    assert copy == lair / "geckodriver_linux64"
    assert copy.stat().st_mode & 0o100
    program.chmod(0o755)
    assert Lair(folder=lair, watcher=LAIR.watcher).runnable(program) == program
