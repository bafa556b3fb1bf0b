"""Causes of an app that listens where no HTTP request reaches it."""

from rehearsal.diagnosis.causes.give_up import ADDRESS, DEPLOYMENT, SETTINGS
from rehearsal.diagnosis.facts import PROPOSALS
from rehearsal.diagnosis.paste import in_step
from rehearsal.diagnosis.rules import Cause, Pattern, Variant
from rehearsal.results.file_names import CONTAINER_LOG
from rehearsal.verdict import Verdict

NOT_READY = (Verdict.NOT_READY,)
REQUESTED_PORT = Pattern("request", r"^port (?P<expected>\d+)$", shown=False)
# What most servers log when they listen: gunicorn, uvicorn, hypercorn, Node's usual words.
SAYS_WHERE = Pattern(
    CONTAINER_LOG,
    r"^.*\b(?:[Ll]istening|[Rr]unning|[Ss]erving|[Ss]tart\w+)\b.*?\b(?:at|on)\b.*:\d+\b.*",
)
REACHABLE = Pattern("listeners", r"^reachable .*")
ANSWERS_OF_HTTPS = (
    r"^an answer in TLS.*",
    # As nginx, Apache, Go and Tomcat say it.
    r"plain HTTP request was sent to HTTPS port",
    r"speaking plain HTTP to an SSL-enabled server port",
    r"sent an HTTP request to an HTTPS server",
    r"combination of host and port requires TLS",
)
SPEAKS_HTTPS = Pattern(("listeners", "answer"), r"^speaks-tls .*", *ANSWERS_OF_HTTPS, shown=False)
BIND = (
    "gunicorn and hypercorn take --bind 0.0.0.0:{port}, uvicorn, flask and rails --host or -b "
    '0.0.0.0, manage.py runserver 0.0.0.0:{port}; in Node it is server.listen({port}, "0.0.0.0").'
)
BIND_FOUND = Pattern(PROPOSALS, r"^bind_all ", shown=False)
ONE_OF_THESE = (
    "Do one of these, not both: the app listens on {expected}, or the action waits on {port}. It "
    "waits on the port in the input port; if that is empty, on the one that the image exposes."
)

ADDRESSES = (
    Cause(
        id="bound-to-loopback",
        verdicts=NOT_READY,
        patterns=(Pattern("listeners", r"^loopback (?P<address>\S+):(?P<port>\d+)$", shown=False),),
        unless=(REACHABLE,),
        details=(SAYS_WHERE,),
        title="The app listens on {address} inside the container: nothing outside can reach it",
        hint=f"Let the app's server listen on all addresses, 0.0.0.0. {BIND}",
        variants=(
            Variant(
                pattern=BIND_FOUND,
                hint="Let the app's server listen on all addresses, 0.0.0.0.",
                paste="{bind_all|}",
            ),
        ),
        background="The loopback address of the container is not that of the host.",
        give_up=ADDRESS,
    ),
    Cause(
        id="ipv6-only",
        verdicts=NOT_READY,
        patterns=(
            Pattern("listeners", r"^ipv6-only (?P<address>\S+):(?P<port>\d+)$", shown=False),
        ),
        unless=(REACHABLE, Pattern("listeners", r"^loopback ")),
        details=(SAYS_WHERE,),
        title="The app listens on IPv6 alone ({address}), and is reached over IPv4",
        hint=f"Let the app's server listen on all IPv4 addresses, 0.0.0.0. {BIND} To serve both "
        "families, listen on :: and turn IPV6_V6ONLY off.",
        variants=(
            Variant(
                pattern=BIND_FOUND,
                hint="Let the app's server listen on all IPv4 addresses, 0.0.0.0.",
                paste="{bind_all|}",
            ),
        ),
        background="The engine passes connections on to the container's IPv4 address.",
        give_up=ADDRESS,
    ),
    Cause(
        id="speaks-https",
        verdicts=NOT_READY,
        patterns=(SPEAKS_HTTPS, REQUESTED_PORT),
        details=(Pattern("answer", *ANSWERS_OF_HTTPS),),
        title="The app speaks https on port {expected}, and a rehearsal requests http",
        hint="Let the app serve http. If it has another port for http, set the input port.",
        variants=(
            Variant(
                pattern=Pattern("listeners", r"^other-port \S+:(?P<other>\d+)$"),
                hint="Let the app serve http. It listens on port {other}, too: if that is for "
                "http, set the input port.",
                paste=in_step("port", "'{other}'"),
            ),
        ),
        background="In production a proxy in front of the container handles TLS.",
        give_up=SETTINGS,
    ),
    Cause(
        id="wrong-port",
        verdicts=NOT_READY,
        patterns=(
            REQUESTED_PORT,
            Pattern("listeners", r"^other-port (?P<address>\S+):(?P<port>\d+)$", shown=False),
        ),
        unless=(REACHABLE, Pattern("listeners", r"^(?:loopback|ipv6-only|speaks-tls) ")),
        details=(SAYS_WHERE,),
        title="The app listens on port {port} ({address}), but the action waits on {expected}",
        hint="Set the input port to the port that the app listens on, or let the app listen on "
        "{expected}. If the input is empty, the one port in EXPOSE decides, or else it is 8888.",
        paste=in_step("port", "'{port}'"),
        variants=(
            Variant(
                # EXPOSE names the expected port.
                pattern=Pattern(PROPOSALS, r"^listen_on_port # in ", shown=False),
                hint=ONE_OF_THESE,
                paste="{listen_on_port|}\n\n" + in_step("port", "'{port}'", "or "),
            ),
            Variant(
                pattern=Pattern(PROPOSALS, r"^listen_on_port ", shown=False),
                hint=ONE_OF_THESE,
                paste=in_step("port", "'{port}'") + "\n\n{listen_on_port|}",
            ),
        ),
        give_up=DEPLOYMENT,
    ),
)
