import socket
from typing import Any

import pytest

from rehearsal_capture.trace import cdp_browser
from rehearsal_capture.trace.cdp_browser import CdpBrowser


def add(_context: str, _line: dict[str, Any]) -> None:
    raise AssertionError


@pytest.mark.parametrize("address", ["localhost:{}", "127.0.0.1:{}", "nonsense", ""])
def test_start__of_a_browser_that_cannot_be_reached(address: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        closed = server.getsockname()[1]
    browser = CdpBrowser(address.format(closed), "1.0", add)
    browser.start(60)
    assert browser.page(None, None) is None
    assert not browser.is_looking()
    browser.close()


@pytest.mark.parametrize("address", ["192.0.2.1:9222", "grid.example:9222", "0.0.0.0:9222"])
def test_start__connects_to_no_other_machine(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(*_: object, **__: object) -> None:
        pytest.fail("it connects")

    monkeypatch.setattr(cdp_browser, "HTTPConnection", connect)
    browser = CdpBrowser(address, "1.0", add)
    browser.start(60)
    browser.close()
