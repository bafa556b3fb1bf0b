"""Whatever a rehearsal records is merged, and published and attested if it passed: no `error`."""

import json
import re
import tempfile
from collections.abc import Sequence
from contextlib import redirect_stdout
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from rehearsal import cli
from rehearsal.commands.publish.request import read_request
from rehearsal.evidence.verdict_file import parse_verdict
from rehearsal.results.evidence_index import EvidenceIndex, FailedTestEvidence
from rehearsal.results.json_fields import MAX_TEXT
from rehearsal.results.junit.reports import read_reports
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.results.verdict_json import read_json, write_json
from rehearsal.verdict import Problem, RehearsalError, Verdict

from ..results.recorded import AS_FOUND, largest, results

IMAGE = f"sha256:{'1' * 64}"
SCHEMA = json.loads((Path(__file__).parents[2] / "predicate.schema.json").read_text("utf-8"))
# Source: GitHub's documentation of job summaries; of annotations as the runner cuts them.
MAX_SUMMARY, MAX_ANNOTATION = 1 << 20, 4096
OF_ONE_IMAGE = results(wild=True, image_id=IMAGE, image_config=IMAGE)
TOOL = RehearsalResult(name="").tool
PASSED = results(wild=True, image_id=IMAGE, image_config=IMAGE, shard="", problems=(), tool=TOOL)


def run(top: Path, *arguments: str) -> tuple[int, str]:
    """Run a sub-command as on GitHub; return its exit code and its output."""
    files = {f"GITHUB_{name}": str(top / name) for name in ("OUTPUT", "STEP_SUMMARY")}
    with redirect_stdout(TextIOWrapper(BytesIO(), encoding="utf-8")) as out:
        code = cli.main(list(arguments), {"GITHUB_ACTIONS": "true", **files})
        out.flush()
        return code, out.buffer.getvalue().decode()


def merge(found: Sequence[RehearsalResult]) -> int:
    """Merge the evidence of rehearsals, check the reports, and return the exit code."""
    with tempfile.TemporaryDirectory() as folder:
        top = Path(folder)
        for number, each in enumerate(found):
            shard = top / f"found/rehearsal-{number}"
            shard.mkdir(parents=True)
            (shard / "verdict.json").write_text(write_json(each), encoding="utf-8")
        into = top / "merged"
        words = (f"--expect={len(found)}", "--into", str(into), str(top / "found"))
        code, output = run(top, "merge", *words)
        assert read_json((into / "verdict.json").read_text("utf-8")).verdict.exit_code == code
        assert len((into / "summary.md").read_bytes()) < MAX_SUMMARY
        assert (into / "index.html").is_file()
        for message in re.findall(r"^::(?:error|warning) .*?::(.*)$", output, re.MULTILINE):
            shown = message.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")
            assert len(shown) <= MAX_ANNOTATION
        return code


@settings(AS_FOUND, max_examples=25)
@given(found=st.lists(OF_ONE_IMAGE, min_size=1, max_size=3))
def test_merge__takes_whatever_was_recorded(found: list[RehearsalResult]) -> None:
    verdicts = {problem.verdict for each in found for problem in each.problems}
    assert merge(found) != Verdict.ERROR.exit_code or Verdict.ERROR in verdicts


@pytest.mark.parametrize(
    "name, message",
    [
        pytest.param("sees", f"'hi' not found in '{'&lt;p&gt;x&lt;/p&gt;' * 3000}'", id="long"),
        pytest.param("n" * 25_000, "m", id="long name"),
    ],
)
def test_merge__takes_a_report_of_long_texts(name: str, message: str) -> None:
    report = (
        f'<testsuite tests="1" failures="1"><testcase classname="ui" name="{name}">'
        f'<failure message="AssertionError: {message}">tb</failure></testcase></testsuite>'
    )
    counts = read_reports([("a.xml", report.encode())], retries=False).results
    failed = tuple(FailedTestEvidence(failure=each) for each in counts.failed)
    problem = Problem(Verdict.TESTS_FAILED, f"1 of 1 tests failed: {counts.failed[0].name}.")
    result = RehearsalResult(
        name="r",
        image_id=IMAGE,
        problems=(problem,),
        suite_results=counts,
        index=EvidenceIndex(failed=failed),
    )
    assert merge([result]) == Verdict.TESTS_FAILED.exit_code


@pytest.mark.parametrize("character", ["x", "\x00"], ids=ascii)
def test_merge__takes_the_largest(character: str) -> None:
    assert merge([largest(character * 2 * MAX_TEXT)] * 3) == Verdict.CANCELLED.exit_code


@settings(AS_FOUND, max_examples=25)
@given(found=PASSED)
def test_predicate__takes_whatever_passed(found: RehearsalResult) -> None:
    with tempfile.TemporaryDirectory() as folder:
        top = Path(folder)
        (top / "verdict.json").write_text(write_json(found), encoding="utf-8")
        digests = f"ghcr.io/owner/app:1=sha256:{'2' * 64}"
        words = ("--evidence-path", folder, "--into", str(top / "p.json"), "--digests", digests)
        code, output = run(top, "predicate", *words)
        assert code == 0, output
        Draft202012Validator(SCHEMA).validate(json.loads((top / "p.json").read_text("utf-8")))


@settings(AS_FOUND, max_examples=25)
@given(found=OF_ONE_IMAGE)
def test_publish__takes_or_refuses_whatever_was_recorded(found: RehearsalResult) -> None:
    with tempfile.TemporaryDirectory() as folder:
        text = write_json(found)
        Path(folder, "verdict.json").write_text(text, encoding="utf-8")
        given = {"evidence-path": folder, "to": "ghcr.io/owner/app:1", "allow-flaky": "true"}
        if found.verdict is Verdict.PASSED and found.shard in ("", "1/1"):
            assert read_request(given, top=Path("/")).rehearsal == parse_verdict(text.encode())
        else:
            with pytest.raises(RehearsalError) as caught:
                read_request(given, top=Path("/"))
            assert caught.value.problem.verdict is Verdict.PUBLISH_FAILED


@settings(AS_FOUND, max_examples=25)
@given(found=PASSED)
def test_publish__takes_whatever_passed(found: RehearsalResult) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "verdict.json").write_text(write_json(found), encoding="utf-8")
        given = {"evidence-path": folder, "to": "ghcr.io/owner/app:1", "allow-flaky": "true"}
        assert read_request(given, top=Path("/")).image_id == IMAGE
