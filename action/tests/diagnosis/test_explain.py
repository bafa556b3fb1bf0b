import time
from dataclasses import replace
from pathlib import Path

import pytest

from rehearsal.diagnosis.explain import Explanation, explain
from rehearsal.diagnosis.facts import LOG_OF_FAILED_TESTS, Facts
from rehearsal.diagnosis.paste import InputsOrigin
from rehearsal.evidence.folder import Evidence
from rehearsal.outside.folder import Folder
from rehearsal.redaction.redactor import Redactor
from rehearsal.results.rehearsal import RehearsalResult, Stage
from rehearsal.results.tests import Failure, Span, SuiteResults
from rehearsal.source.source_tree import SourceTree
from rehearsal.verdict import Problem, Verdict

from ..fakes import secret

SECRET = "planted-secret-value"
TRACE = "File \"<frozen os>\", line 716, in __getitem__\nKeyError: 'DJANGO_SECRET_KEY'\n"


@pytest.fixture
def evidence(tmp_path: Path) -> Evidence:
    return Evidence(Folder(tmp_path), Redactor([secret("KEY", SECRET)]))


def failed_result(verdict: Verdict = Verdict.CRASHED, hint: str = "") -> RehearsalResult:
    return RehearsalResult(name="r", problems=(Problem(verdict, "What happened.", hint=hint),))


def run_explain(
    result: RehearsalResult,
    evidence: Evidence,
    *,
    source: SourceTree | None = None,
    workflow: str = "",
) -> Explanation:
    return explain(result, {}, evidence, source=source, inputs=InputsOrigin(workflow=workflow))


def test_explain__known_cause(evidence: Evidence) -> None:
    (evidence.folder.path / "container.log").write_text(TRACE)
    found = run_explain(failed_result(), evidence)
    assert [each.id for each in found.diagnoses] == ["missing-variable"]
    assert found.key_lines == ()
    facts = Facts.from_json(found.facts)
    assert facts.lines["container.log"][-1] == "KeyError: 'DJANGO_SECRET_KEY'"


def test_explain__key_lines_of_an_unknown_cause(evidence: Evidence) -> None:
    (evidence.folder.path / "container.log").write_text("hello\nqueue cannot be reached\nbye\n")
    found = run_explain(failed_result(), evidence)
    assert found.diagnoses == ()
    assert found.key_lines == ("queue cannot be reached",)


def test_explain__redacts_observations(evidence: Evidence) -> None:
    observed = {"request": (f"path /{SECRET[:8]}", f"token {SECRET}")}
    found = explain(failed_result(), observed, evidence, source=None, inputs=InputsOrigin())
    assert Facts.from_json(found.facts).lines["request"][1] == "token ***"


def test_explain__key_lines_of_failed_tests(evidence: Evidence) -> None:
    (evidence.folder.path / "container.log").write_text("error: not from a test\n")
    failure = Failure(name="t", message="AssertionError: no list")
    results = SuiteResults(test_count=1, failure_count=1, failed=(failure,))
    found = run_explain(
        replace(failed_result(Verdict.TESTS_FAILED), suite_results=results), evidence
    )
    assert found.key_lines == ("t: AssertionError: no list",)


def test_explain__only_the_log_since_the_tests_began(
    evidence: Evidence,
) -> None:
    """A health check may need a table before the migrations have made it."""
    log = evidence.log("container.log", timed=True)
    write = log.stream()
    write(b"OperationalError: no such table: lists_list\n")
    began = time.time()
    write(b"MultiValueDictKeyError: 'text'\n")
    log.close()

    def ids(started: float) -> list[str]:
        stage = Stage(name="test", seconds=1.0, ok=False, started=started)
        result = replace(failed_result(Verdict.TESTS_FAILED), stages=(stage,))
        return [each.id for each in run_explain(result, evidence).diagnoses]

    assert ids(began) == ["missing-form-field"]
    assert ids(1.0) == ["missing-table", "missing-form-field"]


@pytest.mark.parametrize(
    "answer, line",
    [("ZeroDivisionError: division by zero", ""), ("", "t: AssertionError: no list")],
    ids=["an exception", "nothing"],
)
def test_explain__key_lines_of_an_app_that_was_asked_again(
    answer: str, line: str, evidence: Evidence
) -> None:
    frame = 'Traceback (most recent call last):\n  File "/src/shop.py", line 7, in total\n'
    text = f"asked again: GET /shop\n{frame}{answer}" if answer else "asked again: GET /shop\n"
    (evidence.folder.path / "asked-again.log").write_text(text)
    failure = Failure(name="t", message="AssertionError: no list")
    results = SuiteResults(test_count=1, failure_count=1, failed=(failure,))
    failed = replace(failed_result(Verdict.TESTS_FAILED), suite_results=results)
    assert run_explain(failed, evidence).key_lines == (line or answer,)


def test_explain__key_lines_of_the_app_while_a_test_failed(evidence: Evidence) -> None:
    log = evidence.log("container.log", timed=True)
    write = log.stream()
    write(b"ERROR another test's\n")
    time.sleep(0.2)
    began = time.time()
    write(b"Internal Server Error: /lists/new\n")
    time.sleep(0.2)
    span = Span(start=began, end=time.time(), exact=True)
    time.sleep(0.2)
    write(b"ERROR afterwards\n")
    log.close()
    failure = Failure(name="t", message="AssertionError: no list", span=span)
    results = SuiteResults(test_count=2, failure_count=1, failed=(failure,))
    stage = Stage(name="test", seconds=1.0, ok=False, started=began - 60)
    failed = replace(failed_result(Verdict.TESTS_FAILED), stages=(stage,), suite_results=results)
    found = run_explain(failed, evidence)
    assert found.diagnoses == ()
    assert found.key_lines == ("Internal Server Error: /lists/new",)
    facts = Facts.from_json(found.facts)
    assert facts.lines[LOG_OF_FAILED_TESTS] == ("Internal Server Error: /lists/new",)


def test_explain__redacts_facts_of_the_source(evidence: Evidence, tmp_path: Path) -> None:
    (evidence.folder.path / "container.log").write_text("MultiValueDictKeyError: 'text'\n")
    (tmp_path / "site").mkdir()
    (tmp_path / "site/a.html").write_text(f'<input name="{SECRET}"><input name="tex">')
    result = failed_result(Verdict.TESTS_FAILED)
    assert "form fields" not in run_explain(result, evidence).facts
    source = SourceTree(top=tmp_path, directory=tmp_path / "site")
    found = run_explain(result, evidence, source=source, workflow=".github/workflows/ci.yml")
    facts = Facts.from_json(found.facts)
    assert facts.lines["form fields"] == (
        "other tex at site/a.html:1",
        "other *** at site/a.html:1",
    )
    assert facts.lines["locations"] == ("workflow .github/workflows/ci.yml",)
    (diagnosis,) = found.diagnoses
    assert "site/a.html:1 has 'tex' and 1 more" in diagnosis.hint


def test_explain__hint_of_the_problem(evidence: Evidence) -> None:
    problem = Problem(
        Verdict.MISCONFIGURED, "The secret KEY is empty.", hint="List KEY in generate-secrets."
    )
    found = run_explain(RehearsalResult(name="r", problems=(problem,)), evidence)
    assert [each.hint for each in found.diagnoses] == ["List KEY in generate-secrets."]


def test_explain__wrong_input(evidence: Evidence) -> None:
    found = run_explain(failed_result(Verdict.MISCONFIGURED), evidence)
    assert (found.diagnoses, found.key_lines) == ((), ())


@pytest.mark.parametrize("verdict", [Verdict.ERROR, Verdict.CANCELLED], ids=str)
def test_explain__error_and_cancellation(verdict: Verdict, evidence: Evidence) -> None:
    (evidence.folder.path / "container.log").write_text(TRACE)
    assert run_explain(failed_result(verdict), evidence) == Explanation()


def test_explain__passed(evidence: Evidence) -> None:
    assert run_explain(RehearsalResult(name="r"), evidence) == Explanation()


def test_explain__redacts_derived_facts(evidence: Evidence, tmp_path: Path) -> None:
    """A path of the project may have a secret in it, and logs have the path without it."""
    (evidence.folder.path / "container.log").write_text("OperationalError: no such table: a_b\n")
    (tmp_path / SECRET / "a").mkdir(parents=True)
    (tmp_path / SECRET / "a/models.py").write_text("class B(Model):\n    pass\n")
    source = SourceTree(top=tmp_path, directory=tmp_path / SECRET)
    found = run_explain(failed_result(), evidence, source=source)
    assert Facts.from_json(found.facts).lines["migrations"] == (
        "field B",
        "model ***/a/models.py:1",
    )


def test_explain__proposes_no_line_without_its_secret(evidence: Evidence, tmp_path: Path) -> None:
    """Whoever obeyed it would write *** over the secret."""
    command = "CMD gunicorn --bind 127.0.0.1:80 -e KEY={} shop.wsgi\n"
    source = SourceTree(top=tmp_path, directory=tmp_path, dockerfile="Dockerfile")
    observed = {"listeners": ("loopback 127.0.0.1:80",), "request": ("port 80",)}
    result, proposed = failed_result(Verdict.NOT_READY), []
    for value in ("public", SECRET):
        (tmp_path / "Dockerfile").write_text(f"FROM python\n{command.format(value)}")
        found = explain(result, observed, evidence, source=source, inputs=InputsOrigin())
        lines = Facts.from_json(found.facts).lines
        assert SECRET not in found.facts
        proposed.append([each for each in lines.get("proposals", ()) if "bind_all" in each])
    assert proposed[0]
    assert proposed[1] == []
