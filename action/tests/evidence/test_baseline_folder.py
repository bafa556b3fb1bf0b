import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

from rehearsal.evidence.baseline_folder import (
    MAX_PICTURE,
    MAX_VERDICT,
    BaselineFolder,
    NoBaselineError,
    read_picture,
)
from rehearsal.outside.folder import Folder
from rehearsal.results.browser_steps import TraceStep
from rehearsal.results.evidence_index import FailedTestEvidence
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.results.shard import Shard
from rehearsal.results.tests import Failure, ListedOutcome, ListedTest, SuiteResults
from rehearsal.results.verdict_json import write_json
from rehearsal.verdict import Verdict

from ..results.test_picture_format import jpeg, png

LATER = time.monotonic() + 1e6
STEPS = ({"k": "step", "t": 1, "cmd": "go to", "text": "/", "pic": "trace-1.jpg"},)
TEST = FailedTestEvidence(
    failure=Failure(name="test_a.Suite.test_b", message="m"),
    folder="tests/test_a.Suite.test_b",
    pictures=("tests/test_a.Suite.test_b/screenshot.png",),
    steps=(TraceStep(start=0, seconds=0, text="go to /", command="go to"),),
)
RESULT = RehearsalResult(
    name="r",
    suite_results=SuiteResults(
        test_count=1, tests=(ListedTest(name="t", outcome=ListedOutcome.PASSED, seconds=1.5),)
    ),
)


def write(folder: Path, result: RehearsalResult = RESULT) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "verdict.json").write_text(write_json(result))
    return folder


def write_trace(folder: Path, content: bytes, *steps: dict[str, Any]) -> None:
    folder.mkdir(parents=True)
    lines = ({"v": 1, "start": 1}, *(steps or STEPS))
    (folder / "trace.jsonl").write_text("".join(f"{json.dumps(each)}\n" for each in lines))
    (folder / "trace-1.jpg").write_bytes(content)


@pytest.fixture
def run(tmp_path: Path) -> Folder:
    """The evidence of a test that failed."""
    folder = tmp_path / "run" / TEST.folder
    folder.mkdir(parents=True)
    (folder / "screenshot.png").write_bytes(png(9, 9))
    return Folder(tmp_path / "run")


def why_not(folder: Path) -> str:
    with pytest.raises(NoBaselineError) as caught:
        BaselineFolder(folder)
    return str(caught.value)


def test_baseline_folder__tells_what_its_verdict_does(tmp_path: Path) -> None:
    assert BaselineFolder(write(tmp_path / "b")).result.suite_results == RESULT.suite_results


def test_baseline_folder__none_yet(tmp_path: Path) -> None:
    assert "until a first rehearsal has kept its evidence" in why_not(tmp_path / "b")


def test_baseline_folder__without_a_verdict(tmp_path: Path) -> None:
    assert "has no verdict.json" in why_not(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        "[" * 100_000,
        '{"version": NaN}',
        '{"version": 99}',
        write_json(RESULT).replace("1.5", "NaN"),
        write_json(RESULT).replace("1.5", "1e999"),
        write_json(RESULT).replace('"passed"', '"excellent"'),
        write_json(RESULT).replace('"t"', "7"),
        write_json(RESULT).replace('"listed": [', '"listed": {"a": ').replace("]\n", "}\n", 1),
    ],
)
def test_baseline_folder__not_one_of_ours(text: str, tmp_path: Path) -> None:
    (tmp_path / "verdict.json").write_text(text)
    assert "is not valid" in why_not(tmp_path)


def test_baseline_folder__a_million_tests(tmp_path: Path) -> None:
    tests = ",".join(['{"name":"a","outcome":"passed"}'] * 100_000)
    text = write_json(RESULT)
    start, end = text.index('"listed": [') + len('"listed": ['), text.index("]", text.index("1.5"))
    (tmp_path / "verdict.json").write_text(text[:start] + tests + text[end:])
    assert "tests.listed has 100,000 entries" in why_not(tmp_path)
    with (tmp_path / "verdict.json").open("ab") as file:
        file.truncate(MAX_VERDICT + 1)
    assert "is larger than 8 MiB" in why_not(tmp_path)


def test_baseline_folder__follows_no_link_and_waits_for_no_pipe(tmp_path: Path) -> None:
    real = write(tmp_path / "real")
    linked = tmp_path / "linked"
    linked.mkdir()
    (linked / "verdict.json").symlink_to(real / "verdict.json")
    assert "cannot be read" in why_not(linked)
    (linked / "verdict.json").unlink()
    os.mkfifo(linked / "verdict.json")
    assert "cannot be read" in why_not(linked)


def test_picture_pair__of_a_test_that_passed_there(tmp_path: Path, run: Folder) -> None:
    write_trace(write(tmp_path / "b") / TEST.folder, jpeg(8, 8))
    pair = BaselineFolder(tmp_path / "b").picture_pair(TEST, run, 1000, LATER)
    assert pair
    assert (pair.before.kind, pair.before.content) == ("jpeg", jpeg(8, 8))
    assert (pair.now.kind, pair.now.content) == ("png", png(9, 9))
    assert pair.same_step
    assert BaselineFolder(tmp_path / "b").picture_pair(TEST, run, 1000, time.monotonic()) is None


def test_picture_pair__of_the_last_attempt(tmp_path: Path, run: Folder) -> None:
    folder = write(tmp_path / "b") / TEST.folder
    write_trace(folder, jpeg(8, 8))
    for number in (2, 10):
        trace = (folder / "trace.jsonl").read_text().replace("trace-1.jpg", f"trace-{number}.jpg")
        (folder / f"trace-retry{number}.jsonl").write_text(trace)
        (folder / f"trace-{number}.jpg").write_bytes(jpeg(number, number))
    pair = BaselineFolder(tmp_path / "b").picture_pair(TEST, run, 1000, LATER)
    assert pair
    assert pair.before.content == jpeg(10, 10)


def test_picture_pair__in_a_shard_of_a_merge(tmp_path: Path, run: Folder) -> None:
    pages = (
        "shards/../index.html",
        "/etc/x/index.html",
        "shards/-x/index.html",
        "shards/s1/index.html",
    )
    shards = tuple(
        Shard(name="s", verdict=Verdict.PASSED, shard="1/4", page=each) for each in pages
    )
    folder = write(tmp_path / "b", RehearsalResult(name="r", shards=shards))
    write_trace(tmp_path / TEST.folder, jpeg(7, 7))
    write_trace(folder / "shards/-x" / TEST.folder, jpeg(7, 7))
    write_trace(folder / "shards/s1" / TEST.folder, jpeg(8, 8))
    pair = BaselineFolder(folder).picture_pair(TEST, run, 1000, LATER)
    assert pair
    assert pair.before.content == jpeg(8, 8)


@pytest.mark.parametrize("name", ["../trace-1.jpg", "/trace-1.jpg", "trace-1.svg", "trace-1.jpg/x"])
def test_picture_pair__a_name_leads_nowhere_else(name: str, tmp_path: Path, run: Folder) -> None:
    folder = write(tmp_path / "b") / TEST.folder
    write_trace(folder, jpeg(8, 8), {**STEPS[0], "pic": name})
    (folder.parent / "trace-1.jpg").write_bytes(jpeg(8, 8))
    assert BaselineFolder(tmp_path / "b").picture_pair(TEST, run, 1000, LATER) is None


def test_picture_pair__no_link_no_vector_graphic_no_large_one(tmp_path: Path, run: Folder) -> None:
    folder = write(tmp_path / "b") / TEST.folder
    write_trace(folder, b"<svg onload='alert(1)'/>" + bytes(99))
    baseline, picture = BaselineFolder(tmp_path / "b"), folder / "trace-1.jpg"
    assert baseline.picture_pair(TEST, run, 1000, LATER) is None
    picture.write_bytes(jpeg(8, 8))
    assert baseline.picture_pair(TEST, run, 1000, LATER)
    assert baseline.picture_pair(TEST, run, len(jpeg(8, 8) + png(9, 9)) - 1, LATER) is None
    picture.write_bytes(jpeg(60_000, 60_000))
    assert baseline.picture_pair(TEST, run, 1000, LATER) is None
    picture.unlink()
    (tmp_path / "other.jpg").write_bytes(jpeg(8, 8))
    picture.symlink_to(tmp_path / "other.jpg")
    assert baseline.picture_pair(TEST, run, 1000, LATER) is None


def test_read_picture__has_a_limit(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png(9, 9).ljust(MAX_PICTURE, b"\0"))
    assert read_picture(Folder(tmp_path), "a.png", 1 << 30)
    assert read_picture(Folder(tmp_path), "a.png", MAX_PICTURE - 1) is None
    (tmp_path / "a.png").write_bytes(png(9, 9).ljust(MAX_PICTURE + 1, b"\0"))
    assert read_picture(Folder(tmp_path), "a.png", 1 << 30) is None
    assert read_picture(Folder(tmp_path), "missing.png", 1 << 30) is None
    assert read_picture(Folder(tmp_path), "a.png", 0) is None
