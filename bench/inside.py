"""One of the helper's parts by itself, or the least that others need for it.

`python -m bench.inside NAME FOLDER [NUMBER]`. What it reads is made in the folder.
It prints what was measured (seconds, or MB/s), and the largest memory of the process in MiB.
"""

import gc
import json
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

from bench.material import log_text, made_in, make_files, make_reports, make_shards, secrets
from rehearsal.cli import GARBAGE_THRESHOLD
from rehearsal.cli import main as rehearse
from rehearsal.evidence.folder import Evidence
from rehearsal.evidence.sanitize import sanitize_folder
from rehearsal.outside.folder import Folder
from rehearsal.redaction.redactor import Redactor
from rehearsal.report.page import page
from rehearsal.report.summary import summary
from rehearsal.results.evidence_index import EvidenceIndex, FailedTestEvidence
from rehearsal.results.junit.reports import read_reports
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.results.verdict_json import write_json
from rehearsal.verdict import Verdict

_PIECE = 1 << 16
_FLOOD = 1 << 30
# sed is slow.
_SED_FLOOD = 1 << 26


def flood(folder: Path) -> float:
    """Return the MB/s at which a log of 1 GiB with ten secrets known is kept."""
    own = Path(tempfile.mkdtemp(dir=folder))
    log = Evidence(Folder(own), Redactor(secrets(10))).log("container.log", timed=True)
    sink, text = log.stream(), log_text(10_000)
    begun = time.perf_counter()
    for at in range(0, _FLOOD, _PIECE):
        start = at % (len(text) - _PIECE)
        sink(text[start : start + _PIECE])
    log.close()
    return _FLOOD / 1e6 / (time.perf_counter() - begun)


def flood_by_sed(folder: Path) -> float:
    """Return the MB/s at which sed keeps a part of the same log, with the same ten secrets."""
    text = log_text(10_000)
    pieces = -(-_SED_FLOOD // len(text))
    with (folder / "log").open("wb") as file:
        file.writelines([text] * pieces)
    hidden = [f"s/{re.escape(each.value).replace('/', '[/]')}/***/g" for each in secrets(10)]
    begun = time.perf_counter()
    with (folder / "log").open("rb") as log, (folder / "kept").open("wb") as kept:
        subprocess.run(["sed", ";".join(hidden)], stdin=log, stdout=kept, check=True)
    return pieces * len(text) / 1e6 / (time.perf_counter() - begun)


def redaction(_: Path, count: int) -> float:
    """Return the MB/s at which so many secrets are looked for in an ordinary log."""
    stream, text = Redactor(secrets(count)).stream(), log_text(100_000)
    begun = time.perf_counter()
    for at in range(0, len(text), _PIECE):
        stream.feed(text[at : at + _PIECE])
    stream.flush()
    return len(text) / 1e6 / (time.perf_counter() - begun)


def redaction_by_pattern(_: Path, count: int) -> float:
    """Return the MB/s of one regular expression that has all values; none of their spellings."""
    pattern = re.compile("|".join(re.escape(each.value) for each in secrets(count)).encode())
    # Of many secrets it reads less than a megabyte a second.
    text = log_text(max(1_000, 50_000 // count))
    begun = time.perf_counter()
    pattern.sub(b"***", text)
    return len(text) / 1e6 / (time.perf_counter() - begun)


def merge(folder: Path) -> float:
    """Return the seconds for 100 shards of 1,000 tests, 10 of them failed."""
    shards, merged = made_in(folder, make_shards), tempfile.mkdtemp(dir=folder)
    arguments = ["merge", str(shards), "--expect", "100", "--into", f"{merged}/report"]
    begun = time.perf_counter()
    code = rehearse(arguments)
    if code != Verdict.TESTS_FAILED.exit_code:
        sys.exit(f"the shards were not merged: exit code {code}")
    return time.perf_counter() - begun


def merge_only_read(folder: Path) -> float:
    """Return the seconds in which the verdict.json of the same shards are read."""
    shards = made_in(folder, make_shards)
    begun = time.perf_counter()
    for file in shards.glob("*/verdict.json"):
        json.loads(file.read_bytes())
    return time.perf_counter() - begun


def tests(folder: Path) -> float:
    """Return the seconds in which 100,000 tests are counted and put into all reports."""
    made = made_in(folder, make_reports, 10, 10_000, 20)
    begun = time.perf_counter()
    _report(made)
    return time.perf_counter() - begun


def tests_only_read(folder: Path) -> float:
    """Return the seconds in which the standard library's parser reads the same reports."""
    made = made_in(folder, make_reports, 10, 10_000, 20)
    return _seconds_to_parse(made)


def page_of_many(folder: Path) -> float:
    """Return the seconds in which 10,000 tests are counted and put into all reports."""
    made = made_in(folder, make_reports, 1, 10_000, 20)
    begun = time.perf_counter()
    _report(made)
    return time.perf_counter() - begun


def page_only_read(folder: Path) -> float:
    """Return the seconds in which the standard library's parser reads the same report."""
    made = made_in(folder, make_reports, 1, 10_000, 20)
    return _seconds_to_parse(made)


def sweep(folder: Path) -> float:
    """Return the seconds in which 20,000 files are searched for ten secrets."""
    made = made_in(folder, make_files, 20_000)
    begun = time.perf_counter()
    sanitize_folder(Folder(made), Redactor(secrets(10)))
    return time.perf_counter() - begun


def sweep_only_read(folder: Path) -> float:
    """Return the seconds in which the same files are read."""
    made = made_in(folder, make_files, 20_000)
    begun = time.perf_counter()
    for file in made.iterdir():
        file.read_bytes()
    return time.perf_counter() - begun


def _seconds_to_parse(folder: Path) -> float:
    begun = time.perf_counter()
    for file in folder.iterdir():
        ET.parse(file)  # noqa: S314  (we wrote it)
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


PARTS: dict[str, Callable[..., float]] = {
    "flood": flood,
    "flood-sed": flood_by_sed,
    "redaction": redaction,
    "redaction-re": redaction_by_pattern,
    "merge": merge,
    "merge-read": merge_only_read,
    "tests": tests,
    "tests-read": tests_only_read,
    "page": page_of_many,
    "page-read": page_only_read,
    "sweep": sweep,
    "sweep-read": sweep_only_read,
}


def main() -> None:
    """Measure one part."""
    name, folder, *numbers = sys.argv[1:]
    # As in the helper; most parts here are called below its entry point.
    gc.set_threshold(GARBAGE_THRESHOLD)
    measured = PARTS[name](Path(folder), *map(int, numbers))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"measured {measured}\npeak {peak}")


if __name__ == "__main__":
    main()
