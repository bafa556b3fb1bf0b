import socket
import sys

import pytest

from rehearsal.outside.ports import address_error, is_free
from rehearsal.results.published_port import PublishedPort


def at(listener: socket.socket, address: str = "127.0.0.1") -> PublishedPort:
    return PublishedPort(address, listener.getsockname()[1])


def test_is_free__false_if_a_socket_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        assert not is_free(at(listener))


def test_is_free__false_if_a_socket_listens_on_all_addresses() -> None:
    with socket.create_server(("0.0.0.0", 0)) as listener:  # noqa: S104  (as an engine does)
        assert not is_free(at(listener))


def test_is_free__true_if_no_socket_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert is_free(PublishedPort("127.0.0.1", port))


@pytest.mark.parametrize("taken", [True, False], ids=["taken", "free"])
def test_is_free__below_1024_without_permission(
    taken: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """GitHub's runner is no root: `host-port: 80` is the engine's to bind, not ours."""

    class Unprivileged(socket.socket):
        def bind(self, address: object, /) -> None:
            raise PermissionError(13, "Permission denied", address)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        if not taken:
            listener.close()
        monkeypatch.setattr("rehearsal.outside.ports.socket.socket", Unprivileged)
        assert is_free(PublishedPort("127.0.0.1", port)) is not taken
        monkeypatch.undo()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere only 127.0.0.1 is configured")
def test_is_free__of_another_address_of_this_machine() -> None:
    with socket.create_server(("127.0.0.2", 0)) as listener:
        assert not is_free(at(listener, "127.0.0.2"))
        assert is_free(at(listener, "127.0.0.1"))


@pytest.mark.skipif(not socket.has_ipv6, reason="this Python has no IPv6")
def test_is_free__of_an_ipv6_address() -> None:
    try:
        listener = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("this machine has no IPv6")
    with listener:
        assert not is_free(at(listener, "::1"))
    assert address_error("::1") == ""


def test_address_error__tells_an_address_of_this_machine_from_others() -> None:
    assert address_error("127.0.0.1") == ""
    # Reserved for documentation (RFC 5737, RFC 3849): no machine has them.
    assert address_error("203.0.113.7") == "Cannot assign requested address"
    assert address_error("2001:db8::7") != ""
