"""SARIF, held against its schema (as classes of a package), and what GitHub asks of it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fluidattacks_core.sarif import SarifLog
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.audit.check import Check, Failure, Note
from rehearsal.audit.observations import Observations
from rehearsal.audit.registry import CHECKS
from rehearsal.report.sarif import sarif
from rehearsal.results.audit import Audit, Outcome
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.verdict import Problem, Verdict

from ..audits import REFERENCE, audit, finding


def nothing(_: Observations) -> Iterator[Failure | Note]:
    yield from ()


NAMES = ("debug", "non-root", "headers", "deploy-check", "migrations")
MADE_UP = tuple(
    Check(
        id=each, title=f"T {each}", why="W *x*.", hint="H <b>.", reference=REFERENCE, find=nothing
    )
    for each in NAMES
)
TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=20)


def run_of(found: Audit | None, *problems: Problem, dockerfile: str = "Dockerfile") -> Any:
    result = RehearsalResult(
        name="r", image="ghcr.io/o/app:1", image_id="sha256:0", audit=found, problems=problems
    )
    text = sarif(result, dockerfile=dockerfile, checks=MADE_UP)
    SarifLog.model_validate_json(text.encode(errors="replace"))
    (run,) = json.loads(text)["runs"]
    return run


def test_sarif__a_result_for_each_finding_that_failed() -> None:
    run = run_of(audit("non-root", "deploy-check:W004"))
    assert [each["ruleId"] for each in run["results"]] == ["non-root", "deploy-check"]
    rules = run["tool"]["driver"]["rules"]
    assert all(rules[each["ruleIndex"]]["id"] == each["ruleId"] for each in run["results"])
    assert [each["level"] for each in run["results"]] == ["warning", "warning"]
    assert run["results"][0]["message"]["text"] == (
        "The message of non-root.\n\nWhat to do: The hint of non-root.\n\nevidence of non-root"
    )
    assert run["results"][1]["properties"] == {"finding": "deploy-check:W004"}
    assert run["invocations"][0]["executionSuccessful"]


def test_sarif__enforced_findings_are_errors() -> None:
    run = run_of(audit("debug", mode="enforce"), Problem(Verdict.AUDIT_FAILED, "It failed."))
    assert run["results"][0]["level"] == "error"
    assert run["invocations"][0]["exitCode"] == 15
    levels = [each["level"] for each in run["invocations"][0]["toolExecutionNotifications"]]
    assert levels == ["note"], "only the check that was skipped"


def test_sarif__waived_findings_are_suppressed() -> None:
    failed, waived = run_of(audit("debug", waived="headers"))["results"]
    assert "suppressions" not in failed
    assert waived["level"] == "note"
    assert [each["kind"] for each in waived["suppressions"]] == ["external"]


def test_sarif__rules_tell_what_to_do() -> None:
    """GitHub needs the texts of each; its help is what a reader of an alert sees."""
    rules = run_of(audit())["tool"]["driver"]["rules"]
    assert [each["id"] for each in rules] == [*NAMES]
    assert rules[0]["shortDescription"] == {"text": "T debug"}
    assert rules[0]["fullDescription"] == {"text": "W *x*."}
    assert rules[0]["help"] == {
        "text": f"H <b>.\n\nWhy: W *x*.\n\n{REFERENCE}",
        "markdown": f"**What to do:** H &lt;b&gt;.\n\n**Why:** W \\*x\\*.\n\n<{REFERENCE}>",
    }
    assert rules[0]["helpUri"] == REFERENCE


def test_sarif__every_alert_is_known_again() -> None:
    """Findings of one check differ; the same finding of another run does not."""

    def fingerprints(found: Audit) -> list[str]:
        results = run_of(found)["results"]
        return [each["partialFingerprints"]["primaryLocationLineHash"] for each in results]

    before = fingerprints(audit("debug", "deploy-check:W004", "deploy-check:W008"))
    assert len({*before}) == 3
    assert fingerprints(audit("deploy-check:W008")) == before[2:]
    same = fingerprints(Audit(findings=(finding("debug"), finding("debug"))))
    assert same[0] == before[0]
    assert same[0] != same[1]


@pytest.mark.parametrize(
    "dockerfile, uri",
    [("web app/Dockerfile", "web%20app/Dockerfile"), ("", "ghcr.io/o/app%3A1")],
    ids=["Dockerfile", "none"],
)
def test_sarif__location(dockerfile: str, uri: str) -> None:
    """An alert needs one: the image's name stands for a Dockerfile that is not there."""
    (result,) = run_of(audit("debug"), dockerfile=dockerfile)["results"]
    (location,) = result["locations"]
    assert location["physicalLocation"]["artifactLocation"] == {"uri": uri}
    assert location["physicalLocation"]["region"] == {"startLine": 1}


def test_sarif__skipped_checks_are_notes() -> None:
    (note,) = run_of(audit())["invocations"][0]["toolExecutionNotifications"]
    assert note["message"]["text"] == "migrations was skipped: this is not Django"
    assert note["associatedRule"] == {"id": "migrations", "index": NAMES.index("migrations")}


def test_sarif__an_app_that_did_not_start() -> None:
    run = run_of(None, Problem(Verdict.CRASHED, "It ended.", hint="Look."))
    (invocation,) = run["invocations"]
    assert not invocation["executionSuccessful"]
    (error,) = invocation["toolExecutionNotifications"]
    assert (error["level"], error["message"]) == ("error", {"text": "It ended. Look."})
    assert run["results"] == []


def test_sarif__no_link_comes_from_an_app() -> None:
    (result,) = run_of(Audit(findings=(finding("debug", message="[a](http://b)"),)))["results"]
    assert "](" not in result["message"]["text"]


@given(text=TEXT, outcome=st.sampled_from([*Outcome]), dockerfile=TEXT)
def test_sarif__is_valid_whatever_was_found(text: str, outcome: Outcome, dockerfile: str) -> None:
    found = finding("debug", outcome, message=text, hint=text, evidence=(text,) * 50)
    run_of(Audit(findings=(found, found)), dockerfile=dockerfile)


def test_sarif__of_our_own_checks() -> None:
    text = sarif(RehearsalResult(name="r", audit=Audit()), dockerfile="Dockerfile")
    log = SarifLog.model_validate_json(text)
    rules = log.runs[0].tool.driver.rules or []
    assert [each.id for each in rules] == [check.id for check in CHECKS]
