import pytest

from rehearsal.pipeline.stages.app_port import DEFAULT_PORT, AppPort, choose_port


def test_choose_port__the_one_that_is_exposed() -> None:
    assert choose_port([80]) == AppPort(number=80, reason="port 80: the image exposes it")


def test_choose_port__none_is_exposed() -> None:
    port = choose_port([])
    assert (port.number, port.is_guess) == (DEFAULT_PORT, False)
    assert "none is given, and the image exposes none" in port.reason


@pytest.mark.parametrize("exposed", [[80, 443], [8888, 9000]])
def test_choose_port__several_decide_nothing_and_are_listed(exposed: list[int]) -> None:
    port = choose_port(exposed[::-1])
    assert (port.number, port.is_guess) == (DEFAULT_PORT, True)
    assert (
        f"exposes the ports {exposed[0]}, {exposed[1]}, and the input port is empty" in port.reason
    )
