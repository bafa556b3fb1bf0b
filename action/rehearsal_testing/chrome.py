"""Start Chrome, or Chromium, which is the same to Selenium."""

import os
from collections.abc import Mapping

from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

from rehearsal_testing.browser_settings import BrowserChoice
from rehearsal_testing.browser_workspace import Lair
from rehearsal_testing.executables import Programs
from rehearsal_testing.window import HEIGHT, PAGE_LOAD_MILLISECONDS, WIDTH


def chrome_options(choice: BrowserChoice, lair: Lair | None = None) -> ChromeOptions:
    """Return what Chrome is asked for; `lair` where it runs on this machine."""
    options = ChromeOptions()
    arguments = [
        f"--window-size={WIDTH},{HEIGHT}",
        # A browser that asks the outside world for anything is slower, and not the same twice.
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-default-apps",
        "--disable-quic",
        "--disable-sync",
        "--no-default-browser-check",
        "--no-first-run",
    ]
    if not choice.headed:
        arguments += ["--headless", "--disable-gpu"]
    if choice.ipv4:
        # Unlike Firefox it asks ::1 first, where another program may have a port of that number.
        arguments.append("--host-resolver-rules=MAP localhost 127.0.0.1")
    if lair is not None:
        arguments.append(f"--user-data-dir={lair.profile}")
        if os.geteuid() == 0:
            # Chrome's sandbox refuses to work for root.
            arguments.append("--no-sandbox")
        options.add_experimental_option(
            "prefs", {"download.default_directory": str(lair.downloads)}
        )
    for argument in arguments:
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    options.timeouts = {"pageLoad": PAGE_LOAD_MILLISECONDS}
    return options


def start_chrome(
    choice: BrowserChoice, programs: Programs, lair: Lair, environ: Mapping[str, str]
) -> Chrome:
    """Start Chrome in its lair."""
    options = chrome_options(choice, lair)
    options.binary_location = str(programs.browser)
    service = Service(
        executable_path=str(lair.launcher()),
        env=lair.environ(environ, programs.driver),
        # Or Selenium would start what SE_CHROMEDRIVER names, past our launcher.
        driver_path_env_key=lair.no_variable,
        popen_kw={"start_new_session": True},
    )
    return Chrome(options=options, service=service)
