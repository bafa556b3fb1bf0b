"""Causes that show only when a browser looks."""

from rehearsal.diagnosis import Cause, Clue
from rehearsal.verdict import Verdict

SAID = ("tests/output.log", "failures")

TESTING = (
    Cause(
        id="no-browser",
        verdicts=(Verdict.TESTS_FAILED,),
        clues=(
            Clue(
                SAID,
                r"The (?:browser|driver) (?P<name>\S+) is missing:.*",
                r"Unable to obtain driver for (?P<name>\w+)",
                r"cannot find (?P<name>\w+) binary",
            ),
        ),
        title="{name} is missing on the runner: no test could open a browser",
        advice="It is needed where the tests run, not in the image. GitHub's own Ubuntu runners "
        "have Chrome and Firefox with their drivers; on others install them in an earlier step.",
        paste="- run: sudo apt-get install --yes chromium chromium-driver",
    ),
    Cause(
        id="static-files",
        verdicts=(Verdict.TESTS_FAILED, Verdict.NOT_READY),
        clues=(
            Clue(
                "container.log",
                # What breaks a layout before the icon that is missing with it.
                r"Not Found: (?P<url>/static/\S+\.(?:css|js))\s*$",
                r"Not Found: (?P<url>/static/\S+)",
                r'"GET (?P<url>/static/\S+) HTTP/[\d.]+" 404\b',
                r"Missing staticfiles manifest entry for '(?P<url>[^'\n]+)'",
            ),
        ),
        shows=(Clue("container.log", r"No directory at: .*"),),
        title="The stylesheet or script {url} is not served: static files are missing",
        advice="With DEBUG off Django serves none. Collect them while the image is built, and have "
        "WhiteNoise serve them.",
        paste="# settings.py, directly after SecurityMiddleware\n"
        '"whitenoise.middleware.WhiteNoiseMiddleware",\n'
        "\n"
        "# Dockerfile\n"
        "RUN python manage.py collectstatic --noinput",
        lesson="gunicorn serves no static files: WhiteNoise does, once they are collected.",
    ),
)
