"""Selenium tests that save evidence when they fail: for the functional tests of any project."""

from rehearsal_testing.browser_settings import BrowserSettings
from rehearsal_testing.errors import (
    BrowserMissingError,
    BrowserSettingsError,
    RehearsalSettingsError,
)
from rehearsal_testing.testcase import BrowserTestCase
from rehearsal_testing.waiting import WaitFor, wait_until

__all__ = [
    "BrowserMissingError",
    "BrowserSettings",
    "BrowserSettingsError",
    "BrowserTestCase",
    "RehearsalSettingsError",
    "WaitFor",
    "wait_until",
]
