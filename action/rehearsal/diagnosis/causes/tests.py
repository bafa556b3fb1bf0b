"""Causes that show only when a browser looks."""

from rehearsal.diagnosis.rules import Cause, Pattern, Variant
from rehearsal.verdict import Verdict

SAID = ("tests/output.log", "failures")
# While the tests ran, and before: an app complains of some things once, at its start.
APPS_LOG = ("container.log", "container.log before the tests")

COLLECT = (
    "# in the Dockerfile, after the line that copies the project in:\n"
    "RUN python manage.py collectstatic --noinput\n"
)
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
                SAID,
                r"The (?:browser|driver) (?P<name>\S+) is missing:.*",
                r"Unable to obtain driver for (?P<name>\w+)",
                r"cannot find (?P<name>\w+) binary",
            ),
        ),
        title="{name} is missing on the runner: no test could open a browser",
        hint="It is needed where the tests run, not in the image. GitHub's own Ubuntu runners "
        "have Chrome and Firefox with their drivers; on others install them in an earlier step.",
        paste="# in your workflow, before the step that uses this action:\n"
        "- run: sudo apt-get install --yes chromium chromium-driver",
    ),
    Cause(
        id="missing-form-field",
        verdicts=(Verdict.TESTS_FAILED,),
        patterns=(
            Pattern(
                "container.log",
                r"request\.(?P<data>POST|GET|FILES)\[.*\n(?:[ \t].*\n|\n)*"
                r"(?:\w+\.)*MultiValueDictKeyError: '(?P<field>[^'\n]+)'",
                r"MultiValueDictKeyError: '(?P<field>[^'\n]+)'",
            ),
        ),
        title="A request came without the field '{field}' that the view reads",
        hint="The form (or link, or script) and the view have to use the same name: compare "
        "name= in the template with the view's line. Only if the field is optional, read it with "
        ".get('{field}').",
        paste="# either in the template:\n"
        'name="{field}"\n'
        "\n"
        "# or in {code|the view}, with the name that the form uses:\n"
        'request.{data|POST}["NAME"]',
        variants=(
            Variant(
                pattern=Pattern("form fields", r"^same \S+ at (?P<template>.+)$"),
                hint="{template} has a field of that name, so the request came from elsewhere: "
                "another form, a link, a script. Or the browser left the field out, as it does "
                "with one that is disabled and with a box that is not ticked.",
                paste="# in what sends the request, as in {template}:\n"
                'name="{field}"\n'
                "\n"
                "# instead, only if the field is optional, in {code|the view}:\n"
                'request.{data|POST}.get("{field}")',
            ),
            Variant(
                pattern=Pattern(
                    "form fields", r"^other (?P<given>\S+) at (?P<template>.+)$", each="given"
                ),
                hint="No template here has a field named '{field}'; {template} has "
                "'{given}'{others|}. Use the same name in both. Where other views read that form, "
                "too, it is this view that has to change.",
                paste="# either in {code|the view}, in place of request.{data|POST}['{field}']:\n"
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
                "container.log",
                # What breaks a layout before the icon that is missing with it.
                r"Not Found: (?P<url>/static/\S+\.(?:css|js))\s*$",
                r"Not Found: (?P<url>/static/\S+)",
                r'"GET (?P<url>/static/\S+) HTTP/[\d.]+" 404\b',
                r"Missing staticfiles manifest entry for '(?P<url>[^'\n]+)'",
                each="url",
            ),
        ),
        details=(Pattern(APPS_LOG, r"No directory at: .*"),),
        title="Static files are not served: 404 for {url}{others|}",
        hint="Collect them while the image is built, and have WhiteNoise serve them.",
        paste=f"{COLLECT}\n# and {WHITENOISE}",
        background="Neither gunicorn nor, with DEBUG off, Django serves static files.",
        variants=(
            Variant(
                pattern=Pattern("container.log", r"Missing staticfiles manifest entry"),
                title="collectstatic has not seen {url}{others|}",
                hint="A template asks for a static file that the manifest does not list. See "
                "that the name is right, that COPY brings the file in before collectstatic runs, "
                "and that .dockerignore lets it.",
                paste=COLLECT,
                background="With a manifest every static file must exist when collectstatic runs.",
            ),
            Variant(
                pattern=Pattern(APPS_LOG, r"No directory at: (?P<folder>\S+)"),
                hint="WhiteNoise looks for them in {folder}, and there is no such folder in the "
                "image: have collectstatic make it while the image is built.",
                paste=COLLECT,
            ),
            Variant(
                # The storage takes the hash from the manifest, which collectstatic writes.
                pattern=Pattern("known", r"^url \S+\.[0-9a-f]{12}\.\w+$"),
                hint="Add WhiteNoise, which serves them: two changes, both needed. (The hash in "
                "the name shows that collectstatic has run. Where another server serves /static/ "
                "in production, a rehearsal has none.)",
                paste=f"# {WHITENOISE}",
            ),
        ),
    ),
)
