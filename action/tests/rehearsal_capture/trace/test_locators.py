from typing import Any

import pytest

from rehearsal_capture.trace.locators import ELEMENT, SHADOW, Locators, locator


@pytest.mark.parametrize(
    "using, value, shown",
    [
        # As Selenium sends By.ID, By.NAME, By.CLASS_NAME.
        ("css selector", '[id="new_item"]', "id=new_item"),
        ("css selector", r'[id="a\"b"]', 'id=a"b'),
        ("css selector", '[name="item_text"]', "name=item_text"),
        ("css selector", ".card", "class=card"),
        ("css selector", ".card .title", "css=.card .title"),
        ("link text", "Sign in", "link=Sign in"),
        ("partial link text", "Sign", "link with=Sign"),
        ("tag name", "li", "tag=li"),
        ("xpath", "//li[2]", "xpath=//li[2]"),
    ],
)
def test_locator(using: str, value: str, shown: str) -> None:
    assert locator(using, value) == shown


def test_locators__of_one_element_of_several_and_of_one_in_another() -> None:
    known = Locators()
    known.remember({"using": "tag name", "value": "ul"}, {ELEMENT: "1"})
    known.remember(
        {"using": "tag name", "value": "li", "id": "1"}, [{ELEMENT: "2"}, {ELEMENT: "3"}]
    )
    known.remember({"using": "tag name", "value": "p", "shadowId": "9"}, {SHADOW: "4"})
    names = [known.name({"id": each}) for each in ("1", "2", "3")]
    assert names == ["tag=ul", "tag=ul → tag=li [1]", "tag=ul → tag=li [2]"]
    assert known.name({"id": {ELEMENT: "4"}}) == "an element → tag=p"


def test_locators__of_very_many_the_newest_are_known() -> None:
    known = Locators()
    for number in range(3000):
        known.remember({"using": "tag name", "value": "li"}, {ELEMENT: str(number)})
    assert known.name({"id": "2999"}) == "tag=li"
    assert known.name({"id": "0"}) == "an element"


@pytest.mark.parametrize("params", [{}, {"id": None}, {"id": {"x": "y"}}], ids=str)
def test_locators__a_command_without_an_element(params: dict[str, Any]) -> None:
    assert Locators().name(params) == ""
