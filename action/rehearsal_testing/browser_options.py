"""Selenium's options for Chrome (Chromium too) and Firefox."""

import os

from selenium.webdriver import ChromeOptions, FirefoxOptions

from rehearsal_testing.browser_settings import BrowserSettings
from rehearsal_testing.browser_workspace import BrowserWorkspace

# In pixels, the window's own frame included.
_WIDTH, _HEIGHT = 1024, 768
# A page that takes longer to load is an error. The unit is milliseconds.
_TIMEOUTS = {"pageLoad": 30_000}
# What a user context of Firefox would otherwise share with the others.
_SHARED_FIREFOX = {
    "browser.formfill.enable": False,
    "browser.zoom.siteSpecific": False,
    # In seconds. A test's server may wait for the end of connections that Firefox keeps.
    "network.http.keep-alive.timeout": 1,
    "permissions.isolateBy.userContext": True,
    "places.history.enabled": False,
}


def chrome_options(
    settings: BrowserSettings, workspace: BrowserWorkspace | None = None
) -> ChromeOptions:
    """Return the options for Chrome; without `workspace`, for one on another machine."""
    options = ChromeOptions()
    arguments = [
        f"--window-size={_WIDTH},{_HEIGHT}",
        # A browser that contacts other servers is slower and not reproducible.
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-default-apps",
        # The suggestions below the address bar are web pages. For each window they would take
        # more of the processor than most tests. Drivers add features of their own to this list.
        "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup",
        "--disable-quic",
        "--disable-sync",
        "--no-default-browser-check",
        "--no-first-run",
    ]
    if not settings.headed:
        arguments += ["--headless", "--disable-gpu"]
    if workspace is not None:
        arguments.append(f"--user-data-dir={workspace.profile}")
        if settings.ipv4_localhost:
            # Chrome, unlike Firefox, tries ::1 first, where another program may use the same port.
            arguments.append("--host-resolver-rules=MAP localhost 127.0.0.1")
        if os.geteuid() == 0:
            # Chrome's sandbox does not work for root.
            arguments.append("--no-sandbox")
        options.add_experimental_option(
            "prefs", {"download.default_directory": str(workspace.downloads)}
        )
    for argument in arguments:
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    if settings.shared:
        options.web_socket_url = True
        # Without a map of its own, BiDi would close every dialog before the test can answer it.
        options.set_capability("unhandledPromptBehavior", {"default": "dismiss and notify"})
    options.timeouts = _TIMEOUTS
    return options


def firefox_options(
    settings: BrowserSettings, workspace: BrowserWorkspace | None = None
) -> FirefoxOptions:
    """Return the options for Firefox; without `workspace`, for one on another machine."""
    options = FirefoxOptions()
    options.add_argument(f"--width={_WIDTH}")
    options.add_argument(f"--height={_HEIGHT}")
    if not settings.headed:
        options.add_argument("-headless")
    # WebDriver BiDi is the only way to Firefox's console.
    options.web_socket_url = True
    # With BiDi, Firefox would otherwise close every dialog before the test can answer it.
    options.unhandled_prompt_behavior = "ignore"
    if settings.shared:
        for name, value in _SHARED_FIREFOX.items():
            options.set_preference(name, value)
    if workspace is not None:
        options.set_preference("browser.download.folderList", 2)
        options.set_preference("browser.download.dir", str(workspace.downloads))
    options.timeouts = _TIMEOUTS
    return options
