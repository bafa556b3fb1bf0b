"""What is kept of what the tests leave, and what is not."""

import json

from .contract import assert_verdict
from .repository import Repository
from .runner import Runner

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
