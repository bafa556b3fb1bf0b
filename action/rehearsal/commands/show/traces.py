"""The traces in an evidence, and which of them a name means."""

import zlib
from collections.abc import Iterator
from contextlib import suppress
from zipfile import BadZipFile

from rehearsal.evidence.folder_names import captured_name
from rehearsal.evidence.verdict_file import parse_verdict
from rehearsal.outside.page_files import PageFiles
from rehearsal.results.file_names import SHARDS_FOLDER, TESTS_FOLDER, VERDICT_FILE
from rehearsal.results.json_decoder import InvalidDocumentError
from rehearsal.results.traced_attempt import TRACE_PAGE
from rehearsal.results.verdict_json import MAX_SIZE
from rehearsal.verdict import MisconfiguredError

MAX_LISTED = 30


def find_trace(files: PageFiles, name: str) -> str:
    """Return the page of the trace of the one test that `name` is a part of.

    A test whose whole name it is comes first. Raises `MisconfiguredError`, which lists the tests
    that have a trace.
    """
    traces = list_traces(files)
    if not traces:
        raise MisconfiguredError(
            "No test has a trace in this evidence.",
            hint="Failed tests with Selenium leave one, unless the input trace is off.",
        )
    wanted = name.casefold()
    exact = [page for page, test in traces.items() if wanted in (test.casefold(), _folder(page))]
    found = exact or [
        page
        for page, test in traces.items()
        if wanted in test.casefold() or wanted in _folder(page)
    ]
    if len(found) == 1:
        return found[0]
    tests = [traces[page] for page in found or traces]
    listed = "; ".join(tests[:MAX_LISTED])
    more = f"; and {len(tests) - MAX_LISTED} more" if len(tests) > MAX_LISTED else ""
    raise MisconfiguredError(
        f"{len(found)} tests with a trace have {name!r} in their names."
        if found
        else f"No test with a trace has {name!r} in its name.",
        hint=f"{'Name one of them' if found else 'Tests with a trace'}: {listed}{more}",
    )


def list_traces(files: PageFiles) -> dict[str, str]:
    """Return the pages of all traces with the names of their tests. Raises OSError."""
    pages = sorted(name for name in files.names() if _is_trace(name))
    tests = {name: test for top in _tops(pages) for name, test in _tests(files, top)}
    named = {page: tests.get(page.rpartition("/")[0]) or page.split("/")[-2] for page in pages}
    if len({*named.values()}) < len(named):
        # Tests of several shards may have one name.
        named = {page: f"{test} ({page.rpartition('/')[0]})" for page, test in named.items()}
    return dict(sorted(named.items(), key=lambda each: each[1]))


def _is_trace(name: str) -> bool:
    match name.split("/"):
        case [tests, _, page]:
            return (tests, page) == (TESTS_FOLDER, TRACE_PAGE)
        case [shards, _, tests, _, page]:
            return (shards, tests, page) == (SHARDS_FOLDER, TESTS_FOLDER, TRACE_PAGE)
    return False


def _tops(pages: list[str]) -> set[str]:
    """Return where rehearsals with traces have their evidence: "", or `shards/NAME/`."""
    return {page.rpartition(f"{TESTS_FOLDER}/")[0] for page in pages}


def _tests(files: PageFiles, top: str) -> Iterator[tuple[str, str]]:
    """Yield the folders and names of tests, as a verdict.json says."""
    # Of a rehearsal that was killed, or of another version: the folders have names like the tests.
    # A zip may be damaged.
    with suppress(OSError, InvalidDocumentError, BadZipFile, EOFError, zlib.error):
        file, _ = files.open(f"{top}{VERDICT_FILE}")
        with file:
            result = parse_verdict(file.read(MAX_SIZE))
        for listed in result.suite_results.tests if result.suite_results else ():
            yield f"{top}{TESTS_FOLDER}/{captured_name(listed.name)}", listed.name
        for test in (*result.index.failed, *result.index.flaky):
            if test.folder:
                yield f"{top}{test.folder}", test.failure.name


def _folder(page: str) -> str:
    return page.split("/")[-2].casefold()
