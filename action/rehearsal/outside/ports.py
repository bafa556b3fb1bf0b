"""Addresses and TCP ports of this machine."""

import socket

from rehearsal.results.published_port import PublishedPort


def address_error(address: str) -> str:
    """Return why no program of this machine can listen on an address, empty if one can."""
    try:
        any_port = PublishedPort(address, 0)
        with _socket(any_port) as probe:
            probe.bind(any_port.socket_address)
    except OSError as error:
        return error.strerror or str(error)
    return ""


def is_free(published: PublishedPort) -> bool:
    """Whether nothing listens at this address and port."""
    with _socket(published) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(published.socket_address)
        except PermissionError:
            # Below 1024 the engine may listen where we may not: check whether anything answers.
            return probe.connect_ex(published.socket_address) != 0
        except OSError:
            return False
    return True


def _socket(published: PublishedPort) -> socket.socket:
    return socket.socket(socket.AF_INET6 if published.is_ipv6 else socket.AF_INET)
