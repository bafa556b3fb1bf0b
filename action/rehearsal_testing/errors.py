"""Errors of the environment that keep a test or its browser from starting."""


class BrowserSettingsError(ValueError):
    """BROWSER or HEADED has a value that cannot be used."""


class RehearsalSettingsError(ValueError):
    """REHEARSAL_RETRIES or REHEARSAL_SHARD is invalid, or `.test_durations` cannot be read."""


class BrowserMissingError(RuntimeError):
    """The browser or its driver is not installed."""
