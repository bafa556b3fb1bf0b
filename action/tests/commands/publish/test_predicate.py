import json
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from rehearsal import __version__, cli
from rehearsal.commands.publish.digest_lines import write_digests
from rehearsal.commands.publish.predicate import PREDICATE_TYPE, predicate_json
from rehearsal.commands.workflow.digest_spelling import spell
from rehearsal.results.audit import Audit, Finding, Outcome
from rehearsal.results.digest_format import digest_of
from rehearsal.results.origin import Origin, RequestSummary
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.results.shard import Shard
from rehearsal.results.tests import Failure, SuiteResults
from rehearsal.results.timeline import Milestone, Timeline
from rehearsal.results.verdict_json import write_json
from rehearsal.verdict import Problem, Verdict

from ...results.test_verdict_json import closed

RELEASING = Path(__file__).resolve().parents[4] / "docs/releasing.md"
SCHEMA = json.loads((Path(__file__).parents[3] / "predicate.schema.json").read_text("utf-8"))
STRICT = Draft202012Validator(closed(deepcopy(SCHEMA)))
ID, DIGEST = f"sha256:{'1' * 64}", f"sha256:{'2' * 64}"
DIGESTS = {"ghcr.io/owner/app:1.2.3": DIGEST}
FLAKY = (Failure(name="f", message="m"),)


def passed(**changes: Any) -> RehearsalResult:
    values: dict[str, Any] = {
        "name": "77-1-abc",
        "started": 1_700_000_000.5,
        "image": "rehearsed/app:77",
        "image_id": ID,
        "ready_seconds": 0.25,
        "suite_results": SuiteResults(test_count=12, flaky=FLAKY),
        "request": RequestSummary(
            command="0" * 64, browser="firefox", path="/healthz", statuses="200-399"
        ),
        "origin": Origin(
            repository="owner/app", commit="c0ffee", ref="refs/tags/v1", run="https://x", attempt=2
        ),
    }
    timeline = Timeline(
        milestones=(
            Milestone(name="first answer", seconds=0.1, detail="HTTP status 503"),
            Milestone(name="ready", seconds=0.25, detail="HTTP status 200"),
        )
    )
    return RehearsalResult(**{"timeline": timeline} | values | changes)


MERGED = passed(
    shards=tuple(
        Shard(name="x", verdict=Verdict.PASSED, shard=shard, browser=browser)
        for browser in ("chrome", "firefox")
        for shard in ("1/2", "2/2")
    ),
    request=RequestSummary(command="0" * 64, path="/", statuses="200"),
)
BARE = RehearsalResult(name="r", image_id=ID)


def test_predicate__of_a_pass() -> None:
    assert json.loads(predicate_json(passed(), DIGESTS)) == {
        "verdict": "passed",
        "image": {"id": ID, "digests": DIGESTS},
        "tests": {"ran": 12, "failures": 0, "flaky": 1},
        "suite": {"command-sha256": "0" * 64, "shards": 1, "browsers": ["firefox"]},
        "probe": {
            "path": "/healthz",
            "status": "200-399",
            "answer": "HTTP status 200",
            "seconds": 0.25,
        },
        "audit": None,
        "rehearsal": {
            "name": "77-1-abc",
            "tool": f"dress-rehearsal {__version__}",
            "started": "2023-11-14T22:13:20Z",
        },
        "origin": {
            "repository": "owner/app",
            "commit": "c0ffee",
            "ref": "refs/tags/v1",
            "run": "https://x",
            "attempt": 2,
            "branch": "",
            "pull-request": 0,
            "head-commit": "",
            "changed": False,
        },
    }


def test_predicate__tells_how_each_check_of_the_audit_ended() -> None:
    findings = tuple(
        Finding(id=f"check:{outcome}", outcome=outcome, title="t") for outcome in Outcome
    )
    audited = replace(passed(), audit=Audit(mode="warn", active=True, findings=findings))
    assert json.loads(predicate_json(audited, DIGESTS))["audit"] == {
        "mode": "warn",
        "active": True,
        "passed": ["check:passed"],
        "failed": ["check:failed"],
        "waived": ["check:waived"],
        "skipped": ["check:skipped"],
    }


def test_predicate__of_merged_shards() -> None:
    found = json.loads(predicate_json(MERGED, DIGESTS))
    assert found["suite"] == {
        "command-sha256": "0" * 64,
        "shards": 2,
        "browsers": ["chrome", "firefox"],
    }


@pytest.mark.parametrize(
    "record",
    [
        pytest.param(passed(), id="everything"),
        pytest.param(MERGED, id="merged"),
        pytest.param(BARE, id="nothing but the image"),
        pytest.param(passed(suite_results=SuiteResults()), id="unknown counts"),
        pytest.param(passed(shard="1/1"), id="the only shard"),
    ],
)
def test_predicate__validates_against_the_schema(record: RehearsalResult) -> None:
    STRICT.validate(json.loads(predicate_json(record, DIGESTS)))


def test_predicate__has_no_origin_outside_github() -> None:
    assert json.loads(predicate_json(BARE, DIGESTS))["origin"] is None


def test_schema__is_valid_and_names_the_type() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert PREDICATE_TYPE in SCHEMA["title"]
    assert f"--predicate-type {PREDICATE_TYPE} " in RELEASING.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "path, value",
    [
        (("verdict",), "tests-failed"),
        (("image", "id"), "sha256:1"),
        (("image", "digests"), {}),
        (("image", "digests"), {"x": "latest"}),
        (("tests", "failures"), 1),
        (("rehearsal", "started"), "yesterday"),
        (("suite", "shards"), 0),
    ],
    ids=lambda value: ".".join(value) if isinstance(value, tuple) else "",
)
def test_schema__rejects(path: tuple[str, ...], value: object) -> None:
    found = json.loads(predicate_json(passed(), DIGESTS))
    inner = found
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = value
    with pytest.raises(ValidationError):
        Draft202012Validator(SCHEMA).validate(found)


def run_predicate(
    folder: Path, record: RehearsalResult, *more: str, into: str = "out/predicate.json"
) -> int:
    (folder / "verdict.json").write_text(write_json(record))
    argv = ["predicate", "--evidence-path", str(folder), "--digests", write_digests(DIGESTS)]
    environ = {"GITHUB_OUTPUT": str(folder / "OUTPUT"), "GITHUB_ACTIONS": "true"}
    return cli.main([*argv, "--into", str(folder / into), *more], environ)


@pytest.mark.parametrize("record", [passed(), MERGED, BARE], ids=["one", "merged", "bare"])
def test_run__writes_the_predicate_and_sets_the_outputs(
    tmp_path: Path, record: RehearsalResult
) -> None:
    assert run_predicate(tmp_path, record) == 0
    file = tmp_path / "out/predicate.json"
    STRICT.validate(json.loads(file.read_text()))
    outputs = (tmp_path / "OUTPUT").read_text()
    assert f"\n{file}\n" in outputs
    assert f"\n{PREDICATE_TYPE}\n" in outputs


def test_run__writes_nothing_for_a_failed_rehearsal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_predicate(tmp_path, passed(problems=(Problem(Verdict.CRASHED, "w"),))) == 16
    assert not (tmp_path / "out").exists()
    assert "::error title=Dress rehearsal%3A publish-failed::" in capsys.readouterr().out


@pytest.mark.parametrize(
    "digest, code, message",
    [
        (spell(digest_of(write_json(passed()).encode()), "letters"), 0, "wrote the predicate"),
        (digest_of(b"x"), 16, "Nothing is attested. verdict.json is not the file that the"),
        ("none", 2, "--verdict-digest is 'none', which is no digest."),
    ],
    ids=["as it was written", "changed", "dropped"],
)
def test_run__compares_the_digest(
    tmp_path: Path, digest: str, code: int, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_predicate(tmp_path, passed(), "--verdict-digest", digest) == code
    assert message in capsys.readouterr().out
    assert (tmp_path / "out").exists() is (code == 0)


@pytest.mark.parametrize(
    "content, message",
    [(None, "No such file or directory"), ("{", "it is not JSON"), ('{"version": 9}', "format is")],
    ids=["not there", "broken", "newer"],
)
def test_run__rejects_an_unreadable_verdict(
    tmp_path: Path, content: str | None, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if content is not None:
        (tmp_path / "verdict.json").write_text(content)
    argv = ["predicate", "--evidence-path", str(tmp_path), "--digests", write_digests(DIGESTS)]
    assert cli.main([*argv, "--into", str(tmp_path / "p")], {}) == 2
    assert message in capsys.readouterr().out
    assert not (tmp_path / "p").exists()


def test_run__rejects_an_unwritable_path(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_predicate(tmp_path, passed(), into="verdict.json/x") == 2
    assert "which cannot be written: File exists" in capsys.readouterr().out
