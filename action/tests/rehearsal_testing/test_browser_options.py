from pathlib import Path
from typing import Any, cast

import pytest

from rehearsal_testing.browser_options import chrome_options, firefox_options
from rehearsal_testing.browser_settings import BrowserSettings
from rehearsal_testing.browser_workspace import BrowserWorkspace

WORKSPACE = BrowserWorkspace(folder=Path("/ws"), cleanup=cast("Any", None))


@pytest.mark.parametrize("uid,expected", [(0, True), (1000, False)], ids=["root", "user"])
def test_chrome__no_sandbox_for_root_only(
    monkeypatch: pytest.MonkeyPatch, uid: int, expected: bool
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: uid)
    assert ("--no-sandbox" in chrome_options(BrowserSettings(), WORKSPACE).arguments) is expected


@pytest.mark.parametrize("headed", [True, False], ids=["headed", "headless"])
def test_headed__shows_a_window(headed: bool) -> None:
    chrome = chrome_options(BrowserSettings(headed=headed), WORKSPACE).arguments
    firefox = firefox_options(BrowserSettings(name="firefox", headed=headed), WORKSPACE).arguments
    assert ("--headless" in chrome) is not headed
    assert ("-headless" in firefox) is not headed


def test_window__is_1024_by_768() -> None:
    assert "--window-size=1024,768" in chrome_options(BrowserSettings()).arguments
    firefox = firefox_options(BrowserSettings(name="firefox")).arguments
    assert {"--width=1024", "--height=768"} <= set(firefox)


def test_chrome__shows_no_web_page_of_its_own() -> None:
    """Chrome reads only the last of several lists, and the driver adds its own to ours."""
    (features,) = (
        argument.partition("=")[2].split(",")
        for argument in chrome_options(BrowserSettings()).arguments
        if argument.startswith("--disable-features=")
    )
    assert {"WebUIOmniboxPopup", "WebUIOmniboxAimPopup"} <= set(features)


def test_local_browser__writes_into_its_workspace() -> None:
    chrome = chrome_options(BrowserSettings(), WORKSPACE)
    assert "--user-data-dir=/ws/profile" in chrome.arguments
    assert chrome.experimental_options["prefs"] == {"download.default_directory": "/ws/downloads"}
    firefox = firefox_options(BrowserSettings(name="firefox"), WORKSPACE)
    assert firefox.preferences["browser.download.dir"] == "/ws/downloads"
    environ = WORKSPACE.driver_environ({"HOME": "/home/me"}, Path("/bin/sh"))
    assert environ["TMPDIR"] == environ["XDG_CACHE_HOME"] == environ["XDG_CONFIG_HOME"] == "/ws"
    assert environ["HOME"] == "/home/me"


def test_remote_browser__gets_no_path_or_option_of_this_machine() -> None:
    for options in (chrome_options(BrowserSettings()), firefox_options(BrowserSettings())):
        asked = str(options.to_capabilities())
        assert "/ws" not in asked
        assert "--no-sandbox" not in asked


def test_shared_browser__has_user_contexts_and_leaves_dialogs_to_the_test() -> None:
    shared = BrowserSettings(shared=True)
    chrome = chrome_options(shared).to_capabilities()
    assert chrome["webSocketUrl"] is True
    assert chrome["unhandledPromptBehavior"] == {"default": "dismiss and notify"}
    assert "webSocketUrl" not in chrome_options(BrowserSettings()).to_capabilities()
    firefox = firefox_options(shared)
    assert firefox.preferences["permissions.isolateBy.userContext"] is True
    assert "places.history.enabled" not in firefox_options(BrowserSettings()).preferences


def test_localhost__is_mapped_for_a_local_chrome_only() -> None:
    """What localhost is to a browser elsewhere, its own machine decides."""
    settings = BrowserSettings(ipv4_localhost=True)
    rule = "--host-resolver-rules=MAP localhost 127.0.0.1"
    assert rule in chrome_options(settings, WORKSPACE).arguments
    assert rule not in chrome_options(BrowserSettings(), WORKSPACE).arguments
    assert rule not in chrome_options(settings).arguments


def test_ensure_executable__copies_a_program_without_executable_bit(tmp_path: Path) -> None:
    program = tmp_path / "geckodriver_linux64"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o644)
    (tmp_path / "ws").mkdir()
    workspace = BrowserWorkspace(folder=tmp_path / "ws", cleanup=WORKSPACE.cleanup)
    copy = workspace.ensure_executable(program)
    assert copy == workspace.folder / "geckodriver_linux64"
    assert copy.stat().st_mode & 0o100
    program.chmod(0o755)
    assert workspace.ensure_executable(program) == program
