"""What is said of the page that the browser shows, in the words of Chromium and Firefox."""

import pytest

from rehearsal.diagnosis.causes import CAUSES
from rehearsal.diagnosis.facts import Facts
from rehearsal.diagnosis.rules import diagnose
from rehearsal.verdict import Verdict


def console(*messages: str, **sources: tuple[str, ...]) -> Facts:
    """Return the facts of failed tests with these messages of a script's third line."""
    place = "2026-11-29T07:20:49.596Z SEVERE: http://localhost:8765/static/app.js:3:6: "
    lines = {"console": tuple(f"{place}{each}" for each in messages), **sources}
    return Facts(verdict=Verdict.TESTS_FAILED, lines=lines)


@pytest.mark.parametrize(
    "message, text",
    [
        ("Uncaught TypeError: x is not a function", "TypeError: x is not a function"),
        ("Uncaught NotFoundError: Failed to execute 'removeChild'", "The browser ended the script"),
        ("Uncaught SyntaxError: Unexpected token '<'", "an HTML page instead of the script"),
        ("Uncaught TypeError: Cannot read properties of null (reading 'focus')", "not yet"),
        ("Uncaught TypeError: Cannot set properties of null (setting 'value')", "not yet"),
        ("TypeError: document.getElementById(...) is null", "not yet"),
        ('TypeError: can\'t access property "focus", form is null', "not yet"),
        ("Uncaught ReferenceError: jQuery is not defined", "defines jQuery."),
        ("ReferenceError: $ is not defined", "defines $."),
    ],
)
def test_script_error__variants(message: str, text: str) -> None:
    (found,) = diagnose(console(message, locations=("script shop/app.js:3",)), CAUSES)
    assert found.id == "script-error"
    assert found.title.startswith("A script of the page failed at shop/app.js:3: ")
    assert (found.file, found.line) == ("shop/app.js", 3)
    assert text in f"{found.title}\n{found.hint}"


def test_script_error__the_first_one_is_told() -> None:
    messages = ("Uncaught TypeError: a is null", "Uncaught Error: b", "Uncaught Error: b")
    (found,) = diagnose(console(*messages), CAUSES)
    assert found.title.endswith("TypeError: a is null")


def test_script_error__no_exception() -> None:
    assert not diagnose(console('"an error that a script logged"'), CAUSES)


@pytest.mark.parametrize("source", ["asked-again.log", "container.log of the failed tests"])
def test_script_error__not_if_the_app_failed(source: str) -> None:
    facts = console("Uncaught Error: b", **{source: ("Traceback (most recent call last):",)})
    assert not diagnose(facts, CAUSES)
