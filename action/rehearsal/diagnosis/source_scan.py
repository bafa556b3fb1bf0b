"""Inspection: what the checkout itself says of a failure, as facts beside those of the logs."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path

from rehearsal.diagnosis.facts import LOCATIONS, Facts
from rehearsal.outside.files import read_text, text_files
from rehearsal.results.file_names import CONTAINER_LOG
from rehearsal.source.html_forms import form_fields
from rehearsal.source.source_tree import SourceTree
from rehearsal.source.tracebacks import project_frame
from rehearsal.verdict import Verdict

FORM_FIELDS = "form fields"
WANTED = re.compile(r"MultiValueDictKeyError: '(?P<field>[^'\n]{1,100})'")
# How Django's own manage.py says where its settings are.
SETTINGS = re.compile(r"""DJANGO_SETTINGS_MODULE['"], *['"](?P<module>[\w.]{1,200})['"]""")
# Django's own, in every form.
TOKEN = "csrfmiddlewaretoken"  # noqa: S105  (a field's name)
# More than a project has, and more than a reader compares: the nearest names are the first.
MOST_COMPARED = 2000
MOST_FIELDS = 20


def scan_source(
    facts: Facts, checkout: SourceTree, workflow: str = ""
) -> dict[str, tuple[str, ...]]:
    """Return what the checkout adds to the facts, as lines by what was looked at.

    It is where the things are that a cause may speak of and, of a form field that was missing, what
    the templates call theirs. `workflow` is the file that asked for the rehearsal, or empty.
    """
    found = {LOCATIONS: tuple(_places(facts, checkout, workflow))}
    if facts.verdict is Verdict.TESTS_FAILED:
        wanted = [each["field"] for each in WANTED.finditer(facts.text(CONTAINER_LOG))]
        if wanted:
            found[FORM_FIELDS] = tuple(_fields(wanted[-1], checkout))
    return {source: lines for source, lines in found.items() if lines}


def _places(facts: Facts, checkout: SourceTree, workflow: str) -> Iterator[str]:
    if workflow and workflow.isprintable():
        yield f"workflow {workflow}"
    manage = read_text(checkout.directory / "manage.py") or ""
    if found := SETTINGS.search(manage):
        stem = found["module"].replace(".", "/")
        names = (f"{stem}.py", f"{stem}/__init__.py")
        if place := next(filter(None, map(checkout.locate, names)), ""):
            yield f"settings {place}"
    frame = project_frame(facts.text(CONTAINER_LOG), checkout)
    if frame and frame.file.isprintable():
        yield f"code {frame.file}:{frame.line}"


def _fields(wanted: str, checkout: SourceTree) -> Iterator[str]:
    """Yield where a field of this name is, else all there are, the nearest names first."""
    found: dict[str, str] = {}
    for path, text in text_files(checkout.directory, ".html"):
        place = _relative(path, checkout)
        for field in form_fields(text):
            if field.name == wanted and place:
                yield f"same {wanted} at {place}:{field.line}"
                return
            if field.name != TOKEN and place and len(found) < MOST_COMPARED:
                found.setdefault(field.name, f"other {field.name} at {place}:{field.line}")
    names = sorted(found, key=lambda name: -SequenceMatcher(None, name, wanted).ratio())
    yield from (found[name] for name in names[:MOST_FIELDS])


def _relative(path: Path, checkout: SourceTree) -> str:
    """Return the path in the checkout, nothing for one that cannot be told on a line."""
    try:
        place = str(path.resolve().relative_to(checkout.top.resolve()))
    except (OSError, ValueError):
        return ""
    return place if place.isprintable() else ""
