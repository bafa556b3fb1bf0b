"""Transcripts of real test runners: the command, what it printed, and its exit code."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rehearsal.results.suite_output.reader import SuiteOutput

from .read_output import read_output

FOLDER = Path(__file__).parent / "transcripts"
# A command, its output, its exit code.
ENTRY = re.compile(r"^\$ ([^\n]+)\n(.*?)^exit (\d+)\n", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Transcript:
    """One run of a test runner."""

    file: str
    command: str
    text: str
    code: int

    def read(self) -> SuiteOutput:
        """Count its tests."""
        return read_output(self.text)


def transcripts(pattern: str = "*") -> Iterator[Transcript]:
    """Yield the transcripts of the files with this name."""
    for path in sorted(FOLDER.glob(f"{pattern}.txt")):
        # Not read_text: it would replace carriage returns.
        for command, text, code in ENTRY.findall(path.read_bytes().decode()):
            yield Transcript(file=path.stem, command=command, text=text, code=int(code))


def transcript(file: str, command: str) -> Transcript:
    """Return one transcript."""
    (found,) = [each for each in transcripts(file) if each.command == command]
    return found
