"""What is said of styles and scripts that a page lacks."""

import pytest

from rehearsal.diagnosis.causes import CAUSES
from rehearsal.diagnosis.facts import Facts
from rehearsal.diagnosis.rules import diagnose
from rehearsal.results.diagnosis import Diagnosis
from rehearsal.verdict import Verdict

NO_ROOT = (
    "django.core.exceptions.ImproperlyConfigured: You're using the staticfiles app without having "
    "set the STATIC_ROOT setting to a filesystem path."
)
NOT_LISTED = "ValueError: Missing staticfiles manifest entry for 'shop/app.css'"
NO_SUCH_FILE = "base.html:12 asks for the static file shop/main.js, which does not exist"
LINK = "404 /static/shop/main.js"
MISSING = "missing shop/main.js at base.html:12"
INSTEAD = "instead shop/app.js static/shop/app.js at base.html:12: <script src='{% static %}'>"


def first(verdict: Verdict = Verdict.TESTS_FAILED, **sources: tuple[str, ...]) -> Diagnosis:
    names = {name.replace("_", " "): lines for name, lines in sources.items()}
    logs = {"log": "container.log", "setup": "setup.log"}
    lines = {logs.get(name, name): found for name, found in names.items()}
    return diagnose(Facts(verdict=verdict, lines=lines), CAUSES)[0]


def test_static_name__a_similar_one() -> None:
    found = first(page_links=(LINK,), static_names=(MISSING, INSTEAD))
    assert found.id == "static-name"
    assert found.title == NO_SUCH_FILE
    assert (found.file, found.line) == ("base.html", 12)
    assert found.hint.startswith("The closest is shop/app.js (static/shop/app.js). ")
    assert not found.matching_lines, "what the scan says is no evidence"
    assert found.paste == (
        "# in base.html, instead of line 12, write:\n<script src='{% static %}'>"
    )


def test_static_name__nothing_similar() -> None:
    found = first(page_links=(LINK,), static_names=(MISSING,))
    assert found.title == NO_SUCH_FILE
    assert not found.paste
    assert "WhiteNoise" not in f"{found.hint}{found.background}"


@pytest.mark.parametrize(
    "names, text, paste",
    [
        ((), "Check the name", ""),
        (("have static/shop/app.css", "collected"), "Check that COPY copies it", ""),
        (("have static/shop/app.css",), "does not run collectstatic", "RUN python manage.py"),
    ],
)
@pytest.mark.parametrize("verdict", [Verdict.NOT_READY, Verdict.TESTS_FAILED], ids=str)
def test_not_collected__variants(
    verdict: Verdict, names: tuple[str, ...], text: str, paste: str
) -> None:
    found = first(
        verdict,
        log=(NOT_LISTED,),
        static_names=names,
        answer=("HTTP status 500",),
        proposals=("collectstatic RUN python manage.py collectstatic",),
    )
    assert found.id == "not-collected"
    assert "lacks shop/app.css: " in found.title
    assert text in found.hint
    assert paste in found.paste
    assert bool(paste) == bool(found.paste)


@pytest.mark.parametrize(
    "verdict, source",
    [
        (Verdict.BUILD_FAILED, "failed_step"),
        (Verdict.SETUP_FAILED, "setup"),
        (Verdict.CRASHED, "log"),
    ],
    ids=str,
)
def test_static_root__wherever_collectstatic_runs(verdict: Verdict, source: str) -> None:
    found = first(verdict, **{source: (NO_ROOT,)})
    assert found.id == "static-root"
    assert found.paste.endswith('\nSTATIC_ROOT = "staticfiles"')
    found = first(
        verdict, **{source: (NO_ROOT,)}, locations=("settings a/settings.py", "base-dir Path")
    )
    assert found.paste == (
        '# in a/settings.py, at the end, add:\nSTATIC_ROOT = BASE_DIR / "staticfiles"'
    )


CHROME = (
    "SEVERE: http://localhost:8765/index.html - Refused to apply style from 'http://localhost:8765"
    "/static/shop/app.css' because its MIME type ('text/html') is not a supported stylesheet MIME "
    "type, and strict MIME checking is enabled."
)
FIREFOX = (
    "ERROR: The resource from “http://localhost:8765/static/shop/app.css” was blocked due to MIME "
    "type (“text/html”) mismatch (X-Content-Type-Options: nosniff)."
)
QUIRKS = (
    "WARN: The stylesheet http://localhost:8765/static/shop/app.css was not loaded because its "
    "MIME type, “text/html”, is not “text/css”."
)


@pytest.mark.parametrize("message", [CHROME, FIREFOX, QUIRKS], ids=["Chrome", "Firefox", "quirks"])
def test_static_files__refused_by_the_browser(message: str) -> None:
    found = first(console=(f"2026-11-29T07:20:49.582Z {message}",))
    assert found.id == "static-files"
    assert found.title == "Static files are not served: text/html for /static/shop/app.css"
