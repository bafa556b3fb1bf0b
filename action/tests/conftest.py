"""Fixtures and settings of all unit tests."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from rehearsal.evidence.folder import Evidence
from rehearsal.evidence.log import Log
from rehearsal.outside.folder import Folder
from rehearsal.outside.signals import CANCEL_SIGNALS
from rehearsal.redaction.redactor import Redactor

# The same examples on every machine, and nothing written beside the tests.
settings.register_profile("unit", derandomize=True, database=None, deadline=None, max_examples=60)
settings.load_profile("unit")


@pytest.fixture(autouse=True)
def _signals() -> Iterator[None]:
    """Restore the signal handlers: after a rehearsal, ours ignore signals."""
    before = {number: signal.getsignal(number) for number in (*CANCEL_SIGNALS, signal.SIGALRM)}
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    """Return an open log that redacts nothing."""
    opened = Evidence(Folder(tmp_path).folder("rehearsal", make=True), Redactor()).log("some.log")
    yield opened
    opened.close()
