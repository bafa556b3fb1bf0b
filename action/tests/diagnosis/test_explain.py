from dataclasses import replace
from pathlib import Path

import pytest

from rehearsal.diagnosis.explain import explain
from rehearsal.diagnosis.facts import Facts
from rehearsal.evidence.folder import Evidence
from rehearsal.redaction.redactor import Redactor
from rehearsal.results.rehearsal import Rehearsal
from rehearsal.results.tests import Failure, Results
from rehearsal.verdict import MisconfiguredError, RehearsalError, Verdict

from ..fakes import secret

HUSH = "planted-secret-value"
TRACE = "File \"<frozen os>\", line 716, in __getitem__\nKeyError: 'DJANGO_SECRET_KEY'\n"


@pytest.fixture
def evidence(tmp_path: Path) -> Evidence:
    return Evidence(tmp_path, Redactor([secret("KEY", HUSH)]))


def crashed(what: str = "The container ended before it was ready: exit code 1.") -> Rehearsal:
    problem = RehearsalError(Verdict.CRASHED, what, hint="Its last lines are in the log.")
    return Rehearsal(name="r", problems=[problem])


def test_explain__the_record_gains_the_cause_and_the_problem_stays_what_it_was(
    evidence: Evidence,
) -> None:
    (evidence.folder / "container.log").write_text(TRACE)
    record = crashed()
    facts = Facts.from_json(explain(record, evidence))
    assert [found.id for found in record.diagnoses] == ["missing-variable"]
    assert record.outputs()["diagnosis"] == "missing-variable"
    (problem,) = record.problems
    assert problem.message == "The container ended before it was ready: exit code 1."
    assert problem.hint == "Its last lines are in the log."
    assert record.key_lines == ()
    assert facts.lines["container.log"][-1] == "KeyError: 'DJANGO_SECRET_KEY'"


def test_explain__of_an_unknown_cause_it_keeps_the_most_telling_lines(evidence: Evidence) -> None:
    (evidence.folder / "container.log").write_text("hello\nqueue cannot be reached\nbye\n")
    record = crashed()
    explain(record, evidence)
    assert record.diagnoses == []
    assert record.needs_diagnosis
    assert record.outputs()["diagnosis"] == ""
    assert record.key_lines == ("queue cannot be reached",)
    assert record.problems[0].hint == "Its last lines are in the log."


def test_explain__of_failed_tests_the_telling_lines_are_theirs(evidence: Evidence) -> None:
    (evidence.folder / "container.log").write_text("error: none of yours\n")
    record = crashed()
    record.problems[0].verdict = Verdict.TESTS_FAILED
    record.results = Results(
        tests=1, failures=1, failed=(Failure(name="t", message="AssertionError: no list"),)
    )
    explain(record, evidence)
    assert record.key_lines == ("t: AssertionError: no list",)


def test_explain__of_failed_tests_only_what_the_app_said_since_they_began(
    evidence: Evidence,
) -> None:
    """A health check may ask for a table before the migrations have made it."""
    log = evidence.log("container.log", timed=True)
    write = log.stream()
    write(b"OperationalError: no such table: lists_list\n")
    record = crashed()
    record.problems[0].verdict = Verdict.TESTS_FAILED
    with record.stage("test"):
        write(b"MultiValueDictKeyError: 'text'\n")
    log.close()
    explain(record, evidence)
    assert [found.id for found in record.diagnoses] == ["missing-form-field"]
    record.stages = [replace(record.stages[0], started=1.0)]
    explain(record, evidence)
    assert [found.id for found in record.diagnoses] == ["missing-table", "missing-form-field"]


def test_explain__what_the_checkout_says_is_redacted(evidence: Evidence, tmp_path: Path) -> None:
    (evidence.folder / "container.log").write_text("MultiValueDictKeyError: 'text'\n")
    (tmp_path / "site").mkdir()
    (tmp_path / "site/a.html").write_text(f'<input name="{HUSH}"><input name="tex">')
    record = crashed()
    record.problems[0].verdict = Verdict.TESTS_FAILED
    assert "form fields" not in explain(record, evidence)
    record.checkout, record.directory = str(tmp_path), str(tmp_path / "site")
    record.workflow = ".github/workflows/ci.yml"
    facts = Facts.from_json(explain(record, evidence))
    assert facts.lines["form fields"] == (
        "other tex at site/a.html:1",
        "other *** at site/a.html:1",
    )
    assert facts.lines["places"] == ("workflow .github/workflows/ci.yml",)
    (found,) = record.diagnoses
    assert "site/a.html:1 has 'tex' and 1 more" in found.hint


def test_explain__advice_of_the_problem_stays_where_it_knows_more(evidence: Evidence) -> None:
    empty = MisconfiguredError("The secret KEY is empty.", hint="List KEY in generate-secrets.")
    record = Rehearsal(name="r", problems=[empty])
    explain(record, evidence)
    (found,) = record.diagnoses
    assert found.hint == empty.hint == "List KEY in generate-secrets."


def test_explain__a_wrong_input_needs_no_cause(evidence: Evidence) -> None:
    record = Rehearsal(
        name="r", problems=[MisconfiguredError("The input port is '80a'.", hint="x")]
    )
    explain(record, evidence)
    assert record.problems[0].hint == "x"
    assert record.key_lines == ()


@pytest.mark.parametrize("verdict", [Verdict.ERROR, Verdict.CANCELLED], ids=str)
def test_explain__nothing_to_explain(verdict: Verdict, evidence: Evidence) -> None:
    (evidence.folder / "container.log").write_text(TRACE)
    record = Rehearsal(name="r", problems=[RehearsalError(verdict, "what")])
    assert explain(record, evidence) == ""
    assert record.diagnoses == []
    assert record.problems[0].message == "what"


def test_explain__nothing_when_it_passed(evidence: Evidence) -> None:
    assert explain(Rehearsal(name="r"), evidence) == ""


def test_explain__what_was_seen_is_redacted_before_anything_is_told(evidence: Evidence) -> None:
    record = crashed()
    record.problems[0].verdict = Verdict.NOT_READY
    record.facts["answer"] = ("HTTP status 500", f"the key is {HUSH}")
    text = explain(record, evidence)
    assert HUSH not in text
    assert HUSH not in repr(record.diagnoses)
    assert "the key is ***" in text
