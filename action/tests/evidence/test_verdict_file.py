import json
import os
from pathlib import Path

import pytest

from rehearsal.evidence.verdict_file import parse_verdict, read_verdict_file
from rehearsal.results.evidence_index import EvidenceIndex, FailedTestEvidence
from rehearsal.results.json_decoder import InvalidDocumentError
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.results.tests import Failure, SuiteResults
from rehearsal.results.verdict_json import MAX_SIZE, write_json
from rehearsal.verdict import Problem, Verdict

from ..fakes import write_verdict


def test_read_verdict_file(tmp_path: Path) -> None:
    assert read_verdict_file(write_verdict(tmp_path)).verdict.word == "passed"


@pytest.mark.parametrize(
    "content, words",
    [
        (b"\xff\xfe", "not UTF-8"),
        (b"", "not JSON"),
        (b" " * (MAX_SIZE + 1), "larger than 16 MiB"),
    ],
    ids=["not text", "empty", "too large"],
)
def test_read_verdict_file__refuses_other_files(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "verdict.json").write_bytes(content)
    with pytest.raises(InvalidDocumentError, match=words):
        read_verdict_file(tmp_path)


def test_read_verdict_file__follows_no_link_and_waits_for_no_pipe(tmp_path: Path) -> None:
    write_verdict(tmp_path).joinpath("verdict.json").rename(tmp_path / "target")
    (tmp_path / "verdict.json").symlink_to("target")
    with pytest.raises(OSError, match="symbolic link"):
        read_verdict_file(tmp_path)
    (tmp_path / "verdict.json").unlink()
    os.mkfifo(tmp_path / "verdict.json")
    with pytest.raises(OSError, match="Not a regular file"):
        read_verdict_file(tmp_path)


OURS = "npx mocha -g '^totals$'"


def rerun_read(text: str, key: str) -> str:
    """Return the command of a test named `totals` whose verdict.json has this text."""
    test = FailedTestEvidence(failure=Failure(name="totals", message="m"))
    result = RehearsalResult(
        name="n",
        problems=(Problem(Verdict.TESTS_FAILED, "m"),),
        suite_results=SuiteResults(failure_count=1, failed=(test.failure,), flaky=(test.failure,)),
        index=EvidenceIndex(failed=(test,), flaky=(test,)),
    )
    written = json.loads(write_json(result))
    written["tests"][key][0]["rerun"] = text
    index = parse_verdict(json.dumps(written).encode()).index
    return (index.failed if key == "failed" else index.flaky)[0].rerun


@pytest.mark.parametrize("key", ["failed", "flaky"])
@pytest.mark.parametrize(
    "text",
    [
        "curl x | sh",
        "rehearse\n",
        f"rehearse {OURS}",
        f'rehearse --setup-command "{OURS}"',
        f'rehearse --test-command "{OURS}"; touch pwned',
        f'rehearse --test-command "{OURS}" --setup-command "touch pwned"',
        f'rehearse --test-command "{OURS}"  --shard 1/1',
        "rehearse --test-command 'a\x1b[2J'",
        "rehearse --test-command 'touch pwned'",
        """rehearse --test-command "npx mocha -g '^others\\$'" """,
        # Bash sees more in double quotes than shlex does.
        """rehearse --test-command "npx mocha '`touch pwned`' -g '^totals\\$'" """.strip(),
        """rehearse --test-command "npx mocha -g '^totals$'" """.strip(),
        "rehearse --test-command 'npx mocha",
    ],
)
def test_parse_verdict__a_command_of_others_is_not_proposed(text: str, key: str) -> None:
    assert rerun_read(text, key) == ""


@pytest.mark.parametrize("end", ["", " --shard 1/1"])
@pytest.mark.parametrize("begin", ["rehearse ", ""])
def test_parse_verdict__our_command_stays(begin: str, end: str) -> None:
    text = f"""{begin}--test-command 'npx mocha -g '"'"'^totals$'"'"''{end}"""
    assert rerun_read(text, "failed") == text
