"""What is kept of what the tests leave, and what is not."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from .contract import assert_verdict
from .repository import Repository
from .runner import ActionResult, Runner

REPORTS = ("verdict.json", "summary.md", "index.html")
JUNIT = "<testsuite tests='1' failures='1'><testcase name='t'><failure/></testcase></testsuite>"


def test_evidence_limit__names_what_it_leaves_out(tiny: Repository, runner: Runner) -> None:
    script = (
        "cd $REHEARSAL_EVIDENCE && mkdir t\n"
        "head -c 600000 /dev/zero >t/screenshot.png\n"
        "head -c 900000 /dev/zero >t/video.webm\n"
        "truncate --size 300G core\n"  # It takes no room: a sparse file.
        f'echo "{JUNIT}" >$REHEARSAL_JUNIT/a.xml\n'
        "false"
    )
    rehearsed = runner.use(tiny, {"test-command": script, "evidence-limit": "1"})
    assert_verdict(rehearsed, "tests-failed")
    assert rehearsed.evidence
    kept = [path.name for path in (rehearsed.evidence / "tests").rglob("*") if path.is_file()]
    assert sorted(kept) == ["a.xml", "output.log", "screenshot.png"]
    limit = "the files of the tests may have 1.0 MB together (evidence-limit)"
    notices = [
        f"tests/core (322,122.5 MB) was left out: {limit}.",
        f"tests/t/video.webm (0.9 MB) was left out: {limit}.",
    ]
    assert json.loads(rehearsed.file("verdict.json"))["notices"][-2:] == notices
    for text in (rehearsed.summary, rehearsed.log, *map(rehearsed.file, REPORTS)):
        assert all(notice in text for notice in notices)
    assert "t/screenshot.png" in rehearsed.file("index.html")


@contextmanager
def mounted(place: Path, options: str) -> Iterator[Path]:
    """Mount a file system in memory at a new folder. Raises PermissionError without root."""
    if os.geteuid() != 0:
        msg = "A file system is mounted by root only: run `sudo make e2e`."
        raise PermissionError(msg)
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def assert_no_folder(rehearsed: ActionResult, *told: str) -> None:
    """Hold a use of the action without a folder against the contract."""
    assert rehearsed.exit_code == 2
    assert rehearsed.outputs["verdict"] == "misconfigured"
    assert rehearsed.outputs["evidence-path"] == ""
    assert rehearsed.clean_up.get("upload", "") != "true"
    (annotation,) = rehearsed.shown.annotations
    assert annotation.level == "error"
    for text in told:
        assert text in annotation.text
        assert text in rehearsed.summary.replace("\\", "")


@pytest.mark.parametrize(
    "options, told",
    [
        ("ro", ("Read-only file system", "Name a folder on a disk that can be written to.")),
        ("size=8m", ("No space left on device", "Free room on that disk: the reports alone need")),
    ],
    ids=["read-only", "full"],
)
def test_runner_temp__where_nothing_can_be_written(
    tiny: Repository, runner: Runner, workdir: Path, options: str, told: tuple[str, ...]
) -> None:
    with mounted(workdir / "temp", options) as temp:
        rehearsed = runner.use(tiny, environment={"RUNNER_TEMP": str(temp)})
        assert_no_folder(rehearsed, f"RUNNER_TEMP is {temp}, where no evidence", *told)
        assert list(temp.iterdir()) == []


@pytest.mark.parametrize("temp", ["", "/nowhere/temp"], ids=["not set", "missing"])
def test_runner_temp__is_not_there(tiny: Repository, runner: Runner, temp: str) -> None:
    rehearsed = runner.use(tiny, environment={"RUNNER_TEMP": temp})
    assert_no_folder(rehearsed, f"RUNNER_TEMP is {temp or 'not set'}, ")


def test_disk__that_the_tests_fill_costs_the_largest(
    tiny: Repository, runner: Runner, workdir: Path
) -> None:
    script = (
        "cd $REHEARSAL_EVIDENCE && mkdir t && echo png >t/screenshot.png\n"
        "head -c 30000000 /dev/zero >t/video.webm\n"
        "cat /dev/zero >core || echo full\n"
        "false"
    )
    with mounted(workdir / "temp", "size=100m") as temp:
        rehearsed = runner.use(
            tiny, {"test-command": script}, environment={"RUNNER_TEMP": str(temp)}
        )
        assert "No space left on device" in rehearsed.log
        assert_verdict(rehearsed, "tests-failed")
        assert rehearsed.evidence
        assert (rehearsed.evidence / "tests/t/screenshot.png").read_text() == "png\n"
        assert "t/screenshot.png" in rehearsed.file("index.html")
        notices = str(json.loads(rehearsed.file("verdict.json"))["notices"])
        assert "tests/core (" in notices
        assert "tests/t/video.webm (30.0 MB) was left out: the files of the tests may " in notices
        assert "was written before" not in notices
