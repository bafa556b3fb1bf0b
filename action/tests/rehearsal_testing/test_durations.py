import json
import subprocess
from pathlib import Path

import pytest

from rehearsal_testing import RehearsalSettingsError, durations
from rehearsal_testing.durations import main, read_durations


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "checkout" / "app"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    return folder


def commit(text: str | bytes) -> None:
    Path(durations.FILE).write_bytes(text if isinstance(text, bytes) else text.encode())
    for arguments in (
        ["init", "--quiet", ".."],
        ["add", "."],
        [
            "-c",
            "user.name=a",
            "-c",
            "user.email=a@b.invalid",
            "commit",
            "--quiet",
            "-m",
            "as it is",
        ],
    ):
        subprocess.run(["git", *arguments], check=True)


def read() -> tuple[dict[str, float], list[str]]:
    warnings: list[str] = []
    return dict(read_durations(warnings.append)), warnings


@pytest.mark.usefixtures("checkout")
def test_read__is_what_is_committed_here() -> None:
    commit('{"a.B.test_c": 1.5, "tests/test_d.py::test_e": 2}')
    assert read() == ({"a.B.test_c": 1.5, "tests.test_d.test_e": 2.0}, [])
    # A cache, or an earlier step, may have left another one in this shard alone.
    Path(durations.FILE).write_text('{"a.B.test_c": 9}')
    assert read()[0]["a.B.test_c"] == 1.5
    Path(durations.FILE).unlink()
    assert read()[0]["a.B.test_c"] == 1.5


@pytest.mark.usefixtures("checkout")
def test_read__is_ours_of_a_test_that_has_two_names() -> None:
    commit('{"a/b.py::C::test_d": 1, "a.b.C.test_d": 2, "a/b.py::C::test_e": 3}')
    assert read() == ({"a.b.C.test_d": 2.0, "a.b.C.test_e": 3.0}, [])


@pytest.mark.usefixtures("checkout")
@pytest.mark.parametrize("there", [True, False], ids=["there", "not there"])
@pytest.mark.parametrize("repository", [True, False], ids=["in git", "no repository"])
def test_read__not_of_what_is_not_committed(*, there: bool, repository: bool) -> None:
    if repository:
        commit("{}")
        subprocess.run(["git", "rm", "--quiet", "-f", durations.FILE], check=True)
        subprocess.run(
            ["git", "-c", "user.name=a", "-c", "user.email=a@b.invalid", "commit", "-qm", "no"],
            check=True,
        )
    if there:
        Path(durations.FILE).write_text('{"a": 1}')
    found, warnings = read()
    assert found == {}
    assert bool(warnings) == there


@pytest.mark.usefixtures("checkout")
@pytest.mark.parametrize(
    "text",
    ["", "[]", '{"a": "1"}', '{"a": -1}', '{"a": NaN}', '{"a": 1', b"\xff\xfe\x00", "[" * 100000,
     '{"a": 1' + "0" * 400 + "}"],
    ids=["empty", "list", "text", "negative", "nan", "cut", "binary", "deep", "huge"],
)  # fmt: skip
def test_read__what_is_no_durations_is_told_and_ignored(text: str | bytes) -> None:
    commit(text)
    found, warnings = read()
    assert found == {}
    (warning,) = warnings
    assert warning.startswith(".test_durations does not balance the shards (")
    assert "`python -m rehearsal_testing.durations FOLDER`" in warning


@pytest.mark.usefixtures("checkout")
@pytest.mark.parametrize("error", [PermissionError("no"), subprocess.TimeoutExpired("git", 60)])
def test_read__no_answer_is_no_shard(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("subprocess.run", fail)
    with pytest.raises(RehearsalSettingsError, match=r"Whether \.test_durations is committed is"):
        read()


@pytest.mark.usefixtures("checkout")
def test_read__what_git_cannot_give_is_no_shard() -> None:
    commit('{"a": 1}')
    blob = subprocess.run(
        ["git", "rev-parse", f"HEAD:./{durations.FILE}"], capture_output=True, text=True, check=True
    ).stdout.strip()
    (Path.cwd().parent / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    with pytest.raises(RehearsalSettingsError, match="is committed is unknown: fatal: "):
        read()


@pytest.mark.usefixtures("checkout")
@pytest.mark.parametrize("there", [True, False], ids=["there", "not there"])
def test_read__a_repository_that_git_does_not_trust(
    monkeypatch: pytest.MonkeyPatch, *, there: bool
) -> None:
    def refuse(command: list[str], **_: object) -> "subprocess.CompletedProcess[bytes]":
        said = b"fatal: detected dubious ownership in repository at '/app'"
        return subprocess.CompletedProcess(command, 128, b"", said)

    monkeypatch.setattr("subprocess.run", refuse)
    if there:
        Path(durations.FILE).write_text("{}")
        with pytest.raises(RehearsalSettingsError, match="dubious ownership"):
            read()
    else:
        assert read() == ({}, [])


@pytest.mark.usefixtures("checkout")
def test_read__without_git_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert read() == ({}, [])


def report(folder: Path, name: str, cases: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"<testsuites><testsuite>{cases}</testsuite></testsuites>")


def test_record__takes_what_passed_and_keeps_the_rest(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(durations.FILE).write_text('{"z.old": 3, "a.B.test_c": 9}')
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
    found = json.loads(Path(durations.FILE).read_text())
    assert found == {"a.B.test_c": 1.5, "a.B.test_d": 2.0, "z.old": 3}
    assert list(found) == sorted(found)
    assert capsys.readouterr().out == (
        ".test_durations has the seconds of 2 tests from 1, 2, 3, 4, 5.\n"
    )


@pytest.mark.usefixtures("checkout")
@pytest.mark.parametrize(
    "before,arguments,code",
    [("{}", [], 2), ("{}", ["nowhere"], 2), ("{}", ["empty"], 1), ("[]", ["empty"], 1)],
    ids=["none", "no folder", "nothing in it", "another file"],
)
def test_record__says_what_it_lacks(
    before: str,
    arguments: list[str],
    code: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("empty").mkdir()
    Path(durations.FILE).write_text(before)
    assert main(arguments) == code
    assert "".join(capsys.readouterr()).count("\n") == 1
