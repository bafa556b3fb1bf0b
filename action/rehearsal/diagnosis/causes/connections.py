"""Causes of tests that look for the app where it is not."""

from rehearsal.diagnosis.facts import COMPANIONS, REFUSED_CONNECTION
from rehearsal.diagnosis.paste import in_step
from rehearsal.diagnosis.refused_connections import REFUSED, SOURCES
from rehearsal.diagnosis.rules import Cause, Pattern, Variant
from rehearsal.verdict import Verdict

CONNECTIONS = (
    Cause(
        id="remote-browser-address",
        verdicts=(Verdict.TESTS_FAILED,),
        patterns=(
            Pattern(COMPANIONS, r"^remote-browser (?P<grid>.+)$", shown=False),
            Pattern("request", r"^host (?P<address>(?:localhost|127\.[\d.]+):\d+)$", shown=False),
            Pattern(
                SOURCES,
                # Chrome names no address, and Firefox has it in the address of its own page.
                r"^.*net::ERR_CONNECTION_REFUSED",
                r"about:neterror\?e=connectionFailure\S*",
            ),
        ),
        # The tests ask for something else.
        unless=(Pattern(REFUSED_CONNECTION, r"^elsewhere "),),
        title="The browser at {grid} cannot open the app at {address}: that is its own machine "
        "there",
        hint="A container has a localhost of its own. Start the Grid's container with `--network "
        "host`; or give its image in services and its name in selenium-url, and it is started so. "
        "For a Grid on another machine, publish-address gives the app an address that it can open.",
        background="The app answers on the runner, where the tests run: only their browser is "
        "elsewhere.",
    ),
    Cause(
        id="tests-wrong-address",
        verdicts=(Verdict.TESTS_FAILED,),
        patterns=(
            Pattern(
                REFUSED_CONNECTION,
                r"^(?!unpublished)\w+ (?P<tried>\S+:(?P<port>\d+))\nserver (?P<server>.+)",
                shown=False,
            ),
            Pattern(SOURCES, *(each.pattern for each in REFUSED)),
        ),
        title="The tests open {tried}, where nothing listens: the app is at {server}",
        hint="Let the tests read the address from TEST_SERVER (HOST:PORT) or REHEARSAL_URL: the "
        "port is another one in each rehearsal. Until they do, host-port gives the app the port "
        "that they expect.",
        paste=in_step("host-port", "'{port}'"),
        variants=(
            Variant(
                pattern=Pattern(REFUSED_CONNECTION, r"^ipv6 "),
                title="The tests open {tried}, over IPv6: the app is reached at {server} over IPv4",
                hint="Use TEST_SERVER as it is given, and let localhost mean 127.0.0.1. Node 17 to "
                "19 prefer the IPv6 address; this option changes that.",
                paste=in_step("test-env", "NODE_OPTIONS=--dns-result-order=ipv4first"),
            ),
        ),
    ),
    Cause(
        id="tests-wrong-host",
        verdicts=(Verdict.TESTS_FAILED,),
        patterns=(
            Pattern(
                REFUSED_CONNECTION,
                r"^unpublished (?P<tried>\S+)\nserver (?P<server>.+)",
                shown=False,
            ),
            Pattern(SOURCES, *(each.pattern for each in REFUSED)),
        ),
        title="The tests open {tried}, and the app is at {server}: publish-address says so",
        hint="Let the tests read the address from TEST_SERVER (HOST:PORT) or REHEARSAL_URL.",
    ),
)
