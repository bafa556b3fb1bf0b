"""Causes of stylesheets, scripts and images that the app does not serve."""

from rehearsal.diagnosis.causes.give_up import LASTING_ERROR
from rehearsal.diagnosis.facts import (
    FAILED_STEP,
    LOCATIONS,
    LOG_BEFORE_TESTS,
    PROPOSALS,
    STATIC_NAMES,
)
from rehearsal.diagnosis.rules import CAPTURES, Cause, Pattern, Variant
from rehearsal.results.file_names import ASKED_AGAIN_LOG, CONTAINER_LOG, SETUP_LOG
from rehearsal.source.browser_console import REFUSED_TYPES
from rehearsal.verdict import Verdict

# An app logs some errors only once, at its start.
WHOLE_CONTAINER_LOG = (CONTAINER_LOG, LOG_BEFORE_TESTS)

# WhiteNoise says so at the start.
NO_FOLDER = Pattern(WHOLE_CONTAINER_LOG, r"No directory at: (?P<folder>\S+)")
# The project's files show that only the name is wrong.
OTHER_NAME = Pattern(STATIC_NAMES, r"^missing (?P<name>\S+) at (?P<place>.+)$", shown=False)

AT_THE_END = "# in {settings|settings.py}, at the end, add:\n"
NO_STATIC_SERVER = "gunicorn does not serve static files, nor does Django with DEBUG off."

WRONG_NAMES = (
    Cause(
        id="static-root",
        verdicts=(Verdict.BUILD_FAILED, Verdict.SETUP_FAILED, Verdict.CRASHED),
        patterns=(
            Pattern(
                (FAILED_STEP, SETUP_LOG, CONTAINER_LOG),
                r"ImproperlyConfigured: You're using the staticfiles app without having set the "
                r"STATIC_ROOT setting",
            ),
        ),
        title="STATIC_ROOT is not set, so collectstatic has no folder to collect into",
        hint="Name a folder in the settings. What collectstatic makes belongs into the image only, "
        "not into the repository.",
        paste=f'{AT_THE_END}STATIC_ROOT = "staticfiles"',
        variants=(
            Variant(
                pattern=Pattern(LOCATIONS, "^base-dir Path$"),
                paste=f'{AT_THE_END}STATIC_ROOT = BASE_DIR / "staticfiles"',
            ),
        ),
    ),
    Cause(
        id="static-name",
        verdicts=(Verdict.TESTS_FAILED, Verdict.NOT_READY, Verdict.BUILD_FAILED),
        patterns=(OTHER_NAME,),
        details=(
            Pattern(
                (ASKED_AGAIN_LOG, CONTAINER_LOG, FAILED_STEP, SETUP_LOG),
                r"Missing staticfiles manifest entry for '.+",
                r"The file '.+' could not be found with <.+",
            ),
        ),
        place="{place}",
        title="{place} asks for the static file {name}, which does not exist",
        hint="Correct the name there, or add the file to the repository. If a step of the build "
        "makes it, see that the Dockerfile runs that step, and before collectstatic.",
        variants=(
            Variant(
                pattern=Pattern(
                    STATIC_NAMES,
                    r"^instead (?P<similar>\S+) (?P<path>\S+) at (?P<file>.+):(?P<line>\d+): "
                    r"(?P<text>.*)$",
                ),
                hint="The closest is {similar} ({path}). If you meant that, write its name. If "
                "{name} is new, commit it.",
                paste="# in {file}, instead of line {line}, write:\n{text}",
            ),
        ),
    ),
    Cause(
        id="not-collected",
        verdicts=(Verdict.TESTS_FAILED, Verdict.NOT_READY),
        patterns=(
            Pattern(
                (CONTAINER_LOG, ASKED_AGAIN_LOG),
                r"Missing staticfiles manifest entry for '(?P<url>[^'%\n]+)'",
                every_value_of="url",
            ),
        ),
        unless=(OTHER_NAME,),
        title="The manifest of static files lacks {url}{others|}: collectstatic did not find it",
        hint="A template uses a static file that the manifest does not list. Check the name, check "
        "that COPY copies the file before collectstatic runs, and that .dockerignore does not "
        "exclude it.",
        background="With a manifest, every static file must exist when collectstatic runs.",
        variants=(
            Variant(
                pattern=Pattern(STATIC_NAMES, r"^have (?P<path>.+)\ncollected$"),
                hint="The project has {path}, but collectstatic did not see it when the image was "
                "built. Check that COPY copies it before that line, and that .dockerignore does "
                "not exclude it.",
            ),
            Variant(
                pattern=Pattern(STATIC_NAMES, r"^have (?P<path>.+)$"),
                hint="The project has {path}, and the Dockerfile does not run collectstatic, which "
                "makes the manifest.",
                paste="{collectstatic|}",
            ),
        ),
        give_up=LASTING_ERROR,
    ),
)

STATIC_FILES = (
    Cause(
        id="static-files",
        verdicts=(Verdict.TESTS_FAILED,),
        patterns=(
            Pattern(
                (CONTAINER_LOG, "page links", "console"),
                # Stylesheets and scripts first: they matter more than a missing icon.
                r"Not Found: (?P<url>/static/\S+\.(?:css|js))\s*$",
                r"Not Found: (?P<url>/static/\S+)",
                r'"GET (?P<url>/static/\S+) HTTP/[\d.]+" 404\b',
                r"^(?P<answer>\d{3}|an HTML page) (?P<url>/\S+\.(?:css|js))$",
                r"^(?P<answer>\d{3}|an HTML page) (?P<url>/\S+)$",
                *REFUSED_TYPES,
                every_value_of="url",
            ),
        ),
        unless=(OTHER_NAME,),
        details=(Pattern(WHOLE_CONTAINER_LOG, r"No directory at: .*"),),
        title="Static files are not served: {answer|404} for {url}{others|}",
        hint="The page links to them, and the image has no server for them or lacks the files. "
        "Check that COPY copies them or a build step makes them, and that the app's own server "
        "serves their folder.",
        variants=(
            Variant(
                pattern=NO_FOLDER,
                hint="WhiteNoise looks for them in {folder}, and the image has no such folder: run "
                "collectstatic while the image is built.",
                paste="{collectstatic|}",
                background=NO_STATIC_SERVER,
            ),
            Variant(
                # A name with a hash comes from the manifest, which collectstatic writes.
                pattern=Pattern(CAPTURES, r"^url \S+\.[0-9a-f]{12}\.\w+$"),
                hint="Let WhiteNoise serve them. (The hash in the name shows that collectstatic "
                "has run. If another server serves /static/ in production, a rehearsal does not "
                "have that server.)",
                paste="{whitenoise|}",
                background=NO_STATIC_SERVER,
            ),
            Variant(
                pattern=Pattern(
                    PROPOSALS, r"^collectstatic .*\n(?:.*\n)*?whitenoise .*", shown=False
                ),
                hint="Collect them while the image is built, and let WhiteNoise serve them.",
                paste="{serve_static|}",
                background=NO_STATIC_SERVER,
            ),
            Variant(
                pattern=Pattern(PROPOSALS, r"^whitenoise ", shown=False),
                hint="The image collects them. Let WhiteNoise serve them.",
                paste="{whitenoise|}",
                background=NO_STATIC_SERVER,
            ),
            Variant(
                pattern=Pattern(PROPOSALS, r"^collectstatic ", shown=False),
                hint="The app has WhiteNoise. Collect the files for it while the image is built.",
                paste="{collectstatic|}",
            ),
            Variant(
                pattern=Pattern(LOCATIONS, r"^static_server ", shown=False),
                hint="The image collects static files, and WhiteNoise is there. Check the name in "
                "the template, and that COPY copies the file before collectstatic runs. "
                ".dockerignore may exclude it.",
            ),
        ),
    ),
)
