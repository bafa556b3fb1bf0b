"""What a caller is promised for each verdict, asserted in one place."""

import json
from hashlib import sha256

from .runner import ActionResult

EXIT_CODES = {
    "passed": 0,
    "misconfigured": 2,
    "build-failed": 10,
    "crashed": 11,
    "not-ready": 12,
    "tests-failed": 13,
    "no-tests": 14,
    "timed-out": 17,
    "cancelled": 18,
    "setup-failed": 19,
    "engine-failed": 20,
}


def assert_verdict(rehearsed: ActionResult, verdict: str, *, warned: bool = False) -> None:
    """Hold a finished use of the action against the contract for its verdict.

    Exit code, output, annotations, summary, verdict.json, and whether there is an upload agree.
    `warned` says that a pass has warnings although no test is flaky.
    """
    assert rehearsed.outputs["verdict"] == verdict, rehearsed.errors or rehearsed.log[-3000:]
    assert rehearsed.exit_code == EXIT_CODES[verdict]
    assert verdict in rehearsed.summary
    errors = [each for each in rehearsed.shown.annotations if each.level == "error"]
    assert len(errors) <= 8
    assert all(len(each.text) < 4096 for each in errors)
    if verdict == "passed":
        assert not errors
        flaky = rehearsed.outputs["flaky"] not in ("", "0")
        assert rehearsed.clean_up.get("upload") == ("true" if flaky else "false")
        warnings = [each for each in rehearsed.shown.annotations if each.level == "warning"]
        uncounted = rehearsed.outputs["tests"] == "" and "No tests ran" not in rehearsed.log
        assert bool(warnings) is (flaky or uncounted or warned)
        return
    assert errors, "a red check says why"
    assert rehearsed.clean_up.get("upload") == "true"
    assert rehearsed.evidence
    document = (rehearsed.evidence / "verdict.json").read_bytes()
    assert json.loads(document)["verdict"] == verdict
    digest = f"sha256:{sha256(document).hexdigest()}"
    assert rehearsed.outputs["verdict-digest"] == digest, "the clean-up changes no verdict.json"
    assert verdict in rehearsed.file("summary.md")
