"""Which browser a test gets, with stand-ins; test_shared_browsers.py has real ones."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.remote.command import Command

from rehearsal_testing import shared_browser
from rehearsal_testing.browser import Browser
from rehearsal_testing.browser_console import BrowserConsole
from rehearsal_testing.browser_pool import BrowserPool
from rehearsal_testing.browser_settings import BrowserSettings

SETTINGS = BrowserSettings()
RECT = {"x": 0, "y": 0, "width": 1024, "height": 768}


@dataclass(eq=False)
class FakeSession:
    """The driver of a kept browser."""

    shared: bool
    capabilities: dict[str, Any] = field(
        default_factory=lambda: {"browserName": "chrome", "webSocketUrl": "ws://x"}
    )
    windows: list[str] = field(default_factory=lambda: ["first"])
    contexts: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    crashed: bool = False
    ended: bool = False
    session_id = "s"
    command_executor = "http://x"
    current_window_handle = "first"

    @property
    def switch_to(self) -> Any:
        return self

    @property
    def window_handles(self) -> list[str]:
        return self.windows

    def window(self, _name: str) -> None: ...
    def get_window_rect(self) -> dict[str, int]:
        return RECT

    def set_window_rect(self, **rect: int) -> None:
        assert rect == RECT

    def execute(self, command: str, _parameters: object = None) -> dict[str, Any]:
        self.sent.append(command)
        return {"value": [] if command == Command.GET_LOG else {"implicit": 0}}

    def quit(self) -> None:
        self.ended = True


@dataclass
class FakeContext:
    base: FakeSession
    end_context: Callable[[], None]
    changed: bool = False
    has_quit: bool = False

    def quit(self) -> None:
        if not self.has_quit:
            self.has_quit = True
            self.end_context()


def send(driver: FakeSession, method: str, _parameters: object) -> dict[str, str]:
    if driver.crashed:
        raise OSError("the connection is closed")
    driver.sent.append(method)
    if method == "browser.createUserContext":
        driver.contexts.append("context")
    elif method == "browser.removeUserContext":
        driver.contexts.pop()
    return {"userContext": "context", "context": "window"}


@dataclass
class Started:
    sessions: list[FakeSession] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    refused: Exception | None = None
    crashed: bool = False

    def start(self, settings: BrowserSettings, _environ: object) -> Browser:
        if settings.shared and self.refused:
            raise self.refused
        self.sessions.append(FakeSession(shared=settings.shared, crashed=self.crashed))
        driver = cast("Any", self.sessions[-1])
        return Browser(driver=driver, console=BrowserConsole(), workspace=None)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Started:
    def driver(base: FakeSession, *, end_context: Callable[[], None], **_: object) -> FakeContext:
        return FakeContext(base, end_context)

    monkeypatch.setattr(shared_browser, "send_bidi", send)
    monkeypatch.setattr(shared_browser, "context_driver", driver)
    monkeypatch.setattr(os, "register_at_fork", lambda **_: None)
    return Started()


@pytest.fixture
def pool(started: Started) -> BrowserPool:
    return BrowserPool(started.start, started.said.append)


def base(browser: Browser) -> FakeSession:
    session: FakeSession = cast("Any", browser.driver).base
    return session


def test_take__gives_the_same_browser_to_one_test_after_the_other(
    pool: BrowserPool, started: Started
) -> None:
    for _ in range(3):
        browser = pool.take(SETTINGS, {})
        assert started.sessions[0].contexts == ["context"]
        browser.close()
        browser.close()
    assert [each.shared for each in started.sessions] == [True]
    assert started.sessions[0].contexts == []
    assert not started.sessions[0].ended
    pool.close()
    assert started.sessions[0].ended


def test_take__gives_two_browsers_to_one_test(pool: BrowserPool, started: Started) -> None:
    first, second = pool.take(SETTINGS, {}), pool.take(SETTINGS, {})
    assert base(first) is not base(second)
    first.close()
    second.close()
    # On a Grid others may wait for the second one.
    assert [each.ended for each in started.sessions] == [False, True]


@pytest.mark.parametrize(
    "settings,environ",
    [
        (BrowserSettings(name="firefox"), {}),
        (BrowserSettings(remote_url="http://grid"), {}),
        (SETTINGS, {"TZ": "Asia/Tokyo"}),
        (SETTINGS, {"HTTPS_PROXY": "http://proxy"}),
    ],
    ids=["name", "grid", "time zone", "proxy"],
)
def test_take__keeps_one_browser_for_each_kind(
    pool: BrowserPool, started: Started, settings: BrowserSettings, environ: dict[str, str]
) -> None:
    pool.take(SETTINGS, {"PYTEST_CURRENT_TEST": "a"}).close()
    pool.take(settings, environ).close()
    pool.take(SETTINGS, {"PYTEST_CURRENT_TEST": "b"}).close()
    assert len(started.sessions) == 2


@pytest.mark.parametrize("when", ["before the next test", "in a test"])
def test_take__replaces_a_browser_that_has_crashed(
    pool: BrowserPool, started: Started, when: str
) -> None:
    browser = pool.take(SETTINGS, {})
    started.sessions[0].crashed = when == "in a test"
    browser.close()
    started.sessions[0].crashed = True
    assert base(pool.take(SETTINGS, {})) is started.sessions[1]
    assert [each.ended for each in started.sessions] == [True, False]
    assert started.said == []


@pytest.mark.parametrize("what", ["changed", "window"])
def test_take__replaces_a_browser_that_a_test_has_changed(
    pool: BrowserPool, started: Started, what: str
) -> None:
    browser = pool.take(SETTINGS, {})
    if what == "changed":
        cast("Any", browser.driver).changed = True
    else:
        started.sessions[0].windows.append("left open")
    browser.close()
    assert started.sessions[0].ended
    assert base(pool.take(SETTINGS, {})) is started.sessions[1]


def test_take__sets_what_a_context_shares(pool: BrowserPool, started: Started) -> None:
    pool.take(SETTINGS, {}).close()
    sent = started.sessions[0].sent
    assert sent.index("browsingContext.create") < sent.index(Command.SET_TIMEOUTS)
    assert sent.index(Command.W3C_CLEAR_ACTIONS) < sent.index("browser.removeUserContext")


@pytest.mark.parametrize("when", ["start", "capability", "context"])
def test_take__without_contexts_starts_a_browser_for_each_test_and_says_so_once(
    pool: BrowserPool, started: Started, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    if when == "start":
        started.refused = WebDriverException("invalid argument: no such capability\nand more")
    elif when == "capability":
        monkeypatch.setattr(
            shared_browser, "prepare_bidi", lambda driver: driver.capabilities.clear()
        )
    else:
        started.crashed = True
    for _ in range(2):
        pool.take(SETTINGS, {}).close()
    own = [each for each in started.sessions if not each.shared]
    assert [each.ended for each in own] == [True, True]
    assert all(each.ended for each in started.sessions)
    reason = {
        "start": "invalid argument: no such capability",
        "capability": "the browser or its driver does not know WebDriver BiDi",
        "context": "the connection is closed",
    }[when]
    expected = f"chrome cannot be shared, so each test starts a browser of its own: {reason}"
    assert started.said == [expected]


def test_take__raises_what_another_browser_would_raise(
    pool: BrowserPool, started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_settings: object, _environ: object) -> Browser:
        raise WebDriverException("session not created")

    monkeypatch.setattr(pool, "_start", broken)
    with pytest.raises(WebDriverException, match="session not created"):
        pool.take(SETTINGS, {})
    assert started.said == []


def test_take__closes_a_browser_when_the_test_is_interrupted(
    pool: BrowserPool, started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(shared_browser, "send_bidi", interrupted)
    with pytest.raises(KeyboardInterrupt):
        pool.take(SETTINGS, {})
    assert [each.ended for each in started.sessions] == [True]


def test_give_back__closes_a_browser_when_it_is_interrupted(
    pool: BrowserPool, started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    lent = pool.take(SETTINGS, {})
    monkeypatch.setattr(shared_browser, "send_bidi", interrupted)
    with pytest.raises(KeyboardInterrupt):
        lent.close()
    assert [each.ended for each in started.sessions] == [True]


def test_forget__leaves_the_browsers_to_the_other_process(
    pool: BrowserPool, started: Started
) -> None:
    pool.take(SETTINGS, {}).close()
    lent = pool.take(replace(SETTINGS, name="firefox"), {})
    pool.forget()
    lent.close()
    pool.close()
    assert not any(each.ended for each in started.sessions)
    pool.take(SETTINGS, {})
    assert len(started.sessions) == 3
