"""Listen to Chrome by CDP: requests, console, and what its pages look like after a step.

It has a connection of its own, straight to the browser: the driver and the test see nothing of it.
It never pauses a page. A browser that has gone, or does not answer, is quiet.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from rehearsal_capture.trace.cdp_page import CdpPage
from rehearsal_capture.trace.cdp_windows import CdpWindows
from rehearsal_capture.trace.clock import CLOCK
from rehearsal_capture.trace.websocket import WebSocket

# In seconds.
_CONNECT = 2.0
_PAUSE = 0.005
_HOSTS = ("localhost", "127.0.0.1", "[::1]")
_ANSWER = re.compile(rb'\{"id":(\d+)[,}]')
# Events that come often and are not read.
_SKIPPED = (
    b'{"method":"Network.dataReceived"', b'{"method":"Network.requestWillBeSentExtraInfo"',
    b'{"method":"Network.responseReceivedExtraInfo"',
    b'{"method":"Network.resourceChangedPriority"',
    b'{"method":"Network.webSocketFrame', b'{"method":"Network.eventSourceMessage',
)  # fmt: skip


class CdpBrowser:
    """A connection to one browser, with a thread of its own that ends with the browser.

    `add` gets each line, with the user context of its page. `profile` is the folder of the
    browser's profile, by which it is told from another one on the same port.
    """

    has_pictures = True

    def __init__(
        self,
        address: str,
        version: str,
        add: Callable[[str, dict[str, Any]], None],
        profile: str | None = None,
    ) -> None:
        self._address = address
        self._version = version
        self._profile = profile
        self._add = add
        self._windows = CdpWindows(add)
        self._socket: WebSocket | None = None
        self._lock = threading.Lock()
        self._count = 0
        self._answers: dict[int, Callable[[dict[str, Any]], None]] = {}
        # By target: the pages that there are, in the order in which they were opened.
        self._pages: dict[str, CdpPage] = {}
        self._by_session: dict[str, CdpPage] = {}
        self._is_ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="rehearsal trace", daemon=True)

    def start(self) -> None:
        """Begin, and do not wait."""
        self._thread.start()

    def wait_for(self, target: str | None, deadline: float) -> None:
        """Wait until a window, or any, is listened to, at most until `deadline`."""
        if target is None:
            self._is_ready.wait(max(0.0, deadline - CLOCK.monotonic()))
            return
        while self._thread.is_alive() and CLOCK.monotonic() < deadline:
            page = self._pages.get(target)
            if page is not None and page.is_listening:
                break
            time.sleep(_PAUSE)

    def page(self, target: str | None, user_context: str | None) -> CdpPage | None:
        """Return the page of a window, or the first one of a user context."""
        if target is not None:
            return self._pages.get(target)
        pages = list(self._pages.values())
        return next((each for each in pages if user_context in (None, each.user_context)), None)

    def add_requests(self) -> None:
        """Do nothing: it always listens to requests."""

    def is_looking(self) -> bool:
        """Whether a page has still to answer."""
        return any(each.looks.is_looking() for each in list(self._pages.values()))

    def start_test(self) -> None:
        """Begin again for another test."""
        for page in list(self._pages.values()):
            page.looks.start_test()

    def close(self) -> None:
        """End the connection and its thread."""
        if self._socket is not None:
            self._socket.close()

    def forget(self) -> None:
        """Drop the connection in a fork: it is the parent's."""
        if self._socket is not None:
            self._socket.forget()

    def send(
        self,
        method: str,
        params: dict[str, Any],
        answer: Callable[[dict[str, Any]], None] | None = None,
        session: str | None = None,
    ) -> None:
        """Send a command, and do not wait; `answer` gets its reply in another thread."""
        with self._lock:
            self._count += 1
            number = self._count
            if answer is not None:
                self._answers[number] = answer
        message: dict[str, Any] = {"id": number, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        try:
            if self._socket is not None:
                self._socket.send(json.dumps(message))
        except OSError:
            self._answers.pop(number, None)

    def _run(self) -> None:
        try:
            self._socket = WebSocket(self._find(), _CONNECT)
            pages = [{"type": "page", "exclude": False}, {"exclude": True}]
            # All windows that there are come before its answer.
            self.send("Target.setDiscoverTargets", {"discover": True, "filter": pages},
                      lambda _: self._windows.start())  # fmt: skip
            while True:
                message = self._socket.receive()
                if message is None:
                    break
                if message and not message.startswith(_SKIPPED):
                    self._take(message)
        except Exception:  # noqa: BLE001, S110  (the browser has gone, or is another one)
            pass
        finally:
            self._is_ready.set()
            self._pages.clear()
            self._by_session.clear()
            self._answers.clear()
            self.close()

    def _find(self) -> str:
        """Return the address of the browser's WebSocket. Raises what goes wrong."""
        host, _, port = self._address.rpartition(":")
        if host not in _HOSTS:
            raise ValueError("the browser is on another machine")
        connection = HTTPConnection(host.strip("[]"), int(port), timeout=_CONNECT)
        try:
            connection.request("GET", "/json/version")
            found = json.loads(connection.getresponse().read(1 << 16))
        finally:
            connection.close()
        # The driver may be in a container, and this port belong to another browser.
        if self._version and not str(found["Browser"]).endswith(f"/{self._version}"):
            raise ValueError("it is another browser")
        path = str(found["webSocketDebuggerUrl"]).partition("://")[2].partition("/")[2]
        if self._profile and _own_path(self._profile, port) not in (None, f"/{path}"):
            raise ValueError("it is another browser")
        return f"ws://{self._address}/{path}"

    def _take(self, data: bytes) -> None:
        try:
            message = json.loads(data)
        except ValueError:
            # It is too long. Somebody may wait for it, so it counts as an error.
            found = _ANSWER.match(data)
            message = {"id": int(found[1])} if found else {}
        try:
            if "id" in message:
                answer = self._answers.pop(message["id"], None)
                if answer is not None:
                    answer(message)
            elif "sessionId" in message:
                page = self._by_session.get(message["sessionId"])
                if page is not None:
                    page.take(message["method"], message["params"])
            elif message:
                self._take_target(message["method"], message["params"])
        except (KeyError, TypeError, ValueError, AttributeError):
            # An event that other versions write in another way.
            return

    def _take_target(self, method: str, event: dict[str, Any]) -> None:
        if method == "Target.targetCreated":
            info = event["targetInfo"]
            if info["type"] == "page":
                self._windows.opened(info)
                self._attach(info["targetId"], info.get("browserContextId") or "")
        elif method == "Target.targetInfoChanged":
            self._windows.changed(event["targetInfo"])
        elif method == "Target.targetDestroyed":
            self._windows.closed(event["targetId"])
            self._drop(event["targetId"])
        elif method == "Target.detachedFromTarget":
            self._by_session.pop(event["sessionId"], None)

    def _attach(self, target: str, user_context: str) -> None:
        def attached(reply: dict[str, Any]) -> None:
            session = reply["result"]["sessionId"]
            page = CdpPage(
                target, user_context, lambda line: self._add(user_context, line),
                lambda method, params, answer=None: self.send(method, params, answer, session),
            )  # fmt: skip
            self._by_session[session] = self._pages[target] = page
            page.listen(self._is_ready.set)

        self.send("Target.attachToTarget", {"targetId": target, "flatten": True}, attached)

    def _drop(self, target: str) -> None:
        page = self._pages.pop(target, None)
        for session, each in list(self._by_session.items()):
            if each is page:
                del self._by_session[session]


def _own_path(profile: str, port: str) -> str | None:
    """Return the path that Chrome listens on, as it writes it into its profile; None if unknown.

    The profile may be on another machine. Of a port that somebody has chosen Chrome writes nothing,
    so the file may be of an earlier browser with another port.
    """
    try:
        text = (Path(profile) / "DevToolsActivePort").read_text(encoding="utf-8")
    except (OSError, ValueError):
        return None
    written, _, path = text.partition("\n")
    return path.strip() if written.strip() == port else None
