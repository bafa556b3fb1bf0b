import re

from rehearsal.report.page.audit import audit_section
from rehearsal.report.page.markup import element
from rehearsal.results.audit import Audit, Outcome

from ...audits import REFERENCE, audit, finding


def html(found: Audit | None) -> str:
    return str(element("main", audit_section(found)))


def test_audit__none() -> None:
    assert html(None) == "<main></main>"


def test_audit__a_card_for_each_that_failed_or_is_waived() -> None:
    text = html(audit("non-root", waived="deploy-check:W004"))
    assert '<section id="audit"><h2>Audit</h2>' in text
    assert "1 passed, 1 failed (non-root), 1 waived (deploy-check:W004), 1 skipped." in text
    card = text.partition('<section id="audit-non-root" class="card test">')[2]
    card = card.partition("</section>")[0]
    for part in (
        '<h3><a href="#audit-non-root">non-root</a> failed</h3>',
        "The check: The title of non-root.",
        '<p class="error">The message of non-root.</p>',
        "evidence of non-root</pre>",
        "<strong>What to do: </strong>The hint of non-root.",
        "<strong>Why: </strong>The reason of non-root.",
        f'<a href="{REFERENCE}">{REFERENCE}</a>',
    ):
        assert part in card
    assert '<section id="audit-deploy-check-w004" class="card">' in text


def test_audit__the_others_are_folded_and_can_be_linked_to() -> None:
    text = html(audit("non-root"))
    folded = text.partition("<details")[2]
    assert "<h3>Passed or skipped (2)</h3>" in folded
    row = '<tr id="audit-migrations"><th scope="row">migrations <span class="soft">skipped</span>'
    assert row in folded
    assert "this is not Django" in folded
    assert '<tr id="audit-debug">' in folded
    assert text.index('<section id="audit-non-root') < text.index("<details")


def test_audit__every_anchor_is_there_once() -> None:
    same = tuple(finding("static-files", outcome) for outcome in (*Outcome, *Outcome))
    text = html(Audit(findings=(*same, finding("static-files:a.b"), finding("static-files:a-b"))))
    ids = re.findall(r' id="([^"]+)"', text)
    assert len(ids) == len({*ids}) == 1 + len(same) + 2
