from dataclasses import replace

import pytest

from rehearsal.evidence.log import Log
from rehearsal.outside.github import Console
from rehearsal.pipeline.companions import with_grid
from rehearsal.pipeline.run_state import RunState
from rehearsal.pipeline.stages.companion import Companion, CompanionKind

from ..fakes import PLAN, fake_container, suite_plan


@pytest.mark.parametrize("port, url", [(4444, "http://localhost:4444"), (0, "http://given:4444")])
def test_with_grid__tests_get_the_url_of_the_service(port: int, url: str, log: Log) -> None:
    state = RunState(observer=Console({}))
    for name, host_port in (("postgres", 0), ("grid", port)):
        state.companions.append(
            Companion(
                kind=CompanionKind.SERVICE,
                name=name,
                image="any",
                container=fake_container(),
                log=log,
                host_port=host_port,
            )
        )
    plan = replace(PLAN, suite=suite_plan(selenium_url="http://given:4444"))
    assert with_grid(plan, state).suite.selenium_url == url
