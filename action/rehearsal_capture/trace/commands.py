"""Describe Selenium's commands: a step acts on the browser, a lookup only reads from it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rehearsal_capture.trace.hidden import HIDDEN, cut, hide_in_address, hide_in_script
from rehearsal_capture.trace.locators import locator

# Commands that are not recorded.
IGNORED = frozenset({
    "setTimeouts", "getTimeouts", "getLog", "getAvailableLogTypes", "clearActionState", "status",
    "executeCdpCommand",
})  # fmt: skip
FINDS = frozenset({
    "findElement", "findElements", "findChildElement", "findChildElements",
    "findElementFromShadowRoot", "findElementsFromShadowRoot",
})  # fmt: skip
_ACTS = {
    "newSession": "start the browser", "quit": "end the browser", "get": "go to",
    "goBack": "go back", "goForward": "go forward", "refresh": "reload", "clickElement": "click",
    "clearElement": "clear", "sendKeysToElement": "type", "submitElement": "submit",
    "w3cExecuteScript": "run script", "w3cExecuteScriptAsync": "run script",
    "actions": "act", "switchToWindow": "switch to window", "newWindow": "open window",
    "close": "close window", "switchToFrame": "switch to frame",
    "switchToParentFrame": "leave frame", "w3cAcceptAlert": "accept dialog",
    "w3cDismissAlert": "dismiss dialog", "w3cSetAlertValue": "type into dialog",
    "addCookie": "add cookie", "deleteCookie": "delete cookie",
    "deleteAllCookies": "delete all cookies", "setWindowRect": "resize window",
    "w3cMaximizeWindow": "maximize window", "minimizeWindow": "minimize window",
    "fullscreenWindow": "full screen",
}  # fmt: skip
# Lookups that Selenium runs as a script, by the start of that script.
_ATOMS = {"/* isDisplayed */": "is displayed", "/* getAttribute */": "attribute"}
_LOOKS = {
    "getElementText": "text", "getElementAttribute": "attribute", "getElementProperty": "property",
    "getElementTagName": "tag", "getElementRect": "size", "isElementSelected": "is selected",
    "isElementEnabled": "is enabled", "getElementValueOfCssProperty": "style",
    "getCurrentUrl": "address", "getTitle": "title", "getPageSource": "page source",
    "screenshot": "screenshot", "elementScreenshot": "screenshot", "getCookies": "cookies",
    "getCookie": "cookie", "w3cGetCurrentWindowHandle": "window", "w3cGetWindowHandles": "windows",
    "w3cGetAlertText": "dialog's text",
}  # fmt: skip
# Lookups whose answer is recorded.
_TELLING = frozenset({
    "getElementText", "getTitle", "isElementSelected", "isElementEnabled", "w3cGetAlertText",
})  # fmt: skip
_MAX_TEXT = 200


def is_look(command: str, params: dict[str, Any]) -> bool:
    """Whether a command only reads from the browser."""
    return command not in _ACTS or atom(params) is not None


def is_step(command: str, params: dict[str, Any]) -> bool:
    """Whether a command acts on the browser, and is recorded."""
    return command not in IGNORED and not is_look(command, params)


def atom(params: dict[str, Any]) -> str | None:
    """Return the lookup that Selenium's own script makes, None if the script is the test's."""
    script = params.get("script")
    if isinstance(script, str):
        return next((name for start, name in _ATOMS.items() if script.startswith(start)), None)
    return None


def act(command: str, params: dict[str, Any]) -> tuple[str, str]:
    """Return the name of a step (`click`) and its argument, hidden if it may be a secret."""
    describe = _DETAILS.get(command)
    return _ACTS.get(command, command), describe(params) if describe else ""


def _actions(params: dict[str, Any]) -> str:
    """Return the actions of a chain: `pointerMove, pointerDown`; keys are hidden."""
    kinds: list[str] = []
    for source in params.get("actions") or []:
        for each in source.get("actions") or []:
            kind = str(each.get("type"))
            if kind != "pause":
                kinds.append(f"{kind} {HIDDEN}" if kind.startswith("key") else kind)
    return cut(", ".join(kinds), _MAX_TEXT)


def _cookie(params: dict[str, Any]) -> str:
    return cut(str((params.get("cookie") or params).get("name", "")), _MAX_TEXT)


def _script(params: dict[str, Any]) -> str:
    return hide_in_script(str(params.get("script", "")))


def _typed(_: dict[str, Any]) -> str:
    return HIDDEN


_DETAILS: dict[str, Callable[[dict[str, Any]], str]] = {
    "get": lambda params: hide_in_address(str(params.get("url", ""))),
    "sendKeysToElement": _typed,
    "w3cSetAlertValue": _typed,
    "w3cExecuteScript": _script,
    "w3cExecuteScriptAsync": _script,
    "addCookie": _cookie,
    "deleteCookie": _cookie,
    "newWindow": lambda params: str(params.get("type") or ""),
    "actions": _actions,
}


def look(command: str, params: dict[str, Any]) -> str:
    """Return what a lookup asks for: a locator like `id=new_item`, or a property like `text`."""
    if command in FINDS:
        return locator(str(params.get("using")), str(params.get("value")))
    return atom(params) or _LOOKS.get(command, command)


def answer(command: str, params: dict[str, Any], value: Any) -> str:
    """Return the answer to a lookup, shortened, `""` for no text; empty if it is not recorded."""
    if command in FINDS:
        return f"{len(value)} found" if isinstance(value, list) else "found"
    if command == "getCurrentUrl":
        return hide_in_address(str(value))
    if command in _TELLING or atom(params) == "is displayed":
        return cut(" ".join(str(value).split()), _MAX_TEXT) or '""'
    return ""
