import pytest

from rehearsal.report.audit_words import IN_SUMMARY, WAIVE, audit_counts, audit_message, audit_text

from ..audits import audit, finding


@pytest.mark.parametrize(
    "failed, waived, counts",
    [
        ((), "", "1 passed, 0 failed, 1 skipped"),
        (
            ("non-root", "deploy-check:W004"),
            "headers",
            "1 passed, 2 failed (non-root, deploy-check:W004), 1 waived (headers), 1 skipped",
        ),
    ],
    ids=["none failed", "two failed"],
)
def test_audit_counts(failed: tuple[str, ...], waived: str, counts: str) -> None:
    assert audit_counts(audit(*failed, waived=waived)) == counts


def test_audit_message__of_one_and_of_several() -> None:
    assert audit_message(audit("debug")) == "The audit found a fault: debug. The message of debug."
    assert audit_message(audit("a", "b")) == "The audit found 2 faults: a, b."


def test_audit_text__each_finding_with_what_to_do() -> None:
    assert audit_text(audit("a", "b", waived="c")) == (
        "The audit found 2 faults: a, b.\n\n"
        "a: The message of a.\nThe hint of a.\n\n"
        "b: The message of b.\nThe hint of b.\n\n"
        f"{WAIVE}"
    )


def test_audit_text__of_one() -> None:
    assert audit_text(audit("a")) == (
        f"The audit found a fault: a. The message of a.\nThe hint of a.\n{WAIVE}"
    )


def test_audit_text__too_many_for_an_annotation() -> None:
    names = [f"finding-{'x' * number}" for number in range(1, 40)]
    text = audit_text(audit(*names))
    assert len(text) < 4000
    assert f"{names[0]}: The message of {names[0]}." in text
    assert "The hint of" not in text
    assert text.endswith(f"{IN_SUMMARY}\n{WAIVE}")


def test_audit_text__long_messages_are_cut() -> None:
    found = audit()
    long = finding("a", message="m" * 100_000), finding("b")
    text = audit_text(type(found)(findings=long))
    assert len(text) < 4000
    assert "The hint of b." in text
