"""What the pytest plugin does in this process, so that test cases do not do it again."""

from dataclasses import dataclass


@dataclass(kw_only=True)
class PluginState:
    """What the pytest plugin handles instead of `BrowserTestCase`."""

    handles_retries: bool = False
    handles_shards: bool = False


PLUGIN_STATE = PluginState()
"""Set by the plugin; without it, test cases retry and select tests themselves."""
