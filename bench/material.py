"""What the helper's parts are measured with: reports, shards, files, secrets and a log."""

import multiprocessing
import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from rehearsal.redaction.secret import Secret
from rehearsal.results.evidence_index import EvidenceIndex, FailedTestEvidence
from rehearsal.results.junit.reports import read_reports
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.results.verdict_json import write_json
from rehearsal.verdict import Problem, Verdict

_CHARACTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_$%/+=!"


def made_in(folder: Path, make: Callable[..., None], *arguments: object) -> Path:
    """Return the folder with what `make` makes in it, unless an earlier program has made it.

    Another process does it, so that this one's memory is that of the work alone.
    """
    made = folder / "made"
    if not made.exists():
        made.mkdir()
        process = multiprocessing.get_context("fork").Process(target=make, args=(made, *arguments))
        process.start()
        process.join()
        if process.exitcode:
            sys.exit(f"{make.__name__} failed")
    return made


def make_shards(folder: Path) -> None:
    """Write the verdict.json of 100 shards of 1,000 tests, 10 of them failed."""
    for number in range(1, 101):
        shard = folder / f"evidence-{number}-of-100"
        reports = shard / "reports"
        reports.mkdir(parents=True)
        make_reports(reports, 1, 1000, 100, name=f"shard{number}")
        results = read_reports([("r.xml", (reports / "0.xml").read_bytes())], retries=False).results
        failed = tuple(FailedTestEvidence(failure=each) for each in results.failed)
        result = RehearsalResult(
            name=f"1-1-{number}-of-100",
            shard=f"{number}/100",
            problems=(Problem(Verdict.TESTS_FAILED, "10 tests failed"),),
            suite_results=results,
            index=EvidenceIndex(failed=failed),
        )
        (shard / "verdict.json").write_text(write_json(result))


def make_reports(folder: Path, files: int, count: int, step: int, name: str = "module") -> None:
    """Write so many reports of so many tests, of which each `step`th has failed."""
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


def make_files(folder: Path, count: int) -> None:
    """Write so many small files."""
    for number in range(count):
        (folder / f"{number}.txt").write_text(f"file {number}\n" * 20)


def secrets(count: int) -> list[Secret]:
    """Return so many random secrets, the same each time."""
    chance = random.Random(count)
    return [
        Secret(name=f"S{number}", value="".join(chance.choices(_CHARACTERS, k=16 + number % 48)))
        for number in range(count)
    ]


def log_text(count: int) -> bytes:
    """Return so many groups of three lines, as gunicorn and Django log them; one has 250 bytes."""
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
