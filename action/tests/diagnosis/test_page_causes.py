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
        ("Uncaught NotFoundError: Failed to execute 'removeChild'", "the browser ended the script"),
        (
            "Uncaught TypeError: Cannot read properties of undefined (reading 'length')",
            "before .length is undefined there. Compare its name with what the script gets.",
        ),
        (
            'TypeError: can\'t access property "length", text.content is undefined',
            "before .length is undefined there. Compare its name with what the script gets.",
        ),
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


def test_script_error__shows_the_line_of_what_is_undefined() -> None:
    message = "Uncaught TypeError: Cannot set properties of undefined (setting 'value')"
    locations = ("script shop/app.js:3", "script_line form.name.value = '';")
    (found,) = diagnose(console(message, locations=locations), CAUSES)
    assert found.hint == (
        "What stands before .value is undefined there. Compare its name with what the script gets: "
        "form.name.value = '';"
    )


def test_script_error__the_first_one_is_told() -> None:
    messages = ("Uncaught TypeError: a is null", "Uncaught Error: b", "Uncaught Error: b")
    (found,) = diagnose(console(*messages), CAUSES)
    assert found.title.endswith("TypeError: a is null")


def test_script_error__with_the_words_of_the_tests() -> None:
    failures = ("t.A.test_a: 'oak' != 'elm'", "t.A.test_b: no list")
    (found,) = diagnose(console("Uncaught Error: b", failures=failures), CAUSES)
    assert found.title.endswith("Error: b")
    assert found.matching_lines[0].endswith("Uncaught Error: b")
    assert found.matching_lines[1:] == failures


def test_script_error__only_if_nothing_else_explains_it() -> None:
    covered = (
        "selenium.common.exceptions.ElementClickInterceptedException: Message: element click "
        'intercepted: Element <button id="add">...</button> is not clickable at point (1, 2). '
        'Other element would receive the click: <p class="imprint">...</p>'
    )
    found = diagnose(console("Uncaught Error: b", failures=(f"t: {covered}",)), CAUSES)
    assert [each.id for each in found] == ["covered-element"]


def test_script_error__no_exception() -> None:
    assert not diagnose(console('"an error that a script logged"'), CAUSES)


@pytest.mark.parametrize("source", ["asked-again.log", "container.log of the failed tests"])
def test_script_error__not_if_the_app_failed(source: str) -> None:
    facts = console("Uncaught Error: b", **{source: ("Traceback (most recent call last):",)})
    assert not diagnose(facts, CAUSES)


SELF = "default-src 'self'"
LINK = "http://cdn.example/a.js"
DIRECTIVE = f'the following Content Security Policy directive: "{SELF}". Note that'
FIREFOX = "ERROR: Content-Security-Policy: The page\u2019s settings blocked"
BECAUSE = "because it violates the following directive"
INLINE = DIRECTIVE.replace('"', "'").replace(":", "")


@pytest.mark.parametrize(
    "message, what",
    [
        (f"SEVERE: http://x/ - Loading the script '{LINK}' violates {DIRECTIVE}", LINK),
        (f"SEVERE: http://x/ - Connecting to '{LINK}' violates {DIRECTIVE}", LINK),
        (f"SEVERE: http://x/ 3 Executing inline script violates {INLINE}", "inline script"),
        (f"SEVERE: Refused to load the script '{LINK}' because it violates {DIRECTIVE}", LINK),
        (f"SEVERE: Refused to connect to '{LINK}' because it violates {DIRECTIVE}", LINK),
        (
            f"SEVERE: Refused to execute inline script because it violates {DIRECTIVE}",
            "inline script",
        ),
        (f"{FIREFOX} a script (script-src-elem) at {LINK} from being {BECAUSE}: “{SELF}”", LINK),
        (f"{FIREFOX} an inline style (style-src-elem) {BECAUSE}: “{SELF}”. C", "inline style"),
        (f"{FIREFOX} an event handler (script-src-attr) {BECAUSE}: “{SELF}”", "event handler"),
    ],
)
def test_csp_blocked__in_the_words_of_the_browsers(message: str, what: str) -> None:
    lines = {"console": (f"2026-11-29T08:19:36.428Z {message}",)}
    (found,) = diagnose(Facts(verdict=Verdict.TESTS_FAILED, lines=lines), CAUSES)
    assert found.id == "csp-blocked"
    assert found.title == f"The page's Content-Security-Policy blocks {what}"
    assert f"Its directive {SELF} does not" in found.hint


@pytest.mark.parametrize(
    "message",
    [
        f"SEVERE: http://x/ 4 Loading the image '{LINK}' violates {DIRECTIVE}",
        f"{FIREFOX} the loading of a resource (img-src) at {LINK} {BECAUSE}: “{SELF}”",
    ],
    ids=["Chrome", "Firefox"],
)
def test_csp_blocked__a_picture_is_no_reason(message: str) -> None:
    lines = {"console": (f"2026-11-29T08:19:36.428Z {message}",)}
    assert not diagnose(Facts(verdict=Verdict.TESTS_FAILED, lines=lines), CAUSES)


@pytest.mark.parametrize(
    "message",
    [
        (
            f"SEVERE: http://x/ - Loading the script '{LINK}' violates {DIRECTIVE} it "
            "was not explicitly set. The policy is report-only, so the violation has been logged "
            "but no further action has been taken."
        ),
        (
            f"SEVERE: http://x/ - [Report Only] Refused to load the script '{LINK}' because it "
            f"violates {DIRECTIVE}"
        ),
        (
            "ERROR: Content-Security-Policy: (Report-Only policy) The page\u2019s settings would "
            f"block a script (script-src-elem) at {LINK} from being {BECAUSE}: “{SELF}”"
        ),
    ],
    ids=["Chrome", "Chrome before 2025", "Firefox"],
)
def test_csp_blocked__not_by_a_policy_that_only_reports(message: str) -> None:
    lines = {"console": (f"2026-11-29T08:19:36.428Z {message}",)}
    assert not diagnose(Facts(verdict=Verdict.TESTS_FAILED, lines=lines), CAUSES)
