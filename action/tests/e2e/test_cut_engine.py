"""An engine that cannot be reached any more, while the container goes on."""

import json
import signal
import subprocess

import pytest

from . import leftovers
from .contract import assert_verdict
from .engine_proxy import engine_proxy
from .repository import Repository
from .runner import Runner, RunningStep


@pytest.mark.parametrize("killed", [False, True], ids=["helper reports", "helper is killed"])
def test_cut_engine__the_advice_removes_what_is_left(
    tiny: Repository, runner: Runner, run_id: str, *, killed: bool
) -> None:
    with engine_proxy(runner.folder / "engine.sock") as proxy:

        def cut(step: RunningStep) -> None:
            step.wait_until(lambda step: "\ntesting\n" in step.log)
            proxy.cut()
            if killed:
                step.send(signal.SIGKILL)

        rehearsed = runner.use(
            tiny,
            {"volumes": f"volume-{run_id}:/data", "test-command": "echo testing; sleep 600"},
            environment=proxy.environment,
            meanwhile=cut,
        )
    warnings = [each.text for each in rehearsed.shown.annotations if each.level == "warning"]
    if killed:
        assert rehearsed.outputs["verdict"] == "cancelled"
    else:
        assert_verdict(rehearsed, "engine-failed")
        assert json.loads(rehearsed.file("verdict.json"))["warnings"] == warnings[:1]
        assert "docker ps --all --quiet --filter label=dress-rehearsal=" in rehearsed.summary
    assert len(warnings) == (1 if killed else 2), "from each step that should have removed it"
    left = leftovers.of_the_engine(run_id)
    assert sorted(each.split()[0] for each in left) == ["container", "volume"]
    for warning in warnings:
        advice, command = warning.splitlines()[-2:]
        assert f" {left[0].split()[1]} may be left" in advice
        subprocess.run(["bash", "-ec", command], check=True, capture_output=True)
        assert not leftovers.of_the_engine(run_id)
