from pathlib import Path

import pytest

from rehearsal_testing.errors import BrowserMissingError
from rehearsal_testing.executables import Programs, find_programs


def nothing() -> None:
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
def test_programs__chrome(bin_folder: Path, present: list[str], browser: str) -> None:
    put(bin_folder, "chromedriver", *present)
    found = find_programs("chrome", {"PATH": str(bin_folder)})
    assert found == Programs(browser=bin_folder / browser, driver=bin_folder / "chromedriver")


def test_programs__what_is_named_comes_first(bin_folder: Path, tmp_path: Path) -> None:
    put(bin_folder, "chromedriver", "chromium")
    put(tmp_path, "my-chrome", "my-driver")
    found = find_programs(
        "chrome",
        {
            "PATH": str(bin_folder),
            "CHROME_BIN": str(tmp_path / "my-chrome"),
            "SE_CHROMEDRIVER": str(tmp_path / "my-driver"),
        },
    )
    assert found == Programs(browser=tmp_path / "my-chrome", driver=tmp_path / "my-driver")


def test_programs__a_name_that_leads_nowhere() -> None:
    with pytest.raises(BrowserMissingError, match=r"FIREFOX_BIN is '/no/fox'.*no such file"):
        find_programs("firefox", {"PATH": "", "FIREFOX_BIN": "/no/fox"})


def test_programs__geckodriver_from_the_package(bin_folder: Path) -> None:
    put(bin_folder, "firefox-esr")
    packaged = bin_folder / "geckodriver_linux64"
    found = find_programs(
        "firefox", {"PATH": str(bin_folder)}, packaged_geckodriver=lambda: packaged
    )
    assert found.driver == packaged


def test_programs__geckodriver_of_the_installed_package_is_a_file(bin_folder: Path) -> None:
    put(bin_folder, "firefox")
    found = find_programs("firefox", {"PATH": str(bin_folder)})
    assert found.driver.name.startswith("geckodriver_")
    assert found.driver.stat().st_size > 1_000_000


@pytest.mark.parametrize(
    "name,present,named,not_named",
    [
        ("chrome", ["chromedriver"], "browser Chrome is missing", "driver chromedriver"),
        ("chrome", ["chromium"], "driver chromedriver is missing", "browser Chrome"),
        ("firefox", ["geckodriver"], "browser Firefox is missing", "driver geckodriver"),
        ("firefox", ["firefox"], "driver geckodriver is missing", "browser Firefox"),
    ],
    ids=["no chrome", "no chromedriver", "no firefox", "no geckodriver"],
)
def test_programs__missing(
    bin_folder: Path, name: str, present: list[str], named: str, not_named: str
) -> None:
    put(bin_folder, *present)
    with pytest.raises(BrowserMissingError) as caught:
        find_programs(
            "chrome" if name == "chrome" else "firefox",
            {"PATH": str(bin_folder)},
            packaged_geckodriver=nothing,
        )
    assert named in str(caught.value)
    assert not_named not in str(caught.value)
    assert "Get it: `" in str(caught.value)
