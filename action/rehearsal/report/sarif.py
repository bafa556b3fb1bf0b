"""The audit as SARIF 2.1.0, for code scanning: a rule for each check, a result for each failure.

Sources: the OASIS standard, and GitHub's page "SARIF support for code scanning".
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from rehearsal import __version__
from rehearsal.audit.check import Check
from rehearsal.audit.registry import CHECKS
from rehearsal.report.markdown import escape
from rehearsal.results.audit import ENFORCE, Audit, Finding, Outcome
from rehearsal.results.bounded_text import cut_lines, cut_text
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.verdict import ISSUES, Verdict

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
MAX_EVIDENCE_LINES = 20
# In characters.
MAX_TEXT = 300

Json = dict[str, Any]


def sarif(
    result: RehearsalResult, *, dockerfile: str = "", checks: Iterable[Check] = CHECKS
) -> str:
    """Return the document.

    All findings are about one file: `dockerfile`, the path of the Dockerfile in the checkout. If it
    is empty, a path made of the image's name stands for it, since code scanning needs a location.
    """
    checks = tuple(checks)
    rules = {check.id: number for number, check in enumerate(checks)}
    run = {
        "tool": {
            "driver": {
                "name": "Dress Rehearsal",
                "informationUri": ISSUES.removesuffix("/issues"),
                "semanticVersion": __version__,
                "rules": [_rule(check) for check in checks],
            }
        },
        "invocations": [_invocation(result, rules)],
        "results": [*_results(result, dockerfile, rules)],
        "properties": {"image": result.image, "imageId": result.image_id},
    }
    document = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _rule(check: Check) -> Json:
    return {
        "id": check.id,
        "shortDescription": {"text": check.title},
        "fullDescription": {"text": check.why},
        "help": {
            "text": f"{check.hint}\n\nWhy: {check.why}\n\n{check.reference}",
            "markdown": f"**What to do:** {escape(check.hint)}\n\n**Why:** {escape(check.why)}\n\n"
            f"<{check.reference}>",
        },
        "helpUri": check.reference,
        "defaultConfiguration": {"level": "warning"},
    }


def _invocation(result: RehearsalResult, rules: dict[str, int]) -> Json:
    """Return how the run ended, with a note for each check that was skipped."""
    skipped = result.audit.having(Outcome.SKIPPED) if result.audit else ()
    notes: list[Json] = [
        {
            "level": "note",
            "message": {"text": f"{each.id} was skipped: {each.message}"},
            "associatedRule": _rule_of(each, rules),
        }
        for each in skipped
    ]
    if result.problem and result.problem.verdict is not Verdict.AUDIT_FAILED:
        text = f"{result.problem.message} {result.problem.hint}"
        notes.append({"level": "error", "message": {"text": text}})
    return {
        "executionSuccessful": result.audit is not None,
        "exitCode": result.verdict.exit_code,
        "toolExecutionNotifications": notes,
    }


def _results(result: RehearsalResult, dockerfile: str, rules: dict[str, int]) -> Iterator[Json]:
    audit = result.audit or Audit()
    times: Counter[str] = Counter()
    for finding in (*audit.failed, *audit.having(Outcome.WAIVED)):
        times[finding.id] += 1
        rule = _rule_of(finding, rules)
        found: Json = {
            "ruleId": rule["id"],
            "ruleIndex": rule["index"],
            "level": _level(finding, audit),
            "message": {"text": _text(finding)},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": quote(dockerfile or result.image or "image")},
                        "region": {"startLine": 1},
                    }
                }
            ],
            # Code scanning knows an alert again by it. All others are the same for every finding of
            # one check.
            "partialFingerprints": {
                "primaryLocationLineHash": f"{_digest(finding.id)}:{times[finding.id]}"
            },
            "properties": {"finding": finding.id},
        }
        if finding.outcome is Outcome.WAIVED:
            # Without a status it is accepted.
            found["suppressions"] = [
                {"kind": "external", "justification": "The input audit-ignore names it."}
            ]
        yield found


def _rule_of(finding: Finding, rules: dict[str, int]) -> Json:
    check = finding.id.partition(":")[0]
    return {"id": check, "index": rules[check]}


def _level(finding: Finding, audit: Audit) -> str:
    if finding.outcome is Outcome.WAIVED:
        return "note"
    return "error" if audit.mode == ENFORCE else "warning"


def _text(finding: Finding) -> str:
    """Return what an alert says; code scanning shows the first sentence in its list."""
    lines: Sequence[str] = cut_lines(finding.evidence, MAX_EVIDENCE_LINES)
    evidence = "\n".join(cut_text(line, MAX_TEXT) for line in lines)
    parts = (finding.message, finding.hint and f"What to do: {finding.hint}", evidence)
    # SARIF reads [text](target) as a link.
    return "\n\n".join(filter(None, parts)).replace("](", "] (")


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]
