"""The cookie commands of WebDriver for a user context of Firefox.

In Firefox, the classic commands act on the cookies of the default context, whichever window is
current. Only WebDriver BiDi reaches the cookies of a user context.
"""

import base64
import ipaddress
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import SplitResult, urlsplit

from selenium.common.exceptions import InvalidCookieDomainException, NoSuchCookieException
from selenium.webdriver.remote.command import Command

COOKIE_COMMANDS = frozenset(
    {
        Command.ADD_COOKIE,
        Command.DELETE_ALL_COOKIES,
        Command.DELETE_COOKIE,
        Command.GET_ALL_COOKIES,
        Command.GET_COOKIE,
    }
)
_SAME_SITE = {"strict": "Strict", "lax": "Lax"}


class FirefoxCookies:
    """The cookies of a user context that apply to the current page.

    `send` sends a command of WebDriver BiDi and returns its result. `address` returns the address
    of the page.
    """

    def __init__(
        self,
        user_context: str,
        send: Callable[[str, dict[str, Any]], Any],
        address: Callable[[], str],
    ) -> None:
        self._partition = {"type": "storageKey", "userContext": user_context}
        self._send = send
        self._address = address

    def execute(self, command: str, parameters: Mapping[str, Any]) -> Any:
        """Return the value of the reply to a classic command.

        Raises InvalidCookieDomainException and NoSuchCookieException as the classic commands do.
        """
        page = urlsplit(self._address())
        if command == Command.ADD_COOKIE:
            return self._add(parameters["cookie"], page)
        found = [each for each in self._all() if _is_sent_to(each, page)]
        if command in {Command.GET_ALL_COOKIES, Command.DELETE_ALL_COOKIES}:
            chosen = found
        else:
            chosen = [each for each in found if each["name"] == parameters["name"]]
        if command == Command.GET_ALL_COOKIES:
            return [_as_classic(each) for each in chosen]
        if command == Command.GET_COOKIE:
            if not chosen:
                raise NoSuchCookieException(f"The page has no cookie {parameters['name']}.")
            return _as_classic(chosen[0])
        for each in chosen:
            which = {name: each[name] for name in ("name", "domain", "path")}
            self._send("storage.deleteCookies", {"filter": which, "partition": self._partition})
        return None

    def _all(self) -> list[dict[str, Any]]:
        cookies: list[dict[str, Any]] = self._send(
            "storage.getCookies", {"partition": self._partition}
        )["cookies"]
        return cookies

    def _add(self, cookie: Mapping[str, Any], page: SplitResult) -> None:
        host = page.hostname
        if page.scheme not in {"http", "https"} or host is None:
            raise InvalidCookieDomainException(
                f"The page {page.geturl()} cannot have cookies. Open a page of the app first."
            )
        wanted: dict[str, Any] = {
            "name": cookie["name"],
            "value": {"type": "string", "value": str(cookie["value"])},
            "domain": _domain(cookie.get("domain"), host),
            "path": cookie.get("path") or "/",
            "secure": bool(cookie.get("secure")),
            "httpOnly": bool(cookie.get("httpOnly")),
        }
        if (expiry := cookie.get("expiry")) is not None:
            wanted["expiry"] = int(expiry)
        if same_site := cookie.get("sameSite"):
            wanted["sameSite"] = same_site.lower()
        self._send("storage.setCookie", {"cookie": wanted, "partition": self._partition})


def _domain(given: str | None, host: str) -> str:
    """Return the domain of a new cookie; with a dot before it, subdomains get the cookie, too."""
    if not given:
        return host
    domain = given.removeprefix(".").lower()
    if domain != host and (_is_address(host) or not host.endswith(f".{domain}")):
        raise InvalidCookieDomainException(
            f"The page is at {host}, and the cookie is for {given}. Open a page there first."
        )
    return domain if _is_address(domain) or "." not in domain else f".{domain}"


def _is_sent_to(cookie: Mapping[str, Any], page: SplitResult) -> bool:
    domain, host, path = cookie["domain"], page.hostname or "", cookie["path"].rstrip("/")
    in_domain = host == domain.removeprefix(".") or (
        domain.startswith(".") and host.endswith(domain)
    )
    return in_domain and (page.path == path or page.path.startswith(f"{path}/") or not path)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _as_classic(cookie: Mapping[str, Any]) -> dict[str, Any]:
    value = cookie["value"]
    text = value["value"]
    if value["type"] == "base64":
        text = base64.b64decode(text).decode("utf-8", "replace")
    classic = {name: cookie[name] for name in ("name", "path", "domain", "secure", "httpOnly")}
    classic |= {"value": text, "sameSite": _SAME_SITE.get(cookie.get("sameSite", ""), "None")}
    return classic | ({"expiry": cookie["expiry"]} if "expiry" in cookie else {})
