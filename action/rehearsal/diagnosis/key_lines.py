"""The lines of the logs that say most where no known cause fits."""

import re
from collections.abc import Iterable, Iterator, Sequence

from rehearsal.diagnosis.facts import LOG_OF_FAILED_TESTS, Facts
from rehearsal.results.file_names import ASKED_AGAIN_LOG
from rehearsal.results.selenium_message import without_driver_words
from rehearsal.source.tracebacks import SERVER_NOISE, tracebacks

# Of these only lines about a failure count.
WORDS_OF_THE_APP = (LOG_OF_FAILED_TESTS, ASKED_AGAIN_LOG)
MAX_KEY_LINES = 5
MAX_LINE_LENGTH = 300
# Words of error messages, whatever language the program is written in.
ERROR_WORDS = re.compile(
    r"^(?!\s*File )(?=.*(\b(\w*Error|\w*Exception|error|fatal|panic|critical|denied|failed|cannot|"
    r"could not|not found|no such|refused|unable)\b))",
    re.IGNORECASE,
)
# How an app logs that it could not answer a request. A page that is not found, for example its
# icon, is no reason why a test fails. Source: Django, Flask, and the usual names of levels.
REFUSED = re.compile(
    r"\b(?:Internal Server Error|Bad Request): /|\bForbidden \(.+\): /|\bException on /\S* \["
    r"|\b(?:ERROR|CRITICAL|FATAL|SEVERE)\b"
)
# A heading alone, a frame, and unittest's last line say nothing.
HEADING = re.compile(r".{0,200}:\s*|\s+(?:at|from) \S.*|FAILED \(.*\)")


def key_lines(facts: Facts, sources: Iterable[str]) -> tuple[str, ...]:
    """Return the last error lines, or just the last lines, of the first source that has any.

    Of what the app said of failed tests only the lines about a failure count.
    """
    for source in sources:
        known = (without_driver_words(line) for line in facts.lines.get(source, ()))
        lines = [line for line in known if line.strip()]
        if source in WORDS_OF_THE_APP:
            found = list(_words_of_the_app(lines))
        else:
            errors = [line for line in lines if _says_error(line)]
            found = errors or [each for each in lines if not HEADING.fullmatch(each)] or lines
        if found:
            unique = list(dict.fromkeys(line[:MAX_LINE_LENGTH] for line in found))
            return tuple(unique[-MAX_KEY_LINES:])
    return ()


def _says_error(line: str) -> bool:
    return bool(
        ERROR_WORDS.search(line) and not SERVER_NOISE.search(line) and not HEADING.fullmatch(line)
    )


def _words_of_the_app(lines: Sequence[str]) -> Iterator[str]:
    """Yield what an app says of the requests that it refused, and its exceptions, in their order.

    An exception counts even if all its frames are installed code.
    """
    errors = {each.error for each in tracebacks("\n".join(lines))}
    for line in lines:
        if REFUSED.search(line) and not SERVER_NOISE.search(line):
            yield line
        elif error := next((each for each in errors if line.strip().endswith(each)), ""):
            yield error
