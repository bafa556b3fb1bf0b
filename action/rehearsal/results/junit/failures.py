"""What the report of a test case says of its failure."""

import re
from collections.abc import Iterable
from xml.etree import ElementTree as ET

from rehearsal.regex import regex
from rehearsal.results.selenium_message import plain_message

# Failed attempts beside the one that counts, as surefire writes them. The tag does not say whether
# the test passed in the end: pytest-rerunfailures writes flaky… beside a failure, too.
ATTEMPT_TAGS = ("flakyFailure", "flakyError", "rerunFailure", "rerunError")
FAILURE_TAGS = ("failure", "error")
# rehearsal_testing adds this line to an exception when a wait timed out.
WAITED_FOR = regex(r"^Waited [0-9.]+ s for .+$", re.MULTILINE)
# How pytest and RSpec write the colours in a message.
COLOUR_REMAINS = regex(r"(?:#x1B|\\e)\[[0-9;]*m")
# Other tools leave out the escape character alone.
COLOUR_WITHOUT_ESCAPE = regex(r"\[[0-9]{1,3}(?:;[0-9]{1,3})*m")
COLOUR_END = regex(r"\[(?:0|22|27|39|49)m")
# Converters of go test write only one of these as the message; the text has the test's own words.
GO_MESSAGES = ("Failed", "Build error", "Runtime error")
GO_WORDS = regex(r"^[ \t]*\S+\.go:[0-9:]+: (?P<words>.+)", re.MULTILINE)
# A panic of Rust: its words are in the next line.
RUST_PANIC = regex(
    r"^thread '[^\n]*' (?:\(\d+\) )?panicked at [^\n]*:\n(?P<words>.+)", re.MULTILINE
)
# PHPUnit's text begins with the name of the test.
PHP_NAME = regex(r"\A[\w\\]+::\w+(?: with data set [^\n]*)?\n")
# PHPUnit reports a risky test as an error, but ends with exit code 0.
PHP_RISKY = (
    "PHPUnit\\Framework\\RiskyTestError",
    "PHPUnit\\Framework\\OutputError",
    "PHPUnit\\Framework\\MissingCoversAnnotationException",
    "PHPUnit\\Framework\\UnintentionallyCoveredCodeError",
    "PHPUnit\\Framework\\CoveredCodeNotExecutedException",
)


def failures_of(case: ET.Element) -> list[ET.Element]:
    """Return what says that a test failed; some tools write several failures of one test."""
    found = [each for each in case if each.tag in FAILURE_TAGS]
    return [each for each in found if each.get("type") not in PHP_RISKY]


def attempts_of(case: ET.Element) -> list[ET.Element]:
    """Return the failed attempts of a test, other than the one that counts."""
    return [each for each in case if each.tag in ATTEMPT_TAGS]


def trace_of(failures: Iterable[ET.Element]) -> str:
    """Return the text of failures; surefire writes it in an element of its own."""
    return "\n\n".join(filter(None, (_text(each).strip("\n") for each in failures)))


def message_of(failure: ET.Element) -> str:
    """Return the first line of the text; if a wait timed out, what it waited for comes first."""
    line = _first_line(failure)
    waited = WAITED_FOR.search(_text(failure))
    return f"{waited[0].removesuffix('.')}: {line}" if waited and waited[0] not in line else line


def _text(failure: ET.Element) -> str:
    text = failure.text or ""
    return text if text.strip() else failure.findtext("stackTrace") or ""


def _first_line(failure: ET.Element) -> str:
    """Return the first line of the text without colours and Selenium's prefix."""
    kind, text = failure.get("type") or "", _text(failure)
    line = next(iter(_words(failure.get("message") or "", text, kind).strip().splitlines()), "")
    return plain_message(_without_colours(line), kind)


def _without_colours(line: str) -> str:
    line = COLOUR_REMAINS.sub("", line)
    return COLOUR_WITHOUT_ESCAPE.sub("", line) if COLOUR_END.search(line) else line


def _words(message: str, text: str, kind: str) -> str:
    """Return the text that begins with what the test itself says."""
    if message in GO_MESSAGES:
        # The lines before are what it logged.
        return next(iter(reversed(GO_WORDS.findall(text))), message)
    if message.startswith("thread '") and (panic := RUST_PANIC.search(text)):
        return panic["words"]
    if message in ("", "None"):
        return PHP_NAME.sub("", text) or kind
    return message
