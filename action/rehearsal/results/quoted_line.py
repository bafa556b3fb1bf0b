"""The text of a line of code, as a traceback quotes it."""

import re

from rehearsal.results.bounded_text import cut_text

# In characters.
MAX_CODE = 300


def quoted_line(traceback: str, file: str, line: int) -> str:
    """Return the text of a line in a traceback of Python or of pytest, empty if it has none."""
    # The code is indented by more than its frame; without the source the next frame follows.
    frame = rf'^( *)File "(?:[^"\n]*/)?{re.escape(file)}", line {line}\b.*\n\1 +(?!File ")(\S.*)'
    found = [code for _, code in re.findall(frame, traceback, re.MULTILINE)]
    return cut_text((found or _of_pytest(traceback, file, line) or [""])[-1], MAX_CODE)


def _of_pytest(traceback: str, file: str, line: int) -> list[str]:
    """Return the last marked line above each place like `FILE:LINE: …`."""
    place = re.compile(rf"(?:\S*/)?{re.escape(file)}:{line}:(?: |$)")
    found, code = [], ""
    for each in traceback.splitlines():
        if each.startswith(">"):
            code = each[1:].strip()
        elif code and place.match(each):
            found.append(code)
    return found
