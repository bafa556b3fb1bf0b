"""Find the line of a template behind an error of Django's templates, and the name it means."""

import re
from collections.abc import Iterable, Iterator

from rehearsal.diagnosis.facts import Facts
from rehearsal.diagnosis.source_line import SourceLine, lines_with, most_similar
from rehearsal.outside.files import list_folders, read_text, text_files
from rehearsal.regex import regex
from rehearsal.results.file_names import ASKED_AGAIN_LOG, CONTAINER_LOG
from rehearsal.source.source_tree import SourceTree

LOGS = (CONTAINER_LOG, ASKED_AGAIN_LOG)
TEMPLATES = (".html", ".htm", ".djhtml", ".jinja", ".jinja2", ".j2", ".txt", ".xml")
MAX_DEPTH = 12
TEMPLATES_FOLDER = regex(r"(?:^|.*/)(?:templates|jinja2)/(.+)")
# Source: Django 5.2, and Jinja 3.1 for the first one.
MISSING = r"(?:TemplateDoesNotExist|TemplateNotFound): (?P<name>\S+)$"
INVALID_TAG = r"TemplateSyntaxError: Invalid block tag on line (?P<line>\d+): '(?P<tag>[^'\n]+)'"
UNCLOSED_TAG = r"TemplateSyntaxError: Unclosed tag on line (?P<line>\d+): '(?P<tag>[^'\n]+)'"
EMPTY_VARIABLE = r"TemplateSyntaxError: Empty variable tag on line (?P<line>\d+)"
INVALID_FILTER = r"TemplateSyntaxError: Invalid filter: '(?P<name>[^'\n]+)'"
NO_LIBRARY = r"TemplateSyntaxError: '(?P<name>[^'\n]+)' is not a registered tag library"
REMAINDER = r"TemplateSyntaxError: Could not parse .+ from '(?P<name>[^\n]{3,200})'"
NO_URL = (
    r"NoReverseMatch: (?:Reverse for )?'(?P<name>[^'\n]+)' "
    r"(?:not found\.|is not a registered|with )"
)
EXTENDS = regex(r"\{%-? *extends\b")
URL_NAME = regex(r"\bname ?= ?['\"]([\w-]+)['\"]")
NAMESPACE = regex(r"\b(?:app_name|namespace) ?= ?['\"]([\w-]+)['\"]")
# The tags of Django that need no library, and in which library the others are.
TAGS = (
    "autoescape", "block", "comment", "csrf_token", "cycle", "debug", "extends", "filter",
    "firstof", "for", "if", "ifchanged", "include", "load", "lorem", "now", "querystring",
    "regroup", "resetcycle", "spaceless", "templatetag", "url", "verbatim", "widthratio", "with",
    "else", "elif", "empty", "endif", "endfor", "endblock", "endwith",
)  # fmt: skip
FILTERS = (
    "add", "addslashes", "capfirst", "center", "cut", "date", "default", "default_if_none",
    "dictsort", "dictsortreversed", "divisibleby", "escape", "escapejs", "escapeseq",
    "filesizeformat", "first", "floatformat", "force_escape", "get_digit", "iriencode", "join",
    "json_script", "last", "length", "linebreaks", "linebreaksbr", "linenumbers", "ljust", "lower",
    "make_list", "phone2numeric", "pluralize", "pprint", "random", "rjust", "safe", "safeseq",
    "slice", "slugify", "stringformat", "striptags", "time", "timesince", "timeuntil", "title",
    "truncatechars", "truncatechars_html", "truncatewords", "truncatewords_html", "unordered_list",
    "upper", "urlencode", "urlize", "urlizetrunc", "wordcount", "wordwrap", "yesno",
)  # fmt: skip
LIBRARIES = {
    "static": "static",
    "get_static_prefix": "static",
    "get_media_prefix": "static",
    **dict.fromkeys(("trans", "translate", "blocktrans", "blocktranslate", "language"), "i18n"),
    **dict.fromkeys(("get_current_language", "get_available_languages"), "i18n"),
    **dict.fromkeys(("localtime", "timezone", "get_current_timezone"), "tz"),
    "localize": "l10n",
    "cache": "cache",
    **dict.fromkeys(("intcomma", "intword", "naturaltime", "naturalday", "ordinal"), "humanize"),
    "apnumber": "humanize",
}


def scan_templates(facts: Facts, checkout: SourceTree) -> dict[str, tuple[str, ...]]:
    """Return `asked at FILE:LINE`, and how the line should read, by the kind of the error.

    The kinds are `template name`, `template syntax` and `url name`. How it should read is
    `instead NAME at FILE:LINE: TEXT`, or `load LIBRARY before|after FILE:LINE: TEXT`. What Django
    does not have is `unknown filter|tag NAME`. A template that the project has is `have PATH`.
    """
    logged = "\n".join(facts.text(log) for log in LOGS)
    found = {
        "template name": _template_name(logged, checkout),
        "template syntax": _syntax(logged, checkout),
        "url name": _url_name(logged, checkout),
    }
    return {kind: tuple(lines) for kind, lines in found.items()}


def _last(pattern: str, text: str) -> re.Match[str] | None:
    return next(iter([*re.finditer(pattern, text, re.MULTILINE)][-1:]), None)


def _template_name(logged: str, checkout: SourceTree) -> Iterator[str]:
    if not (found := _last(MISSING, logged)):
        return
    names = dict(_templates(checkout))
    if path := names.get(found["name"]):
        yield f"have {path}"
        return
    asks = re.compile(rf"['\"](?P<name>{re.escape(found['name'])})['\"]")
    yield from _asked(next(lines_with(checkout, (*TEMPLATES, ".py"), asks), None), names)


def _templates(checkout: SourceTree) -> Iterator[tuple[str, str]]:
    """Yield the name of each template of the project, and its path."""
    for folder, files in list_folders(checkout.directory, MAX_DEPTH).items():
        for file in files:
            inside = TEMPLATES_FOLDER.fullmatch(f"{folder}/{file}")
            path = checkout.relative(checkout.directory / folder / file) if inside else ""
            if inside and path:
                yield inside[1], path


def _url_name(logged: str, checkout: SourceTree) -> Iterator[str]:
    if not (found := _last(NO_URL, logged)):
        return
    # A name may begin with that of its app: `shop:home`.
    asks = re.compile(
        rf"(?:\{{%-? *url +|\b(?:reverse|reverse_lazy|redirect)\( *)"
        rf"['\"](?:[\w-]+:)?(?P<name>{re.escape(found['name'])})(?:['\"]|:)"
    )
    line = next(lines_with(checkout, (*TEMPLATES, ".py"), asks), None)
    if found[0].endswith("with "):
        # The name is right, and its arguments are wrong.
        yield from _asked(line, ())
        return
    defined = NAMESPACE if found[0].endswith("registered") else URL_NAME
    code = (text for _, text in text_files(checkout.directory, ".py"))
    yield from _asked(line, (name for text in code for name in defined.findall(text)))


def _asked(line: SourceLine | None, names: Iterable[str]) -> Iterator[str]:
    if line:
        yield f"asked at {line.place}"
        if similar := most_similar(line.name, names):
            yield f"instead {line.instead(similar)}"


def _syntax(logged: str, checkout: SourceTree) -> Iterator[str]:
    if not (error := _last(r"TemplateSyntaxError: .*$", logged)):
        return
    said = error[0]
    if found := re.match(INVALID_TAG, said):
        yield from _tag(found, checkout)
    elif found := re.match(UNCLOSED_TAG, said):
        asks = re.compile(rf"\{{%-? *(?P<name>{re.escape(found['tag'])})\b")
        yield from _only(_at(found["line"], lines_with(checkout, TEMPLATES, asks)))
    elif found := re.match(EMPTY_VARIABLE, said):
        asks = re.compile(r"(?P<name>\{\{\s*\}\})")
        yield from _only(_at(found["line"], lines_with(checkout, TEMPLATES, asks)))
    elif found := re.match(INVALID_FILTER, said):
        asks = re.compile(rf"\{{[{{%][^{{}}\n]*\|(?P<name>{re.escape(found['name'])})\b")
        line = next(lines_with(checkout, TEMPLATES, asks), None)
        yield from _unknown("filter", found["name"], line, FILTERS, checkout)
    elif found := re.match(NO_LIBRARY, said):
        asks = re.compile(rf"\{{%-? *load [^%\n]*\b(?P<name>{re.escape(found['name'])})\b")
        known = logged[error.end() :].split("\n\n", maxsplit=1)[0].split()
        yield from _asked(next(lines_with(checkout, TEMPLATES, asks), None), known)
    elif found := re.match(REMAINDER, said):
        asks = re.compile(rf"\{{[{{%][^{{}}\n]*(?P<name>{re.escape(found['name'])})")
        yield from _asked(next(lines_with(checkout, TEMPLATES, asks), None), ())


def _tag(found: re.Match[str], checkout: SourceTree) -> Iterator[str]:
    """Yield the line of a tag that Django does not know there."""
    tag = found["tag"]
    asks = re.compile(rf"\{{%-? *(?P<name>{re.escape(tag)})\b")
    lines = _at(found["line"], lines_with(checkout, TEMPLATES, asks))
    if tag in TAGS:
        # Something else is missing before it, so other templates may have it in that line, too.
        yield from _only(lines)
        return
    yield from _unknown("tag", tag, next(lines, None), (*TAGS, *LIBRARIES), checkout)


def _unknown(
    kind: str, name: str, line: SourceLine | None, names: Iterable[str], checkout: SourceTree
) -> Iterator[str]:
    """Yield what a template has to load for a tag or filter, or the name that may be meant."""
    libraries = _own_libraries(name, checkout) or [LIBRARIES.get(name, "")]
    if not libraries[0]:
        yield f"unknown {kind} {name}"
        yield from _asked(line, names)
        return
    yield from _asked(line, ())
    if len(libraries) == 1 and line:
        yield from _load(libraries[0], line, checkout)


def _own_libraries(name: str, checkout: SourceTree) -> list[str]:
    """Return the project's own libraries that have a tag or filter."""
    defined = re.compile(
        rf"^def {re.escape(name)}\(|\bregister\.\w+\([^)\n]*[\"']{re.escape(name)}[\"']",
        re.MULTILINE,
    )
    return [
        file.stem
        for file, text in text_files(checkout.directory, ".py")
        if file.parent.name == "templatetags" and defined.search(text)
    ]


def _load(library: str, line: SourceLine, checkout: SourceTree) -> Iterator[str]:
    """Yield where a template has to load a library: `extends` has to stay its first tag."""
    path = line.place.rpartition(":")[0]
    lines = (read_text(checkout.top / path) or "").split("\n")
    extends = next((at for at, each in enumerate(lines, 1) if EXTENDS.search(each)), 0)
    if not extends:
        yield f"load {library} before {path}:1: {lines[0]}"
    elif extends < line.number:
        yield f"load {library} after {path}:{extends}: {lines[extends - 1]}"


def _at(number: str, lines: Iterable[SourceLine]) -> Iterator[SourceLine]:
    return (each for each in lines if each.number == int(number))


def _only(lines: Iterable[SourceLine]) -> Iterator[str]:
    """Yield the line if no other template has such a line."""
    places = {each.place for each in lines}
    if len(places) == 1:
        yield f"asked at {places.pop()}"
