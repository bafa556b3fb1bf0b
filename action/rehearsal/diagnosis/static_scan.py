"""Find which file asks for a static file that the project does not have, and the one it means."""

import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from rehearsal.diagnosis.facts import FAILED_STEP, LOG_BEFORE_TESTS, Facts
from rehearsal.diagnosis.source_line import SourceLine, lines_with, most_similar
from rehearsal.outside.files import list_folders, read_dockerfile
from rehearsal.regex import regex
from rehearsal.results.file_names import ASKED_AGAIN_LOG, CONTAINER_LOG, SETUP_LOG
from rehearsal.source.browser_console import REFUSED_TYPES
from rehearsal.source.source_tree import SourceTree

# By what is refused: a link of a page, or a name in a template or a style sheet. Source: Django 5.2
# (also its manifest and collectstatic), and Chrome's console.
SIGNS = (
    (
        (ASKED_AGAIN_LOG, CONTAINER_LOG, FAILED_STEP, SETUP_LOG),
        r"Missing staticfiles manifest entry for '(?P<url>[^'%\n]+)'",
        r"The file '(?P<url>[^'\n]+)' could not be found with <",
    ),
    (("page links",), r"^(?:404|410|an HTML page) (?P<url>/\S+)$"),
    (
        (CONTAINER_LOG, LOG_BEFORE_TESTS),
        r"Not Found: (?P<url>/static/\S+)$",
        r'"GET (?P<url>/static/\S+) HTTP/[\d.]+" 404\b',
    ),
    (("console",), r": \w+://[^/\s]+(?P<url>/\S+\.(?:css|js)) - .*status of 404", *REFUSED_TYPES),
)
# WhiteNoise says so at the start: then the image has no static files at all.
NO_FOLDER = "No directory at: "
# Files that link to static files.
ASKING = (
    ".html", ".htm", ".djhtml", ".jinja", ".jinja2", ".j2", ".ejs", ".erb", ".php", ".css", ".py",
)  # fmt: skip
STATIC_FOLDERS = {"static", "public", "assets"}
MAX_DEPTH = 12
# All files are searched for each name.
MAX_NAMES = 5
# Programs that make static files while the image is built, of files with other names.
MAKES_ASSETS = regex(
    r"\b(?:npm|yarn|pnpm|npx|bun|vite|webpack|esbuild|rollup|parcel|gulp|grunt|tailwindcss|sass)\b"
)
SERVED = regex(r"^served ", re.MULTILINE)


def scan_static_names(facts: Facts, checkout: SourceTree) -> tuple[str, ...]:
    """Return `missing NAME at FILE:LINE`, then `instead NAME PATH at FILE:LINE: TEXT`.

    The second says which name the project does have, and how the line reads with it. If the project
    has one of the refused files, another reason keeps it from the page: then it is `have PATH`, and
    `collected` if the Dockerfile runs collectstatic. If the image makes static files itself, a name
    is wrong only if the page gets other files.
    """
    names = list(dict.fromkeys(_refused(facts)))[:MAX_NAMES]
    dockerfile = read_dockerfile(checkout.top, checkout.dockerfile) or ""
    if path := next(filter(None, map(checkout.locate_static, names)), ""):
        return (f"have {path}", *["collected"][: "collectstatic" in dockerfile])
    if MAKES_ASSETS.search(dockerfile) and not SERVED.search(facts.text("page links")):
        return ()
    if NO_FOLDER in facts.text(LOG_BEFORE_TESTS) + facts.text(CONTAINER_LOG):
        return ()
    return next(filter(None, (tuple(_lines(name, checkout)) for name in names)), ())


def _refused(facts: Facts) -> Iterator[str]:
    for sources, *patterns in SIGNS:
        for source in sources:
            text = facts.text(source)
            for pattern in patterns:
                yield from (each["url"] for each in re.finditer(pattern, text, re.MULTILINE))


def _lines(name: str, checkout: SourceTree) -> Iterator[str]:
    if asking := _asking(name, checkout):
        yield f"missing {asking.name} at {asking.place}"
        suffix = PurePosixPath(name).suffix
        files = dict(each for each in _static_files(checkout) if each[0].endswith(suffix))
        similar = most_similar(asking.name, files)
        # A second one may be the one that asks.
        alone = re.findall(rf"(?<![\w./-]){re.escape(asking.name)}(?![\w./-])", asking.text)
        if similar and len(alone) < 2:  # noqa: PLR2004 -- none, after a "./"
            line = asking.with_name(similar)
            yield f"instead {similar} {files[similar]} at {asking.place}: {line}"


def _asking(refused: str, checkout: SourceTree) -> SourceLine | None:
    """Return the first line that asks for a file."""
    for name, before in _forms(refused):
        asks = re.compile(rf"[\"'(= ]{before}(?P<name>{re.escape(name)})(?=[\"'?#)\s>])")
        if line := next(lines_with(checkout, ASKING, asks), None):
            return line
    return None


def _forms(refused: str) -> Iterator[tuple[str, str]]:
    """Yield the names by which a file may be asked for, and what may stand before each.

    A page links to an address, or a template to the name below /static/; a style sheet names a file
    from its own folder.
    """
    if refused.startswith("/"):
        first, _, rest = refused[1:].partition("/")
        yield (rest, f"(?:/{re.escape(first)}/)?") if rest else (first, "/")
    else:
        yield refused, "/?"
        yield PurePosixPath(refused).name, r"(?:\.\./|\./)*"


def _static_files(checkout: SourceTree) -> Iterator[tuple[str, str]]:
    """Yield the name by which a page asks for each file in the project's folders, and its path."""
    for folder, names in list_folders(checkout.directory, MAX_DEPTH).items():
        parts = PurePosixPath(folder).parts
        start = _below_static(parts)
        for name in names if start else ():
            path = checkout.relative(checkout.directory / folder / name)
            if path and " " not in path:
                yield "/".join((*parts[start:], name)), path


def _below_static(parts: Iterable[str]) -> int:
    """Return the number of the part after the last folder for static files, 0 if there is none."""
    return max((at for at, part in enumerate(parts, 1) if part in STATIC_FOLDERS), default=0)
