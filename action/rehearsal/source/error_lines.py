"""Which lines of a log tell of an error, whatever language the program is written in."""

import re

from rehearsal.regex import regex
from rehearsal.source.tracebacks import SERVER_NOISE

# Words of error messages.
ERROR_WORDS = regex(
    r"^(?!\s*File ).*?(?:error|exception|\b(?:fatal|panic|critical|denied|failed|cannot|could not"
    r"|not found|no such|refused|unable))\b",
    re.IGNORECASE,
)
# How an app logs that it could not answer a request. A page that is not found, for example its
# icon, is no reason why a test fails. Source: Django, Flask, and the usual names of levels.
UNANSWERED = regex(
    r"\b(?:Internal Server Error|Bad Request): /|\bForbidden \(.+\): /|\bException on /\S* \["
    r"|\b(?:ERROR|CRITICAL|FATAL|SEVERE)\b"
)
# A heading alone, a frame, and unittest's last line say nothing.
HEADING = regex(r".{0,200}:\s*|\s+(?:at|from) \S.*|FAILED \(.*\)")


def says_error(line: str) -> bool:
    """Whether a line has the words of an error message."""
    return bool(
        ERROR_WORDS.search(line) and not SERVER_NOISE.search(line) and not HEADING.fullmatch(line)
    )


def says_unanswered(line: str) -> bool:
    """Whether an app says in a line that it could not answer a request."""
    return bool(UNANSWERED.search(line) and not SERVER_NOISE.search(line))
