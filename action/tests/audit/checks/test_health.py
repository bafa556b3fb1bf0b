from typing import Any

import pytest

from rehearsal.audit.check import CheckSkipped, Failure
from rehearsal.audit.checks.health import healthcheck
from rehearsal.audit.observations import Observations, ProgramOutput

from .found import failures

TEST = {"Test": ["CMD", "curl", "-f", "http://localhost/"], "Timeout": 3 * 10**9}


def found(output: ProgramOutput | None, test: dict[str, Any] | None = None) -> list[Failure]:
    config = {"Cmd": ["app"], "Healthcheck": TEST if test is None else test}
    return failures(healthcheck, Observations(image_config=config, healthcheck=output))


def test_healthcheck__passes() -> None:
    assert not found(ProgramOutput(exit_code=0))


@pytest.mark.parametrize(
    "test, message",
    [({}, "declares no HEALTHCHECK"), ({"Test": ["NONE"]}, "switches the HEALTHCHECK")],
)
def test_healthcheck__none(test: dict[str, Any], message: str) -> None:
    (failure,) = found(None, test)
    assert message in failure.message
    assert failure.evidence[0].endswith(": null" if not test else ': ["NONE"]')


@pytest.mark.parametrize(
    "output, message",
    [
        (ProgramOutput(exit_code=1, lines=("refused",)), "fails with exit code 1"),
        (ProgramOutput(exit_code=None), "longer than its timeout of 3 s"),
        (ProgramOutput(exit_code=127, missing=True), "lacks the program of its HEALTHCHECK, curl"),
    ],
)
def test_healthcheck__fails(output: ProgramOutput, message: str) -> None:
    (failure,) = found(output)
    assert message in failure.message
    assert failure.evidence == ("HEALTHCHECK CMD curl -f http://localhost/", *output.lines)


def test_healthcheck__shows_the_end_of_much() -> None:
    (failure,) = found(ProgramOutput(exit_code=1, lines=tuple(map(str, range(1000)))))
    assert failure.evidence[1:] == tuple(map(str, range(990, 1000)))


@pytest.mark.parametrize("seen", [Observations(), Observations(image_config={"Healthcheck": TEST})])
def test_healthcheck__not_known(seen: Observations) -> None:
    with pytest.raises(CheckSkipped):
        failures(healthcheck, seen)
