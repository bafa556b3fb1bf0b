"""Gather the facts of a failure: the problem, the logs, what was observed, the failed tests."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from rehearsal.ansi import COLOUR_CODE
from rehearsal.diagnosis.facts import LOG_BEFORE_TESTS, Facts
from rehearsal.evidence import log_slices
from rehearsal.outside.files import read_head_and_tail
from rehearsal.results.file_names import (
    BUILD_LOG,
    CONTAINER_LOG,
    CONTAINER_LOG_INDEX,
    SETUP_LOG,
    TEST_LOG,
    TEST_SETUP_LOG,
)
from rehearsal.results.tests import Failure
from rehearsal.verdict import Problem, Verdict

LOGS = (BUILD_LOG, TEST_SETUP_LOG, SETUP_LOG, CONTAINER_LOG, TEST_LOG)
# How much of a log's beginning and end is searched, in bytes: an app says at its start why it
# cannot run, and at its end why it stopped.
HEAD = 1 << 16
TAIL = 1 << 18
# What BuildKit puts before each line: the step, and the seconds since it began.
BUILDKIT = re.compile(r"^#\d+ (?:\d+\.\d+ )?")


def gather_facts(
    problem: Problem,
    seen_lines: Mapping[str, tuple[str, ...]],
    failed: Iterable[Failure],
    folder: Path,
    *,
    tested: float = 0.0,
) -> Facts:
    """Return everything that is known of a problem; the logs are those of the evidence folder.

    Of failed tests the app's log begins when they did, at `tested` (in seconds since 1970): what a
    health check met before the migrations had run, say, is not why they failed.
    """
    logs = {name: read_log_lines(folder / name) for name in LOGS}
    if problem.verdict is Verdict.TESTS_FAILED and tested:
        logs |= _split_at(folder, tested)
    return Facts(
        verdict=problem.verdict,
        lines={
            "problem": (problem.message,),
            **seen_lines,
            **logs,
            "failures": tuple(f"{failure.name}: {failure.message}" for failure in failed),
        },
    )


def _split_at(folder: Path, when: float) -> dict[str, tuple[str, ...]]:
    index = log_slices.read_index(folder / CONTAINER_LOG_INDEX)
    if not index.total:
        return {}
    try:
        before, after = log_slices.split_log(folder / CONTAINER_LOG, index, when)
    except OSError:
        return {}
    return {LOG_BEFORE_TESTS: _lines(before), CONTAINER_LOG: _lines(after)}


def read_log_lines(path: Path) -> tuple[str, ...]:
    """Return the lines of a log's beginning and end, without colours and a build's numbering."""
    try:
        head, tail, left_out = read_head_and_tail(path, HEAD, TAIL)
    except OSError:
        return ()
    lines = _lines((b"\n" if left_out else b"").join((head, tail)).decode(errors="replace"))
    if path.name == BUILD_LOG:
        lines = tuple(BUILDKIT.sub("", line) for line in lines)
    return lines


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.rstrip() for line in COLOUR_CODE.sub("", text).splitlines())
