"""What the evidence holds of one failed test."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePosixPath

from rehearsal.evidence.app_lines import app_lines, moment_of_test
from rehearsal.evidence.budget import PAGES, PICTURES, TEXTS
from rehearsal.evidence.excerpts import TEXT_LIMITS, read_excerpt
from rehearsal.evidence.folder import Evidence
from rehearsal.evidence.log_index import LogIndex
from rehearsal.evidence.log_slices import cut_slice
from rehearsal.evidence.request_of_test import request_of_test
from rehearsal.evidence.trace_content import find_attempts, main_attempt, read_trace_file
from rehearsal.outside.folder import Folder
from rehearsal.regex import regex
from rehearsal.results.evidence_index import EvidenceFile, FailedTestEvidence
from rehearsal.results.file_names import CONTAINER_LOG, TESTS_FOLDER
from rehearsal.results.picture_before import picture_before
from rehearsal.results.tests import Failure
from rehearsal.results.trace_reader import PICTURE
from rehearsal.results.traced_attempt import ANY_TRACE_PAGE
from rehearsal.source.source_tree import SourceTree
from rehearsal.source.tracebacks import (
    failing_file,
    failing_line,
    project_frame,
    without_library_frames,
)

READABLE = (*PAGES, *TEXTS)
# What the test printed, as its report says.
OUTPUT = "output-report.log"
# What a page shows of a trace: it is not shown once more.
OF_TRACES = regex(rf"{PICTURE.pattern}|{ANY_TRACE_PAGE}")
# In bytes: the file holds the rest of a longer address.
MAX_ADDRESS = 2000
# Of each test, the last ones are held in memory and shown; its trace has all.
MAX_STEPS = 100
# What selenium adds to its messages: versions, a link to its documentation, the driver's stack.
SELENIUM_NOISE = regex(
    r"^[ \t]*\(Session info: .*\n?|; For documentation on this error, please visit: \S+"
    r"|^Stacktrace:\n(?:(?:#\d+ |\S+@).*\n?)*",
    re.MULTILINE,
)


def locate(failure: Failure, source: SourceTree) -> FailedTestEvidence:
    """Return a failed test with the file and the line where it failed, as far as they are known."""
    # Some tools name the file from a folder of their own.
    file = source.locate(failure.file) or failing_file(failure.trace, failure.name, source)
    if line := failing_line(failure.trace, file, failure.name, source) if file else 0:
        failure = replace(failure, line=line)
    return FailedTestEvidence(failure=failure, file=file)


def collect(
    test: FailedTestEvidence,
    evidence: Evidence,
    source: SourceTree,
    indexes: Mapping[str, LogIndex],
    *,
    flaky: bool = False,
) -> FailedTestEvidence:
    """Write a test's slices of the logs and its output into its folder; return it with all files.

    `indexes` are those of the logs, by their names. The test's `evidence_name` is the name of its
    folder.
    """
    failure, folder = test.failure, f"{TESTS_FOLDER}/{test.failure.evidence_name}"
    slice_name = f"{folder}/{CONTAINER_LOG}"
    for log_name, index in indexes.items():
        _write_slice(failure, evidence, index, log_name, f"{folder}/{log_name.replace('/', '-')}")
    if failure.output and not evidence.folder.exists(f"{folder}/{OUTPUT}"):
        evidence.write(f"{folder}/{OUTPUT}", failure.output)
    slice_of_log = read_excerpt(evidence.folder, slice_name, TEXT_LIMITS)
    files = files_of(evidence.folder, folder)
    attempts = find_attempts(evidence.folder, files, flaky=flaky)
    main = main_attempt(attempts)
    shown = [name for name in files if not OF_TRACES.fullmatch(PurePosixPath(name).name)]
    pictures = [name for name in shown if _suffix(name) in PICTURES]
    addresses = [_address_file(name) for name in pictures]
    texts = [name for name in shown if _suffix(name) in READABLE]
    trace_file = main.file if main else ""
    trace = read_trace_file(evidence.folder, trace_file)
    request = request_of_test(trace)
    app_index = indexes.get(CONTAINER_LOG, LogIndex())
    excerpts = (
        read_excerpt(evidence.folder, name, TEXT_LIMITS)
        for name in texts
        if name not in {slice_name, *addresses, *(each.file for each in attempts)}
    )
    return replace(
        test,
        folder=folder if files else "",
        short_trace=without_library_frames(SELENIUM_NOISE.sub("", failure.trace), source),
        pictures=tuple(pictures),
        addresses=tuple(_address(evidence.folder, name) for name in addresses),
        before=picture_before(trace.steps, {PurePosixPath(name).name for name in files}, folder),
        slice=slice_of_log,
        excerpts=tuple(filter(None, excerpts)),
        files=tuple(
            EvidenceFile(name=name, size=size)
            for name, size in files.items()
            if name in shown and name not in {*pictures, *texts}
        ),
        frame=project_frame(slice_of_log.text, source) if slice_of_log else None,
        attempts=attempts,
        steps=trace.steps[-MAX_STEPS:],
        steps_left_out=max(0, len(trace.steps) - MAX_STEPS),
        steps_file=trace_file,
        request=request,
        app_lines=app_lines(
            moment_of_test(request, trace.started, failure.span),
            evidence.folder,
            app_index,
            source,
        ),
    )


def with_steps(test: FailedTestEvidence, folder: Folder) -> FailedTestEvidence:
    """Return a test of a verdict.json, with the pictures and steps of the evidence `folder`."""
    files = files_of(folder, test.folder) if test.folder else {}
    main = main_attempt(find_attempts(folder, files, flaky=False))
    steps = read_trace_file(folder, main.file).steps if main else ()
    names = (name for name in files if not OF_TRACES.fullmatch(PurePosixPath(name).name))
    pictures = tuple(name for name in names if _suffix(name) in PICTURES)
    return replace(test, steps=steps[-MAX_STEPS:], pictures=pictures)


def files_of(folder: Folder, name: str) -> dict[str, int]:
    """Return the sizes of the files in one folder of the evidence, by their paths."""
    try:
        entries = folder.folder(name).entries()
        return {f"{name}/{each.name}": each.size() for each in entries if each.is_file}
    except OSError:
        return {}


def _suffix(name: str) -> str:
    return PurePosixPath(name).suffix.lower()


def _address_file(picture: str) -> str:
    """Return the file that holds the address of the page on a screenshot, empty for no other."""
    path = PurePosixPath(picture)
    address = path.stem.removeprefix("screenshot")
    return str(path.with_name(f"address{address}.txt")) if address != path.stem else ""


def _address(folder: Folder, file: str) -> str:
    excerpt = read_excerpt(folder, file, (MAX_ADDRESS, 0)) if file else None
    return excerpt.text.partition("\n")[0] if excerpt else ""


def _write_slice(
    failure: Failure, evidence: Evidence, index: LogIndex, log_name: str, name: str
) -> None:
    if not failure.span:
        return
    try:
        with evidence.folder.open_file(log_name) as log:
            text = cut_slice(log, index, failure.span, log_name)
    except OSError as error:
        evidence.warn(f"{name} could not be cut: {error.strerror or error}")
        return
    if text:
        evidence.write(name, text)
