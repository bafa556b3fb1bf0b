"""One of the helper's parts by itself: `NAME [NUMBER]`.

It prints what was measured (seconds, or MB/s), and the largest memory of the process in MiB.
"""

import multiprocessing
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from rehearsal.cli import main as rehearse
from rehearsal.evidence.folder import Evidence
from rehearsal.evidence.sanitize import sanitize_folder
from rehearsal.outside.folder import Folder
from rehearsal.redaction.redactor import Redactor
from rehearsal.redaction.secret import Secret
from rehearsal.report.page import page
from rehearsal.report.summary import summary
from rehearsal.results.evidence_index import EvidenceIndex, FailedTestEvidence
from rehearsal.results.junit.reports import read_reports
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.results.verdict_json import write_json

_PIECE = 1 << 16
_FLOOD = 1 << 30
_CHARACTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_$%/+=!"


def flood(folder: Path) -> float:
    """Return the MB/s at which a log of 1 GiB with ten secrets known is kept."""
    log = Evidence(Folder(folder), Redactor(_secrets(10))).log("container.log", timed=True)
    sink, text = log.stream(), _log_text(10_000)
    begun = time.perf_counter()
    for at in range(0, _FLOOD, _PIECE):
        start = at % (len(text) - _PIECE)
        sink(text[start : start + _PIECE])
    log.close()
    return _FLOOD / 1e6 / (time.perf_counter() - begun)


def redaction(_: Path, count: int) -> float:
    """Return the MB/s at which so many secrets are looked for in an ordinary log."""
    stream, text = Redactor(_secrets(count)).stream(), _log_text(100_000)
    begun = time.perf_counter()
    for at in range(0, len(text), _PIECE):
        stream.feed(text[at : at + _PIECE])
    stream.flush()
    return len(text) / 1e6 / (time.perf_counter() - begun)


def merge(folder: Path) -> float:
    """Return the seconds for 100 shards of 1,000 tests, 10 of them failed."""
    _apart(_make_shards, folder / "shards")
    arguments = ["merge", f"{folder}/shards", "--expect", "100", "--into", f"{folder}/merged"]
    begun = time.perf_counter()
    rehearse(arguments)
    return time.perf_counter() - begun


def tests(folder: Path) -> float:
    """Return the seconds in which 100,000 tests of ten reports are counted and reported."""
    _apart(_make_reports, folder, 10, 10_000, 20)
    begun = time.perf_counter()
    _report(folder)
    return time.perf_counter() - begun


def page_of_many(folder: Path) -> float:
    """Return the seconds in which 10,000 tests are counted and reported."""
    _apart(_make_reports, folder, 1, 10_000, 20)
    begun = time.perf_counter()
    _report(folder)
    return time.perf_counter() - begun


def sweep(folder: Path) -> float:
    """Return the seconds in which 20,000 files are searched for ten secrets."""
    _apart(_make_files, folder, 20_000)
    begun = time.perf_counter()
    sanitize_folder(Folder(folder), Redactor(_secrets(10)))
    return time.perf_counter() - begun


def _report(folder: Path) -> None:
    reports = ((each.name, each.read_bytes()) for each in sorted(folder.iterdir()))
    results = read_reports(reports, retries=False).results
    failed = tuple(FailedTestEvidence(failure=each) for each in results.failed)
    result = RehearsalResult(
        name="bench", suite_results=results, index=EvidenceIndex(failed=failed)
    )
    with tempfile.TemporaryFile() as file:
        file.write(write_json(result).encode() + summary(result, evidence="x").encode())
        file.writelines(part.encode() for part in page(result).parts)


def _apart(make: Callable[..., None], *arguments: object) -> None:
    """Make files in another process, so that this one's memory is that of the work alone."""
    process = multiprocessing.get_context("fork").Process(target=make, args=arguments)
    process.start()
    process.join()
    if process.exitcode:
        sys.exit(f"{make.__name__} failed")


def _make_shards(folder: Path) -> None:
    for number in range(1, 101):
        shard = folder / f"evidence-{number}-of-100"
        reports = shard / "reports"
        reports.mkdir(parents=True)
        _make_reports(reports, 1, 1000, 100, name=f"shard{number}")
        results = read_reports([("r.xml", (reports / "0.xml").read_bytes())], retries=False).results
        failed = tuple(FailedTestEvidence(failure=each) for each in results.failed)
        result = RehearsalResult(
            name=f"1-1-{number}-of-100",
            shard=f"{number}/100",
            suite_results=results,
            index=EvidenceIndex(failed=failed),
        )
        (shard / "verdict.json").write_text(write_json(result))


def _make_reports(folder: Path, files: int, count: int, step: int, name: str = "module") -> None:
    for number in range(files):
        cases = "".join(_cases(number * count, count, step, name))
        (folder / f"{number}.xml").write_text(
            f'<testsuites><testsuite name="pytest" timestamp="2026-11-30T10:00:00">{cases}'
            "</testsuite></testsuites>"
        )


def _cases(first: int, count: int, step: int, name: str) -> Iterator[str]:
    for number in range(first, first + count):
        words = f"AssertionError: {number} != {number + 1}"
        lines = f'  File "tests/test_{name}.py", line {number}, in test_{number}\n' * 5
        failure = f'<failure message="{words}">Traceback:\n{lines}{words}</failure>'
        yield (
            f'<testcase classname="tests.test_{name}.CaseTest" name="test_number_{number}" '
            f'time="{number % 97 / 100}">{"" if number % step else failure}</testcase>'
        )


def _make_files(folder: Path, count: int) -> None:
    for number in range(count):
        (folder / f"{number}.txt").write_text(f"file {number}\n" * 20)


def _secrets(count: int) -> list[Secret]:
    chance = random.Random(count)
    return [
        Secret(name=f"S{number}", value="".join(chance.choices(_CHARACTERS, k=16 + number % 48)))
        for number in range(count)
    ]


def _log_text(count: int) -> bytes:
    """Return as many groups of lines as gunicorn and Django log them, of 320 bytes each."""
    chance = random.Random(1)
    lines = []
    for number in range(count):
        request = f'"GET /lists/{number}/ HTTP/1.1" 200 {chance.randrange(9999)}'
        lines += [
            f'172.17.0.1 - - [30/Nov/2026:10:{number % 60:02}:00 +0000] {request} "-" "x"',
            f"[2026-11-30 10:00:00] INFO django.request: id={chance.getrandbits(128):032x}",
            '  File "/venv/lib/python3.13/site-packages/django/core/handlers/base.py", line 197',
        ]
    return "\n".join(lines).encode()


PARTS: dict[str, Callable[..., float]] = {
    "flood": flood,
    "redaction": redaction,
    "merge": merge,
    "tests": tests,
    "page": page_of_many,
    "sweep": sweep,
}


def main() -> None:
    """Measure one part in a folder of its own."""
    name, *numbers = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        measured = PARTS[name](Path(folder), *map(int, numbers))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"measured {measured}\npeak {peak}")


if __name__ == "__main__":
    main()
