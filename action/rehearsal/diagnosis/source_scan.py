"""Scan the project's own files for facts that the logs cannot show."""

from collections.abc import Iterator
from functools import partial

from rehearsal.diagnosis.browser_scan import scan_browser_starts
from rehearsal.diagnosis.facts import (
    BROWSER_STARTS,
    COVERING_STYLES,
    FAULTS,
    LOCATIONS,
    OWN_MODULE,
    PROPOSALS,
    STATIC_NAMES,
    Facts,
)
from rehearsal.diagnosis.faults import attempt
from rehearsal.diagnosis.form_scan import scan_forms
from rehearsal.diagnosis.own_modules import own_module_lines
from rehearsal.diagnosis.paste import WORKFLOW_STEP, given_inputs, step_lines
from rehearsal.diagnosis.proposals import AT_START, find_context, locate_parts, propose
from rehearsal.diagnosis.static_scan import scan_static_names
from rehearsal.diagnosis.style_scan import scan_styles
from rehearsal.diagnosis.template_scan import scan_templates
from rehearsal.outside.files import read_text
from rehearsal.results.file_names import ASKED_AGAIN_LOG, CONTAINER_LOG
from rehearsal.source.browser_console import script_location
from rehearsal.source.source_tree import SourceTree
from rehearsal.source.tracebacks import project_frame
from rehearsal.verdict import Verdict

# In characters: a longer line was made by a program.
MAX_CODE = 160


def scan_source(
    facts: Facts, checkout: SourceTree, workflow: str = ""
) -> dict[str, tuple[str, ...]]:
    """Return more facts, as lines by their source: locations, proposals, forms and the like.

    `workflow` is the path of the workflow file, or empty.
    """
    workflow = workflow if workflow.isprintable() else ""
    faults: list[str] = []
    locations = attempt(faults, lambda: tuple(_locations(facts, checkout, workflow)), ())
    lines: dict[str, tuple[str, ...]] = {LOCATIONS: locations}
    if context := attempt(faults, lambda: find_context(facts, checkout, workflow), None):
        lines[LOCATIONS] += tuple(locate_parts(context, faults))
        lines[PROPOSALS] = tuple(propose(context, faults))
        if facts.verdict in AT_START:
            lines[OWN_MODULE] = attempt(faults, partial(own_module_lines, context), ())
    several, scans = [scan_templates], {STATIC_NAMES: scan_static_names}
    scans[WORKFLOW_STEP] = partial(_workflow_step_lines, workflow=workflow)
    if facts.verdict is Verdict.TESTS_FAILED:
        several.append(scan_forms)
        scans |= {BROWSER_STARTS: scan_browser_starts, COVERING_STYLES: scan_styles}
    for each in several:
        found = attempt(faults, partial(each, facts, checkout), None) or {}
        lines |= {source: lines.get(source, ()) + more for source, more in found.items()}
    for source, scan in scans.items():
        lines[source] = attempt(faults, partial(scan, facts, checkout), ())
    lines[FAULTS] = tuple(faults)
    return {source: found for source, found in lines.items() if found}


def _workflow_step_lines(facts: Facts, checkout: SourceTree, workflow: str) -> tuple[str, ...]:
    file = checkout.top / workflow
    # A link, or a path that was given on a laptop, may lead elsewhere.
    if not workflow or not checkout.relative(file):
        return ()
    return step_lines(read_text(file) or "", given_inputs(facts))


def _locations(facts: Facts, checkout: SourceTree, workflow: str) -> Iterator[str]:
    if workflow:
        yield f"workflow {workflow}"
    logs = (facts.text(name) for name in (CONTAINER_LOG, ASKED_AGAIN_LOG))
    frame = next(filter(None, (project_frame(log, checkout) for log in logs)), None)
    if frame and frame.file.isprintable():
        yield f"code {frame.file}:{frame.line}"
    if script := script_location(facts.text("console"), checkout):
        yield f"script {script}"
        if code := _line_of(script, checkout):
            yield f"script_line {code}"


def _line_of(place: str, checkout: SourceTree) -> str:
    """Return the text of a line, FILE:LINE; empty if it is not there, or no line for readers."""
    file, _, number = place.rpartition(":")
    text = "" if file.startswith("/") else read_text(checkout.top / file) or ""
    code = "".join(text.split("\n")[int(number) - 1 : int(number)]).strip()
    return code if code.isprintable() and len(code) <= MAX_CODE else ""
