import json
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from rehearsal import cli
from rehearsal.commands.merge.shards import ShardEvidence
from rehearsal.results.evidence_index import EvidenceIndex
from rehearsal.results.origin import Origin
from rehearsal.results.verdict_json import write_json

from ...results.test_verdict_json import STRICT
from .samples import IMAGE, RUN, leg, matrix


@dataclass(frozen=True, kw_only=True)
class Room:
    """A job that has downloaded artifacts below `found`."""

    top: Path

    @property
    def found(self) -> Path:
        return self.top / "found"

    @property
    def into(self) -> Path:
        return self.top / "merged"

    def put(self, *legs: ShardEvidence) -> None:
        for each in legs:
            self.write(each.name, write_json(each.result))

    def write(self, name: str, text: str | bytes) -> Path:
        folder = self.found / name
        (folder / "tests/x").mkdir(parents=True)
        content = text.encode() if isinstance(text, str) else text
        (folder / "verdict.json").write_bytes(content)
        (folder / "index.html").write_text(f"the page of {name}")
        (folder / "tests/x/screenshot.png").write_bytes(b"\x89PNG")
        return folder

    def merge(self, expect: object = 1, *more: str) -> int:
        argv = ["merge", "--expect", str(expect), "--into", str(self.into), *more, str(self.found)]
        return cli.main(argv, self.environ)

    @property
    def environ(self) -> dict[str, str]:
        files = {f"GITHUB_{name}": str(self.top / name) for name in ("OUTPUT", "STEP_SUMMARY")}
        return {**files, "GITHUB_ACTIONS": "true", "GITHUB_RUN_ID": "77", "GITHUB_RUN_ATTEMPT": "1"}

    @property
    def outputs(self) -> dict[str, str]:
        text = (self.top / "OUTPUT").read_text()
        found = re.findall(r"^([a-z-]+)<<(\S+)\n(.*?)\n\2$", text, re.MULTILINE | re.DOTALL)
        return {name: value for name, _, value in found}

    @property
    def verdict(self) -> Any:
        return json.loads((self.into / "verdict.json").read_text())


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def room(tmp_path: Path) -> Room:
    made = Room(top=tmp_path)
    made.found.mkdir()
    return made


def test_merge__of_passes(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    room.put(*matrix(2, "chrome", "firefox"))
    assert room.merge(4, "--artifact-name", "rehearsal-merged") == 0
    outputs = room.outputs
    assert {
        "verdict": "passed",
        "tests": "12",
        "failures": "0",
        "flaky": "0",
        "image-id": IMAGE,
        "evidence-path": str(room.into),
        "artifact-name": "rehearsal-merged",
    }.items() <= outputs.items()
    STRICT.validate(room.verdict)
    assert room.verdict["artifact-name"] == "rehearsal-merged"
    assert (room.top / "STEP_SUMMARY").read_text() == (room.into / "summary.md").read_text()
    said = capsys.readouterr().out
    assert "shard:    shard 2/2 on firefox: passed, 3 ran, 0 failed\n" in said
    assert said.endswith("verdict:  passed\n")
    assert "::error" not in said


def test_merge__keeps_each_shard_s_evidence_where_the_page_finds_it(room: Room) -> None:
    room.put(*matrix(2))
    room.merge(2)
    text = (room.into / "index.html").read_text()
    for link in re.findall(r'href="\./(.*?)"', text):
        assert (room.into / link).is_file(), link
    assert (room.into / "shards/rehearsal.1-of-2/tests/x/screenshot.png").is_file()
    assert [each["page"] for each in room.verdict["shards"]] == [
        "shards/rehearsal.1-of-2/index.html",
        "shards/rehearsal.2-of-2/index.html",
    ]
    assert names(room.into) == ["index.html", "shards", "summary.md", "verdict.json"]
    assert names(room.top) == ["OUTPUT", "STEP_SUMMARY", "found", "merged"]


def test_merge__one_red_shard_makes_all_of_it_red(room: Room) -> None:
    room.put(leg("1/2"), leg("2/2", failed=["a_test"]))
    assert room.merge(2) == 13
    assert room.outputs["failures"] == "1"
    (failed,) = room.verdict["tests"]["failed"]
    assert failed["evidence"] == "shards/rehearsal.2-of-2/tests/a_test"


def test_merge__a_single_artifact_has_no_folder_of_its_own(room: Room) -> None:
    """So actions/download-artifact does it."""
    folder = room.write(
        "x", write_json(replace(leg(artifact_name="rehearsal-1").result, index=EvidenceIndex()))
    )
    for path in list(folder.iterdir()):
        path.rename(room.found / path.name)
    folder.rmdir()
    assert room.merge() == 0
    assert [each["name"] for each in room.verdict["shards"]] == ["rehearsal-1"]
    assert (room.into / "shards/rehearsal-1/tests/x/screenshot.png").is_file()


@pytest.mark.parametrize("there", [True, False], ids=["empty", "not there"])
def test_merge__nothing_was_downloaded(
    room: Room, there: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    if not there:
        room.found.rmdir()
    assert room.merge(3) == 18
    assert (room.outputs["verdict"], room.outputs["image-id"]) == ("cancelled", "")
    said = capsys.readouterr().out
    assert "::error title=Dress rehearsal%3A cancelled::Of 3 rehearsals only 0 left" in said
    assert "A job ended before its evidence was uploaded" in said


def test_merge__a_folder_without_a_verdict(room: Room) -> None:
    room.put(leg("1/2"))
    (room.found / "rehearsal.2-of-2").mkdir()
    assert room.merge(2) == 18
    assert room.verdict["problems"][0]["message"] == ("rehearsal.2-of-2: It left no verdict.json.")


@pytest.mark.parametrize(
    "content, code, words",
    [
        (b"", 70, "it is not JSON"),
        (b"\xff", 70, "it is not UTF-8"),
        (b"[" * 100_000, 70, "it is not JSON"),
        (b" " * ((1 << 24) + 1), 70, "it is larger than 16 MiB"),
        (b'{"version": 1}', 70, "is not a"),
        (b'{"version": 2}', 2, "of a newer Dress Rehearsal"),
        (b'{"version": "x"}', 70, "version is not a count"),
        (b"null", 70, "it is not an object"),
    ],
    ids=["empty", "no text", "deep", "huge", "half", "future", "no version", "null"],
)
def test_merge__what_is_no_verdict_is_an_error_and_no_traceback(
    room: Room, content: bytes, code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    room.put(leg("1/2"))
    room.write("rehearsal.2-of-2", content)
    assert room.merge(2) == code
    assert words in (room.into / "summary.md").read_text()
    assert "Traceback" not in capsys.readouterr().out
    STRICT.validate(room.verdict)


def test_merge__a_link_for_a_verdict_or_a_folder_leads_nowhere(room: Room) -> None:
    room.put(leg("1/2"))
    secret = room.top / "secret"
    secret.write_text("planted-secret-value")
    folder = room.write(
        "rehearsal.2-of-2", write_json(replace(leg("2/2").result, index=EvidenceIndex()))
    )
    (folder / "more").symlink_to(secret)
    (folder / "index.html").unlink()
    (folder / "index.html").symlink_to(secret)
    (room.found / "linked").symlink_to(folder)
    assert room.merge(2) == 0
    everything = b"".join(path.read_bytes() for path in room.into.rglob("*") if path.is_file())
    assert b"planted" not in everything
    assert not [path for path in room.into.rglob("*") if path.is_symlink()]
    assert room.verdict["shards"][1]["page"] == ""
    (folder / "verdict.json").unlink()
    (folder / "verdict.json").symlink_to(secret)
    room.into.rename(room.top / "before")
    assert room.merge(2) == 70


@pytest.mark.parametrize("name", ["a b", "é", "..x", "-rf", "a\nb", "%2e%2e", "x" * 200], ids=ascii)
def test_merge__a_strange_name_becomes_one_that_can_be_uploaded(room: Room, name: str) -> None:
    room.put(leg(name=name))
    assert room.merge() == 0
    (folder,) = (room.into / "shards").iterdir()
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", folder.name)
    assert room.verdict["shards"][0]["page"] == f"shards/{folder.name}/index.html"


def test_merge__names_out_of_a_verdict_lead_nowhere_else(room: Room) -> None:
    text = write_json(
        replace(leg(artifact_name="../../../../tmp/evil").result, index=EvidenceIndex())
    )
    folder = room.write("x", text)
    for path in list(folder.iterdir()):
        path.rename(room.found / path.name)
    folder.rmdir()
    assert room.merge() == 0
    (kept,) = (room.into / "shards").iterdir()
    assert kept.resolve().is_relative_to(room.into)


def test_merge__a_browser_with_a_command_in_its_name_commands_nothing(
    room: Room, capsys: pytest.CaptureFixture[str]
) -> None:
    room.put(leg("1/1", "x\n::error::pwned\n##[error]pwned", name="plain"))
    room.merge()
    assert not re.findall(r"(?m)^::error::pwned|##\[", capsys.readouterr().out)


def test_merge__a_replaced_attempt_is_told_and_left_out(room: Room) -> None:
    def attempt(number: int, **changes: Any) -> ShardEvidence:
        where = Origin(repository="o/r", commit="c0ffee", run=RUN, attempt=number)
        return leg("1/2", name=f"x-{number}", origin=where, **changes)

    room.put(attempt(1, failed=["a"]), attempt(2), leg("2/2", name="y-1"))
    assert room.merge(2) == 0
    assert names(room.into / "shards") == ["x-2", "y-1"]
    assert room.verdict["notices"] == [
        "x-1 is left out: a later attempt of the workflow run did it again."
    ]
    assert room.verdict["origin"]["attempt"] == 2


@pytest.mark.parametrize("jobs, code", [("", 0), ("success", 0), ("cancelled", 18)])
def test_merge__a_job_that_ended_otherwise_than_its_evidence_says(
    room: Room, jobs: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    room.put(*matrix(2))
    assert room.merge(2, "--jobs", jobs) == code
    assert ("ended as cancelled, although" in capsys.readouterr().out) is bool(code)


@pytest.mark.parametrize("expect", ["0", "-1", "x", "1.5", "", "10000", "٣", "1\n"], ids=ascii)
def test_merge__how_many_has_to_be_a_number(
    room: Room, expect: str, capsys: pytest.CaptureFixture[str]
) -> None:
    argv = ["merge", f"--expect={expect}", "--into", str(room.into), str(room.found)]
    assert cli.main(argv, {}) == 2
    assert "It takes a number from 1 to 9999" in capsys.readouterr().out
    assert not room.into.exists()


def test_merge__what_is_there_is_not_written_over(room: Room) -> None:
    room.put(leg())
    room.into.mkdir()
    assert room.merge() == 0, "an empty folder is fine"
    before = (room.into / "verdict.json").read_bytes()
    assert room.merge() == 2
    assert (room.into / "verdict.json").read_bytes() == before


def test_merge__into_what_is_read(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    room.put(leg())
    for into in (room.found, room.found / "deep/er"):
        assert cli.main(["merge", "--expect", "1", "--into", str(into), str(room.found)], {}) == 2
        assert "lies in the folder that is read" in capsys.readouterr().out
    assert names(room.found) == ["rehearsal"]


def test_merge__into_a_place_of_no_folders(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    (room.top / "file").touch()
    argv = ["merge", "--expect", "1", "--into", str(room.top / "file/x"), str(room.found)]
    assert cli.main(argv, {}) == 2
    assert "nothing can be written: File exists" in capsys.readouterr().out


def test_merge__out_of_a_file(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    (room.top / "file").touch()
    argv = ["merge", "--expect", "1", "--into", str(room.into), str(room.top / "file")]
    assert cli.main(argv, {}) == 2
    assert "could not be looked into: Not a directory" in capsys.readouterr().out
    assert not room.into.exists()


def test_merge__makes_the_folders_above(room: Room) -> None:
    room.put(leg())
    into = room.top / "a/b/c"
    assert cli.main(["merge", "--expect", "1", "--into", str(into), str(room.found)], {}) == 0
    assert (into / "index.html").is_file()


@pytest.mark.parametrize("left_out", ["--expect", "--into"])
def test_merge__what_has_to_be_said(left_out: str, capsys: pytest.CaptureFixture[str]) -> None:
    flags = {"--expect": "1", "--into": "x"}
    words = [word for name, value in flags.items() if name != left_out for word in (name, value)]
    with pytest.raises(SystemExit):
        cli.main(["merge", *words, "found"], {})
    assert f"required: {left_out}" in capsys.readouterr().err
