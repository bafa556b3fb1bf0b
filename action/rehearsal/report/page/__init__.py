"""index.html: the whole rehearsal on one page that needs nothing but itself and its neighbours."""

import time
from collections.abc import Iterator

from rehearsal.report.cause_text import snippets
from rehearsal.report.counts import counts
from rehearsal.report.page.failed_tests import failed_tests
from rehearsal.report.page.layout import layout, title
from rehearsal.report.page.logs import files, logs
from rehearsal.report.page.markup import Child, Markup, element
from rehearsal.report.page.stages import readiness, stages
from rehearsal.results.cause import CauseSummary
from rehearsal.results.evidence_index import EvidenceIndex
from rehearsal.results.rehearsal import RehearsalResult


def page(result: RehearsalResult) -> str:
    """Return the page: verdict and cause, failed tests, stages, logs."""
    return layout(
        result.verdict,
        subject=result.image or result.name,
        name=result.name,
        heading=title(result.verdict, *_facts(result)),
        main=_main(result),
    )


def _facts(result: RehearsalResult) -> Iterator[str]:
    if told := counts(result):
        yield f"tests: {told}"
    if result.ready_seconds is not None:
        yield f"the app was ready {result.ready_seconds:.2f} s after its container started"
    yield time.strftime("rehearsed %Y-%m-%d at %H:%M:%S UTC", time.gmtime(result.started))


def _main(result: RehearsalResult) -> Iterator[Child]:
    found = result.cause
    if found:
        yield _cause(found, result)
    yield failed_tests(result.index, above="\n".join(found.lines) if found else "")
    yield element("div", stages(result), readiness(result), class_="pair")
    yield _image(result)
    yield logs(result.index.logs)
    yield files(result.index.files)


def _cause(found: CauseSummary, result: RehearsalResult) -> Markup:
    return element(
        "section",
        element("h2", found.title),
        _advice(found),
        _said(found, result.index),
        element("p", element("strong", "Why: "), found.background) if found.background else None,
        element("p", element("strong", "What happened: "), found.message)
        if found.message
        else None,
        [
            element("p", f"It also looks like this: {other.title}.", class_="soft")
            for other in result.diagnoses[1:]
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


def _said(found: CauseSummary, index: EvidenceIndex) -> Child:
    """Show the lines that a cause rests on, and the app's own line."""
    frame = index.frame
    if index.tests or not found.known or found.location:
        frame = None  # It stands with its test, or is the cause itself.
    place = (": ", element("code", found.location)) if found.location else ""
    return (
        element("h3", "What shows it", place)
        if found.lines and (found.known or found.location)
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


def _image(result: RehearsalResult) -> Child:
    where = result.origin
    rows = [
        ("Commit", " ".join(filter(None, (where.repository, where.commit, where.ref)))),
        ("Image", result.image),
        ("Image ID", result.image_id),
        ("Artifact", result.artifact_name),
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
            [element("p", f"Notice: {notice}") for notice in result.notices],
            class_="card",
        ),
    )


def _code(text: str) -> Markup:
    return element("code", text)
