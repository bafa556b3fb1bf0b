"""index.html: the whole rehearsal on one page that needs nothing but itself and its neighbours."""

import time
from collections.abc import Iterator

from rehearsal.report.cause_summary import CauseSummary, snippets, summarize_cause
from rehearsal.report.counts import counts
from rehearsal.report.page.failed_tests import failed_tests
from rehearsal.report.page.layout import layout, title
from rehearsal.report.page.logs import files, logs
from rehearsal.report.page.markup import Child, Markup, element
from rehearsal.report.page.stages import readiness, stages
from rehearsal.results.evidence_index import EvidenceIndex
from rehearsal.results.rehearsal import Rehearsal


def page(record: Rehearsal, exhibits: EvidenceIndex) -> str:
    """Return the page: verdict and cause, failed tests, stages, logs."""
    return layout(
        record.verdict,
        subject=record.image or record.name,
        name=record.name,
        heading=title(record.verdict, *_facts(record)),
        main=_main(record, exhibits),
    )


def _facts(record: Rehearsal) -> Iterator[str]:
    if told := counts(record):
        yield f"tests: {told}"
    if record.ready_seconds is not None:
        yield f"the app was ready {record.ready_seconds:.2f} s after its container started"
    yield time.strftime("rehearsed %Y-%m-%d at %H:%M:%S UTC", time.gmtime(record.started))


def _main(record: Rehearsal, exhibits: EvidenceIndex) -> Iterator[Child]:
    found = summarize_cause(record, exhibits)
    if found:
        yield _cause(found, record, exhibits)
    yield failed_tests(exhibits, above="\n".join(found.lines) if found else "")
    yield element("div", stages(record), readiness(record), class_="pair")
    yield _image(record)
    yield logs(exhibits.logs)
    yield files(exhibits.files)


def _cause(found: CauseSummary, record: Rehearsal, exhibits: EvidenceIndex) -> Markup:
    return element(
        "section",
        element("h2", found.title),
        _advice(found),
        _said(found, exhibits),
        element("p", element("strong", "Why: "), found.background) if found.background else None,
        element("p", element("strong", "What happened: "), found.message)
        if found.message
        else None,
        [
            element("p", f"It also looks like this: {other.title}.", class_="soft")
            for other in record.diagnoses[1:]
        ],
        class_="card cause",
    )


def _advice(found: CauseSummary) -> Child:
    if not found.hint and not found.paste:
        return None
    return (
        element("h3", "What to do"),
        [element("p", part) for part in found.hint.split("\n\n") if part.strip()],
        [element("div", _pre(each, "To paste"), class_="paste") for each in snippets(found.paste)],
    )


def _said(found: CauseSummary, exhibits: EvidenceIndex) -> Child:
    """Show the lines that a cause rests on, and the app's own line."""
    frame = exhibits.frame
    if exhibits.tests or not found.known or found.place:
        frame = None  # It stands with its test, or is the cause itself.
    place = (": ", element("code", found.place)) if found.place else ""
    return (
        element("h3", "What shows it", place)
        if found.lines and (found.known or found.place)
        else None,
        element("div", _pre("\n".join(found.lines), "Lines of the logs"), class_="wrap")
        if found.lines
        else None,
        (
            element("h3", "In your code: ", element("code", f"{frame.file}:{frame.line}")),
            _pre(frame.text, "The app's traceback"),
        )
        if frame
        else None,
    )


def _pre(text: str, label: str) -> Markup:
    return element("pre", text, tabindex=0, role="region", aria_label=label)


def _image(record: Rehearsal) -> Child:
    where = record.origin
    rows = [
        ("Commit", " ".join(filter(None, (where.repository, where.commit, where.ref)))),
        ("Image", record.image),
        ("Image ID", record.image_id),
        ("Artifact", record.artifact_name),
    ]
    return (
        element("h2", "What was rehearsed"),
        element(
            "section",
            element(
                "table",
                element(
                    "tbody",
                    [
                        element("tr", element("th", name, scope="row"), element("td", _code(value)))
                        for name, value in rows
                        if value
                    ],
                ),
            ),
            [element("p", f"Notice: {notice}") for notice in record.notices],
            class_="card",
        ),
    )


def _code(text: str) -> Markup:
    return element("code", text)
