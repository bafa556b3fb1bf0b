"""Read the input selenium-url: the URL of a Selenium Grid, or the name of a service that is one."""

from collections.abc import Collection, Mapping

from rehearsal.config.inputs import Inputs
from rehearsal.config.named_lines import unknown_name_hint
from rehearsal.config.rehearsal_plan import ServicePlan
from rehearsal.verdict import MisconfiguredError

# The port of Grid and of geckodriver.
DEFAULT_PORT = 4444
# Chrome crashes with the 64 MB that a container has, as the README of docker-selenium says.
SHARED_MEMORY = ("--shm-size", "2g")


def read_grid_url(inputs: Inputs) -> str:
    """Return the URL that the input has, empty if it has none."""
    value = inputs.text("selenium-url")
    return value if "://" in value else ""


def read_grid(inputs: Inputs, services: Mapping[str, object]) -> str:
    """Return the name of the service that the input names, empty if it names none.

    Raises `MisconfiguredError`.
    """
    value = inputs.text("selenium-url")
    if not value or "://" in value:
        return ""
    if value not in services:
        raise MisconfiguredError(
            "selenium-url is neither a URL nor the name of a service.",
            hint=f"Write a URL, like http://grid.example:4444, or a service. "
            f"{unknown_name_hint(services)}",
        )
    return value


def grid_port(service: ServicePlan, exposed: Collection[int]) -> int:
    """Return the port of a service on the host's network; `exposed` are the ports of its image.

    Images of Grid expose ports for VNC, too.
    """
    only = next(iter(exposed)) if len(exposed) == 1 else DEFAULT_PORT
    return service.ready_port or only
