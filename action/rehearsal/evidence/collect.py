"""Collect what the reports show: logs, and each failed test's files and slice of the app's log."""

import re
from collections.abc import Iterator
from dataclasses import replace

from rehearsal.evidence.folder import Evidence
from rehearsal.evidence.log_slices import LogIndex, cut_slice, read_index
from rehearsal.outside.files import read_head_and_tail
from rehearsal.outside.folder import Entry, Folder
from rehearsal.results.evidence_index import EvidenceIndex, FailedTestEvidence, LogExcerpt
from rehearsal.results.file_names import (
    BUILD_LOG,
    CONTAINER_LOG,
    SETUP_LOG,
    TEST_LOG,
    TEST_SETUP_LOG,
    TESTS_FOLDER,
)
from rehearsal.results.tests import Failure, SuiteResults
from rehearsal.source.source_tree import SourceTree
from rehearsal.source.tracebacks import (
    failing_file,
    failing_line,
    project_frame,
    without_library_frames,
)

OTHER_LOGS = (TEST_LOG, SETUP_LOG, TEST_SETUP_LOG, BUILD_LOG)
# How much of a text the page shows, of its head and of its tail, in bytes. A browser searches two
# megabytes while its user types; the files beside the page hold everything.
CONTAINER_LOG_LIMITS = (256 << 10, (2 << 20) - (256 << 10))
TEXT_LIMITS = (16 << 10, 112 << 10)
# In bytes, from the log's end, where the last traceback is.
TRACEBACK_SEARCH = 256 << 10
# In bytes: the file holds the rest of a longer address.
MAX_ADDRESS = 2000
# What selenium adds to its messages: versions, a link to its documentation, the driver's stack.
SELENIUM_NOISE = re.compile(
    r"^[ \t]*\(Session info: .*\n?|; For documentation on this error, please visit: \S+"
    r"|^Stacktrace:\n(?:(?:#\d+ |\S+@).*\n?)*",
    re.MULTILINE,
)
# When a whole suite fails, the first tests show why.
MAX_TESTS = 50


def collect_evidence(
    results: SuiteResults | None, evidence: Evidence, source: SourceTree
) -> EvidenceIndex:
    """Write the slices into the evidence, and return what the reports show of the evidence.

    The evidence and `results` have been redacted before.
    """
    folder = evidence.folder
    log = _read_excerpt(folder, CONTAINER_LOG, CONTAINER_LOG_LIMITS)
    failed = results.failed if results else ()
    flaky = results.flaky if results else ()
    timed = any(failure.span for failure in (*failed, *flaky))
    index = read_index(folder) if timed else LogIndex()
    others = (_read_excerpt(folder, name, TEXT_LIMITS) for name in OTHER_LOGS)
    found = tuple(
        _collect_for_test(failure, evidence, source, index, shown=number < MAX_TESTS)
        for number, failure in enumerate((*failed, *flaky))
    )
    return EvidenceIndex(
        failed=found[: len(failed)],
        flaky=found[len(failed) :],
        logs=tuple(filter(None, (log, *others))),
        files=tuple(_files(folder)),
        frame=project_frame(log.text[-TRACEBACK_SEARCH:], source) if log else None,
    )


def _collect_for_test(
    failure: Failure,
    evidence: Evidence,
    source: SourceTree,
    index: LogIndex,
    *,
    shown: bool,
) -> FailedTestEvidence:
    # Some tools name the file from a folder of their own.
    file = source.locate(failure.file) or failing_file(failure.trace, failure.name, source)
    if line := failing_line(failure.trace, file, failure.name, source) if file else 0:
        failure = replace(failure, line=line)
    if not shown:
        return FailedTestEvidence(failure=failure, file=file)
    folder = evidence.safe_path(TESTS_FOLDER, failure.evidence_name or failure.name)
    name = f"{folder}/{CONTAINER_LOG}"
    _write_slice(failure, evidence, index, name)
    slice_of_log = _read_excerpt(evidence.folder, name, TEXT_LIMITS)
    names = _names(evidence.folder, folder)
    pictures = [f"{folder}/{each}" for each in names if each.endswith(".png")]
    others = [f"{folder}/{each}" for each in names if each.endswith((".log", ".txt", ".html"))]
    shown_elsewhere = {name, *map(_address_file, pictures)}
    excerpts = (
        _read_excerpt(evidence.folder, each, TEXT_LIMITS)
        for each in others
        if each not in shown_elsewhere
    )
    return FailedTestEvidence(
        failure=failure,
        file=file,
        folder=folder if names else "",
        short_trace=without_library_frames(SELENIUM_NOISE.sub("", failure.trace), source),
        pictures=tuple(pictures),
        addresses=tuple(_address(evidence.folder, each) for each in pictures),
        slice=slice_of_log,
        excerpts=tuple(filter(None, excerpts)),
        frame=project_frame(slice_of_log.text, source) if slice_of_log else None,
    )


def _address_file(picture: str) -> str:
    """Return the file that holds the address of the page on a screenshot."""
    folder, _, name = picture.rpartition("/")
    return f"{folder}/{name.replace('screenshot', 'address', 1).removesuffix('.png')}.txt"


def _address(folder: Folder, picture: str) -> str:
    excerpt = _read_excerpt(folder, _address_file(picture), (MAX_ADDRESS, 0))
    return excerpt.text.partition("\n")[0] if excerpt else ""


def _write_slice(failure: Failure, evidence: Evidence, index: LogIndex, name: str) -> None:
    if not failure.span:
        return
    try:
        with evidence.folder.open_file(CONTAINER_LOG) as log:
            text = cut_slice(log, index, failure.span)
    except OSError as error:
        evidence.warn(f"{name} could not be cut: {error.strerror or error}")
        return
    if text:
        evidence.write(name, text)


def _read_excerpt(folder: Folder, name: str, limits: tuple[int, int]) -> LogExcerpt | None:
    """Read a text, or the head and the tail of a long one."""
    try:
        with folder.open_file(name) as file:
            head, tail, left_out = read_head_and_tail(file, *limits)
    except OSError:
        return None
    gap = f"\n... {left_out} bytes are left out here; {name} holds them ...\n" if left_out else ""
    text = f"{head.decode(errors='replace')}{gap}{tail.decode(errors='replace')}"
    return LogExcerpt(name=name, text=text, left_out=left_out)


def _names(folder: Folder, name: str) -> list[str]:
    """Return the names of the files in one folder of the evidence."""
    try:
        return [entry.name for entry in folder.folder(name).entries() if entry.is_file]
    except OSError:
        return []


def _files(folder: Folder) -> Iterator[str]:
    def skip(_entry: Entry, _error: OSError) -> None:
        """Leave out what cannot be read."""

    yield from sorted(entry.path for entry in folder.walk(skip) if entry.is_file)
