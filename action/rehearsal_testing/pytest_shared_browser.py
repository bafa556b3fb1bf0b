"""The option, the setting and the mark of pytest with which tests share a browser."""

import pytest

from rehearsal_testing.browser_pool import BROWSER_POOL
from rehearsal_testing.pytest_items import SHARED_BROWSER


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option, and the setting of the same meaning."""
    meaning = "let tests share a browser; each gets a user context of its own"
    parser.addoption("--shared-browser", action="store_true", default=False, help=meaning)
    parser.addini(SHARED_BROWSER, meaning, type="bool", default=False)


def pytest_configure(config: pytest.Config) -> None:
    """Register the mark."""
    config.addinivalue_line(
        "markers", f"{SHARED_BROWSER}(shared=True): as --shared-browser, for these tests"
    )


def pytest_unconfigure() -> None:
    """End the browsers: workers of pytest-xdist end without the functions of `atexit`."""
    BROWSER_POOL.close()
