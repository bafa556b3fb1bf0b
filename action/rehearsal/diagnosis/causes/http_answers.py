"""Causes of an app whose answers never count as ready."""

from dataclasses import replace

from rehearsal.diagnosis.causes.addresses import SPEAKS_HTTPS
from rehearsal.diagnosis.causes.give_up import DEPLOYMENT, LASTING_ERROR, SETTINGS
from rehearsal.diagnosis.facts import LOCATIONS, PROPOSALS
from rehearsal.diagnosis.paste import in_step
from rehearsal.diagnosis.rules import CAPTURES, Cause, Pattern, Variant
from rehearsal.results.file_names import ASKED_AGAIN_LOG, CONTAINER_LOG, TEST_LOG
from rehearsal.verdict import Verdict

NOT_READY = (Verdict.NOT_READY,)
REQUESTED_HOST = Pattern("request", r"^host (?P<host>\[[^\]\s]+\]|[^\s:]+)", shown=False)
REQUESTED_PATH = Pattern("request", r"^path (?P<path>\S+)$", shown=False)
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
        verdicts=(Verdict.NOT_READY, Verdict.TESTS_FAILED),
        patterns=(
            Pattern(
                ("answer", LOCATIONS),
                r"^HTTP status 400\b.*",
                r"^refused_host (?P<refused>\S+)$",
                shown=False,
            ),
            REQUESTED_HOST,
            DJANGO_REFUSES_HOST,
        ),
        title="ALLOWED_HOSTS does not contain {host}: Django answers every request with 400",
        hint="A rehearsal opens the app as {host}. Let the settings read ALLOWED_HOSTS from a "
        "variable, and give it that host in env.",
        paste="{allowed_hosts|}",
        variants=(
            Variant(
                pattern=Pattern(CAPTURES, r"^refused (?P<refused>\S+)$"),
                title="ALLOWED_HOSTS does not contain {refused}, by which the tests open the app",
                hint="A rehearsal opens the app as {host}. Let the tests open the address in "
                "TEST_SERVER or REHEARSAL_URL instead. Only if they need {refused}, allow it, too.",
            ),
            Variant(
                # With the variable that the settings read, env gives another one.
                pattern=Pattern(
                    CAPTURES,
                    r"^hosts_variable (?P<read>\w+)\n(?:.*\n)*unread_hosts (?P<unread>\w+)$",
                ),
                hint="A rehearsal opens the app as {host}. The settings read the hosts from "
                "{read} ({hosts_line|settings.py}), and the container gets {unread}, which "
                "they do not read.",
            ),
            Variant(
                pattern=Pattern(CAPTURES, r"^unread_hosts (?P<unread>\S+)$"),
                hint="A rehearsal opens the app as {host}. The container gets {unread}, and "
                "the settings do not read it: let them.",
            ),
            Variant(
                pattern=Pattern("inputs", r"^allowed-hosts (?P<variable>.+)$"),
                hint="A rehearsal opens the app as {host}. The container gets {variable}, but "
                "with another host. Change only that value, and keep the other lines of env. "
                "Production's own setting stays as it is.",
                paste=in_step("env", "{variable}={host}"),
            ),
            Variant(
                pattern=Pattern(CAPTURES, r"^hosts_variable (?P<read>\S+)$"),
                hint="A rehearsal opens the app as {host}. The settings read the hosts from "
                "{read} ({hosts_line|settings.py}).",
            ),
        ),
        background="With DEBUG off, Django refuses every request for a host that is not in "
        "ALLOWED_HOSTS.",
        give_up=SETTINGS,
    ),
    Cause(
        id="https-redirect",
        verdicts=(Verdict.NOT_READY, Verdict.TESTS_FAILED),
        patterns=(
            Pattern(
                ("answer", "https redirects", "final page", "failures", TEST_LOG),
                r"a redirect to (?P<target>https://\S+), where a rehearsal has no",
                r"^/\S* to (?P<target>https://\S+)$",
                # Chrome's error page, Chrome's driver, Firefox's driver.
                r"at (?P<target>https://(?:localhost|[\d.]+|\[[\da-f:]+\])(?::\d+)?/\S*)$",
                r"ERR_SSL_PROTOCOL_ERROR",
                r"about:neterror\?e=nssFailure2",
                # Python's ssl with OpenSSL 1 and 3, Node's, Java's.
                r"SSL: WRONG_VERSION_NUMBER",
                r"\[SSL(?:: RECORD_LAYER_FAILURE)?\] record layer failure",
                r"EPROTO|ERR_SSL_WRONG_VERSION_NUMBER",
                r"Unsupported or unrecognized SSL message",
            ),
        ),
        title="The app redirects every request to https, where nothing answers in a rehearsal",
        hint="In production a proxy handles TLS and sets X-Forwarded-Proto; a browser cannot send "
        "that header. Turn the redirect off by a variable, for rehearsals only.",
        paste="{ssl_redirect|}",
        variants=(
            Variant(
                pattern=Pattern(CAPTURES, r"^verdict tests-failed$"),
                title="The app redirects the tests to https, where nothing answers in a rehearsal",
            ),
            Variant(
                pattern=Pattern(CAPTURES, r"^redirect_condition (?P<condition>\S+)$"),
                hint="In production a proxy handles TLS and sets X-Forwarded-Proto; a browser "
                "cannot send that header. The redirect is on because {condition} is set "
                "({redirect_line|settings.py}): leave that out of env, or turn the redirect off "
                "for rehearsals only.",
            ),
        ),
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
        symptom=True,
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
        hint="Let the app log why it answers so: what it prints is kept in container.log.",
        variants=(
            Variant(
                pattern=Pattern(CAPTURES, r"^raised \S.*"),
                hint="The whole traceback is in container.log. Correct what it names, or give the "
                "app what it needs there: a variable, a file, a service.",
            ),
            Variant(
                pattern=Pattern(PROPOSALS, r"^logging ", shown=False),
                hint="With DEBUG off, Django logs no traceback unless LOGGING sends errors to the "
                "console. With these lines the next rehearsal shows it.",
                paste="{logging|}",
            ),
        ),
        symptom=True,
    ),
    Cause(
        id="no-answer",
        verdicts=NOT_READY,
        patterns=(Pattern("answer", r"^no answer within .*"),),
        title="The app accepts connections but never answers",
        hint="The app waits for something: a database or service that does not run, a lock, or a "
        "worker that another connection keeps busy. Its log may say for what.",
        variants=(
            Variant(
                pattern=Pattern(PROPOSALS, r"^threads ", shown=False),
                hint="The app waits for something: a database or service that does not run, a "
                "lock, or a worker that another connection keeps busy. gunicorn's default worker "
                "serves one connection at a time: give it threads.",
                paste="{threads|}",
            ),
        ),
    ),
)
