"""Browser tests that open a window, which needs a display that runners do not have."""

import re
from collections.abc import Iterator

from rehearsal.commands.init.input_line import InputLine, place
from rehearsal.commands.init.survey import Survey
from rehearsal.regex import regex

FIREFOX = regex(r"\bFirefox\(|\bBrowser\.FIREFOX\b")
CHROME = regex(r"\bChrome\(|\bBrowser\.CHROME\b")
# Tests that decide this themselves, or whose browser is started for them.
DECIDED = regex(r"headless|rehearsal_testing|\bxvfb|pyvirtualdisplay", re.IGNORECASE)


def display_lines(survey: Survey) -> Iterator[InputLine]:
    """Yield MOZ_HEADLESS=1, with which Firefox opens no window."""
    if where := _opens_window(survey, FIREFOX):
        why = f"{where} opens Firefox in a window, and a runner has no display."
        yield InputLine(name="test-env", text="MOZ_HEADLESS=1", why=why)


def display_notes(survey: Survey) -> Iterator[str]:
    """Yield what to change in tests with Chrome, which no variable makes headless."""
    if where := _opens_window(survey, CHROME):
        yield (
            f"{where} opens Chrome in a window, and a runner has no display. Give it an option: "
            'options.add_argument("--headless=new").'
        )


def _opens_window(survey: Survey, pattern: re.Pattern[str]) -> str:
    """Return the place in the tests that starts a browser in a window, empty if none does."""
    if not survey.suite:
        return ""
    texts = {path: survey.project.read(path) for path in survey.project.below(survey.suite)}
    if any(DECIDED.search(text) for text in texts.values()):
        return ""
    for path, text in texts.items():
        if found := pattern.search(text):
            return place(path, text.count("\n", 0, found.start()) + 1)
    return ""
