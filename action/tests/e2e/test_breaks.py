"""Break a plain Django project in the usual ways, and see that a rehearsal names cause and mend."""

from pathlib import Path

import pytest

from .breaks import BREAKS
from .contract import assert_verdict
from .faults import PLAIN_APP, PLAIN_TESTS, Fault
from .repository import repository_of
from .runner import Runner
from .test_faults import assert_advice_helps, assert_told, laid_out, planted, rehearsed_with

__all__ = ["planted"]


@pytest.mark.parametrize("fault", BREAKS, ids=str)
def test_break(fault: Fault, workdir: Path, runner: Runner, planted: dict[str, str]) -> None:
    repository = laid_out(fault, workdir / "repository")
    rehearsed = rehearsed_with(fault, repository, runner, planted)
    assert_told(rehearsed, fault, runner, planted)
    if fault.then:
        assert_advice_helps(rehearsed, fault, runner, planted)


def test_passed__as_it_is(workdir: Path, runner: Runner) -> None:
    every_test = {"test-command": f"{PLAIN_TESTS}.test_pages functional_tests.test_visitor"}
    rehearsed = runner.use(
        repository_of("plain_app", workdir / "repository"), {**PLAIN_APP, **every_test}
    )
    assert_verdict(rehearsed, "passed")
