from typing import Any

import pytest

from rehearsal.audit.image_healthcheck import Healthcheck, declared_healthcheck


def declared(**fields: Any) -> Healthcheck | None:
    return declared_healthcheck({"Healthcheck": fields})


def test_declared_healthcheck__as_a_list() -> None:
    found = declared(Test=["CMD", "python", "-m", "health"], Timeout=4 * 10**9, Retries=2)
    assert found == Healthcheck(command=("python", "-m", "health"), timeout=4, retries=2)
    assert found.evidence == "HEALTHCHECK CMD python -m health"


def test_declared_healthcheck__for_a_shell_with_the_defaults() -> None:
    assert declared(Test=["CMD-SHELL", "curl localhost || exit 1"]) == Healthcheck(
        command=("/bin/sh", "-c", "curl localhost || exit 1"), timeout=30, retries=3
    )


def test_declared_healthcheck__for_the_shell_of_the_image() -> None:
    config = {"Shell": ["/bin/bash", "-ec"], "Healthcheck": {"Test": ["CMD-SHELL", "true"]}}
    found = declared_healthcheck(config)
    assert found
    assert found.command == ("/bin/bash", "-ec", "true")


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"Healthcheck": None},
        {"Healthcheck": {"Test": None}},
        {"Healthcheck": {"Test": []}},
        {"Healthcheck": {"Test": ["NONE"]}},
        {"Healthcheck": {"Test": ["CMD"]}},
    ],
)
def test_declared_healthcheck__none(config: dict[str, Any]) -> None:
    assert declared_healthcheck(config) is None
