import time
from dataclasses import replace
from pathlib import Path

import pytest

from rehearsal.diagnosis.explain import Explanation, explain
from rehearsal.diagnosis.facts import Facts
from rehearsal.evidence.folder import Evidence
from rehearsal.redaction.redactor import Redactor
from rehearsal.results.rehearsal import RehearsalResult, Stage
from rehearsal.results.tests import Failure, Results
from rehearsal.source.source_tree import SourceTree
from rehearsal.verdict import Problem, Verdict

from ..fakes import secret

HUSH = "planted-secret-value"
TRACE = "File \"<frozen os>\", line 716, in __getitem__\nKeyError: 'DJANGO_SECRET_KEY'\n"


@pytest.fixture
def evidence(tmp_path: Path) -> Evidence:
    return Evidence(tmp_path, Redactor([secret("KEY", HUSH)]))


def ended(verdict: Verdict = Verdict.CRASHED, hint: str = "") -> RehearsalResult:
    return RehearsalResult(name="r", problems=(Problem(verdict, "What happened.", hint=hint),))


def explained(
    result: RehearsalResult,
    evidence: Evidence,
    *,
    source: SourceTree | None = None,
    workflow: str = "",
) -> Explanation:
    return explain(result, {}, evidence, source=source, workflow=workflow)


def test_explain__a_known_cause(evidence: Evidence) -> None:
    (evidence.folder / "container.log").write_text(TRACE)
    found = explained(ended(), evidence)
    assert [each.id for each in found.diagnoses] == ["missing-variable"]
    assert found.key_lines == ()
    facts = Facts.from_json(found.facts)
    assert facts.lines["container.log"][-1] == "KeyError: 'DJANGO_SECRET_KEY'"


def test_explain__of_an_unknown_cause_it_returns_the_key_lines(evidence: Evidence) -> None:
    (evidence.folder / "container.log").write_text("hello\nqueue cannot be reached\nbye\n")
    found = explained(ended(), evidence)
    assert found.diagnoses == ()
    assert found.key_lines == ("queue cannot be reached",)


def test_explain__observations_are_redacted(evidence: Evidence) -> None:
    observed = {"asked": (f"path /{HUSH[:8]}", f"token {HUSH}")}
    found = explain(ended(), observed, evidence, source=None, workflow="")
    assert Facts.from_json(found.facts).lines["asked"][1] == "token ***"


def test_explain__the_key_lines_of_failed_tests_are_the_tests_own(evidence: Evidence) -> None:
    (evidence.folder / "container.log").write_text("error: not from a test\n")
    failure = Failure(name="t", message="AssertionError: no list")
    results = Results(tests=1, failures=1, failed=(failure,))
    found = explained(replace(ended(Verdict.TESTS_FAILED), results=results), evidence)
    assert found.key_lines == ("t: AssertionError: no list",)


def test_explain__of_failed_tests_only_what_the_app_logged_since_they_began(
    evidence: Evidence,
) -> None:
    """A health check may ask for a table before the migrations have made it."""
    log = evidence.log("container.log", timed=True)
    write = log.stream()
    write(b"OperationalError: no such table: lists_list\n")
    began = time.time()
    write(b"MultiValueDictKeyError: 'text'\n")
    log.close()

    def ids(started: float) -> list[str]:
        stage = Stage(name="test", seconds=1.0, ok=False, started=started)
        result = replace(ended(Verdict.TESTS_FAILED), stages=(stage,))
        return [each.id for each in explained(result, evidence).diagnoses]

    assert ids(began) == ["missing-form-field"]
    assert ids(1.0) == ["missing-table", "missing-form-field"]


def test_explain__what_the_checkout_says_is_redacted(evidence: Evidence, tmp_path: Path) -> None:
    (evidence.folder / "container.log").write_text("MultiValueDictKeyError: 'text'\n")
    (tmp_path / "site").mkdir()
    (tmp_path / "site/a.html").write_text(f'<input name="{HUSH}"><input name="tex">')
    result = ended(Verdict.TESTS_FAILED)
    assert "form fields" not in explained(result, evidence).facts
    source = SourceTree(top=tmp_path, directory=tmp_path / "site")
    found = explained(result, evidence, source=source, workflow=".github/workflows/ci.yml")
    facts = Facts.from_json(found.facts)
    assert facts.lines["form fields"] == (
        "other tex at site/a.html:1",
        "other *** at site/a.html:1",
    )
    assert facts.lines["places"] == ("workflow .github/workflows/ci.yml",)
    (diagnosis,) = found.diagnoses
    assert "site/a.html:1 has 'tex' and 1 more" in diagnosis.hint


def test_explain__a_diagnosis_without_a_hint_takes_that_of_the_problem(evidence: Evidence) -> None:
    problem = Problem(
        Verdict.MISCONFIGURED, "The secret KEY is empty.", hint="List KEY in generate-secrets."
    )
    found = explained(RehearsalResult(name="r", problems=(problem,)), evidence)
    assert [each.hint for each in found.diagnoses] == ["List KEY in generate-secrets."]


def test_explain__a_wrong_input_needs_no_cause(evidence: Evidence) -> None:
    found = explained(ended(Verdict.MISCONFIGURED), evidence)
    assert (found.diagnoses, found.key_lines) == ((), ())


@pytest.mark.parametrize("verdict", [Verdict.ERROR, Verdict.CANCELLED], ids=str)
def test_explain__nothing_to_explain(verdict: Verdict, evidence: Evidence) -> None:
    (evidence.folder / "container.log").write_text(TRACE)
    assert explained(ended(verdict), evidence) == Explanation()


def test_explain__nothing_when_it_passed(evidence: Evidence) -> None:
    assert explained(RehearsalResult(name="r"), evidence) == Explanation()
