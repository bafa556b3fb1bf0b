"""The browser that the tests open, and a display for it, if the machine lacks them."""

import re
from collections.abc import Collection, Iterator, Mapping

from rehearsal.diagnosis.needs.need_context import NeedContext, Proposal
from rehearsal.diagnosis.paste import in_step
from rehearsal.regex import regex
from rehearsal.results.next_need import NextNeed
from rehearsal.source.suite_files import suite_files

# Code that starts a browser on this machine. BrowserTestCase starts Chrome by default.
STARTS = {
    "firefox": regex(r"^[^#\n]*\bwebdriver\.Firefox\(", re.MULTILINE),
    "chrome": regex(
        r"^[^#\n]*(?:\bwebdriver\.Chrome\(|^class \w+\((?:\w+\.)?BrowserTestCase\b)", re.MULTILINE
    ),
}
OUR_BROWSER = "BROWSER"
OURS = regex(r"\bBrowserTestCase\b")
TITLES = {"firefox": "Firefox", "chrome": "Chrome"}
PACKAGES = {"firefox": "firefox-esr", "chrome": "chromium chromium-driver"}
# In characters: how far to read the arguments of the call.
MAX_CALL = 300
HEADLESS = regex(r"headless", re.IGNORECASE)


def browsers(context: NeedContext) -> Iterator[Proposal]:
    """Yield each browser that this machine lacks, or the display that its window needs."""
    machine, project = context.given.machine, context.context.shape.project
    if not machine or context.given.tests.remote_browser:
        return
    texts = {path: project.read(path) for path in suite_files(project, context.given.tests.command)}
    own = "\n".join(texts.values())
    starts = dict(_starts(texts, context.given.tests.variables))
    # Tests that can start several browsers choose one.
    lacks_all = not starts.keys() & machine.browsers
    for browser, (path, found) in starts.items():
        line = found.string.count("\n", 0, found.start()) + found[0].count("\n") + 1
        place = context.context.place(path)
        if browser not in machine.browsers:
            if lacks_all:
                yield _browser(browser, place, line)
        elif _has_window(found.string, found) and _lacks_display(context, own):
            yield _display(browser, place, line)


def _starts(
    texts: Mapping[str, str], variables: Collection[str]
) -> Iterator[tuple[str, tuple[str, re.Match[str]]]]:
    """Yield each browser with the first file that starts it, and the place there."""
    for browser, pattern in STARTS.items():
        for path, text in texts.items():
            found = pattern.search(text)
            # The variable says which one, and its value is not known here.
            if found and not (OURS.search(found[0]) and OUR_BROWSER in variables):
                yield browser, (path, found)
                break


def _browser(browser: str, place: str, line: int) -> Proposal:
    title = TITLES[browser]
    return Proposal(
        need=NextNeed(
            id="browser",
            text=f"{place}:{line} opens {title}, and no {title} is on this machine's PATH.",
            hint=f"Install it in an earlier step (on Debian: apt-get install {PACKAGES[browser]}). "
            "Selenium 4.11 and newer can also download it.",
            file=place,
            line=line,
        )
    )


def _has_window(text: str, found: re.Match[str]) -> bool:
    """Whether a test opens a window: its file has all options, and none is headless."""
    has_options = "options" in text[found.end() : found.end() + MAX_CALL].partition("\n")[0]
    return not OURS.search(found[0]) and (not has_options or "Options(" in text)


def _lacks_display(context: NeedContext, code: str) -> bool:
    machine, suite = context.given.machine, context.given.tests
    if not machine or machine.display or "xvfb" in suite.command:
        return False
    return "MOZ_HEADLESS" not in suite.variables and not HEADLESS.search(code)


def _display(browser: str, place: str, line: int) -> Proposal:
    title = TITLES[browser]
    is_firefox = browser == "firefox"
    hint = (
        "With MOZ_HEADLESS=1, Firefox needs no display."
        if is_firefox
        else "Give Chrome the argument --headless=new."
    )
    return Proposal(
        need=NextNeed(
            id="display",
            text=f"{place}:{line} opens {title} with a window, and this machine has no display.",
            hint=hint,
            file=place,
            line=line,
        ),
        paste=in_step("test-env", "MOZ_HEADLESS=1") if is_firefox else "",
    )
