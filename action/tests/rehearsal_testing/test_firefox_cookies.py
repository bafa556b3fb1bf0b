"""The cookie commands of a user context, with a stand-in for Firefox."""

from typing import Any

import pytest
from selenium.common.exceptions import InvalidCookieDomainException, NoSuchCookieException
from selenium.webdriver.remote.command import Command

from rehearsal_testing.firefox_cookies import FirefoxCookies


def cookie(name: str, **fields: Any) -> dict[str, Any]:
    basis = {"domain": "app.test", "path": "/", "secure": False, "httpOnly": False, "size": 2}
    value = {"type": "string", "value": f"value of {name}"}
    return {"name": name, "value": value, "sameSite": "none", **basis, **fields}


class Firefox:
    def __init__(self, *cookies: dict[str, Any], address: str = "http://app.test:81/a/b") -> None:
        self.cookies = cookies
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self.commands = FirefoxCookies("context", self.send, lambda: address)

    def send(self, method: str, parameters: dict[str, Any]) -> Any:
        assert parameters["partition"] == {"type": "storageKey", "userContext": "context"}
        self.sent.append((method, parameters))
        return {"cookies": list(self.cookies)}

    def run(self, command: str, **parameters: Any) -> Any:
        return self.commands.execute(command, parameters)


@pytest.mark.parametrize(
    "fields,found",
    [
        ({}, True),
        ({"domain": ".app.test"}, True),
        ({"domain": ".test"}, True),
        ({"domain": "test"}, False),
        ({"domain": ".p.test"}, False),
        ({"domain": "other.test"}, False),
        ({"path": "/a"}, True),
        ({"path": "/a/"}, True),
        ({"path": "/a/b"}, True),
        ({"path": "/a/bc"}, False),
        ({"path": "/b"}, False),
    ],
    ids=str,
)
def test_get_all__returns_the_cookies_that_the_page_gets(
    fields: dict[str, Any], *, found: bool
) -> None:
    cookies = Firefox(cookie("a", **fields)).run(Command.GET_ALL_COOKIES)
    assert [each["name"] for each in cookies] == ["a"] * found


def test_get__has_the_form_of_the_classic_command() -> None:
    encoded = {"type": "base64", "value": "/3g="}
    firefox = Firefox(cookie("b", sameSite="lax", expiry=9, value=encoded), cookie("a"))
    same = {"path": "/", "domain": "app.test", "secure": False, "httpOnly": False}
    first = firefox.run(Command.GET_COOKIE, name="a")
    assert first == {"name": "a", "value": "value of a", "sameSite": "None", **same}
    second = firefox.run(Command.GET_COOKIE, name="b")
    assert second == {"name": "b", "value": "\ufffdx", "sameSite": "Lax", "expiry": 9, **same}


def test_get__of_a_missing_cookie_is_an_error() -> None:
    with pytest.raises(NoSuchCookieException, match="no cookie b"):
        Firefox(cookie("a")).run(Command.GET_COOKIE, name="b")


@pytest.mark.parametrize(
    "domain,address,expected",
    [
        (None, "http://app.test/", "app.test"),
        ("app.test", "http://app.test/", ".app.test"),
        (".app.test", "https://app.test/", ".app.test"),
        ("App.test", "http://www.app.test/", ".app.test"),
        ("localhost", "http://localhost:81/", "localhost"),
        ("127.0.0.1", "http://127.0.0.1/", "127.0.0.1"),
    ],
)
def test_add__sets_the_domain(domain: str | None, address: str, expected: str) -> None:
    firefox = Firefox(address=address)
    firefox.run(Command.ADD_COOKIE, cookie={"name": "a", "value": 1, "domain": domain})
    ((method, parameters),) = firefox.sent
    assert method == "storage.setCookie"
    assert parameters["cookie"] == {
        "name": "a",
        "value": {"type": "string", "value": "1"},
        "domain": expected,
        "path": "/",
        "secure": False,
        "httpOnly": False,
    }


@pytest.mark.parametrize(
    "domain,address",
    [
        (None, "about:blank"),
        (None, "data:text/html,x"),
        ("other.test", "http://app.test/"),
        ("p.test", "http://app.test/"),
        ("1", "http://127.0.0.1/"),
    ],
)
def test_add__of_another_site_is_an_error(domain: str | None, address: str) -> None:
    firefox = Firefox(address=address)
    with pytest.raises(InvalidCookieDomainException, match="Open a page"):
        firefox.run(Command.ADD_COOKIE, cookie={"name": "a", "value": "1", "domain": domain})
    assert firefox.sent == []


@pytest.mark.parametrize(
    "command,names", [(Command.DELETE_COOKIE, ["b"]), (Command.DELETE_ALL_COOKIES, ["a", "b"])]
)
def test_delete__reaches_only_what_the_page_gets(command: str, names: list[str]) -> None:
    firefox = Firefox(cookie("a"), cookie("b"), cookie("b", domain="other.test"))
    firefox.run(command, name="b")
    deleted = [parameters["filter"] for method, parameters in firefox.sent if "delete" in method]
    assert deleted == [{"name": name, "domain": "app.test", "path": "/"} for name in names]
