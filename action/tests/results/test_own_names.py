from pathlib import Path

import pytest

from rehearsal.results.own_names import is_our_name
from rehearsal_testing.evidence import EvidenceFolder

from ..rehearsal_testing.fakes import FakeDriver, fake_browser


@pytest.mark.parametrize("failure, retry", [(1, 0), (2, 0), (1, 1), (12, 3)])
def test_is_our_name__every_file_of_rehearsal_testing(
    tmp_path: Path, failure: int, retry: int
) -> None:
    folder = EvidenceFolder(path=tmp_path, test="here", location="here")
    folder.save([fake_browser(FakeDriver(log=[])) for _ in "12"], failure=failure, retry=retry)
    names = [path.name for path in tmp_path.iterdir()]
    assert len(names) > 7
    assert all(map(is_our_name, names)), names


@pytest.mark.parametrize(
    "name",
    ["container.log", "verdict.json", "tests", "problems.txt", "trace.html", "trace-attempt2.html",
     "trace.jsonl", "trace-retry1.jsonl", "trace-12.jpg", "trace-retry1-3.jpg"],
)  # fmt: skip
def test_is_our_name__other_names_of_ours(name: str) -> None:
    assert is_our_name(name)


@pytest.mark.parametrize(
    "name", ["my-screenshot.png", "screenshot-secret.png", "console.log.txt", "trace-x.jpg"]
)
def test_is_our_name__names_that_tests_chose(name: str) -> None:
    assert not is_our_name(name)
