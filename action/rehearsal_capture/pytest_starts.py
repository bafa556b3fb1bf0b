"""The moment at which a test of pytest starts, before its fixtures are set up."""

from __future__ import annotations

from typing import Any

from rehearsal_capture.pytest_attachments import listen
from rehearsal_capture.pytest_failures import name_of
from rehearsal_capture.quiet import Quiet
from rehearsal_capture.selenium_sessions import start_test


def watch(module: Any) -> None:
    """Note each start, also of a plugin with a runner of its own; `module` is _pytest.runner."""
    state = module.SetupState
    # Before pytest 6.3 it had another name.
    name = "setup" if hasattr(state, "setup") else "prepare"
    set_up = getattr(state, name)

    def note_and_set_up(self: Any, item: Any, *args: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True
        with Quiet():
            listen(item)
            start_test(lambda: name_of(item))
        return set_up(self, item, *args, **kwargs)

    setattr(state, name, note_and_set_up)
