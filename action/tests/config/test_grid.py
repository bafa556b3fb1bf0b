from pathlib import Path

import pytest

from rehearsal.config.grid import grid_port
from rehearsal.config.parser import make_plan
from rehearsal.config.rehearsal_plan import Plan, ServicePlan
from rehearsal.verdict import MisconfiguredError

SERVICES = "postgres=postgres:17\ngrid=selenium/standalone-chrome"


def plan(top: Path, **given: str) -> Plan:
    (top / "Dockerfile").touch()
    inputs = {name.replace("_", "-"): value for name, value in given.items()}
    return make_plan(inputs, environ={}, top=top)


def test_selenium_url__a_url(tmp_path: Path) -> None:
    found = plan(tmp_path, services=SERVICES, selenium_url="http://grid:4444/wd/hub")
    assert found.suite.selenium_url == "http://grid:4444/wd/hub"
    assert not any(each.on_host_network for each in found.companions.services)


def test_selenium_url__a_service(tmp_path: Path) -> None:
    found = plan(tmp_path, services=SERVICES, selenium_url="grid")
    postgres, grid = found.companions.services
    assert found.suite.selenium_url == "", "its port is known when its image is here"
    assert (postgres.on_host_network, postgres.options) == (False, ())
    assert (grid.on_host_network, grid.options) == (True, ("--shm-size", "2g"))


@pytest.mark.parametrize(
    "services, hint",
    [
        (SERVICES, "The services are: postgres, grid."),
        ("", "The input services is empty: name it there."),
    ],
)
def test_selenium_url__neither_a_url_nor_a_service(
    tmp_path: Path, services: str, hint: str
) -> None:
    """The value may be a password that stands in the wrong place."""
    with pytest.raises(MisconfiguredError) as caught:
        plan(tmp_path, services=services, selenium_url="secret-word")
    problem = caught.value.problem
    assert problem.message == "selenium-url is neither a URL nor the name of a service."
    assert problem.hint.endswith(hint)
    assert "secret-word" not in problem.hint


@pytest.mark.parametrize(
    "ready_port, exposed, port",
    [
        (0, [], 4444),
        (0, [9515], 9515),
        # As the images of docker-selenium do: Grid, VNC and noVNC.
        (0, [4444, 5900, 7900], 4444),
        (4445, [4444], 4445),
    ],
)
def test_grid_port__of_a_service(ready_port: int, exposed: list[int], port: int) -> None:
    service = ServicePlan(name="grid", image="selenium/standalone-chrome", ready_port=ready_port)
    assert grid_port(service, exposed) == port
