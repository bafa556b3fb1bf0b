"""Which address the tests could not reach, compared with the address of the app."""

import re

from rehearsal.diagnosis.facts import Facts
from rehearsal.regex import regex
from rehearsal.results.file_names import TEST_LOG

SOURCES = (TEST_LOG, "failures", "final page")
HERE = r"(?P<host>localhost|\d+\.\d+\.\d+\.\d+|::1)"
LOOPBACK = regex(r"localhost|127\..*|::1")
REFUSED = tuple(
    regex(pattern, re.MULTILINE)
    for pattern in (
        rf"ECONNREFUSED {HERE}:(?P<port>\d+)",  # Node
        # urllib3 and requests; but Selenium asks its driver at such an address, too.
        (
            rf"\(host='{HERE}', port=(?P<port>\d+)\): Max retries exceeded with url: (?!/session)"
            r".*refused"
        ),
        rf"Failed to open TCP connection to {HERE}:(?P<port>\d+) \(Connection refused",  # Ruby
        rf"Failed to connect to {HERE} port (?P<port>\d+)",  # curl
        rf"ERR_CONNECTION_REFUSED at https?://{HERE}:(?P<port>\d+)",  # Playwright
        # Firefox, whose own page stays in the address bar.
        rf"about:neterror\?e=connectionFailure&u=https?%3A//{HERE}%3A(?P<port>\d+)",
    )
)
SERVER = regex(r"^host (?P<host>\S+):(?P<port>\d+)$", re.MULTILINE)
# What tests ask at these ports is not the app. Source: the defaults of each program.
OTHER_SERVERS = frozenset(
    {
        *(25, 110, 143, 465, 587, 993, 1025, 1080, 8025),  # mail; MailCatcher, MailHog, Mailpit
        *(1433, 1521, 3306, 3307, 5432, 5433, 6432, 26257, 27017, 27018),  # databases
        *(6379, 6380, 26379, 11211),  # caches
        *(1883, 2181, 4222, 5671, 5672, 15672, 9092, 9093, 9094),  # queues
        *(7700, 8108, 8983, 9200, 9300),  # search
        *(389, 636, 2375, 2376, 4566, 8125, 8126, 8200, 8500, 2379, 4317, 4318, 9411),  # the rest
        # Selenium, the drivers of browsers, Appium, and browsers that are controlled from outside.
        *(4444, 4445, 5555, 7900, 9515, 17556, 2828, 4723, *range(9222, 9230)),
    }
)
# A system hands out the ports from here on; nobody writes one of them into a test.
FIRST_RANDOM_PORT = 32768


def refused_connection(facts: Facts) -> tuple[str, ...]:
    """Return `KIND HOST:PORT`, and `server HOST:PORT` of the app.

    The kind is `elsewhere` for another port, `ipv6` for the app's own, and `unpublished` for a host
    that is not that of the input publish-address. Nothing if no test was refused on this machine,
    or if it asked for the app.
    """
    server = SERVER.search(facts.text("request"))
    found = [
        match
        for source in SOURCES
        for pattern in REFUSED
        for match in pattern.finditer(facts.text(source))
        if int(match["port"]) not in OTHER_SERVERS or (server and match["port"] == server["port"])
        if LOOPBACK.fullmatch(match["host"]) or (server and match["host"] == server["host"])
    ]
    if not server or not found:
        return ()
    host, port = found[0]["host"], found[0]["port"]
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    is_app_port = port == server["port"]
    if server["host"] not in ("localhost", host) and (is_app_port or int(port) < FIRST_RANDOM_PORT):
        kind = "unpublished"
    elif is_app_port:
        kind = "ipv6" if host == "::1" else ""
    else:
        kind = "elsewhere" if int(port) < FIRST_RANDOM_PORT else ""
    return (f"{kind} {address}", f"server {server['host']}:{server['port']}") if kind else ()
