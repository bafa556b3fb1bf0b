"""Scan the project's own files for facts that the logs cannot show."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from rehearsal.diagnosis.browser_scan import scan_browser_starts
from rehearsal.diagnosis.facts import BROWSER_STARTS, LOCATIONS, Facts
from rehearsal.outside.files import read_text, text_files
from rehearsal.results.file_names import CONTAINER_LOG
from rehearsal.source.html_forms import form_fields
from rehearsal.source.page_scripts import script_location
from rehearsal.source.source_tree import SourceTree
from rehearsal.source.tracebacks import project_frame
from rehearsal.verdict import Verdict

FORM_FIELDS = "form fields"
# Django's exception for a key that a request does not have.
MISSING_FIELD = re.compile(r"MultiValueDictKeyError: '(?P<field>[^'\n]{1,100})'")
# Django's manage.py names the settings module like this.
SETTINGS_MODULE = re.compile(r"""DJANGO_SETTINGS_MODULE['"], *['"](?P<module>[\w.]{1,200})['"]""")
# Django adds this field to every form.
CSRF_FIELD = "csrfmiddlewaretoken"
# More than a project has, and more than a reader compares; the most similar names come first.
MAX_COMPARED = 2000
MAX_FIELDS = 20


def scan_source(
    facts: Facts, checkout: SourceTree, workflow: str = ""
) -> dict[str, tuple[str, ...]]:
    """Return more facts, as lines by their source: locations, fields of forms, browser starts.

    The fields are those of the templates, and only searched if a request came without a field.
    `workflow` is the path of the workflow file, or empty.
    """
    lines = {LOCATIONS: tuple(_locations(facts, checkout, workflow))}
    if facts.verdict is Verdict.TESTS_FAILED:
        missing = [each["field"] for each in MISSING_FIELD.finditer(facts.text(CONTAINER_LOG))]
        if missing:
            lines[FORM_FIELDS] = tuple(_form_field_lines(missing[-1], checkout))
        lines[BROWSER_STARTS] = scan_browser_starts(facts, checkout)
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
    frame = project_frame(facts.text(CONTAINER_LOG), checkout)
    if frame and frame.file.isprintable():
        yield f"code {frame.file}:{frame.line}"
    if script := script_location(facts.text("console"), checkout):
        yield f"script {script}"


def _form_field_lines(missing: str, checkout: SourceTree) -> Iterator[str]:
    """Yield where a template has this field, else the fields with the most similar names."""
    lines: dict[str, str] = {}
    for file, text in text_files(checkout.directory, ".html"):
        path = checkout.relative(file)
        for field in form_fields(text):
            if field.name == missing and path:
                yield f"same {missing} at {path}:{field.line}"
                return
            if field.name != CSRF_FIELD and path and len(lines) < MAX_COMPARED:
                lines.setdefault(field.name, f"other {field.name} at {path}:{field.line}")
    names = sorted(lines, key=lambda name: -SequenceMatcher(None, name, missing).ratio())
    yield from (lines[name] for name in names[:MAX_FIELDS])
