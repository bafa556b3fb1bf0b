"""Which address the tests could not reach, compared with the address of the app."""

import re

from rehearsal.diagnosis.facts import Facts
from rehearsal.results.file_names import TEST_LOG

SOURCES = (TEST_LOG, "failures", "final page")
HERE = r"(?P<host>localhost|127\.0\.0\.1|::1)"
REFUSED = tuple(
    re.compile(pattern, re.MULTILINE)
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
SERVER = re.compile(r"^host (?P<host>\S+):(?P<port>\d+)$", re.MULTILINE)
# Databases, queues and Selenium Grid: what tests ask there is not the app.
OTHER_SERVERS = frozenset(map(str, (25, 587, 1025, 3306, 4444, 5432, 5672, 6379, 9200, 27017)))
# A system hands out the ports from here on; nobody writes one of them into a test.
FIRST_RANDOM_PORT = 32768


def refused_connection(facts: Facts) -> tuple[str, ...]:
    """Return `elsewhere HOST:PORT`, or `ipv6 HOST:PORT` for the app's own port, and `server`.

    Nothing if no test was refused, or if it asked for the app.
    """
    server = SERVER.search(facts.text("request"))
    found = [
        match
        for source in SOURCES
        for pattern in REFUSED
        for match in pattern.finditer(facts.text(source))
    ]
    if not server or not found:
        return ()
    host, port = found[0]["host"], found[0]["port"]
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    if port == server["port"]:
        kind = "ipv6" if host == "::1" else ""
    else:
        is_other = port in OTHER_SERVERS or int(port) >= FIRST_RANDOM_PORT
        kind = "" if is_other else "elsewhere"
    return (f"{kind} {address}", f"server {server['host']}:{server['port']}") if kind else ()
