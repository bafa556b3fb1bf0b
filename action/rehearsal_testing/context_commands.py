"""Which commands of WebDriver and CDP affect only the current user context."""

from collections.abc import Mapping
from typing import Any

from selenium.webdriver.remote.command import Command

from rehearsal_testing.firefox_cookies import COOKIE_COMMANDS

CDP_COMMAND = "executeCdpCommand"
SET_PERMISSION = "setPermissions"
# Commands of CDP that act on the default context unless they name another one.
_CDP_WITH_CONTEXT = frozenset(
    {
        "Browser.grantPermissions",
        "Browser.resetPermissions",
        "Browser.setDownloadBehavior",
        "Browser.setPermission",
        "Storage.clearCookies",
        "Storage.getCookies",
        "Storage.setCookies",
        "Target.createTarget",
    }
)
# What these commands change ends with the user context, or is reset for the next test.
OWN_COMMANDS = frozenset(
    {
        *COOKIE_COMMANDS,
        SET_PERMISSION,
        Command.CLEAR_ELEMENT,
        Command.CLICK_ELEMENT,
        Command.CLOSE,
        Command.ELEMENT_SCREENSHOT,
        Command.FIND_CHILD_ELEMENT,
        Command.FIND_CHILD_ELEMENTS,
        Command.FIND_ELEMENT,
        Command.FIND_ELEMENTS,
        Command.FIND_ELEMENT_FROM_SHADOW_ROOT,
        Command.FIND_ELEMENTS_FROM_SHADOW_ROOT,
        Command.FULLSCREEN_WINDOW,
        Command.GET,
        Command.GET_AVAILABLE_LOG_TYPES,
        Command.GET_CURRENT_URL,
        Command.GET_ELEMENT_ARIA_LABEL,
        Command.GET_ELEMENT_ARIA_ROLE,
        Command.GET_ELEMENT_ATTRIBUTE,
        Command.GET_ELEMENT_PROPERTY,
        Command.GET_ELEMENT_RECT,
        Command.GET_ELEMENT_TAG_NAME,
        Command.GET_ELEMENT_TEXT,
        Command.GET_ELEMENT_VALUE_OF_CSS_PROPERTY,
        Command.GET_LOG,
        Command.GET_PAGE_SOURCE,
        Command.GET_SHADOW_ROOT,
        Command.GET_TIMEOUTS,
        Command.GET_TITLE,
        Command.GET_WINDOW_RECT,
        Command.GO_BACK,
        Command.GO_FORWARD,
        Command.IS_ELEMENT_ENABLED,
        Command.IS_ELEMENT_SELECTED,
        Command.MINIMIZE_WINDOW,
        Command.NEW_WINDOW,
        Command.PRINT_PAGE,
        Command.REFRESH,
        Command.SCREENSHOT,
        Command.SEND_KEYS_TO_ELEMENT,
        Command.SET_TIMEOUTS,
        Command.SET_WINDOW_RECT,
        Command.SWITCH_TO_FRAME,
        Command.SWITCH_TO_PARENT_FRAME,
        Command.SWITCH_TO_WINDOW,
        Command.UPLOAD_FILE,
        Command.W3C_ACCEPT_ALERT,
        Command.W3C_ACTIONS,
        Command.W3C_CLEAR_ACTIONS,
        Command.W3C_DISMISS_ALERT,
        Command.W3C_EXECUTE_SCRIPT,
        Command.W3C_EXECUTE_SCRIPT_ASYNC,
        Command.W3C_GET_ACTIVE_ELEMENT,
        Command.W3C_GET_ALERT_TEXT,
        Command.W3C_GET_CURRENT_WINDOW_HANDLE,
        Command.W3C_GET_WINDOW_HANDLES,
        Command.W3C_MAXIMIZE_WINDOW,
        Command.W3C_SET_ALERT_VALUE,
        # Firefox's screenshot of a whole page.
        "FULL_PAGE_SCREENSHOT",
    }
)


def in_context(parameters: Mapping[str, Any], user_context: str) -> dict[str, Any]:
    """Return the parameters of a CDP command so that it acts on `user_context`."""
    command, given = parameters["cmd"], parameters.get("params") or {}
    if command in _CDP_WITH_CONTEXT:
        given = {"browserContextId": user_context, **given}
    return {"cmd": command, "params": given}
