"""Tests that start a server of their own, and so never open the rehearsed app."""

import re
from collections.abc import Iterator

from rehearsal.commands.init.input_line import place
from rehearsal.commands.init.survey import Survey
from rehearsal.regex import regex

# A base class, or the fixture of pytest-django as an argument.
LIVE_SERVER = regex(
    r"^class \w+\(.*?\b(?:\w*LiveServerTestCase)\b|^ *(?:async )?def \w+\(.*\blive_server\b",
    re.MULTILINE,
)
# Anything that may be an address from outside: `TEST_SERVER`, `BASE_URL`, `--base-url`.
GIVEN_ADDRESS = regex(r"\b(?:os\.)?(?:environ|getenv)\b|rehearsal_testing|getoption|\bbase_url\b")


def live_server_notes(survey: Survey) -> Iterator[str]:
    """Yield a note for tests that do not test the image."""
    if not survey.suite:
        return
    texts = {path: survey.project.read(path) for path in survey.project.below(survey.suite)}
    if any(GIVEN_ADDRESS.search(text) for text in texts.values()):
        return
    for path, text in texts.items():
        if found := LIVE_SERVER.search(text):
            line = text.count("\n", 0, found.start()) + 1
            yield (
                f"{place(path, line)}: these tests start a server of their own, so they do not "
                "test the image. If os.environ has REHEARSAL_URL, let them open this address "
                "instead of live_server_url."
            )
            return
