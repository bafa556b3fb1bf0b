from collections.abc import Iterator

import pytest

from rehearsal_testing import plugin, testcase
from rehearsal_testing.browser_pool import BROWSER_POOL

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


@pytest.fixture
def taken(drivers: list[FakeDriver], monkeypatch: pytest.MonkeyPatch) -> list[FakeDriver]:
    """The drivers of those browsers that were taken from the pool."""
    from_pool: list[FakeDriver] = []

    def take(*_: object) -> object:
        driver = FakeDriver(page_source="page of a shared browser")
        drivers.append(driver)
        from_pool.append(driver)
        return fake_browser(driver)

    monkeypatch.setattr(BROWSER_POOL, "take", take)
    return from_pool
