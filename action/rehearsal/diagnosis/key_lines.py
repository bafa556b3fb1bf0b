"""The lines of the logs that say most where no known cause fits."""

from collections.abc import Iterable, Iterator, Sequence

from rehearsal.diagnosis.facts import LOG_OF_FAILED_TESTS, Facts
from rehearsal.results.file_names import ASKED_AGAIN_LOG
from rehearsal.results.selenium_message import without_driver_words
from rehearsal.source.error_lines import HEADING, says_error, says_unanswered
from rehearsal.source.tracebacks import tracebacks

# Of these only lines about a failure count.
WORDS_OF_THE_APP = (LOG_OF_FAILED_TESTS, ASKED_AGAIN_LOG)
MAX_KEY_LINES = 5
MAX_LINE_LENGTH = 300


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
            errors = [line for line in lines if says_error(line)]
            found = errors or [each for each in lines if not HEADING.fullmatch(each)] or lines
        if found:
            unique = list(dict.fromkeys(line[:MAX_LINE_LENGTH] for line in found))
            return tuple(unique[-MAX_KEY_LINES:])
    return ()


def _words_of_the_app(lines: Sequence[str]) -> Iterator[str]:
    """Yield what an app says of the requests that it refused, and its exceptions, in their order.

    An exception counts even if all its frames are installed code.
    """
    errors = {each.error for each in tracebacks("\n".join(lines))}
    for line in lines:
        if says_unanswered(line):
            yield line
        elif error := next((each for each in errors if line.strip().endswith(each)), ""):
            yield error
