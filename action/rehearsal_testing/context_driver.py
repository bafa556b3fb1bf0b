"""The WebDriver of one test in a browser that serves other tests before and after it."""

from collections.abc import Callable
from functools import cache
from typing import Any

from selenium.common.exceptions import InvalidSessionIdException, WebDriverException
from selenium.webdriver.common.options import ArgOptions
from selenium.webdriver.remote.command import Command
from selenium.webdriver.remote.webdriver import WebDriver

from rehearsal_capture.trace.recorder import RECORDER
from rehearsal_testing.bidi import close_bidi, send_bidi
from rehearsal_testing.context_commands import CDP_COMMAND, OWN_COMMANDS, SET_PERMISSION, in_context
from rehearsal_testing.firefox_cookies import COOKIE_COMMANDS, FirefoxCookies


class ContextDriver(WebDriver):
    """A driver in the session of `base` that sees only the windows of one user context.

    `quit` ends the user context, not the session. `changed` becomes true when the test sends a
    command that may affect later tests: any command that is not in `OWN_COMMANDS`, like those of
    CDP, and any use of Selenium's WebDriver BiDi.
    """

    def __init__(
        self,
        base: WebDriver,
        *,
        user_context: str,
        hidden_windows: frozenset[str],
        open_window: Callable[[str], str],
        cookies: FirefoxCookies | None,
        end_context: Callable[[], None],
    ) -> None:
        self.changed = False
        self._base = base
        self._user_context = user_context
        self._hidden_windows = hidden_windows
        self._open_window = open_window
        self._cookies = cookies
        self._end_context = end_context
        self._has_ended = False
        WebDriver.__init__(self, command_executor=base.command_executor, options=ArgOptions())
        # What the class of a local browser adds. An upload depends on whether it is remote.
        added = {name: each for name, each in vars(base).items() if name not in vars(self)}
        vars(self).update(added, _is_remote=vars(base).get("_is_remote", True))

    def start_session(self, capabilities: dict[str, Any]) -> None:
        """Join the session of `base`: Selenium's own constructor calls this."""
        del capabilities
        self.session_id, self.caps = self._base.session_id, self._base.caps

    def execute(self, driver_command: Any, params: dict[str, Any] | None = None) -> Any:
        """Send a command, as Selenium does for each of its methods."""
        if self._has_ended:
            raise InvalidSessionIdException("This browser has quit.")
        if driver_command == Command.QUIT:
            self.quit()
            return {"value": None}
        self.changed |= driver_command not in OWN_COMMANDS
        parameters = params or {}
        # Without this, these commands would act on the browser's default context.
        if driver_command == Command.NEW_WINDOW:
            kind = parameters.get("type") or "tab"
            return {"value": {"handle": self._open_window(kind), "type": kind}}
        if driver_command == SET_PERMISSION:
            self._set_permission(parameters)
            return {"value": None}
        if driver_command == CDP_COMMAND:
            params = in_context(parameters, self._user_context)
        if self._cookies and driver_command in COOKIE_COMMANDS:
            return {"value": self._cookies.execute(driver_command, parameters)}
        response = super().execute(driver_command, params)
        if driver_command in {Command.W3C_GET_WINDOW_HANDLES, Command.CLOSE}:
            shown = [each for each in response["value"] or () if each not in self._hidden_windows]
            response["value"] = shown
        return response

    def quit(self) -> None:
        """End the user context: its windows, cookies and storage."""
        if not self._has_ended:
            self._has_ended = True
            try:
                RECORDER.look_last(self.session_id)
                close_bidi(self)
                self._end_context()
            except Exception:  # noqa: BLE001
                # The browser has crashed, or has no window any more.
                self.changed = True

    def _set_permission(self, parameters: dict[str, Any]) -> None:
        origin = self.execute_script("return location.origin")
        permission = {**parameters, "origin": origin, "userContext": self._user_context}
        send_bidi(self._base, "permissions.setPermission", permission)

    def _start_bidi(self) -> None:
        # Subscriptions, interceptions and emulation may last as long as the session.
        self.changed = True
        if self._has_ended:
            raise WebDriverException("This browser has quit.")
        super()._start_bidi()


def context_driver(base: WebDriver, **arguments: Any) -> ContextDriver:
    """Return a driver that is a `Chrome`, a `Firefox` or whatever `base` is, too."""
    driver: ContextDriver = _class_for(type(base))(base, **arguments)
    return driver


@cache
def _class_for(kind: type[WebDriver]) -> Any:
    return type(kind.__name__, (ContextDriver, kind), {"__module__": __name__})
