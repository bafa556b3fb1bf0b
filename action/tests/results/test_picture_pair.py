from typing import Any

from rehearsal.results.browser_steps import END, TraceStep
from rehearsal.results.picture_pair import ChosenPictures, choose_pictures


def step(text: str, picture: str = "", **changes: Any) -> TraceStep:
    command, _, element = text.partition(" ")
    values: dict[str, Any] = {"command": command, "element": element, "picture": picture}
    return TraceStep(start=0, seconds=0, text=text, **values | changes)


LOOK = TraceStep(start=0, seconds=0, text="looked for x", is_look=True)
GREEN = (step("go to /", "1.jpg"), LOOK, step("click a", "2.jpg"), step("click b", "3.jpg"))
OVER = step(END)


def test_choose_pictures__after_the_step_that_was_the_last_one() -> None:
    red = (step("go to /"), step("click a"), LOOK, OVER)
    assert choose_pictures(GREEN, red, has_screenshot=True) == ChosenPictures(
        before="2.jpg", now="", step="click a", same_step=True
    )


def test_choose_pictures__the_last_one_where_the_step_has_none() -> None:
    red = (step("go to /"), step("click other", "9.jpg"))
    for has_screenshot, now in ((True, ""), (False, "9.jpg")):
        assert choose_pictures(GREEN, red, has_screenshot=has_screenshot) == ChosenPictures(
            before="3.jpg", now=now, step="click b", same_step=False
        )


def test_choose_pictures__of_the_browser_of_the_step() -> None:
    red = (step("go to /"), step("go to /", "9.jpg", browser=2))
    green = (*GREEN, step("go to /", "4.jpg", browser=2))
    # The screenshot is of the first browser.
    assert choose_pictures(green, red, has_screenshot=True) == ChosenPictures(
        before="4.jpg", now="9.jpg", step="go to /", same_step=True
    )


def test_choose_pictures__nothing_to_compare() -> None:
    red = (step("go to /"),)
    assert choose_pictures(GREEN, red, has_screenshot=False) is None
    assert choose_pictures((step("go to /"),), red, has_screenshot=True) is None
    assert choose_pictures((), (), has_screenshot=True) is None
