"""Build Markdown that stays readable whatever an app or a test has printed."""

import html
import re
from collections.abc import Iterable, Iterator, Sequence

from rehearsal.regex import regex
from rehearsal.report.name_of_test import PYTHON_TEST
from rehearsal.results.bounded_text import cut_text

# In bytes. GitHub refuses a step's summary over 1 MiB.
MAX_SIZE = 1_000_000
# In characters or lines. What is cut here is complete in the evidence.
MAX_LINE = 500
MAX_PARAGRAPH = 4000
MAX_PREFORMATTED_LINES = 60
# What ends a line of Markdown (CommonMark, 2.1).
LINE_END = regex(r"\r\n|\r|\n")
TICKS = regex("`+")


def document(sections: Iterable[Iterable[str]], *, whole: str) -> str:
    """Return sections of lines as one text; a section that does not fit is left out.

    `whole` is Markdown that says where the reader finds everything.
    """
    note = f"More does not fit here: see {whole}.\n"
    kept: list[str] = []
    room = MAX_SIZE - len(note.encode(errors="replace")) - 1
    for section in sections:
        text = "".join(f"{line}\n" for line in section)
        if (size := len(text.encode(errors="replace"))) <= room:
            room -= size
            kept.append(text)
        elif note not in kept:
            kept += (note, "\n")
    return "".join(kept)


def escape(text: str) -> str:
    """Escape what Markdown or HTML would read as markup."""
    without_html = html.escape(text, quote=False)
    escaped = "".join(f"\\{c}" if c in "\\`*_[]#|~" else c for c in without_html)
    return LINE_END.sub("<br>", escaped)


def paragraph(text: str) -> str:
    """Return an escaped text of at most `MAX_PARAGRAPH` characters."""
    return escape(cut_text(text, MAX_PARAGRAPH))


def cell(text: str) -> str:
    """Return an escaped text of at most `MAX_LINE` characters, for a table or a list."""
    return escape(cut_text(text, MAX_LINE))


def code(text: str) -> str:
    """Return a code span. Nothing can be escaped in it, so backticks and spaces are dropped."""
    allowed = re.sub(r"[`\s]", "", text)
    return f"`{allowed}`"


def link(text: str, address: str) -> str:
    """Return an escaped text as a link; only the text where there is no address."""
    return f"[{text}]({address})" if address else text


def name_cell(name: str) -> str:
    """Return a test's name for a table: below a test's own name its module, which is wide.

    Only Python's runners write the module so. Another name may have a dot anywhere.
    """
    found = PYTHON_TEST.fullmatch(name)
    if not found or len(name) > MAX_LINE:
        return cell(name)
    module = found["module"].removesuffix(".").removesuffix("::")
    return f"{escape(found['own'])}<br><sub>{escape(module)}</sub>"


def preformatted(lines: Iterable[str], *, whole: bool = False) -> Iterator[str]:
    """Yield the last `MAX_PREFORMATTED_LINES` lines, to be shown as they are.

    What a reader pastes is shown `whole`: a part of it may mean anything.
    """
    listed = list(lines)
    if not listed:
        return
    yield "<pre>"
    # An empty line would end the HTML block, and what follows would be read as Markdown.
    if not whole:
        listed = [cut_text(line, MAX_LINE) for line in listed[-MAX_PREFORMATTED_LINES:]]
    for line in listed:
        yield LINE_END.sub(" ", html.escape(line)) or " "
    yield "</pre>"
    yield ""


def code_block(commands: Iterable[str]) -> Iterator[str]:
    """Yield commands in a fence, to which GitHub adds a button that copies them; none is cut."""
    listed = [LINE_END.sub(" ", command) for command in commands]
    longest = max((len(each) for line in listed for each in TICKS.findall(line)), default=0)
    fence = "`" * max(3, longest + 1)
    yield f"{fence}sh"
    yield from listed
    yield fence
    yield ""


def collapsible(title: str, lines: Iterable[str], *, collapsed: bool = False) -> Iterator[str]:
    """Yield preformatted lines under a title that opens and closes them."""
    if lines:
        yield from details(title, preformatted(lines), collapsed=collapsed)


def details(title: str, content: Iterable[str], *, collapsed: bool = False) -> Iterator[str]:
    """Yield Markdown under a title that opens and closes it."""
    # This is HTML until the empty line: Markdown's escapes would be visible.
    heading = LINE_END.sub(" ", html.escape(cut_text(title, MAX_LINE)))
    yield f"<details{'' if collapsed else ' open'}><summary>{heading}</summary>"
    yield ""
    yield from content
    yield "</details>"
    yield ""


def table(
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    numbers: Sequence[str] = (),
    more: int = 0,
    note: str = "",
) -> Iterator[str]:
    """Yield a table of escaped cells, nothing where there are no rows.

    The columns in `numbers` are aligned to the right. A last row says that there are `more` rows,
    and `note` where they are.
    """
    if not rows:
        return
    yield _row(columns)
    yield f"|{'|'.join('---:' if column in numbers else '---' for column in columns)}|"
    yield from map(_row, rows)
    if more > 0:
        yield _row([f"{more} more", *[""] * (len(columns) - 2), note])
    yield ""


def _row(cells: Iterable[str]) -> str:
    return f"|{'|'.join(f' {each} ' if each else ' ' for each in cells)}|"
