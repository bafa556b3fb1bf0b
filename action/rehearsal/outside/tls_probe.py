"""Find out whether a server speaks TLS. Many only close a connection on which HTTP arrives."""

import socket

from rehearsal.outside.http_response import TLS_RECORD
from rehearsal.results.published_port import PublishedPort

TIMEOUT = 1.0
# The least that a TLS client may say (RFC 5246, 7.4.1.2): version 1.2, 32 random bytes, no session,
# four cipher suites, no compression. Any answer will do, also that no suite is accepted.
CLIENT_HELLO = (
    bytes.fromhex("1603010033 0100002f 0303")
    + bytes(32)
    + bytes.fromhex("00 0008 1301 c02f c02b 009c 01 00")
)


def speaks_tls(published: PublishedPort) -> bool:
    """Return whether the server at this address and port answers to TLS."""
    try:
        with socket.create_connection(published.socket_address, timeout=TIMEOUT) as connection:
            connection.sendall(CLIENT_HELLO)
            return TLS_RECORD.match(connection.recv(1024)) is not None
    except OSError:
        return False
