"""Causes that show mostly in the tests."""

from rehearsal.diagnosis.causes.give_up import LASTING_ERROR
from rehearsal.diagnosis.causes.snippets import IN_STEP
from rehearsal.diagnosis.facts import LOCATIONS, LOG_BEFORE_TESTS
from rehearsal.diagnosis.rules import CAPTURES, Cause, GiveUp, Pattern, Variant
from rehearsal.results.file_names import CONTAINER_LOG, TEST_LOG
from rehearsal.verdict import Verdict

TEST_OUTPUT = (TEST_LOG, "failures")
# An app logs some errors only once, at its start.
WHOLE_CONTAINER_LOG = (CONTAINER_LOG, LOG_BEFORE_TESTS)

NOT_IN_MANIFEST = Pattern(CONTAINER_LOG, r"Missing staticfiles manifest entry")

COLLECTSTATIC = (
    "# in the Dockerfile, after the line that copies the project in:\n"
    "RUN python manage.py collectstatic --noinput\n"
)
NO_STATIC_SERVER = "gunicorn does not serve static files, nor does Django with DEBUG off."
WHITENOISE = (
    "in {settings|settings.py}, in MIDDLEWARE, directly after SecurityMiddleware, add:\n"
    '"whitenoise.middleware.WhiteNoiseMiddleware",\n'
    "\n"
    "# and in requirements.txt, or wherever the image's requirements are, add:\n"
    "whitenoise"
)

TESTS = (
    Cause(
        id="no-browser",
        verdicts=(Verdict.TESTS_FAILED,),
        patterns=(
            Pattern(
                TEST_OUTPUT,
                r"The (?:browser|driver) (?P<name>\S+) is missing:.*",
                r"Unable to obtain driver for (?P<name>\w+)",
                r"cannot find (?P<name>\w+) binary",
            ),
        ),
        title="{name} is missing on the runner: no test could open a browser",
        hint="The tests run on the runner, so the browser belongs there and not into the image. "
        "GitHub's own Ubuntu runners have Chrome and Firefox with their drivers; on other runners "
        "install them in an earlier step.",
        paste="# in your workflow, before the step that uses this action:\n"
        "- run: sudo apt-get install --yes chromium chromium-driver",
    ),
    Cause(
        id="tests-missing-module",
        verdicts=(Verdict.TESTS_FAILED,),
        patterns=(
            Pattern(
                TEST_LOG,
                r"^(?:E +)?ModuleNotFoundError: No module named '(?P<module>[^'\n]+)'",
                r"^(?:E +)?Error: Cannot find module '(?P<module>[^./'\n][^'\n]*)'",
            ),
        ),
        title="The tests' own environment has no module {module}",
        hint="The tests run on the runner, not in the image. Add the package to the file that "
        "test-requirements names; functional_tests/requirements.txt is taken without that input.",
        variants=(
            Variant(
                pattern=Pattern(TEST_LOG, r"Error: Cannot find module '"),
                hint="The tests run on the runner, not in the image. Install what they need there: "
                "add the package to package.json, and run npm ci in a step before this one.",
            ),
            Variant(
                pattern=Pattern(CAPTURES, r"^module (?:functional_tests|tests?)(?:\.\S*)?$"),
                title="The tests do not find their own module {module}",
                hint="Python looks for it where the tests start. Set working-directory to the "
                "folder above it, or correct the name in test-command.",
            ),
            Variant(
                pattern=Pattern(CAPTURES, r"^module django$"),
                hint="The tests run on the runner, not in the image, and manage.py test imports "
                "Django. Add Django to the file that test-requirements names, or run the tests "
                "without it: test-command: python -m unittest discover functional_tests.",
            ),
        ),
    ),
    Cause(
        id="tests-missing-variable",
        verdicts=(Verdict.TESTS_FAILED,),
        patterns=(
            Pattern(
                TEST_LOG,
                r'File "(?:<frozen os>|[^"\n]*/os\.py)", line \d+, in __getitem__\n'
                r"(?:    .*\n)*(?:E +)?KeyError: '(?P<name>\w+)'",
            ),
        ),
        title="The environment variable {name} is missing in the tests",
        hint="The tests do not get the container's variables and secrets. Give them their own. If "
        "the step has a test-env: input already, add a line to it: test-env: | and one a line.",
        paste=f"{IN_STEP}test-env: {{name}}=VALUE",
    ),
    Cause(
        id="csrf-rejected",
        verdicts=(Verdict.TESTS_FAILED,),
        patterns=(
            Pattern(
                CONTAINER_LOG,
                r"Forbidden \((?P<reason>(?:CSRF|Origin|Referer)[^)\n]*)\): (?P<path>\S+)",
            ),
        ),
        title="Django refused a request to {path} with 403: {reason}",
        hint="The form that sends it needs the token in its template; a script has to send the "
        "header X-CSRFToken.",
        paste="{% csrf_token %}",
        variants=(
            Variant(
                pattern=Pattern(CAPTURES, r"^reason Origin checking failed - (?P<origin>\S+)"),
                hint="The browser says that the request comes from {origin}. Add it to "
                "CSRF_TRUSTED_ORIGINS, best from a variable. If the app takes every request for "
                "https (SECURE_PROXY_SSL_HEADER), switch that off here: a rehearsal has no proxy.",
                paste='# in {settings|settings.py}:\nCSRF_TRUSTED_ORIGINS = ["{origin}"]',
            ),
        ),
    ),
    Cause(
        id="worker-timeout",
        verdicts=(Verdict.TESTS_FAILED, Verdict.NOT_READY),
        patterns=(
            Pattern(
                CONTAINER_LOG,
                r"\[CRITICAL\] WORKER TIMEOUT \(pid:\d+\)",
                r"in handle_abort\n(?:    .*\n)+SystemExit: 1",
            ),
        ),
        title="A worker of gunicorn answered for longer than its timeout, and was ended",
        hint="Find what takes so long: the traceback below WORKER TIMEOUT ends in that line. If it "
        "may take long, raise gunicorn's --timeout (30 s by default).",
    ),
    Cause(
        id="missing-form-field",
        verdicts=(Verdict.TESTS_FAILED,),
        patterns=(
            Pattern(
                CONTAINER_LOG,
                r"request\.(?P<data>POST|GET|FILES)\[.*\n(?:[ \t].*\n|\n)*"
                r"(?:\w+\.)*MultiValueDictKeyError: '(?P<field>[^'\n]+)'",
                r"MultiValueDictKeyError: '(?P<field>[^'\n]+)'",
            ),
        ),
        title="A request has no field '{field}', which the view reads",
        hint="The form (or link, or script) and the view have to use the same name. Compare name= "
        "in the template with the view. Only if the field is optional, read it with "
        ".get('{field}').",
        paste="# either in the template:\n"
        'name="{field}"\n'
        "\n"
        "# or in {code|the view}, with the name that the form uses:\n"
        'request.{data|POST}["NAME"]',
        variants=(
            Variant(
                pattern=Pattern("form fields", r"^same \S+ at (?P<template>.+)$"),
                hint="{template} has a field of that name, so the request came from another form, "
                "a link or a script. Or the browser did not send the field: it omits disabled "
                "fields and boxes that are not ticked.",
                paste="# in what sends the request, as in {template}:\n"
                'name="{field}"\n'
                "\n"
                "# instead, only if the field is optional, in {code|the view}:\n"
                'request.{data|POST}.get("{field}")',
            ),
            Variant(
                pattern=Pattern(
                    "form fields",
                    r"^other (?P<given>\S+) at (?P<template>.+)$",
                    every_value_of="given",
                ),
                hint="No template has a field named '{field}'; {template} has '{given}'{others|}. "
                "Use the same name in both. If other views read that form too, change this view.",
                paste="# either in {code|the view}, instead of request.{data|POST}['{field}']:\n"
                'request.{data|POST}["{given}"]\n'
                "\n"
                "# or in {template}:\n"
                'name="{field}"',
            ),
        ),
    ),
    Cause(
        id="static-files",
        verdicts=(Verdict.TESTS_FAILED, Verdict.NOT_READY),
        patterns=(
            Pattern(
                (CONTAINER_LOG, "page links"),
                # Stylesheets and scripts first: they matter more than a missing icon.
                r"Not Found: (?P<url>/static/\S+\.(?:css|js))\s*$",
                r"Not Found: (?P<url>/static/\S+)",
                r'"GET (?P<url>/static/\S+) HTTP/[\d.]+" 404\b',
                r"Missing staticfiles manifest entry for '(?P<url>[^'\n]+)'",
                r"^(?P<answer>\d{3}|an HTML page) (?P<url>/\S+\.(?:css|js))$",
                r"^(?P<answer>\d{3}|an HTML page) (?P<url>/\S+)$",
                every_value_of="url",
            ),
        ),
        details=(Pattern(WHOLE_CONTAINER_LOG, r"No directory at: .*"),),
        title="Static files are not served: {answer|404} for {url}{others|}",
        hint="The page links to them, and the image has no server for them or lacks the files. "
        "Check that COPY copies them or a build step makes them, and that the app's own server "
        "serves their folder.",
        give_up=GiveUp(
            after=LASTING_ERROR.after, only_if=(*LASTING_ERROR.only_if, NOT_IN_MANIFEST)
        ),
        variants=(
            Variant(
                pattern=NOT_IN_MANIFEST,
                title="collectstatic did not find {url}{others|}",
                hint="A template uses a static file that the manifest does not list. Check the "
                "name, check that COPY copies the file before collectstatic runs, and that "
                ".dockerignore does not exclude it.",
                paste=COLLECTSTATIC,
                background="With a manifest, every static file must exist when collectstatic runs.",
            ),
            Variant(
                pattern=Pattern(WHOLE_CONTAINER_LOG, r"No directory at: (?P<folder>\S+)"),
                hint="WhiteNoise looks for them in {folder}, and the image has no such folder: run "
                "collectstatic while the image is built.",
                paste=COLLECTSTATIC,
                background=NO_STATIC_SERVER,
            ),
            Variant(
                # A name with a hash comes from the manifest, which collectstatic writes.
                pattern=Pattern(CAPTURES, r"^url \S+\.[0-9a-f]{12}\.\w+$"),
                hint="Add WhiteNoise, which serves them; both changes are needed. (The hash in the "
                "name shows that collectstatic has run. If another server serves /static/ in "
                "production, a rehearsal does not have that server.)",
                paste=f"# {WHITENOISE}",
                background=NO_STATIC_SERVER,
            ),
            Variant(
                # Django's own words, or Django's settings in the checkout.
                pattern=Pattern((CONTAINER_LOG, LOCATIONS), r"Not Found: /", r"^settings "),
                hint="Collect them while the image is built, and let WhiteNoise serve them.",
                paste=f"{COLLECTSTATIC}\n# and {WHITENOISE}",
                background=NO_STATIC_SERVER,
            ),
        ),
    ),
)
