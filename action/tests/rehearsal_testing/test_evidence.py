import re
from pathlib import Path

import pytest
from selenium.common.exceptions import UnexpectedAlertPresentException, WebDriverException
from urllib3.exceptions import ProtocolError

from rehearsal_testing.evidence import EvidenceFolder, safe_name

from .fakes import FakeDriver, fake_browser

HERE = Path.cwd() / "test-evidence"
LOG = {"timestamp": 1795359227602, "level": "SEVERE", "message": "style.css 404"}


def content(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


@pytest.fixture
def folder(tmp_path: Path) -> EvidenceFolder:
    return EvidenceFolder(path=tmp_path / "evidence" / "a.B.test_c", place="there")


@pytest.mark.parametrize(
    "test_id",
    ["a.B.test_c", "a.B.test[ü/../x y]", "../../etc/passwd", ".hidden", "x" * 97, "-rf", "_x.y"],
    ids=["plain", "odd", "climbing", "hidden", "long", "option", "private"],
)
def test_safe_name__is_a_plain_file_name(test_id: str) -> None:
    name = safe_name(test_id)
    # What the rehearsal's own evidence takes as it is, `.xml` behind it.
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}", name)
    assert (name == test_id) == (test_id == "a.B.test_c")


def test_safe_name__different_tests_stay_different() -> None:
    ids = ["test[a b]", "test[a/b]", "test-a-b-", "y" * 300, "y" * 301]
    assert len({safe_name(test_id) for test_id in ids}) == len(ids)


@pytest.mark.parametrize(
    "environ,expected,place",
    [
        ({"REHEARSAL_EVIDENCE": "/kept"}, Path("/kept/a.B.c"), "tests/a.B.c of the evidence"),
        ({"REHEARSAL_EVIDENCE": ""}, HERE / "a.B.c", str(HERE / "a.B.c")),
        ({}, HERE / "a.B.c", str(HERE / "a.B.c")),
    ],
    ids=["asked for", "empty", "default"],
)
def test_evidence__where_it_goes(environ: dict[str, str], expected: Path, place: str) -> None:
    folder = EvidenceFolder.for_test("a.B.c", environ)
    assert (folder.path, folder.place) == (expected, place)


def test_evidence__one_browser(folder: EvidenceFolder) -> None:
    folder.keep([fake_browser(FakeDriver(page_source="<p>ü</p>", log=[LOG]))])
    assert content(folder.path) == {
        "screenshot.png": b"png",
        "page.html": "<p>ü</p>".encode(),
        "address.txt": b"http://localhost/\n",
        "console.log": b"2026-11-22T14:53:47.602Z SEVERE: style.css 404\n",
    }


def test_evidence__several_browsers_and_failures_one_set_each(folder: EvidenceFolder) -> None:
    first = FakeDriver(page_source="first")
    browsers = [fake_browser(first), fake_browser(FakeDriver(page_source="second"))]
    folder.keep(browsers)
    first.page_source = "first, later"
    folder.keep(browsers[:1], failure=2)
    kept = content(folder.path)
    assert len(kept) == 12
    assert kept["page.html"] == b"first"
    assert kept["page-browser2.html"] == b"second"
    assert kept["page-failure2.html"] == b"first, later"


def test_evidence__console_of_a_second_failure_has_the_first_messages_too(
    folder: EvidenceFolder,
) -> None:
    driver = FakeDriver(log=[LOG])
    browser = fake_browser(driver)
    folder.keep([browser])
    driver.log = [{**LOG, "timestamp": LOG["timestamp"], "message": "later"}]
    folder.keep([browser], failure=2)
    assert b"style.css 404" in content(folder.path)["console-failure2.log"]
    assert b"later" in content(folder.path)["console-failure2.log"]


def test_evidence__an_alert_in_the_way(folder: EvidenceFolder) -> None:
    alert = UnexpectedAlertPresentException("alert open")
    folder.keep([fake_browser(FakeDriver(screenshots=[alert, b"without alert"]))])
    assert content(folder.path)["screenshot.png"] == b"without alert"


@pytest.mark.parametrize(
    "error", [WebDriverException("tab crashed"), ProtocolError("tab crashed")], ids=type
)
def test_evidence__what_cannot_be_taken_is_named(folder: EvidenceFolder, error: Exception) -> None:
    folder.keep([fake_browser(FakeDriver(screenshots=[error]))])
    kept = content(folder.path)
    assert kept.keys() == {"page.html", "address.txt", "console.log", "problems.txt"}
    assert kept["problems.txt"].startswith(b"screenshot.png: ")
    assert b"tab crashed" in kept["problems.txt"]


def test_evidence__a_folder_that_cannot_be_written_hides_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    EvidenceFolder(path=tmp_path / "file" / "test", place="there").keep(
        [fake_browser(FakeDriver())]
    )


def test_evidence__an_earlier_run_is_forgotten(folder: EvidenceFolder) -> None:
    folder.keep([fake_browser(FakeDriver())])
    folder.forget()
    assert not folder.path.exists()
