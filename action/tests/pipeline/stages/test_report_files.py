import os
import time
from pathlib import Path

import pytest

from rehearsal.pipeline.stages import report_files
from rehearsal.pipeline.stages.report_files import read_report_files
from rehearsal.results.junit import reports

REPORT = "<testsuite><testcase name='a'/></testsuite>"


def test_read_report_files__names_what_could_not_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (report_files, reports):
        monkeypatch.setattr(module, "MAX_SIZE", 2 << 20)
    (tmp_path / "report.xml").write_text(REPORT)
    (tmp_path / "link.xml").symlink_to("report.xml")
    os.mkfifo(tmp_path / "pipe.xml")
    (tmp_path / "torn.xml").write_text("<testsuite><testcase")
    (tmp_path / "large.xml").write_text(REPORT + " " * (2 << 20) + REPORT)
    names = ["report.xml", "link.xml", "pipe.xml", "gone.xml", ".", "torn.xml", "large.xml"]
    read = read_report_files(
        [tmp_path / name for name in names], tmp_path, retries=False, exit_code=0, window=(0, 0)
    )
    assert (read.results.test_count, read.found) == (2, 2)
    reasons = {each.name: each.reason for each in read.unread}
    assert set(reasons) == set(names[1:])
    assert reasons["link.xml"] == "it is no regular file, and links are not followed"
    assert reasons["pipe.xml"] == reasons["."] == reasons["link.xml"]
    assert reasons["gone.xml"] == "it could not be read: No such file or directory"
    assert reasons["large.xml"] == "it is larger than 2 MiB: the rest was not read"
    assert all(each.is_report for each in read.unread)


def test_read_report_files__names_as_the_caller_knows_them(tmp_path: Path) -> None:
    folder = tmp_path / "work"
    (folder / "r").mkdir(parents=True)
    paths = [folder / "r" / "a.xml", tmp_path / "staging.xml"]
    for path in paths:
        path.write_text("<")
    read = read_report_files(paths, folder, retries=False, exit_code=0, window=(0, 0))
    assert [each.name for each in read.unread] == ["r/a.xml", "staging.xml"]


def test_read_report_files__knows_when_the_tests_ran(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A time stamp without a zone is UTC here, since only this is within the run."""
    path = tmp_path / "a.xml"
    path.write_text(
        "<testsuite timestamp='2026-11-29T00:00:00'><testcase name='a'><failure/></testcase>"
        "</testsuite>"
    )
    started = 1795910400.0
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        window = (started, started + 1)
        (failure,) = read_report_files(
            [path], tmp_path, retries=False, exit_code=0, window=window
        ).results.failed
    time.tzset()
    assert failure.span
    assert failure.span.start == started
