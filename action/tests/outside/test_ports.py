import socket

import pytest

from rehearsal.outside.ports import is_free


def test_is_free__false_if_a_socket_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        assert not is_free(listener.getsockname()[1])


def test_is_free__false_if_a_socket_listens_on_all_addresses() -> None:
    with socket.create_server(("0.0.0.0", 0)) as listener:  # noqa: S104  (as an engine does)
        assert not is_free(listener.getsockname()[1])


def test_is_free__true_if_no_socket_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert is_free(port)


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
        assert is_free(port) is not taken
        monkeypatch.undo()
