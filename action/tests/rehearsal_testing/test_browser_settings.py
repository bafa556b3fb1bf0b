import pytest

from rehearsal_testing.browser_settings import BrowserSettings
from rehearsal_testing.errors import BrowserSettingsError


@pytest.mark.parametrize(
    "environ,expected",
    [
        pytest.param({}, BrowserSettings(), id="nothing is set"),
        pytest.param({"BROWSER": "", "HEADED": ""}, BrowserSettings(), id="all is empty"),
        pytest.param({"BROWSER": "Firefox"}, BrowserSettings(name="firefox"), id="any case"),
        pytest.param({"HEADED": "0"}, BrowserSettings(), id="headed 0 is no"),
        pytest.param({"HEADED": "No"}, BrowserSettings(), id="headed no is no"),
        pytest.param(
            {"HEADED": "1", "DISPLAY": ":0"}, BrowserSettings(headed=True), id="headed on X11"
        ),
        pytest.param(
            {"HEADED": "1", "WAYLAND_DISPLAY": "w"}, BrowserSettings(headed=True), id="on Wayland"
        ),
        pytest.param(
            {"HEADED": "1", "SELENIUM_REMOTE_URL": "http://grid:4444"},
            BrowserSettings(headed=True, remote_url="http://grid:4444"),
            id="headed on a grid needs no display here",
        ),
    ],
)
def test_settings__are_read(environ: dict[str, str], expected: BrowserSettings) -> None:
    assert BrowserSettings.from_environ(environ) == expected


def test_settings__unknown_browser_lists_the_allowed_ones() -> None:
    with pytest.raises(BrowserSettingsError, match=r"BROWSER is 'opera'.*chrome, firefox"):
        BrowserSettings.from_environ({"BROWSER": "opera"})


def test_settings__headed_without_a_display_is_an_error() -> None:
    with pytest.raises(BrowserSettingsError, match=r"HEADED=yes .*DISPLAY.*Unset HEADED"):
        BrowserSettings.from_environ({"HEADED": "yes"})
