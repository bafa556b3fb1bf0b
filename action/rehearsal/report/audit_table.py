"""The findings of the audit as a table for a terminal, then what to do about those that failed."""

import textwrap
from collections.abc import Iterator

from rehearsal.report.audit_words import ORDER
from rehearsal.results.audit import Audit, Finding, Outcome
from rehearsal.results.bounded_text import cut_lines, cut_text

# In characters.
MIN_COLUMN = 30
MAX_CELL = 500
MAX_EVIDENCE_LINES = 12
COLUMNS = ("finding", "outcome", "what was found")
OUTCOME_WIDTH = len(COLUMNS[1])
RED, YELLOW, END = "\x1b[1;31m", "\x1b[33m", "\x1b[0m"
COLOURS = {Outcome.FAILED: RED, Outcome.WAIVED: YELLOW}


def audit_table(audit: Audit, *, width: int, colours: bool = False) -> str:
    """Return the table, with what to do below it; `width` is that of the terminal.

    Evidence is not broken into lines, so that it can be copied.
    """
    return "".join(f"{line}\n" for line in _lines(audit, width, colours=colours))


def _lines(audit: Audit, width: int, *, colours: bool) -> Iterator[str]:
    silent = [each for each in audit.having(Outcome.PASSED) if not each.message]
    listed = [each for outcome in ORDER for each in audit.having(outcome) if each not in silent]
    name_width = max(map(len, (COLUMNS[0], *(each.id for each in listed))))
    yield ""
    if listed:
        yield from _row(COLUMNS, name_width, width)
    for each in listed:
        colour = COLOURS.get(each.outcome, "") if colours else ""
        yield from _row((each.id, str(each.outcome), each.message), name_width, width, colour)
    if silent:
        yield from ["", f"{len(silent)} more passed."] if listed else [f"{len(silent)} passed."]
    for each in audit.failed:
        yield ""
        yield from _advice(each, width)
    yield ""


def _row(
    cells: tuple[str, str, str], name_width: int, width: int, colour: str = ""
) -> Iterator[str]:
    """Yield the lines of a row: the last cell has the rest of the line, and more lines."""
    name, outcome, text = cells
    start = name_width + OUTCOME_WIDTH + 4
    first, *more = textwrap.wrap(cut_text(text, MAX_CELL), max(MIN_COLUMN, width - start)) or [""]
    word = f"{outcome:{OUTCOME_WIDTH}}"
    yield f"{name:{name_width}}  {colour + word + END if colour else word}  {first}"
    yield from (" " * start + line for line in more)


def _advice(finding: Finding, width: int) -> Iterator[str]:
    yield f"What to do about {finding.id}"
    for text in (finding.hint, finding.why and f"Why: {finding.why}", finding.reference):
        yield from textwrap.wrap(
            text,
            max(MIN_COLUMN, width),
            initial_indent="  ",
            subsequent_indent="  ",
            break_long_words=False,
            break_on_hyphens=False,
        )
    yield from (
        f"  | {cut_text(line, MAX_CELL)}"
        for line in cut_lines(finding.evidence, MAX_EVIDENCE_LINES)
    )
