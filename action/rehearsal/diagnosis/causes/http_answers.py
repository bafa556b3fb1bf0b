"""Causes of an app whose answers never count as ready."""

from dataclasses import replace

from rehearsal.diagnosis.causes.addresses import SPEAKS_HTTPS
from rehearsal.diagnosis.causes.give_up import DEPLOYMENT, LASTING_ERROR, SETTINGS
from rehearsal.diagnosis.causes.snippets import IN_DOCKERFILE, IN_SETTINGS
from rehearsal.diagnosis.paste import in_step
from rehearsal.diagnosis.rules import CAPTURES, Cause, Pattern, Variant
from rehearsal.results.file_names import ASKED_AGAIN_LOG, CONTAINER_LOG
from rehearsal.verdict import Verdict

NOT_READY = (Verdict.NOT_READY,)
REQUESTED_HOST = Pattern("request", r"^host (?P<host>[^\s:]+)")
REQUESTED_PATH = Pattern("request", r"^path (?P<path>\S+)$")
DJANGO_REFUSES_HOST = Pattern(
    (CONTAINER_LOG, "answer"),
    r"^.*Invalid HTTP_HOST header: .*",
    r"\bDisallowedHost\b",
    r"Bad Request \(400\)",
)
# The first page that counts as ready.
ANOTHER_PAGE = Variant(
    pattern=Pattern("other pages", r"\A(?P<found>\d+) (?P<other>\S+)"),
    hint="{other} answers {found}. Request that page, or another that exists: best one that uses "
    "the database and needs no login.",
    paste=in_step("ready-path", "{other}"),
)

HTTP_ANSWERS = (
    Cause(
        id="disallowed-host",
        verdicts=NOT_READY,
        patterns=(
            Pattern("answer", r"^HTTP status 400\b.*"),
            REQUESTED_HOST,
            DJANGO_REFUSES_HOST,
        ),
        title="ALLOWED_HOSTS does not contain {host}: Django answers every request with 400",
        hint="A rehearsal opens the app as {host}. Put that host into the variable from which your "
        "settings read ALLOWED_HOSTS (this example uses DJANGO_ALLOWED_HOST).",
        paste=in_step("env", "DJANGO_ALLOWED_HOST={host}") + "\n\n"
        "# and in {settings|settings.py}, if it reads no variable yet:\n"
        'ALLOWED_HOSTS = os.environ["DJANGO_ALLOWED_HOST"].split(",")',
        variants=(
            Variant(
                pattern=Pattern("inputs", r"^allowed-hosts (?P<variable>.+)$"),
                hint="A rehearsal opens the app as {host}. The container gets {variable}, but "
                "with another host. Change only that value, and keep the other lines of env. "
                "Production's own setting stays as it is.",
                paste=in_step("env", "{variable}={host}"),
            ),
        ),
        background="With DEBUG off, Django refuses every request for a host that is not in "
        "ALLOWED_HOSTS.",
        give_up=SETTINGS,
    ),
    Cause(
        id="https-redirect",
        verdicts=NOT_READY,
        patterns=(
            Pattern("answer", r"a redirect to (?P<target>https://\S+), where a rehearsal has no"),
        ),
        title="The app redirects every request to https, where nothing answers in a rehearsal",
        hint="In production a proxy handles TLS and sets X-Forwarded-Proto; a browser cannot send "
        "that header. Turn the redirect off by a variable, for rehearsals only.",
        paste=f"{IN_SETTINGS}"
        'SECURE_SSL_REDIRECT = "DJANGO_NO_SSL_REDIRECT" not in os.environ\n'
        "\n" + in_step("env", "DJANGO_NO_SSL_REDIRECT=1", "and "),
        give_up=SETTINGS,
    ),
    Cause(
        id="no-such-page",
        verdicts=NOT_READY,
        patterns=(
            Pattern("answer", r"^HTTP status (?P<status>404|410)\b.*"),
            REQUESTED_PATH,
        ),
        title="There is no page {path}: the app answers {status}",
        hint="Request a page that exists, best one that uses the database and needs no login: name "
        "it in ready-path.",
        variants=(ANOTHER_PAGE,),
        give_up=DEPLOYMENT,
    ),
    Cause(
        id="request-refused",
        verdicts=NOT_READY,
        patterns=(
            # With the beginning of the page, which may say why.
            Pattern("answer", r"^HTTP status (?P<status>400|405|406|421)\b.*(?:\n.*){0,5}"),
            REQUESTED_PATH,
            REQUESTED_HOST,
        ),
        unless=(DJANGO_REFUSES_HOST, SPEAKS_HTTPS),
        title="The app refuses the request for {path}: it answers {status}",
        hint="The page or the log may say why. If the app allows only some hosts, let it allow "
        "{host} too, the name under which a rehearsal opens it. Or request a page that every "
        "client may see: name it in ready-path.",
        variants=(
            Variant(
                pattern=Pattern(CAPTURES, r"^status 406$"),
                hint="The app has no answer in a form that browsers accept. Request a page, or "
                "name the form in an Accept header.",
                paste=in_step("ready-headers", "'Accept: application/json'"),
            ),
            replace(
                ANOTHER_PAGE,
                hint="The page or the log may say why. If the app allows only some hosts, let it "
                "allow {host} too, the name under which a rehearsal opens it. Or request {other}, "
                "which answers {found}.",
            ),
            Variant(
                pattern=Pattern(CAPTURES, r"^status 405$"),
                hint="The probe sends GET, which the app does not take at {path}. Request a page.",
            ),
        ),
        give_up=DEPLOYMENT,
    ),
    Cause(
        id="unlogged-error",
        verdicts=NOT_READY,
        patterns=(
            Pattern("answer", r"^HTTP status 500\b.*"),
            Pattern(
                ASKED_AGAIN_LOG,
                r"^Traceback \(most recent call last\):\n(?:[ \t].*\n|\n)*(?P<raised>\S.*)",
            ),
        ),
        title="The app answers with 500, and does not log why: {raised}",
        hint="The app was asked for the page again, in its container, and raised this at "
        "{code|the line below}.",
        background="With DEBUG off, Django logs no traceback unless LOGGING sends errors to the "
        "console.",
        give_up=LASTING_ERROR,
    ),
    Cause(
        id="server-error",
        verdicts=NOT_READY,
        patterns=(Pattern("answer", r"^HTTP status (?P<status>5\d\d)\b.*"),),
        details=(
            Pattern(
                CONTAINER_LOG,
                r"^Traceback \(most recent call last\):\n(?:[ \t].*\n|\n)*(?P<raised>\S.*)",
            ),
        ),
        title="The app answers with an error, {status}: {raised|the log does not say why}",
        hint="If the app logs a traceback, it is in container.log. With DEBUG off, Django logs "
        "none unless LOGGING sends errors to the console.",
        paste=f"{IN_SETTINGS}"
        "LOGGING = {\n"
        '    "version": 1,\n'
        '    "disable_existing_loggers": False,\n'
        '    "handlers": {"console": {"class": "logging.StreamHandler"}},\n'
        '    "loggers": {"root": {"handlers": ["console"], "level": "INFO"}},\n'
        "}",
        background="Without LOGGING and with DEBUG off, Django logs no traceback of an error.",
    ),
    Cause(
        id="no-answer",
        verdicts=NOT_READY,
        patterns=(Pattern("answer", r"^no answer within .*"),),
        title="The app accepts connections but never answers",
        hint="The app waits for something: a database or service that does not run, a lock, or a "
        "worker that another connection keeps busy. gunicorn's default worker serves one "
        "connection at a time: give it threads.",
        paste=f"{IN_DOCKERFILE}"
        'CMD ["gunicorn", "--bind", ":8888", "--threads", "4", "PROJECT.wsgi:application"]',
    ),
)
