import json
from pathlib import Path

import pytest

from rehearsal_testing.durations import FILE
from rehearsal_testing.record_durations import main

from .sandbox import Sandbox


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def report(folder: Path, name: str, cases: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"<testsuites><testsuite>{cases}</testsuite></testsuites>")


def test_record__updates_passed_tests_and_keeps_others(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(FILE).write_text('{"z.old": 3, "a.B.test_c": 9}')
    for name, cases in {
        "1.xml": '<testcase classname="a.B" name="test_c" time="1.500"/>',
        "2.xml": '<testcase classname="a.B" name="test_d" time="2"><flakyFailure/></testcase>',
        "3.xml": '<testcase classname="a.B" name="test_e" time="9"><failure/></testcase>',
        "4.xml": '<testcase classname="a.B" name="test_f" time="0"><skipped/></testcase>',
        "5.xml": '<testcase classname="a.B" name="test_g"/>',
    }.items():
        report(checkout / name[0], name, cases)
    (checkout / "1" / "broken.xml").write_text("<testsuites>")
    assert main(list("12345")) == 0
    found = json.loads(Path(FILE).read_text())
    assert found == {"a.B.test_c": 1.5, "a.B.test_d": 2.0, "z.old": 3}
    assert list(found) == sorted(found)
    assert capsys.readouterr().out == (
        ".test_durations has the seconds of 2 tests from 1, 2, 3, 4, 5.\n"
    )


@pytest.mark.usefixtures("checkout")
@pytest.mark.parametrize(
    "before,arguments,code",
    [("{}", [], 2), ("{}", ["nowhere"], 2), ("{}", ["empty"], 1), ("[]", ["empty"], 1)],
    ids=["no argument", "no such folder", "no report", "file is not an object"],
)
def test_record__says_why_it_fails(
    before: str,
    arguments: list[str],
    code: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("empty").mkdir()
    Path(FILE).write_text(before)
    assert main(arguments) == code
    assert "".join(capsys.readouterr()).count("\n") == 1


def test_program__runs_without_a_warning(sandbox: Sandbox) -> None:
    cases = '<testcase classname="a.B" name="test_c" time="1.500"/>'
    report(sandbox.code / "junit", "1.xml", cases)
    code, printed = sandbox.run(
        ["-W", "error", "-m", "rehearsal_testing.record_durations", "junit"]
    )
    assert (code, printed) == (0, ".test_durations has the seconds of 1 tests from junit.\n")
