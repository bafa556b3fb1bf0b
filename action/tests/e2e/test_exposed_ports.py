"""Without the input port, the app's port is the one that its image exposes."""

from .contract import assert_verdict
from .repository import Repository
from .runner import Runner

# The app listens on port 9000 then.
ELSEWHERE = {"env": "TINY_FAULT=elsewhere", "audit": "off"}


def test_port__is_the_one_that_the_image_exposes(tiny: Repository, runner: Runner) -> None:
    tiny.replace("Dockerfile", "^EXPOSE 8888$", "EXPOSE 9000\nEXPOSE 514/udp")
    rehearsed = runner.use(tiny, ELSEWHERE)
    assert_verdict(rehearsed, "passed")
    assert "port 9000: the image exposes it" in rehearsed.log


def test_port__of_several_none_is_chosen(tiny: Repository, runner: Runner) -> None:
    tiny.replace("Dockerfile", "^EXPOSE 8888$", "EXPOSE 9000 9001")
    rehearsed = runner.use(tiny, ELSEWHERE)
    assert_verdict(rehearsed, "not-ready")
    assert rehearsed.outputs["diagnosis"] == "wrong-port"
    assert "exposes the ports 9000, 9001" in rehearsed.summary
    obeyed = runner.use(tiny, ELSEWHERE | {"port": "9000"})
    assert_verdict(obeyed, "passed")
