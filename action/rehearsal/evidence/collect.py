"""Collect what the reports show: logs, and each failed test's files and slice of the app's log."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from rehearsal.ansi import COLOUR_CODE
from rehearsal.evidence.excerpts import TEXT_LIMITS, read_excerpt, read_log_excerpt
from rehearsal.evidence.failed_test import collect, locate
from rehearsal.evidence.folder import Evidence
from rehearsal.evidence.folder_names import MAX_TESTS, name_folders
from rehearsal.evidence.log_index import LogIndex, read_index
from rehearsal.evidence.log_slices import split_log
from rehearsal.outside.files import read_dockerfile
from rehearsal.outside.folder import Entry, Folder
from rehearsal.results.evidence_index import EvidenceIndex, FailedTestEvidence, LogExcerpt
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
from rehearsal.results.frame import ProjectFrame
from rehearsal.results.tests import Failure, SuiteResults
from rehearsal.results.verdict_document import MAX_TESTS as MAX_LISTED
from rehearsal.source.build_log import dockerfile_frame, find_failed_step
from rehearsal.source.source_tree import SourceTree
from rehearsal.source.tracebacks import project_frame

OTHER_LOGS = (TEST_LOG, ASKED_AGAIN_LOG, SETUP_LOG, BEFORE_LOG, TEST_SETUP_LOG, BUILD_LOG)
LOG_SUFFIX = ".log"
MANAGE = "manage.py"
# In bytes, from the log's end, where the last traceback is.
TRACEBACK_SEARCH = 256 << 10


def collect_evidence(
    results: SuiteResults | None,
    evidence: Evidence,
    source: SourceTree,
    *,
    tests_started: float = 0.0,
    setup_failed: bool = False,
) -> EvidenceIndex:
    """Write the slices into the evidence, and return what the reports show of the evidence.

    The evidence and `results` have been redacted before. `tests_started` is in seconds since 1970.
    """
    folder = evidence.folder
    log = read_log_excerpt(folder)
    named = name_folders(results or SuiteResults(), evidence)
    timed = any(failure.span for failure in (*named.failed, *named.flaky))
    companions = companion_logs(folder)
    indexes = read_indexes(folder) if timed else {}
    index = indexes.get(CONTAINER_LOG) or read_index(folder) if named.failed else LogIndex()
    others = [read_excerpt(folder, name, TEXT_LIMITS) for name in (*companions, *OTHER_LOGS)]
    texts = {each.name: each.text for each in others if each}
    asked = texts.get(ASKED_AGAIN_LOG, "")
    setup = texts.get(SETUP_LOG) or texts.get(BEFORE_LOG, "") if setup_failed else ""
    during = "" if timed else _log_since(tests_started, folder, index)

    def each(failures: Sequence[Failure], kind: str) -> Iterator[FailedTestEvidence]:
        if len(failures) > MAX_TESTS:
            evidence.warn(
                f"Only the first {MAX_TESTS} of {len(failures)} {kind} tests have a part of "
                f"{CONTAINER_LOG}, files and a traceback of their own."
            )
        for number, failure in enumerate(failures):
            # No report lists more, and 100,000 would take a minute.
            test = FailedTestEvidence(failure=failure)
            test = locate(failure, source) if number < MAX_LISTED else test
            if number < MAX_TESTS:
                test = collect(test, evidence, source, indexes, flaky=kind == "flaky")
            yield test

    return EvidenceIndex(
        failed=tuple(each(named.failed, "failed")),
        flaky=tuple(each(named.flaky, "flaky")),
        logs=tuple(filter(None, (log, *others))),
        files=tuple(_files(folder)),
        frame=_last_frame((setup, log.text if log else "", asked), source)
        if log or setup
        else _build_frame(others[-1], source),
        suite_frame=_last_frame((asked, during), source) if named.failed else None,
    )


def read_indexes(folder: Folder) -> dict[str, LogIndex]:
    """Return the indexes of the logs of the app, the services and the workers, by their names."""
    names = (CONTAINER_LOG, *companion_logs(folder))
    indexes = {name: read_index(folder, name=name) for name in names}
    # The index of the app's log alone says when we asked the app ourselves.
    asked = indexes[CONTAINER_LOG].asked
    return {name: replace(index, asked=asked) for name, index in indexes.items()}


def companion_logs(folder: Folder) -> tuple[str, ...]:
    """Return the names of the logs of the services and the workers."""
    return tuple(
        f"{kind}/{name}"
        for kind in (SERVICES_FOLDER, WORKERS_FOLDER)
        if folder.exists(kind)
        for name in sorted(entry.name for entry in folder.folder(kind).entries())
        if name.endswith(LOG_SUFFIX)
    )


def _last_frame(logs: Iterable[str], source: SourceTree) -> ProjectFrame | None:
    """Return the project's line in the last traceback of the first log that has one.

    Not a line of Django's manage.py, through which every command goes.
    """
    found = (project_frame(log[-TRACEBACK_SEARCH:], source) for log in logs)
    return next((each for each in found if each and not each.file.endswith(MANAGE)), None)


def _log_since(when: float, folder: Folder, index: LogIndex) -> str:
    """Return what the app has logged since then, empty if that is not known."""
    if not when or not index.total:
        return ""
    try:
        with folder.open_file(CONTAINER_LOG) as log:
            return split_log(log, index, when)[1]
    except OSError:
        return ""


def _build_frame(log: LogExcerpt | None, source: SourceTree) -> ProjectFrame | None:
    """Return where a build failed, if its log tells."""
    step = find_failed_step(COLOUR_CODE.sub("", log.text)) if log and source.dockerfile else None
    text = read_dockerfile(source.top, source.dockerfile) if step else None
    return dockerfile_frame(step, source.dockerfile, text) if step and text else None


def _files(folder: Folder) -> Iterator[str]:
    def skip(_entry: Entry, _error: OSError) -> None:
        """Leave out what cannot be read."""

    yield from sorted(entry.path for entry in folder.walk(skip) if entry.is_file)
