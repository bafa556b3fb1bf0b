"""The test that an image declares with HEALTHCHECK."""

from collections.abc import Mapping
from typing import Any

from rehearsal.dataclass import dataclass

# In seconds. Source: the Dockerfile reference.
DEFAULT_TIMEOUT = 30.0
DEFAULT_RETRIES = 3
DEFAULT_SHELL = ("/bin/sh", "-c")
NANOSECONDS = 1e9


@dataclass(frozen=True, kw_only=True)
class Healthcheck:
    """A declared test: what the engine runs, for how many seconds, and how often it may fail."""

    command: tuple[str, ...]
    timeout: float
    retries: int

    @property
    def evidence(self) -> str:
        """The test as a line of the Dockerfile."""
        return f"HEALTHCHECK CMD {' '.join(self.command)}"


def declared_healthcheck(image_config: Mapping[str, Any]) -> Healthcheck | None:
    """Return the test in an image's configuration; None without one, or if it is switched off."""
    declared = image_config.get("Healthcheck") or {}
    match declared.get("Test"):
        case ["CMD", _, *_]:
            command = declared["Test"][1:]
        case ["CMD-SHELL", script]:
            command = [*(image_config.get("Shell") or DEFAULT_SHELL), script]
        case _:
            return None
    return Healthcheck(
        command=tuple(command),
        timeout=(declared.get("Timeout") or 0) / NANOSECONDS or DEFAULT_TIMEOUT,
        retries=declared.get("Retries") or DEFAULT_RETRIES,
    )
