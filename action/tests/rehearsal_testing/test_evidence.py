import re
from pathlib import Path

import pytest
from selenium.common.exceptions import UnexpectedAlertPresentException, WebDriverException
from urllib3.exceptions import ProtocolError

from rehearsal_capture.evidence import safe_name
from rehearsal_testing.evidence import EvidenceFolder

from .fakes import FakeDriver, fake_browser

HERE = Path.cwd() / "test-evidence"
LOG = {"timestamp": 1795359227602, "level": "SEVERE", "message": "style.css 404"}


def content(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


@pytest.fixture
def folder(tmp_path: Path) -> EvidenceFolder:
    return EvidenceFolder(
        path=tmp_path / "evidence" / "a.B.test_c", test="a.B.test_c", location="there"
    )


@pytest.mark.parametrize(
    "test_id",
    ["a.B.test_c", "a.B.test[ü/../x y]", "../../etc/passwd", ".hidden", "x" * 97, "-rf", "_x.y"],
    ids=["plain", "special characters", "parent folder", "hidden", "long", "option", "private"],
)
def test_safe_name__is_a_plain_file_name(test_id: str) -> None:
    name = safe_name(test_id)
    # A rehearsal keeps such names unchanged, with `.xml` too.
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}", name)
    assert (name == test_id) == (test_id == "a.B.test_c")


def test_safe_name__different_tests_stay_different() -> None:
    ids = ["test[a b]", "test[a/b]", "test-a-b-", "y" * 300, "y" * 301]
    assert len({safe_name(test_id) for test_id in ids}) == len(ids)


@pytest.mark.parametrize(
    "environ,expected,location",
    [
        ({"REHEARSAL_EVIDENCE": "/kept"}, Path("/kept/a.B.c"), "tests/a.B.c of the evidence"),
        ({"REHEARSAL_EVIDENCE": ""}, HERE / "a.B.c", str(HERE / "a.B.c")),
        ({}, HERE / "a.B.c", str(HERE / "a.B.c")),
    ],
    ids=["set", "empty", "not set"],
)
def test_for_test__reads_the_variable(
    environ: dict[str, str], expected: Path, location: str
) -> None:
    folder = EvidenceFolder.for_test("a.B.c", environ)
    assert (folder.path, folder.location) == (expected, location)


def test_save__one_browser(folder: EvidenceFolder) -> None:
    folder.save([fake_browser(FakeDriver(page_source="<p>ü</p>", log=[LOG]))])
    assert content(folder.path) == {
        "screenshot.png": b"png",
        "page.html": "<p>ü</p>".encode(),
        "address.txt": b"http://localhost/\n",
        "console.log": b"2026-11-22T14:53:47.602Z SEVERE: style.css 404\n",
    }


def test_save__each_browser_and_failure_has_its_own_files(folder: EvidenceFolder) -> None:
    first = FakeDriver(page_source="first")
    browsers = [fake_browser(first), fake_browser(FakeDriver(page_source="second"))]
    folder.save(browsers)
    first.page_source = "first, later"
    folder.save(browsers[:1], failure=2)
    kept = content(folder.path)
    assert len(kept) == 12
    assert kept["page.html"] == b"first"
    assert kept["page-browser2.html"] == b"second"
    assert kept["page-failure2.html"] == b"first, later"


def test_save__console_of_a_second_failure_includes_earlier_messages(
    folder: EvidenceFolder,
) -> None:
    driver = FakeDriver(log=[LOG])
    browser = fake_browser(driver)
    folder.save([browser])
    driver.log = [{**LOG, "timestamp": LOG["timestamp"], "message": "later"}]
    folder.save([browser], failure=2)
    assert b"style.css 404" in content(folder.path)["console-failure2.log"]
    assert b"later" in content(folder.path)["console-failure2.log"]


def test_save__closes_open_dialogs_first(folder: EvidenceFolder) -> None:
    driver = FakeDriver(dialogs=["Sure?", "Really?"])
    folder.save([fake_browser(driver)])
    assert not driver.dialogs
    assert content(folder.path)["problems.txt"].splitlines() == [
        b"An open dialog was closed: Sure?",
        b"An open dialog was closed: Really?",
    ]


def test_save__of_a_page_that_opens_dialogs_for_ever(folder: EvidenceFolder) -> None:
    folder.save([fake_browser(FakeDriver(dialogs=["again"] * 1000))])
    assert content(folder.path)["problems.txt"].count(b"again") == 10


def test_save__reads_again_when_a_dialog_has_just_opened(folder: EvidenceFolder) -> None:
    opened = UnexpectedAlertPresentException("open", alert_text="Late")
    folder.save([fake_browser(FakeDriver(screenshots=[opened, b"without it"]))])
    assert content(folder.path)["screenshot.png"] == b"without it"
    assert content(folder.path)["problems.txt"] == b"An open dialog was closed: Late\n"


@pytest.mark.parametrize(
    "error", [WebDriverException("tab crashed"), ProtocolError("tab crashed")], ids=type
)
def test_save__lists_problems_in_a_file(folder: EvidenceFolder, error: Exception) -> None:
    folder.save([fake_browser(FakeDriver(screenshots=[error]))])
    kept = content(folder.path)
    assert kept.keys() == {"page.html", "address.txt", "console.log", "problems.txt"}
    assert kept["problems.txt"].startswith(b"screenshot.png: ")
    assert b"tab crashed" in kept["problems.txt"]


def test_save__to_a_folder_that_cannot_be_written_raises_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a file, not a folder")
    EvidenceFolder(path=tmp_path / "file" / "test", test="test", location="there").save(
        [fake_browser(FakeDriver())]
    )


def test_delete__removes_the_folder(folder: EvidenceFolder) -> None:
    folder.save([fake_browser(FakeDriver())])
    folder.delete()
    assert not folder.path.exists()
