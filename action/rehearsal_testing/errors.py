"""What can keep a test, or its browser, from starting, in the reader's terms."""


class BrowserSettingsError(ValueError):
    """An environment variable asks for something that does not exist."""


class RehearsalSettingsError(ValueError):
    """REHEARSAL_RETRIES or REHEARSAL_SHARD cannot be obeyed."""


class BrowserMissingError(RuntimeError):
    """The browser, or the driver that steers it, is not on this machine."""
