"""Causes of an app that runs and is never ready.

Those with `sure_after` end the waiting: an app may still be on its way, so each is watched for a
while first, and the constants say for how long and why.
"""

from rehearsal.diagnosis.causes.snippets import IMAGE, SETTINGS, STEP, STEP_TOO
from rehearsal.diagnosis.rules import Cause, Pattern, Variant
from rehearsal.verdict import Verdict

# All in seconds. Which hosts a framework allows, and whether it wants https, it reads once, before
# its first answer: two seconds are for whatever stands before it while it starts.
SETTLED = 2.0
# On the right port, but of the container's loopback: a server hardly binds twice. Some start a
# helper there first, though.
BOUND = 4.0
# Servers that deploy an app after they listen answer 404 until it is there (Tomcat and its like
# take seconds), and some listen for metrics or debugging long before they serve.
STARTING_UP = 10.0

NOT_READY = (Verdict.NOT_READY,)
WANTED = Pattern("asked", r"^port (?P<wanted>\d+)$")
LISTENS_RIGHT = Pattern("listeners", r"^reachable .*")
HOST = Pattern("asked", r"^host (?P<host>[^\s:]+)")

HTTP_ANSWERS = (
    Cause(
        id="disallowed-host",
        verdicts=NOT_READY,
        patterns=(
            Pattern("answer", r"^HTTP status 400\b.*"),
            HOST,
            Pattern(
                ("container.log", "answer"),
                r"^.*Invalid HTTP_HOST header: .*",
                r"\bDisallowedHost\b",
                r"Bad Request \(400\)",
            ),
        ),
        title="ALLOWED_HOSTS does not name {host}: Django answers every request with 400",
        hint="A rehearsal opens the app as {host}. Name that host in the variable that your "
        "settings read ALLOWED_HOSTS from (DJANGO_ALLOWED_HOST in this example; write your own). "
        "Where there is an env: already, add the line to it.",
        paste=f"{STEP}"
        "env: DJANGO_ALLOWED_HOST={host}\n"
        "\n"
        "# and in {settings|settings.py}, where no variable is read yet:\n"
        'ALLOWED_HOSTS = os.environ["DJANGO_ALLOWED_HOST"].split(",")',
        variants=(
            Variant(
                pattern=Pattern("inputs", r"^variable (?P<variable>\w*ALLOWED_?HOSTS?\w*)$"),
                hint="A rehearsal opens the app as {host}. The container is given {variable}, "
                "but for another host: change only that value and keep the other lines of env. "
                "Production's own setting stays as it is.",
                paste="# in {workflow|your workflow}, in the env of the step's with:, change this "
                "line to:\n{variable}={host}",
            ),
        ),
        background="With DEBUG off Django refuses each request for a host that is not in "
        "ALLOWED_HOSTS, whatever the page.",
        sure_after=SETTLED,
    ),
    Cause(
        id="https-redirect",
        verdicts=NOT_READY,
        patterns=(
            Pattern("answer", r"a redirect to (?P<target>https://\S+), where a rehearsal has no"),
        ),
        title="The app sends every visitor to https, where nothing answers in a rehearsal",
        hint="A proxy in front of production speaks TLS and sets X-Forwarded-Proto; a browser "
        "cannot send that header. Switch the redirect off by a variable, for rehearsals only.",
        paste=f"{SETTINGS}"
        'SECURE_SSL_REDIRECT = "DJANGO_NO_SSL_REDIRECT" not in os.environ\n'
        "\n"
        f"{STEP_TOO}"
        "env: DJANGO_NO_SSL_REDIRECT=1",
        sure_after=SETTLED,
    ),
    Cause(
        id="bound-to-loopback",
        verdicts=NOT_READY,
        patterns=(Pattern("listeners", r"^loopback (?P<address>\S+):(?P<port>\d+)$"),),
        unless=(LISTENS_RIGHT,),
        title="The app listens on {address} inside the container: nobody outside can reach it",
        hint="Bind to all addresses, 0.0.0.0. The container's own loopback is not the host's.",
        paste=f'{IMAGE}CMD ["gunicorn", "--bind", "0.0.0.0:{{port}}", "PROJECT.wsgi:application"]',
        background='gunicorn says where it listens: "Listening at: http://0.0.0.0:8888".',
        sure_after=BOUND,
    ),
    Cause(
        id="wrong-port",
        verdicts=NOT_READY,
        patterns=(WANTED, Pattern("listeners", r"^elsewhere (?P<address>\S+):(?P<port>\d+)$")),
        unless=(LISTENS_RIGHT, Pattern("listeners", r"^loopback ")),
        title="The app listens on port {port} ({address}), and port is {wanted}",
        hint="Name the port that the app listens on, or have it listen on {wanted}. EXPOSE alone "
        "changes nothing.",
        paste=f"{STEP}port: '{{port}}'",
        sure_after=STARTING_UP,
    ),
    Cause(
        id="no-such-page",
        verdicts=NOT_READY,
        patterns=(
            Pattern("answer", r"^HTTP status 404\b.*"),
            Pattern("asked", r"^path (?P<path>\S+)$"),
        ),
        title="There is no page {path}: the app answers 404",
        hint="Ask for one that there is, best one that touches the database and needs no login.",
        paste=f"{STEP}ready-path: /healthz",
        sure_after=STARTING_UP,
    ),
    Cause(
        id="server-error",
        verdicts=NOT_READY,
        patterns=(Pattern("answer", r"^HTTP status (?P<status>5\d\d)\b.*"),),
        details=(
            Pattern(
                "container.log",
                r"^Traceback \(most recent call last\):\n(?:[ \t].*\n|\n)*(?P<raised>\S.*)",
            ),
        ),
        title="The app answers with an error of its own, {status}: {raised|and does not log why}",
        hint="The app's own traceback is in container.log, if it logs one. With DEBUG off Django "
        "prints none unless LOGGING sends errors to the console.",
        paste=f"{SETTINGS}"
        "LOGGING = {\n"
        '    "version": 1,\n'
        '    "disable_existing_loggers": False,\n'
        '    "handlers": {"console": {"class": "logging.StreamHandler"}},\n'
        '    "loggers": {"root": {"handlers": ["console"], "level": "INFO"}},\n'
        "}",
        background="Without LOGGING and with DEBUG off an error leaves no traceback.",
    ),
    Cause(
        id="no-answer",
        verdicts=NOT_READY,
        patterns=(Pattern("answer", r"^no answer within .*"),),
        title="The app accepts connections and never answers",
        hint="It waits for something: a database or service that is not there, a lock, a worker "
        "that another connection holds. gunicorn's plain worker serves one connection at a time; "
        "give it threads.",
        paste=f"{IMAGE}"
        'CMD ["gunicorn", "--bind", ":8888", "--threads", "4", "PROJECT.wsgi:application"]',
    ),
)
