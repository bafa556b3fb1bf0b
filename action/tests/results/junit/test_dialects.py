"""Real reports of many tools, each with what the tool itself said at its end.

Each `dialects/TOOL.txt` has three parts: the version of the tool and whether it wrote the report
itself, its own last words, and what is read from the report. REHEARSAL_DIALECTS=1 in the
environment writes the third part anew.
"""

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rehearsal.results.junit.reports import ReportsRead, read_reports
from rehearsal.results.tests import Failure, Span

DIALECTS = Path(__file__).parent.parent / "dialects"
READ_AS = "\nRead as:\n"
RUN = tuple(datetime(2026, 11, 29, hour, tzinfo=UTC).timestamp() for hour in (0, 1))


@pytest.fixture(autouse=True)
def in_berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Europe/Berlin")
        time.tzset()
        yield
    time.tzset()


def shown(read: ReportsRead) -> Iterator[str]:
    results = read.results
    yield f"{results.test_count} ran, {results.failure_count} failed, {len(results.flaky)} flaky"
    for kind, failures in (("failed", results.failed), ("flaky", results.flaky)):
        for each in failures:
            yield f"{kind}: {each.name}"
            yield f"    says: {each.message}"
            yield from (f"    {line}" for line in details(each))


def details(failure: Failure) -> Iterator[str]:
    if failure.file:
        yield f"at: {failure.file}:{failure.line}"
    if failure.span:
        yield f"ran: {when(failure.span)}"
    if failure.attempts > 1:
        yield f"attempts: {failure.attempts}"
    yield from (f"attached: {each}" for each in failure.attachments)
    if failure.output:
        yield f"printed: {failure.output.splitlines()[0]}"
    if failure.trace:
        yield f"trace: {failure.trace.strip().splitlines()[-1].strip()}"


def when(span: Span) -> str:
    start = datetime.fromtimestamp(span.start, UTC).isoformat(timespec="milliseconds")
    return f"{start}, {span.end - span.start:.3f} s"


@pytest.mark.parametrize("tool", sorted(each.stem for each in DIALECTS.glob("*.xml")))
def test_dialect__is_read_as_the_tool_meant_it(tool: str) -> None:
    content = (DIALECTS / f"{tool}.xml").read_bytes()
    read = read_reports([(f"{tool}.xml", content)], retries=False, window=(RUN[0], RUN[1]))
    assert (read.found, read.unread) == (1, ())
    text = "\n".join(each.rstrip() for each in shown(read)) + "\n"
    told = DIALECTS / f"{tool}.txt"
    words, _, expected = told.read_text(encoding="utf-8").partition(READ_AS)
    if os.environ.get("REHEARSAL_DIALECTS"):
        told.write_text(f"{words.rstrip()}\n{READ_AS}{text}", encoding="utf-8")
    assert text == expected
