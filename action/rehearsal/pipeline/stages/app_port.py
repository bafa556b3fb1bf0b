"""The port of the app where the input port is empty: the one that the image exposes."""

from collections.abc import Sequence

from rehearsal.dataclass import dataclass

DEFAULT_PORT = 8888


@dataclass(frozen=True, kw_only=True)
class AppPort:
    """A port, and why it is that one, in a sentence. It is a guess if the image decides nothing."""

    number: int
    reason: str
    is_guess: bool = False


def choose_port(exposed: Sequence[int]) -> AppPort:
    """Return the port of an image that exposes these."""
    if len(exposed) == 1:
        (port,) = exposed
        return AppPort(number=port, reason=f"port {port}: the image exposes it")
    if not exposed:
        reason = f"port {DEFAULT_PORT}: none is given, and the image exposes none"
        return AppPort(number=DEFAULT_PORT, reason=reason)
    names = ", ".join(map(str, sorted(exposed)))
    return AppPort(
        number=DEFAULT_PORT,
        reason=f"The image exposes the ports {names}, and the input port is empty, so the app's "
        f"port is taken to be {DEFAULT_PORT}. Name the right one in the input port.",
        is_guess=True,
    )
