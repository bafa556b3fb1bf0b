"""What the test runner does itself, so that the test cases leave it alone."""

from dataclasses import dataclass


@dataclass(kw_only=True)
class Runner:
    """Whoever runs the tests of this process."""

    retries: bool = False
    """It runs failed tests again, or has its reasons not to."""
    shards: bool = False
    """It has left other shards' tests out."""


RUNNER = Runner()
"""Our pytest plugin says so here."""
