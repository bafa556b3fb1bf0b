from collections.abc import Iterable
from pathlib import Path

import pytest

from rehearsal.commands.show.traces import find_trace, list_traces
from rehearsal.outside.folder import Folder
from rehearsal.outside.page_files import FolderFiles
from rehearsal.results.evidence_index import EvidenceIndex, FailedTestEvidence
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.results.tests import Failure, SuiteResults
from rehearsal.results.verdict_json import write_json
from rehearsal.verdict import MisconfiguredError, Problem, Verdict

TESTS = {
    "test_cart.CartTest.test_adds_a_book": "tests/CartTest.test_adds",
    "test_cart.CartTest.test_adds_a_book_twice": "tests/CartTest.test_adds-2",
    "test_home.HomeTest.test_title": "tests/HomeTest.test_title",
}


def evidence(top: Path, tests: dict[str, str], traces: Iterable[str], above: str = "") -> None:
    """Write the verdict.json of failed tests, and a trace for some of their folders."""
    failures = [(Failure(name=name, message="no"), folder) for name, folder in tests.items()]
    result = RehearsalResult(
        name="1",
        problems=(Problem(Verdict.TESTS_FAILED, "no", hint="none"),),
        suite_results=SuiteResults(test_count=9, failed=tuple(each for each, _ in failures)),
        index=EvidenceIndex(
            failed=tuple(FailedTestEvidence(failure=each, folder=name) for each, name in failures)
        ),
    )
    (top / above).mkdir(parents=True, exist_ok=True)
    (top / above / "verdict.json").write_text(write_json(result))
    for folder in traces:
        (top / above / folder).mkdir(parents=True)
        (top / above / folder / "trace.html").touch()


@pytest.fixture
def files(tmp_path: Path) -> FolderFiles:
    evidence(tmp_path, TESTS, TESTS.values())
    return FolderFiles(Folder(tmp_path))


@pytest.mark.parametrize(
    "name, folder",
    [
        ("title", "tests/HomeTest.test_title"),
        ("HOME", "tests/HomeTest.test_title"),
        ("twice", "tests/CartTest.test_adds-2"),
        ("test_cart.CartTest.test_adds_a_book", "tests/CartTest.test_adds"),
        ("CartTest.test_adds", "tests/CartTest.test_adds"),
    ],
    ids=["part", "in capitals", "part of the longer", "whole name", "folder"],
)
def test_find_trace(files: FolderFiles, name: str, folder: str) -> None:
    assert find_trace(files, name) == f"{folder}/trace.html"


@pytest.mark.parametrize(
    "name, message, listed",
    [
        ("adds", "2 tests with a trace have 'adds' in their names.", [*TESTS][:2]),
        ("", "3 tests with a trace have '' in their names.", [*TESTS]),
        ("checkout", "No test with a trace has 'checkout' in its name.", [*TESTS]),
    ],
)
def test_find_trace__lists_the_tests_to_choose_from(
    files: FolderFiles, name: str, message: str, listed: list[str]
) -> None:
    with pytest.raises(MisconfiguredError) as raised:
        find_trace(files, name)
    assert raised.value.problem.message == message
    assert raised.value.problem.hint.endswith(f": {'; '.join(listed)}")


def test_find_trace__none(tmp_path: Path) -> None:
    evidence(tmp_path, TESTS, ())
    with pytest.raises(MisconfiguredError, match="No test has a trace in this evidence"):
        find_trace(FolderFiles(Folder(tmp_path)), "title")


@pytest.mark.parametrize("verdict", ["", "{", '{"version": 99}'])
def test_list_traces__without_a_verdict_that_can_be_read(tmp_path: Path, verdict: str) -> None:
    """Of a rehearsal that was killed, or of a newer version."""
    evidence(tmp_path, {}, ["tests/HomeTest.test_title"])
    (tmp_path / "verdict.json").write_text(verdict)
    files = FolderFiles(Folder(tmp_path))
    assert list_traces(files) == {"tests/HomeTest.test_title/trace.html": "HomeTest.test_title"}


def test_list_traces__of_shards_with_tests_of_one_name(tmp_path: Path) -> None:
    for shard in ("a-1", "a-2"):
        evidence(tmp_path, {"t.T.test": "tests/t"}, ["tests/t"], f"shards/{shard}")
    files = FolderFiles(Folder(tmp_path))
    assert list_traces(files) == {
        f"shards/a-{n}/tests/t/trace.html": f"t.T.test (shards/a-{n}/tests/t)" for n in (1, 2)
    }
    assert find_trace(files, "a-2/") == "shards/a-2/tests/t/trace.html"


def test_list_traces__other_pages_of_that_name_are_none(tmp_path: Path) -> None:
    evidence(tmp_path, {}, ["tests/a/b", "other/t", "shards/t", "x/1/tests/t"])
    (tmp_path / "trace.html").touch()
    assert list_traces(FolderFiles(Folder(tmp_path))) == {}
