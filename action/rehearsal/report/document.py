"""verdict.json: the rehearsal for programs."""

import json
from dataclasses import asdict
from typing import Any

from rehearsal import __version__
from rehearsal.record import Rehearsal

VERSION = 1


def document(record: Rehearsal) -> str:
    """Return the whole record as JSON; `version` counts the format."""
    return json.dumps(_content(record), indent=2, ensure_ascii=False) + "\n"


def _content(record: Rehearsal) -> dict[str, Any]:
    results = record.results
    return {
        "version": VERSION,
        "tool": f"dress-rehearsal {__version__}",
        "rehearsal": record.name,
        "verdict": str(record.verdict),
        "exit-code": record.verdict.exit_code,
        "started": record.started,
        "image": record.image,
        "image-id": record.image_id,
        "ready-seconds": record.ready_seconds,
        "tests": None
        if results is None
        else {
            "ran": results.tests,
            "failures": results.failures,
            "failed": [asdict(failure) for failure in results.failed],
        },
        "stages": [
            {"name": stage.name, "seconds": round(stage.seconds, 3), "good": stage.good}
            for stage in record.stages
        ],
        "problems": [
            {
                "verdict": str(problem.verdict),
                "what": problem.what,
                "advice": problem.advice,
                "excerpt": list(problem.excerpt),
            }
            for problem in record.problems
        ],
        "notices": record.notices,
    }
