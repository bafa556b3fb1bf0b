"""Twelve ways to break a plain Django project, and what a rehearsal says of each.

The project is `fixtures/plain_app`: what Django's own commands write, a form, a style sheet and a
script. Its settings have no LOGGING, as Django's default has none.
"""

from .faults import PLAIN_TESTS, Fault, Line

LOGGING = """
LOGGING = {
    'version': 1,
    'disable_existing_loggers': False,
    'handlers': {'console': {'class': 'logging.StreamHandler'}},
    'root': {'handlers': ['console'], 'level': 'INFO'},
}
"""
VIEW = "entries/views.py"
# What the page of an entry does with a field that an entry does not have.
WRONG_VIEW = (VIEW, r"^(    found = .*)$", r"\1\n    found.name = found.written.year")
NO_SUCH_FIELD = "AttributeError: 'Entry' object has no attribute 'written'"
VIEW_FAILED = Line(file=VIEW, holds="found.written.year", says=NO_SUCH_FIELD)
IN_BROWSER = {"test-command": f"{PLAIN_TESTS}.test_visitor"}
ADA_READS = Line(
    file="functional_tests/test_visitor.py",
    holds="self.assertEqual(self.browser.title",
    says="'Server Error (500)' != 'Ada wrote'",
)

BREAKS = (
    Fault(
        name="plain-port",
        app="plain_app",
        verdict="not-ready",
        diagnosis="wrong-port",
        edits=(("Dockerfile", r"0\.0\.0\.0:8888", "0.0.0.0:8000"),),
        told=("listens on port 8000", "Do one of these, not both", "port: '8000'"),
        then="passed",
    ),
    Fault(
        name="plain-host",
        app="plain_app",
        verdict="not-ready",
        diagnosis="disallowed-host",
        inputs={"env": "ALLOWED_HOSTS=guestbook.example.com"},
        told=("ALLOWED_HOSTS does not contain localhost", "ALLOWED_HOSTS=localhost"),
        then="passed",
    ),
    Fault(
        # While the image is built first, then in the container.
        name="plain-variable",
        app="plain_app",
        verdict="build-failed",
        diagnosis="missing-variable",
        edits=(("guestbook/settings.py", r"\Z", "\nCONTACT = os.environ['CONTACT_ADDRESS']\n"),),
        told=(
            "Missing while the image is built: the environment variable CONTACT_ADDRESS",
            "in Dockerfile, instead of line 11, write:",
            "RUN CONTACT_ADDRESS=only-for-the-build python manage.py collectstatic --noinput",
            "Two changes are needed.",
            "CONTACT_ADDRESS=VALUE",
        ),
        lines=(
            Line(
                file="Dockerfile",
                holds="RUN python manage.py collectstatic",
                says="CONTACT = os.environ['CONTACT_ADDRESS']",
            ),
        ),
        then="passed",
    ),
    Fault(
        name="plain-package",
        app="plain_app",
        verdict="setup-failed",
        diagnosis="missing-module",
        edits=((VIEW, r"\A", "from markdown import markdown\n\n"),),
        told=(
            "The Python module markdown is missing",
            "in requirements.txt, at the end, add:",
            "pin its",
        ),
        lines=(Line(file=VIEW, holds="from markdown", says="No module named 'markdown'"),),
        then="passed",
    ),
    Fault(
        # The tests' output has no times, so the log of the whole suite is what they were answered.
        name="plain-view-logged",
        app="plain_app",
        verdict="tests-failed",
        edits=(WRONG_VIEW, ("guestbook/settings.py", r"\Z", LOGGING)),
        told=(f"The app raised {NO_SUCH_FIELD} at entries/views.py:18",),
        lines=(
            Line(
                file="functional_tests/test_pages.py",
                holds="self.get(link)",
                says="HTTP Error 500",
            ),
            VIEW_FAILED,
        ),
        evidence={"container.log": "Internal Server Error: /entries/1/"},
    ),
    Fault(
        name="plain-view-silent",
        app="plain_app",
        verdict="tests-failed",
        inputs=IN_BROWSER,
        edits=(WRONG_VIEW,),
        told=(f"The app raised {NO_SUCH_FIELD} at entries/views.py:18",),
        lines=(ADA_READS, VIEW_FAILED),
        evidence={"asked-again.log": "asked again: GET /entries/1/"},
    ),
    Fault(
        name="plain-module",
        app="plain_app",
        verdict="setup-failed",
        diagnosis="own-module",
        files={
            "wording/__init__.py": "",
            "wording/polite.py": "def polite(text):\n    return text\n",
        },
        edits=((VIEW, r"^(from entries\.models.*)$", r"\1\nfrom wording.polite import polite"),),
        told=(
            "The folder wording is in the repository, but not in the image",
            "in Dockerfile, after line 10, add:",
            "COPY wording wording",
        ),
        lines=(Line(file=VIEW, holds="from wording.polite", says="No module named 'wording'"),),
        then="passed",
    ),
    Fault(
        name="plain-template",
        app="plain_app",
        verdict="tests-failed",
        diagnosis="template-syntax",
        inputs=IN_BROWSER,
        edits=(("entries/templates/entries/entry.html", r"linebreaksbr", "linebreakbr"),),
        told=(
            "A template has an error at entries/templates/entries/entry.html:7: ",
            "Invalid filter: 'linebreakbr'",
            "Django has no filter linebreakbr; did you mean linebreaksbr?",
        ),
        lines=(
            Line(
                file="entries/templates/entries/entry.html",
                holds="linebreakbr",
                says="A template has an error",
            ),
            ADA_READS,
            Line(file=VIEW, holds="return render(request", says="Invalid filter: 'linebreakbr'"),
        ),
        then="passed",
    ),
    Fault(
        name="plain-migration",
        app="plain_app",
        verdict="not-ready",
        diagnosis="missing-column",
        edits=(
            (
                "entries/models.py",
                r"^(    text = .*)$",
                r"\1\n    town = models.CharField(max_length=50, blank=True)",
            ),
        ),
        told=("no column entries_entry.town", "python manage.py makemigrations"),
        then="passed",
        lines=(
            Line(
                file=VIEW,
                holds="return render(request, 'entries/home.html'",
                says="no such column: entries_entry.town",
            ),
        ),
        evidence={"asked-again.log": "asked again: GET /"},
    ),
    Fault(
        name="plain-static-name",
        app="plain_app",
        verdict="tests-failed",
        diagnosis="static-name",
        edits=(("entries/templates/base.html", r"entries/app\.js", "entries/main.js"),),
        told=(
            "entries/templates/base.html:15 asks for the static file entries/main.js, which does",
            "The closest is entries/app.js (entries/static/entries/app.js).",
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
        name="plain-script",
        app="plain_app",
        verdict="tests-failed",
        diagnosis="script-error",
        inputs=IN_BROWSER,
        edits=(("entries/static/entries/app.js", r"text\.value\.length", "text.content.length"),),
        told=(
            "A script of the page failed at entries/static/entries/app.js:5: ",
            "TypeError: Cannot read properties of undefined (reading 'length')",
            "What stands before .length is undefined there.",
            "text.content.length",
        ),
        lines=(
            Line(
                file="entries/static/entries/app.js",
                holds="text.content.length",
                says="A script of the page failed",
            ),
            Line(
                file="functional_tests/test_visitor.py",
                holds="self.assertEqual(left,",
                says="'' != '190 characters left'",
            ),
        ),
    ),
    Fault(
        name="plain-style",
        app="plain_app",
        verdict="tests-failed",
        diagnosis="covered-element",
        inputs=IN_BROWSER,
        edits=(
            (
                "entries/static/entries/style.css",
                r"^\.imprint \{$",
                ".imprint {\n  position: fixed;\n  inset: 0;",
            ),
        ),
        told=(
            'reach <button type="submit">: <p class="imprint"> lies on top of it',
            "Take it out of the way: the rule .imprint (entries/static/entries/style.css:16)",
            "in entries/static/entries/style.css, instead of line 16, write:",
        ),
        lines=(
            Line(
                file="functional_tests/test_visitor.py",
                holds=".click()",
                says="element click intercepted",
            ),
        ),
        then="passed",
    ),
)
