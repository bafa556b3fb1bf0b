import pytest

from rehearsal_testing.browser_settings import BrowserChoice
from rehearsal_testing.errors import BrowserSettingsError


@pytest.mark.parametrize(
    "environ,expected",
    [
        pytest.param({}, BrowserChoice(), id="nothing is set"),
        pytest.param({"BROWSER": "", "HEADED": ""}, BrowserChoice(), id="all is empty"),
        pytest.param({"BROWSER": "Firefox"}, BrowserChoice(name="firefox"), id="any case"),
        pytest.param({"HEADED": "0"}, BrowserChoice(), id="headed 0 is no"),
        pytest.param({"HEADED": "No"}, BrowserChoice(), id="headed no is no"),
        pytest.param(
            {"HEADED": "1", "DISPLAY": ":0"}, BrowserChoice(headed=True), id="headed on X11"
        ),
        pytest.param(
            {"HEADED": "1", "WAYLAND_DISPLAY": "w"}, BrowserChoice(headed=True), id="on Wayland"
        ),
        pytest.param(
            {"HEADED": "1", "SELENIUM_REMOTE_URL": "http://grid:4444"},
            BrowserChoice(headed=True, remote_url="http://grid:4444"),
            id="headed on a grid needs no display here",
        ),
    ],
)
def test_choice__is_read(environ: dict[str, str], expected: BrowserChoice) -> None:
    assert BrowserChoice.from_environ(environ) == expected


def test_choice__unknown_browser_lists_what_is_allowed() -> None:
    with pytest.raises(BrowserSettingsError, match=r"BROWSER is 'opera'.*chrome, firefox"):
        BrowserChoice.from_environ({"BROWSER": "opera"})


def test_choice__headed_without_a_display_says_so() -> None:
    with pytest.raises(BrowserSettingsError, match=r"HEADED=yes .*DISPLAY.*Unset HEADED"):
        BrowserChoice.from_environ({"HEADED": "yes"})
