"""Which screenshot of a failed test shows the browser of the failed step."""

import re
from pathlib import PurePosixPath

from rehearsal.regex import regex
from rehearsal.results.browser_steps import END
from rehearsal.results.traced_attempt import TracedAttempt

NAME = regex(
    r"screenshot(?:-retry(?P<retry>\d{1,3}))?(?:-failure(?P<failure>\d{1,3}))?"
    r"(?:-browser(?P<browser>\d{1,3}))?\.png",
    re.ASCII,
)


def screenshot(shown: TracedAttempt) -> str:
    """Return the name of the picture that this attempt's browser left; empty if there is none.

    If it is not known which browser a picture is of, there is none.
    """
    attempt = next((each.number for each in shown.test.attempts if each.page == shown.page), 1)
    # By failure and browser; screenshot.png is of the first ones.
    found: dict[tuple[int, int], str] = {}
    for name in (PurePosixPath(each).name for each in shown.test.pictures):
        match = NAME.fullmatch(name)
        if match and int(match["retry"] or 0) == attempt - 1:
            found[int(match["failure"] or 1), int(match["browser"] or 1)] = name
    if not found:
        return ""
    # A runner that we do not know as one that retries counts failures; the trace is of the last.
    is_again = attempt == 1 and shown.test.failure.attempts > 1
    failure = max(number for number, _ in found) if is_again else 1
    names = {browser: name for (number, browser), name in found.items() if number == failure}
    browsers = _browsers(shown)
    if len(names) != len(browsers):
        return ""
    step = shown.failed_step
    failed = browsers[0] if step is None else shown.trace.steps[step].browser
    return names.get(browsers.index(failed) + 1, "") if failed in browsers else ""


def _browsers(shown: TracedAttempt) -> list[int]:
    """Return the browsers in the order of their pictures.

    Those that the failure itself ended come first, in the order of their ends. Those that had ended
    before have no picture.
    """
    steps, failed = shown.trace.steps, shown.failed_step
    ends = {each.browser: number for number, each in enumerate(steps) if each.text == END}
    by_failure = {browser for browser, number in ends.items() if number > (failed or 0)}
    still_open = [browser for browser in shown.trace.browsers if browser not in ends]
    return sorted(by_failure, key=lambda browser: ends[browser]) + still_open
