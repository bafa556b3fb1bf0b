from pathlib import Path

import pytest

from rehearsal.diagnosis.facts import Facts
from rehearsal.diagnosis.static_scan import scan_static_names
from rehearsal.source.source_tree import SourceTree
from rehearsal.verdict import Verdict

PROJECT = {
    "shop/static/shop/app.js": "",
    "shop/static/shop/app.css": "",
    "shop/static/shop/basket.js": "",
    "shop/templates/base.html": "<head>\n  <script src=\"{% static 'shop/main.js' %}\"></script>\n",
}
WITH_APP_JS = "  <script src=\"{% static 'shop/app.js' %}\"></script>"
MISSING = "missing shop/main.js at shop/templates/base.html:2"
INSTEAD = (
    f"instead shop/app.js shop/static/shop/app.js at shop/templates/base.html:2: {WITH_APP_JS}"
)

SCRIPT = "http://localhost:8765/static/shop/main.js"
TYPE = "its MIME type ('text/html') is not executable"
CONSOLE = tuple(
    f"2026-11-29T07:20:49.588Z {message}"
    for message in (
        f"SEVERE: {SCRIPT} - Failed to load resource: the server responded with a status of 404 ()",
        f"SEVERE: http://x/ - Refused to execute script from '{SCRIPT}' because {TYPE}, and strict",
        f"ERROR: The resource from “{SCRIPT}” was blocked due to MIME type (“text/html”) mismatch",
        f'SEVERE: {SCRIPT} - Failed to load module script: Expected … MIME type of "text/html".',
        f"ERROR: Loading module from “{SCRIPT}” was blocked … disallowed MIME type (“text/html”).",
    )
)


def scanned(
    folder: Path, source: str, *lines: str, project: dict[str, str] | None = None
) -> tuple[str, ...]:
    for name, text in (PROJECT if project is None else project).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    facts = Facts(verdict=Verdict.TESTS_FAILED, lines={source: lines})
    tree = SourceTree(top=folder, directory=folder, dockerfile="Dockerfile")
    return scan_static_names(facts, tree)


@pytest.mark.parametrize(
    "source, line",
    [
        ("page links", "404 /static/shop/main.js"),
        ("page links", "an HTML page /static/shop/main.js"),
        ("container.log", "Not Found: /static/shop/main.js"),
        ("container.log before the tests", "WARNING Not Found: /static/shop/main.js"),
        ("container.log", '1.2.3.4 - "GET /static/shop/main.js HTTP/1.1" 404 179'),
        (
            "container.log",
            "ValueError: Missing staticfiles manifest entry for 'shop/main.js'",
        ),
        (
            "asked-again.log",
            "ValueError: Missing staticfiles manifest entry for 'shop/main.js'",
        ),
        *(("console", message) for message in CONSOLE),
    ],
)
def test_scan_static_names__who_asks_and_what_there_is(
    tmp_path: Path, source: str, line: str
) -> None:
    assert scanned(tmp_path, source, line) == (MISSING, INSTEAD)


@pytest.mark.parametrize(
    "link",
    [
        '<script src="/static/shop/main.js"></script>',
        "<script src='/static/shop/main.js?v=2'></script>",
        "<script src=/static/shop/main.js></script>",
        '{% static "shop/main.js" %}',
    ],
)
def test_scan_static_names__forms_of_a_link(tmp_path: Path, link: str) -> None:
    project = {**PROJECT, "shop/templates/base.html": link}
    found = scanned(tmp_path, "page links", "404 /static/shop/main.js", project=project)
    assert found[0] == "missing shop/main.js at shop/templates/base.html:1"
    assert found[1].endswith(f"base.html:1: {link.replace('main.js', 'app.js')}")


def test_scan_static_names__of_a_style_sheet(tmp_path: Path) -> None:
    project = {"shop/static/shop/app.css": 'a { b: url("../shop/bg.png") }\nc { d: url(bg.png) }'}
    line = "whitenoise.storage.MissingFileError: The file 'shop/bg.png' could not be found with <"
    found = scanned(tmp_path, "failed step", line, project=project)
    assert found == ("missing bg.png at shop/static/shop/app.css:2",)


@pytest.mark.parametrize(
    "link",
    ["<script src='/static/shop/mains.js'>", "<script src='/static/shop/domain.js'>", "main.js"],
)
def test_scan_static_names__nobody_asks(tmp_path: Path, link: str) -> None:
    project = {**PROJECT, "shop/templates/base.html": link}
    line = "404 /static/shop/main.js"
    assert scanned(tmp_path, "page links", line, project=project) == ()


def test_scan_static_names__nothing_similar(tmp_path: Path) -> None:
    project = {**PROJECT, "shop/templates/base.html": "'/static/vendor/jquery.min.js'"}
    line = "404 /static/vendor/jquery.min.js"
    found = scanned(tmp_path, "page links", line, project=project)
    assert found == ("missing vendor/jquery.min.js at shop/templates/base.html:1",)


def test_scan_static_names__a_file_that_is_there(tmp_path: Path) -> None:
    """Then the name is right, and something else keeps it from the page."""
    lines = ("404 /static/shop/main.js", "404 /static/shop/app.0123456789ab.css")
    assert scanned(tmp_path, "page links", *lines) == ("have shop/static/shop/app.css",)
    (tmp_path / "Dockerfile").write_text("RUN python manage.py collectstatic --noinput\n")
    found = scanned(tmp_path, "page links", *lines)
    assert found == ("have shop/static/shop/app.css", "collected")


def test_scan_static_names__an_image_without_static_files(tmp_path: Path) -> None:
    lines = ("No directory at: /src/static/", "Not Found: /static/shop/main.js")
    assert scanned(tmp_path, "container.log", *lines) == ()


def test_scan_static_names__source_code_in_a_traceback_is_no_name(tmp_path: Path) -> None:
    line = "\"Missing staticfiles manifest entry for '%s'\" % clean_name"
    assert scanned(tmp_path, "container.log", line) == ()


@pytest.mark.parametrize(
    "step", ["RUN npm ci && npm run build", "RUN tailwindcss -o a.css", "RUN pnpm exec vite build"]
)
def test_scan_static_names__files_that_the_image_makes(step: str, tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text(f"FROM node\n{step}\n")
    refused = "404 /static/shop/main.js"
    assert scanned(tmp_path, "page links", refused) == ()
    served = "served /static/shop/app.css"
    assert scanned(tmp_path, "page links", served, refused) == (MISSING, INSTEAD)


@pytest.mark.parametrize(
    "before, after",
    [
        (
            '<link href="{% static \'man.css\' %}" title="man.css.map">',
            '<link href="{% static \'main.css\' %}" title="man.css.map">',
        ),
        ('<link class="man.css" href="{% static \'man.css\' %}">', ""),
    ],
)
def test_scan_static_names__the_same_name_elsewhere_in_the_line(
    tmp_path: Path, before: str, after: str
) -> None:
    project = {"shop/static/main.css": "", "shop/templates/a.html": before}
    found = scanned(tmp_path, "page links", "404 /static/man.css", project=project)
    place = "shop/templates/a.html:1"
    mended = f"instead main.css shop/static/main.css at {place}: {after}"
    assert found == (f"missing man.css at {place}", *[mended][: bool(after)])
