"""Faults of a page: of its styles, its scripts and its templates."""

from dataclasses import replace

from .faults import A_LIST, Fault, Line
from .suite_faults import TOOLS

BROWSING = """\
import os

from rehearsal_testing import BrowserTestCase


class Visit(BrowserTestCase):
    def test_counts(self):
        self.browser.get(os.environ["REHEARSAL_URL"])
        self.assertEqual(self.browser.find_element("id", "count").text, "0 items")
"""
COUNTS = """\
// Shows how many items the list has.
const items = document.querySelectorAll("#id_list_table tr");
document.querySelector("#cuont").textContent = `${items.length} items`;
"""
TEMPLATES = "superlists/lists/templates"
SETTINGS = "superlists/settings.py"
BROWSED = {"test-command": f"{TOOLS} python -m unittest browsing"}
SCRIPT = Fault(
    name="script-error-chrome",
    app="superlists",
    verdict="tests-failed",
    diagnosis="script-error",
    inputs=BROWSED,
    files={"browsing.py": BROWSING, "superlists/lists/static/lists/counts.js": COUNTS},
    edits=(
        ("superlists/middleware.py", "default-src 'none'; ", r"\g<0>script-src 'self'; "),
        (
            f"{TEMPLATES}/lists/home.html",
            r"(\{% block content %\})",
            r"""{% load static %}\1
<p id="count"></p><script src="{% static 'lists/counts.js' %}" defer></script>""",
        ),
    ),
    told=(
        "A script of the page failed at superlists/lists/static/lists/counts.js:3",
        "TypeError: Cannot set properties of null",
        "an element that the page does not have",
    ),
    lines=(
        Line(
            file="superlists/lists/static/lists/counts.js",
            holds="#cuont",
            says="A script of the page failed",
        ),
        Line(file="browsing.py", holds="self.assertEqual", says="'' != '0 items'"),
    ),
)

MANIFEST = """
STORAGES = {
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
"""
LOGGING = """
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "INFO"},
}
"""
MANIFEST_ERROR = Line(
    file="entries/views.py", holds="return render", says="Missing staticfiles manifest entry"
)
VIEW = Line(file="superlists/lists/views.py", holds='render(request, "lists/list.html"', says="")

PAGE_FAULTS = (
    SCRIPT,
    replace(
        SCRIPT,
        name="script-error-firefox",
        inputs={**SCRIPT.inputs, "test-env": "BROWSER=firefox"},
        told=(SCRIPT.told[0], "TypeError: can't access property", SCRIPT.told[2]),
    ),
    replace(
        SCRIPT,
        name="csp-blocked",
        diagnosis="csp-blocked",
        # The app's policy allows no script.
        edits=SCRIPT.edits[1:],
        told=(
            "The page's Content-Security-Policy blocks http://localhost:",
            "/static/lists/counts.",
            "Its directive default-src 'none' does not allow that",
        ),
        lines=SCRIPT.lines[1:],
    ),
    Fault(
        name="static-name",
        app="plain_app",
        verdict="tests-failed",
        diagnosis="static-name",
        edits=(("entries/templates/base.html", "entries/app.js", "entries/main.js"),),
        told=(
            "base.html:15 asks for the static file entries/main.js, which does not exist",
            "The closest is entries/app.js (entries/static/entries/app.js)",
        ),
        lines=(
            Line(
                file="entries/templates/base.html",
                holds="entries/main.js",
                says="asks for the static file",
            ),
            Line(
                file="functional_tests/test_pages.py",
                holds="self.get(link)",
                says="HTTP Error 404",
            ),
        ),
        then="passed",
    ),
    Fault(
        name="static-name-manifest",
        app="plain_app",
        verdict="not-ready",
        diagnosis="static-name",
        edits=(
            ("entries/templates/base.html", "entries/style.css", "entries/styles.css"),
            ("guestbook/settings.py", r"\Z", MANIFEST + LOGGING),
        ),
        told=(
            "base.html:8 asks for the static file entries/styles.css, which does not exist",
            "Gave up early: ",
        ),
        lines=(
            Line(
                file="entries/templates/base.html",
                holds="entries/styles.css",
                says="asks for the static file",
            ),
            MANIFEST_ERROR,
        ),
        then="passed",
    ),
    Fault(
        name="not-collected",
        app="plain_app",
        verdict="not-ready",
        diagnosis="not-collected",
        files={".dockerignore": "**/*.css\n"},
        edits=(("guestbook/settings.py", r"\Z", MANIFEST + LOGGING),),
        told=(
            "The manifest of static files lacks entries/style.css",
            "The project has entries/static/entries/style.css",
            ".dockerignore",
            "Gave up early: ",
        ),
        lines=(MANIFEST_ERROR,),
    ),
    Fault(
        name="static-name-style-sheet",
        app="superlists",
        verdict="build-failed",
        diagnosis="static-name",
        edits=(
            (
                "superlists/lists/static/lists/superlists.css",
                r"\Z",
                '\nbody { background: url("paper.png"); }\n',
            ),
        ),
        told=("superlists.css:", "asks for the static file paper.png, which does not exist"),
        lines=(
            Line(
                file="superlists/lists/static/lists/superlists.css",
                holds="paper.png",
                says="asks for the static file",
            ),
            Line(file="Dockerfile", holds="collectstatic", says="lists/paper.png"),
        ),
    ),
    Fault(
        name="static-root",
        app="plain_app",
        verdict="build-failed",
        diagnosis="static-root",
        edits=(("guestbook/settings.py", r"^STATIC_ROOT = .*\n", ""),),
        told=("STATIC_ROOT is not set", "in guestbook/settings.py, at the end, add:"),
        lines=(Line(file="Dockerfile", holds="collectstatic", says="STATIC_ROOT setting"),),
        then="passed",
    ),
    Fault(
        # No start page shows the links, and nothing logs them.
        name="static-files-console",
        app="superlists",
        verdict="tests-failed",
        diagnosis="static-files",
        inputs={**BROWSED, "ready-path": "/healthz"},
        files={"browsing.py": BROWSING.replace("0 items", "")},
        edits=(
            (SETTINGS, r"^LOGGING = \{", "NOT_LOGGING = {"),
            (SETTINGS, r'^    "whitenoise\.middleware.*\n', ""),
        ),
        told=("Static files are not served: text/html for /static/", "WhiteNoiseMiddleware"),
        lines=(Line(file="browsing.py", holds='"count"', says="no such element"),),
        # It expects what no page has.
        then="tests-failed",
    ),
    Fault(
        # By default Django logs no traceback, so it comes from asking again.
        name="template-missing-silent",
        app="plain_app",
        verdict="not-ready",
        diagnosis="template-missing",
        edits=(("entries/views.py", "entries/home.html", "entries/hoem.html"),),
        told=(
            "There is no template entries/hoem.html, but entries/home.html",
            "entries/views.py:13 asks for it",
        ),
        lines=(
            Line(file="entries/views.py", holds="entries/hoem.html", says="There is no template"),
        ),
        evidence={"asked-again.log": "TemplateDoesNotExist: entries/hoem.html"},
        then="passed",
    ),
    Fault(
        name="template-missing",
        app="superlists",
        verdict="tests-failed",
        diagnosis="template-missing",
        edits=((f"{TEMPLATES}/lists/list.html", "lists/form.html", "lists/from.html"),),
        told=(
            "There is no template lists/from.html, but lists/form.html",
            "superlists/lists/templates/lists/list.html:9 asks for it",
        ),
        lines=(
            Line(
                file=f"{TEMPLATES}/lists/list.html",
                holds="lists/from.html",
                says="There is no template",
            ),
            A_LIST,
            replace(VIEW, says="TemplateDoesNotExist: lists/from.html"),
        ),
        then="passed",
    ),
    Fault(
        name="template-syntax",
        app="superlists",
        verdict="tests-failed",
        diagnosis="template-syntax",
        edits=((f"{TEMPLATES}/lists/list.html", "url 'home'", "urll 'home'"),),
        told=(
            "A template has an error at superlists/lists/templates/lists/list.html:18",
            "Invalid block tag on line 18: 'urll'",
        ),
        lines=(
            Line(
                file=f"{TEMPLATES}/lists/list.html",
                holds="urll",
                says="A template has an error",
            ),
            A_LIST,
            replace(VIEW, says="TemplateSyntaxError: Invalid block tag on line 18"),
        ),
        then="passed",
    ),
    Fault(
        name="template-library",
        app="superlists",
        verdict="tests-failed",
        diagnosis="template-syntax",
        edits=((f"{TEMPLATES}/lists/list.html", "url 'home'", "static 'lists/icon.svg'"),),
        told=(
            "superlists/lists/templates/lists/list.html uses the library static",
            "after line 1, add:",
        ),
        lines=(
            Line(
                file=f"{TEMPLATES}/lists/list.html",
                holds="static",
                says="uses the library static",
            ),
            A_LIST,
            replace(VIEW, says="TemplateSyntaxError: Invalid block tag on line 18"),
        ),
        then="passed",
    ),
    Fault(
        name="no-such-url",
        app="superlists",
        verdict="tests-failed",
        diagnosis="no-such-url",
        edits=((f"{TEMPLATES}/lists/list.html", "url 'home'", "url 'homes'"),),
        told=(
            "No address has the name 'homes', but 'home'",
            "superlists/lists/templates/lists/list.html:18 asks for it",
        ),
        lines=(
            Line(
                file=f"{TEMPLATES}/lists/list.html",
                holds="homes",
                says="No address has the name",
            ),
            A_LIST,
            replace(VIEW, says="NoReverseMatch: Reverse for 'homes' not found"),
        ),
        then="passed",
    ),
)
