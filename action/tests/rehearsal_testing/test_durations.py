import subprocess
from pathlib import Path

import pytest

from rehearsal_testing import RehearsalSettingsError
from rehearsal_testing.durations import FILE, read_durations


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "checkout" / "app"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    return folder


def commit(text: str | bytes) -> None:
    Path(FILE).write_bytes(text if isinstance(text, bytes) else text.encode())
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
    Path(FILE).write_text('{"a.B.test_c": 9}')
    assert read()[0]["a.B.test_c"] == 1.5
    Path(FILE).unlink()
    assert read()[0]["a.B.test_c"] == 1.5


@pytest.mark.usefixtures("checkout")
def test_read__is_ours_of_a_test_that_has_two_names() -> None:
    commit('{"a.b.C.test_d": 2, "a/b.py::C::test_d": 1, "a/b.py::C::test_e": 3}')
    assert read() == ({"a.b.C.test_d": 2.0, "a.b.C.test_e": 3.0}, [])


@pytest.mark.usefixtures("checkout")
@pytest.mark.parametrize("there", [True, False], ids=["there", "not there"])
@pytest.mark.parametrize("repository", [True, False], ids=["in git", "no repository"])
def test_read__not_of_what_is_not_committed(*, there: bool, repository: bool) -> None:
    if repository:
        commit("{}")
        subprocess.run(["git", "rm", "--quiet", "-f", FILE], check=True)
        subprocess.run(
            ["git", "-c", "user.name=a", "-c", "user.email=a@b.invalid", "commit", "-qm", "no"],
            check=True,
        )
    if there:
        Path(FILE).write_text('{"a": 1}')
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
    assert "`python -m rehearsal_testing.record_durations FOLDER`" in warning


@pytest.mark.usefixtures("checkout")
@pytest.mark.parametrize("error", [PermissionError("no"), subprocess.TimeoutExpired("git", 60)])
def test_read__no_answer_is_no_shard(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("subprocess.run", fail)
    with pytest.raises(RehearsalSettingsError, match=r"Whether \.test_durations is committed is"):
        read()


@pytest.mark.usefixtures("checkout")
@pytest.mark.parametrize("there", [True, False], ids=["there", "not there"])
def test_read__what_git_cannot_give_is_no_shard(*, there: bool) -> None:
    commit('{"a": 1}')
    blob = subprocess.run(
        ["git", "rev-parse", f"HEAD:./{FILE}"], capture_output=True, text=True, check=True
    ).stdout.strip()
    (Path.cwd().parent / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    if not there:
        Path(FILE).unlink()
    said = "is committed is unknown: fatal: " if there else "is committed, but git does not say"
    with pytest.raises(RehearsalSettingsError, match=said):
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
        Path(FILE).write_text("{}")
        with pytest.raises(RehearsalSettingsError, match="dubious ownership"):
            read()
    else:
        assert read() == ({}, [])


@pytest.mark.usefixtures("checkout")
def test_read__without_git_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert read() == ({}, [])
