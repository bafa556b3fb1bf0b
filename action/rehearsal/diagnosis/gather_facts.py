"""Gather the facts of a failure: problem, logs, observations and failed tests."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from typing import BinaryIO

from rehearsal.ansi import COLOUR_CODE
from rehearsal.diagnosis.facts import (
    FAILED_STEP,
    LOG_BEFORE_TESTS,
    LOG_OF_FAILED_TESTS,
    SERVICE_LOG,
    WORKER_LOG,
    Facts,
)
from rehearsal.evidence.log_index import MAX_INDEX_SIZE, LogIndex, read_ends, read_index
from rehearsal.evidence.log_slices import cut_slice, split_log
from rehearsal.outside.folder import Folder
from rehearsal.regex import regex
from rehearsal.results.file_names import (
    ASKED_AGAIN_LOG,
    BEFORE_LOG,
    BUILD_LOG,
    CONTAINER_LOG,
    SERVICES_FOLDER,
    SETUP_LOG,
    TEST_LOG,
    TEST_SETUP_LOG,
    WORKERS_FOLDER,
)
from rehearsal.results.tests import Failure
from rehearsal.source.build_log import FailedStep, find_failed_step
from rehearsal.verdict import Problem, Verdict

LOGS = (BUILD_LOG, TEST_SETUP_LOG, BEFORE_LOG, SETUP_LOG, CONTAINER_LOG, TEST_LOG, ASKED_AGAIN_LOG)
COMPANION_LOGS = {SERVICES_FOLDER: SERVICE_LOG, WORKERS_FOLDER: WORKER_LOG}
# How much of a log is read at its beginning and its end, in bytes: an app logs at its start why it
# cannot run, and at its end why it stopped.
HEAD_BYTES = 1 << 16
TAIL_BYTES = 1 << 18
# Of how many failed tests the app's log is searched, and how much of each, in bytes.
MAX_SLICES = 5
SLICE_BYTES = 1 << 16
# In characters. No message is longer; whole pages are, which some tests print in one line.
MAX_LINE = 2000
# BuildKit begins each line with the number of the step and the seconds since its start.
BUILDKIT_PREFIX = regex(r"^#\d+ (?:\d+\.\d+ )?")


def gather_facts(
    problem: Problem,
    observations: Mapping[str, tuple[str, ...]],
    failed: Sequence[Failure],
    folder: Folder,
    *,
    tests_started: float = 0.0,
) -> Facts:
    """Return the facts of a problem; the logs are read from the evidence folder.

    If tests failed, the container's log is split at `tests_started` (seconds since 1970): an error
    that a health check caused before the migrations, for example, is not why the tests failed.
    """
    logs = {name: read_log_lines(folder, name) for name in LOGS}
    if companion_log := COMPANION_LOGS.get(problem.source.partition("/")[0]):
        logs[companion_log] = read_log_lines(folder, problem.source)
    if WORKER_LOG not in logs:
        logs[WORKER_LOG] = tuple(_worker_lines(folder))
    if problem.verdict is Verdict.BUILD_FAILED and (step := failed_step(folder)):
        lines = (step.instruction, *step.output, step.reason)
        logs[FAILED_STEP] = tuple(line for line in lines if line)
    if problem.verdict is Verdict.TESTS_FAILED and tests_started:
        logs |= _split_container_log(folder, tests_started, failed)
    return Facts(
        verdict=problem.verdict,
        lines={
            "problem": (problem.message,),
            **observations,
            **logs,
            "failures": tuple(map(_failure, failed)),
        },
    )


def _worker_lines(folder: Folder) -> Iterator[str]:
    """Yield the lines of all workers' logs."""
    with suppress(OSError):
        for entry in folder.folder(WORKERS_FOLDER).entries(f"{WORKERS_FOLDER}/"):
            if entry.name.endswith(".log"):
                yield from read_log_lines(folder, entry.path)


def failed_step(folder: Folder) -> FailedStep | None:
    """Return the step that failed, as build.log tells it."""
    return find_failed_step("\n".join(_read_lines(folder, BUILD_LOG)))


def _split_container_log(
    folder: Folder, when: float, failed: Iterable[Failure]
) -> dict[str, tuple[str, ...]]:
    index = read_index(folder)
    if not index.total:
        return {}
    try:
        with folder.open_file(CONTAINER_LOG) as log:
            before, after = split_log(log, index, when)
            slices = tuple(_slice_lines(log, index, failed))
    except OSError:
        return {}
    logs = {LOG_BEFORE_TESTS: _lines(before), CONTAINER_LOG: _lines(after)}
    # Without any time of a test, it is all that came since the first one began.
    return logs | {LOG_OF_FAILED_TESTS: slices or _lines(after)}


def _slice_lines(log: BinaryIO, index: LogIndex, failed: Iterable[Failure]) -> Iterator[str]:
    """Yield what the app logged while the first of the failed tests ran, without headings."""
    spans = (failure.span for failure in failed if failure.span)
    for span in dict.fromkeys(islice(spans, MAX_SLICES)):
        _heading, _, text = cut_slice(log, index, span).partition("\n")
        yield from _lines(text[-SLICE_BYTES:])


def read_log_lines(folder: Folder, name: str) -> tuple[str, ...]:
    """Return the lines at a log's beginning and end, without colours and BuildKit's prefixes."""
    lines = _read_lines(folder, name)
    if name == BUILD_LOG:
        return tuple(BUILDKIT_PREFIX.sub("", line) for line in lines)
    return lines


def _read_lines(folder: Folder, name: str) -> tuple[str, ...]:
    try:
        index = read_index(folder, MAX_INDEX_SIZE) if name == CONTAINER_LOG else LogIndex()
        with folder.open_file(name) as file:
            head, tail, left_out = read_ends(file, index, HEAD_BYTES, TAIL_BYTES)
    except OSError:
        return ()
    return _lines((b"\n" if left_out else b"").join((head, tail)).decode(errors="replace"))


def _failure(failure: Failure) -> str:
    return "\n".join(map(_cut, f"{failure.name}: {failure.message}".split("\n")))


def _lines(text: str) -> tuple[str, ...]:
    return tuple(_cut(line.rstrip()) for line in COLOUR_CODE.sub("", text).splitlines())


def _cut(line: str) -> str:
    """Return a line without the middle of a long one: a log in JSON has its exception at the end.

    The line is redacted already.
    """
    half = MAX_LINE // 2
    return line if len(line) <= MAX_LINE else f"{line[:half]}\N{HORIZONTAL ELLIPSIS}{line[-half:]}"
