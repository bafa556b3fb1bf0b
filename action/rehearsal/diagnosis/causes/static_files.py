"""Causes of stylesheets, scripts and images that the app does not serve."""

from rehearsal.diagnosis.causes.give_up import LASTING_ERROR
from rehearsal.diagnosis.facts import LOCATIONS, LOG_BEFORE_TESTS
from rehearsal.diagnosis.rules import CAPTURES, Cause, GiveUp, Pattern, Variant
from rehearsal.results.file_names import CONTAINER_LOG
from rehearsal.verdict import Verdict

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

STATIC_FILES = (
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
