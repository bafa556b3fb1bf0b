from collections.abc import Iterator

import pytest

from rehearsal_testing import plugin, testcase

from .fakes import FakeDriver, fake_browser
from .sandbox import Sandbox


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    sandbox = Sandbox.create()
    yield sandbox
    sandbox.remove()


@pytest.fixture
def drivers(monkeypatch: pytest.MonkeyPatch) -> list[FakeDriver]:
    """The drivers of all browsers that tests have started; none of these browsers is real."""
    started: list[FakeDriver] = []

    def start(*_: object) -> object:
        started.append(FakeDriver(page_source=f"page of browser {len(started) + 1}"))
        return fake_browser(started[-1])

    for module in (plugin, testcase):
        monkeypatch.setattr(module, "start_browser", start)
    return started
