from rehearsal.report.audit_table import audit_table
from rehearsal.results.audit import Audit, Outcome

from ..audits import REFERENCE, audit, finding


def test_table__failed_first_then_what_to_do() -> None:
    assert audit_table(audit("non-root", waived="headers"), width=80).splitlines() == [
        "",
        "finding     outcome  what was found",
        "non-root    failed   The message of non-root.",
        "headers     waived   The message of headers.",
        "migrations  skipped  this is not Django",
        "",
        "1 more passed.",
        "",
        "What to do about non-root",
        "  The hint of non-root.",
        "  Why: The reason of non-root.",
        f"  {REFERENCE}",
        "  | evidence of non-root",
        "",
    ]


def test_table__all_passed() -> None:
    found = Audit(findings=(finding("a", Outcome.PASSED), finding("b", Outcome.PASSED)))
    assert audit_table(found, width=80).splitlines() == ["", "2 passed.", ""]


def test_table__a_check_that_passed_may_say_something() -> None:
    found = Audit(findings=(finding("a", Outcome.PASSED, message="Not read: layer 3."),))
    assert "a        passed   Not read: layer 3." in audit_table(found, width=80)


def test_table__fits_the_terminal() -> None:
    found = Audit(findings=(finding("a", message="word " * 60, evidence=("x" * 200,)),))
    lines = audit_table(found, width=60).splitlines()
    assert all(len(line) <= 60 for line in lines if "x" not in line)
    assert lines[3].startswith(" " * len("finding  failed   ") + "word")
    assert f"  | {'x' * 200}" in lines, "what the app said stays whole"


def test_table__lines_of_an_app_are_bounded() -> None:
    evidence = ("y" * 100_000,) * 1000
    found = Audit(findings=(finding("a", message="word " * 10_000, evidence=evidence),))
    assert len(audit_table(found, width=80)) < 20_000


def test_table__colours_the_outcome_only_if_asked() -> None:
    found = audit("non-root")
    assert "\x1b" not in audit_table(found, width=80)
    coloured = audit_table(found, width=80, colours=True)
    assert "\x1b[1;31mfailed \x1b[0m" in coloured
    assert coloured.replace("\x1b[1;31m", "").replace("\x1b[0m", "") == audit_table(found, width=80)
