"""Scan the project's own files for facts that the logs cannot show."""

import re
from collections.abc import Iterator

from rehearsal.diagnosis.browser_scan import scan_browser_starts
from rehearsal.diagnosis.facts import (
    BROWSER_STARTS,
    COVERING_STYLES,
    LOCATIONS,
    STATIC_NAMES,
    Facts,
)
from rehearsal.diagnosis.form_scan import scan_forms
from rehearsal.diagnosis.static_scan import scan_static_names
from rehearsal.diagnosis.style_scan import scan_styles
from rehearsal.diagnosis.template_scan import scan_templates
from rehearsal.outside.files import read_text
from rehearsal.results.file_names import ASKED_AGAIN_LOG, CONTAINER_LOG
from rehearsal.source.browser_console import script_location
from rehearsal.source.source_tree import SourceTree
from rehearsal.source.tracebacks import project_frame
from rehearsal.verdict import Verdict

# Django's manage.py names the settings module like this.
SETTINGS_MODULE = re.compile(r"""DJANGO_SETTINGS_MODULE['"], *['"](?P<module>[\w.]{1,200})['"]""")
# As Django itself begins the settings of a project.
HAS_BASE_DIR = re.compile(r"^BASE_DIR = Path\(", re.MULTILINE)


def scan_source(
    facts: Facts, checkout: SourceTree, workflow: str = ""
) -> dict[str, tuple[str, ...]]:
    """Return more facts, as lines by their source: locations, forms and the like.

    `workflow` is the path of the workflow file, or empty.
    """
    lines = {LOCATIONS: tuple(_locations(facts, checkout, workflow))}
    if facts.verdict is Verdict.TESTS_FAILED:
        lines |= scan_forms(facts, checkout)
        lines[BROWSER_STARTS] = scan_browser_starts(facts, checkout)
        lines[COVERING_STYLES] = scan_styles(facts, checkout)
    lines[STATIC_NAMES] = scan_static_names(facts, checkout)
    lines |= scan_templates(facts, checkout)
    return {source: found for source, found in lines.items() if found}


def _locations(facts: Facts, checkout: SourceTree, workflow: str) -> Iterator[str]:
    if workflow and workflow.isprintable():
        yield f"workflow {workflow}"
    manage = read_text(checkout.directory / "manage.py") or ""
    if found := SETTINGS_MODULE.search(manage):
        stem = found["module"].replace(".", "/")
        names = (f"{stem}.py", f"{stem}/__init__.py")
        if path := next(filter(None, map(checkout.locate, names)), ""):
            yield f"settings {path}"
            if HAS_BASE_DIR.search(read_text(checkout.top / path) or ""):
                yield "base-dir Path"
    logs = (facts.text(name) for name in (CONTAINER_LOG, ASKED_AGAIN_LOG))
    frame = next(filter(None, (project_frame(log, checkout) for log in logs)), None)
    if frame and frame.file.isprintable():
        yield f"code {frame.file}:{frame.line}"
    if script := script_location(facts.text("console"), checkout):
        yield f"script {script}"
