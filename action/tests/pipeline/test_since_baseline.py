from dataclasses import replace
from pathlib import Path

import pytest

from rehearsal.evidence.baseline_folder import BaselineFolder
from rehearsal.outside.folder import Folder
from rehearsal.pipeline import since_baseline
from rehearsal.pipeline.since_baseline import MAX_PAIRS, SinceBaseline
from rehearsal.results.evidence_index import EvidenceIndex
from rehearsal.results.origin import Origin
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.results.tests import Failure, ListedOutcome, ListedTest, SuiteResults

from ..evidence.test_baseline_folder import RESULT, TEST, write, write_trace
from ..results.test_picture_format import jpeg, png

FAILED = RehearsalResult(
    name="r",
    suite_results=SuiteResults(
        test_count=1, failure_count=1, failed=(Failure(name=TEST.failure.name, message="m"),)
    ),
    index=EvidenceIndex(failed=(TEST,)),
)


def redact(text: str) -> str:
    return text.replace("planted", "***")


def test_since_baseline__is_nothing_without_one() -> None:
    notices: list[str] = []
    assert SinceBaseline(None, str, notices.append).add_to(FAILED) is FAILED
    assert notices == []


def test_since_baseline__no_pictures_of_tests_that_share_a_name(tmp_path: Path) -> None:
    write_trace(write(tmp_path / "b") / TEST.folder, jpeg(8, 8))
    (tmp_path / "run" / TEST.folder).mkdir(parents=True)
    (tmp_path / "run" / TEST.pictures[0]).write_bytes(png(9, 9))
    notices: list[str] = []
    since = SinceBaseline(tmp_path / "b", str, notices.append)
    for count in (1, 2):
        test = ListedTest(name=TEST.failure.name, outcome=ListedOutcome.FAILED, seconds=1.0)
        results = SuiteResults(test_count=count, failure_count=1, tests=(test,) * count)
        failed = since.add_to(replace(FAILED, suite_results=results))
        found = since.add_pictures(failed, Folder(tmp_path / "run")).since
        assert found
        assert len(found.pictures) == (count == 1)


def test_since_baseline__adds_what_changed_and_the_pictures(tmp_path: Path) -> None:
    write_trace(write(tmp_path / "b") / TEST.folder, jpeg(8, 8))
    (tmp_path / "run" / TEST.folder).mkdir(parents=True)
    (tmp_path / "run" / TEST.pictures[0]).write_bytes(png(9, 9))
    notices: list[str] = []
    since = SinceBaseline(tmp_path / "b", str, notices.append)
    found = since.add_pictures(since.add_to(FAILED), Folder(tmp_path / "run"))
    assert found.since
    assert found.since.added == (TEST.failure.name,)
    assert [each.test for each in found.since.pictures] == [TEST.failure.name]
    assert notices == []
    assert found.verdict is FAILED.verdict
    many = replace(FAILED, index=EvidenceIndex(failed=(TEST,) * 99))
    found = since.add_pictures(since.add_to(many), Folder(tmp_path / "run"))
    assert found.since
    assert len(found.since.pictures) == MAX_PAIRS


def test_since_baseline__a_useless_one_gives_one_notice(tmp_path: Path) -> None:
    notices: list[str] = []
    since = SinceBaseline(tmp_path / "planted", redact, notices.append)
    assert since.add_pictures(since.add_to(FAILED), Folder(tmp_path)) is FAILED
    (notice,) = notices
    assert notice.startswith("Nothing was compared with the baseline: there is no folder ")
    assert notice.endswith("/***, as is normal until a first rehearsal has kept its evidence.")


def test_since_baseline__of_another_repository(tmp_path: Path) -> None:
    write(tmp_path / "b", replace(RESULT, origin=Origin(repository="o/b" + "x" * 9999)))
    notices: list[str] = []
    ours = replace(FAILED, origin=Origin(repository="o/a"))
    since = SinceBaseline(tmp_path / "b", str, notices.append)
    assert since.add_to(since.add_to(ours)) is ours
    (notice,) = notices
    assert "it is of the repository o/bxxx" in notice
    assert len(notice) < 600


def test_since_baseline__a_fault_of_ours_costs_no_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_path: Path) -> None:
        raise KeyError("x")

    monkeypatch.setattr(since_baseline, "BaselineFolder", broken)
    notices: list[str] = []
    assert SinceBaseline(tmp_path, str, notices.append).add_to(FAILED) is FAILED
    assert "an error in Dress Rehearsal (KeyError)" in notices[0]


def test_since_baseline__a_fault_of_ours_costs_the_pictures_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise KeyError("x")

    monkeypatch.setattr(BaselineFolder, "picture_pair", broken)
    notices: list[str] = []
    since = SinceBaseline(write(tmp_path / "b"), str, notices.append)
    compared = since.add_to(FAILED)
    assert compared.since
    assert since.add_pictures(compared, Folder(tmp_path)) == compared
    assert notices == [
        "No pictures were compared with the baseline: an error in Dress Rehearsal (KeyError)."
    ]
