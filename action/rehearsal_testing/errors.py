"""What can keep a browser from starting, in the reader's terms."""


class BrowserSettingsError(ValueError):
    """An environment variable asks for something that does not exist."""


class BrowserMissingError(RuntimeError):
    """The browser, or the driver that steers it, is not on this machine."""
