"""Write `trace.jsonl` of one attempt at a test, and its pictures."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rehearsal_capture.trace.pages import Pages
from rehearsal_capture.trace.session_trace import SessionTrace


def write_trace(
    folder: Path,
    suffix: str,
    head: dict[str, Any],
    traces: Sequence[SessionTrace],
    pages: Pages,
) -> None:
    """Write what the browsers of a test did, unless they did nothing. Raises OSError.

    `head` begins the lines of each browser; `suffix` is added to the names, before the dot.
    """
    traces = [each for each in traces if each.live_lines()]
    if not traces:
        return
    folder.mkdir(parents=True, exist_ok=True)
    _write_pictures(folder, suffix, traces, pages)
    lines: list[dict[str, Any]] = []
    written: set[str] = set()
    for trace in traces:
        own = trace.lines()
        left_out = trace.left_out()
        if not lines:
            # Those of all browsers.
            left_out.update({kind: count for kind, count in pages.left_out.items() if count})
        first = {**head, "browser": trace.browser, **({"left-out": left_out} if left_out else {})}
        # A page that several browsers saw is written once.
        wanted = [each["dom"] for each in own if each.get("dom", "") not in {"", *written}]
        doms = [each for each in pages.lines(wanted) if each["sha"] not in written]
        written |= {each["sha"] for each in doms}
        lines += ({**each, "b": trace.number} for each in (first, *own, *doms))
    text = "".join(f"{json.dumps(each, ensure_ascii=False)}\n" for each in lines)
    (folder / f"trace{suffix}.jsonl").write_text(text, encoding="utf-8", errors="replace")


def _write_pictures(
    folder: Path, suffix: str, traces: Sequence[SessionTrace], pages: Pages
) -> None:
    """Write the pictures, and their names into the lines that they belong to."""
    current = {id(line) for each in traces for line in each.live_lines()}
    pictures = [each for each in pages.pictures() if id(each[0]) in current]
    for number, (line, picture) in enumerate(pictures, start=1):
        line["pic"] = f"trace{suffix}-{number}.jpg"
        (folder / line["pic"]).write_bytes(picture)
