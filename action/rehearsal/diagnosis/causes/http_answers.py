"""Causes of an app that runs but is never ready.

A cause with `give_up_after` ends the waiting early. An app that is still starting may look the same
for a while; the constants say how long, and why.
"""

from rehearsal.diagnosis.causes.snippets import ALSO_IN_STEP, IN_DOCKERFILE, IN_SETTINGS, IN_STEP
from rehearsal.diagnosis.rules import Cause, Pattern, Variant
from rehearsal.results.file_names import CONTAINER_LOG
from rehearsal.verdict import Verdict

# All in seconds. A framework reads its settings for hosts and https once, before its first answer.
# Another server may answer in its place while it starts; this is the time for that.
SETTINGS_DELAY = 2.0
# A server that listens on the loopback address rarely changes that. But some first start a helper
# there.
BIND_DELAY = 4.0
# Some servers (Tomcat, for example) listen first and then deploy the app for seconds; until then
# they answer 404. Others first listen on a port for metrics or debugging.
DEPLOY_DELAY = 10.0

NOT_READY = (Verdict.NOT_READY,)
REQUESTED_PORT = Pattern("request", r"^port (?P<expected>\d+)$")
REACHABLE = Pattern("listeners", r"^reachable .*")
REQUESTED_HOST = Pattern("request", r"^host (?P<host>[^\s:]+)")

HTTP_ANSWERS = (
    Cause(
        id="disallowed-host",
        verdicts=NOT_READY,
        patterns=(
            Pattern("answer", r"^HTTP status 400\b.*"),
            REQUESTED_HOST,
            Pattern(
                (CONTAINER_LOG, "answer"),
                r"^.*Invalid HTTP_HOST header: .*",
                r"\bDisallowedHost\b",
                r"Bad Request \(400\)",
            ),
        ),
        title="ALLOWED_HOSTS does not contain {host}: Django answers every request with 400",
        hint="A rehearsal opens the app as {host}. Put that host into the variable from which your "
        "settings read ALLOWED_HOSTS (this example uses DJANGO_ALLOWED_HOST). If the step has an "
        "env: input already, add the line to it.",
        paste=f"{IN_STEP}"
        "env: DJANGO_ALLOWED_HOST={host}\n"
        "\n"
        "# and in {settings|settings.py}, if it reads no variable yet:\n"
        'ALLOWED_HOSTS = os.environ["DJANGO_ALLOWED_HOST"].split(",")',
        variants=(
            Variant(
                pattern=Pattern("inputs", r"^allowed-hosts (?P<variable>.+)$"),
                hint="A rehearsal opens the app as {host}. The container gets {variable}, but "
                "with another host. Change only that value, and keep the other lines of env. "
                "Production's own setting stays as it is.",
                paste="# in {workflow|your workflow}, in the env of the step's with:, change this "
                "line to:\n{variable}={host}",
            ),
        ),
        background="With DEBUG off, Django refuses every request for a host that is not in "
        "ALLOWED_HOSTS.",
        give_up_after=SETTINGS_DELAY,
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
        "\n"
        f"{ALSO_IN_STEP}"
        "env: DJANGO_NO_SSL_REDIRECT=1",
        give_up_after=SETTINGS_DELAY,
    ),
    Cause(
        id="bound-to-loopback",
        verdicts=NOT_READY,
        patterns=(Pattern("listeners", r"^loopback (?P<address>\S+):(?P<port>\d+)$"),),
        unless=(REACHABLE,),
        title="The app listens on {address} inside the container: nothing outside can reach it",
        hint="Bind to all addresses, 0.0.0.0. The loopback address of the container is not that of "
        "the host.",
        paste=f"{IN_DOCKERFILE}"
        'CMD ["gunicorn", "--bind", "0.0.0.0:{port}", "PROJECT.wsgi:application"]',
        background='gunicorn logs where it listens: "Listening at: http://0.0.0.0:8888".',
        give_up_after=BIND_DELAY,
    ),
    Cause(
        id="wrong-port",
        verdicts=NOT_READY,
        patterns=(
            REQUESTED_PORT,
            Pattern("listeners", r"^other-port (?P<address>\S+):(?P<port>\d+)$"),
        ),
        unless=(REACHABLE, Pattern("listeners", r"^loopback ")),
        title="The app listens on port {port} ({address}), but the input port is {expected}",
        hint="Set the input port to the port that the app listens on, or let the app listen on "
        "{expected}. EXPOSE alone changes nothing.",
        paste=f"{IN_STEP}port: '{{port}}'",
        give_up_after=DEPLOY_DELAY,
    ),
    Cause(
        id="no-such-page",
        verdicts=NOT_READY,
        patterns=(
            Pattern("answer", r"^HTTP status 404\b.*"),
            Pattern("request", r"^path (?P<path>\S+)$"),
        ),
        title="There is no page {path}: the app answers 404",
        hint="Request a page that exists, best one that uses the database and needs no login.",
        paste=f"{IN_STEP}ready-path: /healthz",
        give_up_after=DEPLOY_DELAY,
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
