"""Scan the project's templates for the form from which a request came."""

from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import islice

from rehearsal.diagnosis.facts import PROPOSALS, Facts
from rehearsal.outside.files import text_files
from rehearsal.regex import regex
from rehearsal.results.file_names import CONTAINER_LOG
from rehearsal.source.html_forms import form_fields, forms_without_token
from rehearsal.source.request_reads import request_reads
from rehearsal.source.source_tree import SourceTree
from rehearsal.source.tracebacks import project_frame

FORM_FIELDS = "form fields"
UNSIGNED_FORMS = "forms without token"
# Django's exception for a key that a request does not have, and its words for a refused token.
MISSING_FIELD = regex(r"MultiValueDictKeyError: '(?P<field>[^'\n]{1,100})'")
ASKED_FOR = regex(r"\.(?P<data>POST|GET|FILES)\[")
REFUSED_TOKEN = regex(r"Forbidden \(CSRF")
# Django adds this field to every form.
CSRF_FIELD = "csrfmiddlewaretoken"
# More than a project has, and more than a reader compares; the most similar names come first.
MAX_COMPARED = 2000
MAX_FIELDS = 20
MAX_FORMS = 20
MAX_READS = 5
OTHER_FIELD = "other "


def scan_forms(facts: Facts, checkout: SourceTree) -> dict[str, tuple[str, ...]]:
    """Return the fields of the forms if a request came without a field, as lines by their source.

    And the forms without Django's token, if a request came without it.
    """
    log = facts.text(CONTAINER_LOG)
    lines = {}
    if missing := [each["field"] for each in MISSING_FIELD.finditer(log)]:
        fields = lines[FORM_FIELDS] = tuple(_form_field_lines(missing[-1], checkout))
        if fields and fields[0].startswith(OTHER_FIELD):
            given = fields[0].removeprefix(OTHER_FIELD).partition(" ")[0]
            lines[PROPOSALS] = tuple(_other_reads(log, missing[-1], given, checkout))
    if REFUSED_TOKEN.search(log):
        lines[UNSIGNED_FORMS] = tuple(islice(_forms_without_token(checkout), MAX_FORMS))
    return lines


def _forms_without_token(checkout: SourceTree) -> Iterator[str]:
    """Yield `PATH:LINE TAG` for each."""
    for file, text in text_files(checkout.directory, ".html"):
        if path := checkout.relative(file):
            yield from (f"{path}:{tag.line} {tag.text}" for tag in forms_without_token(text))


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
                lines.setdefault(field.name, f"{OTHER_FIELD}{field.name} at {path}:{field.line}")
    names = sorted(lines, key=lambda name: -SequenceMatcher(None, name, missing).ratio())
    yield from (lines[name] for name in names[:MAX_FIELDS])


def _other_reads(log: str, missing: str, given: str, checkout: SourceTree) -> Iterator[str]:
    """Yield what to write where the project reads the missing field, too, as a proposal.

    One line has answered the request that failed; the next requests reach the others.
    """
    frame = project_frame(log, checkout)
    if not frame:
        return
    failed = f"{frame.file}:{frame.line}"
    kinds = {each["data"] for each in ASKED_FOR.finditer(frame.text)}
    reads = (
        (f"{path}:{read.line}", read)
        for file, text in text_files(checkout.directory, ".py")
        if missing in text and (path := checkout.relative(file))
        for read in request_reads(text)
        if read.field == missing and read.data in kinds
    )
    for place, read in islice((each for each in reads if each[0] != failed), MAX_READS):
        # Each is a snippet, with an empty line around it.
        comment = f"# and in {place}, instead of {read.code}, write:"
        yield from (f"other_reads {line}" for line in ("", comment, read.of(given), ""))
