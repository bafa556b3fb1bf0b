"""verdict.json: the rehearsal for programs, as action/verdict.schema.json has it."""

import json
from dataclasses import asdict
from typing import Any

from rehearsal.results.diagnosis import Diagnosis
from rehearsal.results.evidence_index import FailedTestEvidence
from rehearsal.results.frame import ProjectFrame
from rehearsal.results.origin import RequestSummary
from rehearsal.results.read_json import VERSION
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.results.shard import Shard


def write_json(result: RehearsalResult) -> str:
    """Return the whole result as JSON; `version` counts the format."""
    return json.dumps(_content(result), indent=2, ensure_ascii=False) + "\n"


def _content(result: RehearsalResult) -> dict[str, Any]:
    results = result.results
    return {
        "version": VERSION,
        "tool": result.tool,
        "rehearsal": result.name,
        "verdict": str(result.verdict),
        "exit-code": result.verdict.exit_code,
        "diagnoses": [_diagnosis(each) for each in result.diagnoses],
        "key-lines": list(result.key_lines),
        "started": result.started,
        "image": result.image,
        "image-id": result.image_id,
        "artifact-name": result.artifact_name,
        "ready-seconds": result.ready_seconds,
        "origin": asdict(result.origin),
        "request": result.request and _asked(result.request),
        "shard": result.shard or None,
        "shards": [_shard(each) for each in result.shards] or None,
        "tests": None
        if results is None
        else {
            "ran": results.tests,
            "failures": results.failures,
            "failed": [_failed(exhibit) for exhibit in result.index.tests],
            "flaky": [_failed(exhibit) for exhibit in result.index.flaky],
            "in-other-shards": results.in_other_shards,
        },
        "frame": _frame(result.index.frame),
        "stages": [
            {"name": stage.name, "seconds": round(stage.seconds, 3), "ok": stage.ok}
            for stage in result.stages
        ],
        "readiness": {
            "milestones": [
                {"name": each.name, "seconds": round(each.seconds, 3), "detail": each.detail}
                for each in result.timeline.milestones
            ],
            "answers": [
                {
                    "text": each.text,
                    "first": round(each.first, 3),
                    "last": round(each.last, 3),
                    "times": each.times,
                }
                for each in result.timeline.answers
            ],
        },
        "problems": [
            {
                "verdict": str(problem.verdict),
                "message": problem.message,
                "hint": problem.hint,
                "excerpt": list(problem.excerpt),
            }
            for problem in result.problems
        ],
        "notices": list(result.notices),
    }


def _asked(asked: RequestSummary) -> dict[str, Any]:
    return {
        "test-command-sha256": asked.command,
        "browser": asked.browser,
        "ready-path": asked.path,
        "ready-status": asked.statuses,
    }


def _shard(shard: Shard) -> dict[str, Any]:
    return {
        "name": shard.name,
        "verdict": str(shard.verdict),
        "shard": shard.shard or None,
        "browser": shard.browser,
        "tests": shard.tests,
        "failures": shard.failures,
        "flaky": shard.flaky,
        "seconds": round(shard.seconds, 3),
        "page": shard.page,
    }


def _diagnosis(diagnosis: Diagnosis) -> dict[str, Any]:
    return {
        "id": diagnosis.id,
        "title": diagnosis.title,
        "hint": diagnosis.hint,
        "paste": diagnosis.paste,
        "background": diagnosis.background,
        "evidence": list(diagnosis.evidence),
    }


def _failed(exhibit: FailedTestEvidence) -> dict[str, Any]:
    failure, span = exhibit.failure, exhibit.failure.span
    return {
        "name": failure.name,
        "message": failure.message,
        "attempts": failure.attempts,
        "file": exhibit.file or failure.file,
        "line": failure.line,
        "span": span and {"start": span.start, "end": span.end, "exact": span.exact},
        "evidence": exhibit.folder,
        "frame": _frame(exhibit.frame),
    }


def _frame(frame: ProjectFrame | None) -> dict[str, Any] | None:
    if not frame:
        return None
    return {
        "file": frame.file,
        "line": frame.line,
        "function": frame.function,
        "error": frame.error,
    }
