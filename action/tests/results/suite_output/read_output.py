"""Read the whole output of a test command at once."""

from rehearsal.results.suite_output.reader import OutputReader, SuiteOutput


def read_output(text: str) -> SuiteOutput:
    """Return what the lines of the text say."""
    reader = OutputReader()
    reader.feed(text.encode(errors="surrogateescape"))
    return reader.end()
