from pathlib import Path

import pytest

from rehearsal_testing.errors import BrowserMissingError
from rehearsal_testing.executables import Executables, find_executables


def no_geckodriver() -> None:
    return None


@pytest.fixture
def bin_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "bin"
    folder.mkdir()
    return folder


def put(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).write_text("#!/bin/sh\n")
        (folder / name).chmod(0o755)


@pytest.mark.parametrize(
    "present,browser",
    [
        (["chromium", "chromium-browser"], "chromium"),
        (["chromium", "google-chrome"], "google-chrome"),
        (["google-chrome-stable"], "google-chrome-stable"),
    ],
    ids=["Debian", "Chrome comes first", "stable"],
)
def test_find__chrome(bin_folder: Path, present: list[str], browser: str) -> None:
    put(bin_folder, "chromedriver", *present)
    found = find_executables("chrome", {"PATH": str(bin_folder)})
    assert found == Executables(browser=bin_folder / browser, driver=bin_folder / "chromedriver")


def test_find__variables_come_first(bin_folder: Path, tmp_path: Path) -> None:
    put(bin_folder, "chromedriver", "chromium")
    put(tmp_path, "my-chrome", "my-driver")
    found = find_executables(
        "chrome",
        {
            "PATH": str(bin_folder),
            "CHROME_BIN": str(tmp_path / "my-chrome"),
            "SE_CHROMEDRIVER": str(tmp_path / "my-driver"),
        },
    )
    assert found == Executables(browser=tmp_path / "my-chrome", driver=tmp_path / "my-driver")


def test_find__variable_without_a_file_is_an_error() -> None:
    with pytest.raises(BrowserMissingError, match=r"FIREFOX_BIN is '/no/fox'.*no such file"):
        find_executables("firefox", {"PATH": "", "FIREFOX_BIN": "/no/fox"})


def test_find__uses_packaged_geckodriver(bin_folder: Path) -> None:
    put(bin_folder, "firefox-esr")
    packaged = bin_folder / "geckodriver_linux64"
    found = find_executables(
        "firefox", {"PATH": str(bin_folder)}, packaged_geckodriver=lambda: packaged
    )
    assert found.driver == packaged


def test_find__packaged_geckodriver_is_a_program(bin_folder: Path) -> None:
    put(bin_folder, "firefox")
    found = find_executables("firefox", {"PATH": str(bin_folder)})
    assert found.driver.name.startswith("geckodriver_")
    assert found.driver.stat().st_size > 1_000_000


@pytest.mark.parametrize(
    "name,present,expected,unexpected",
    [
        ("chrome", ["chromedriver"], "browser Chrome is missing", "driver chromedriver"),
        ("chrome", ["chromium"], "driver chromedriver is missing", "browser Chrome"),
        ("firefox", ["geckodriver"], "browser Firefox is missing", "driver geckodriver"),
        ("firefox", ["firefox"], "driver geckodriver is missing", "browser Firefox"),
    ],
    ids=["no chrome", "no chromedriver", "no firefox", "no geckodriver"],
)
def test_find__says_what_is_missing(
    bin_folder: Path, name: str, present: list[str], expected: str, unexpected: str
) -> None:
    put(bin_folder, *present)
    with pytest.raises(BrowserMissingError) as caught:
        find_executables(
            "chrome" if name == "chrome" else "firefox",
            {"PATH": str(bin_folder)},
            packaged_geckodriver=no_geckodriver,
        )
    assert expected in str(caught.value)
    assert unexpected not in str(caught.value)
    assert "Get it: `" in str(caught.value)
