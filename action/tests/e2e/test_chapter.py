"""Undo each lesson of the chapter, and see that a rehearsal names the chapter's own cause."""

from pathlib import Path

import pytest

from .chapter import CHAPTER, LAST_COMMIT
from .contract import assert_verdict
from .faults import Fault
from .runner import Runner
from .test_faults import assert_advice_helps, assert_told, laid_out, planted, rehearsed_with

__all__ = ["planted"]


@pytest.mark.parametrize("commit", CHAPTER, ids=str)
def test_chapter(commit: Fault, workdir: Path, runner: Runner, planted: dict[str, str]) -> None:
    repository = laid_out(commit, workdir / "repository")
    rehearsed = rehearsed_with(commit, repository, runner, planted)
    assert_told(rehearsed, commit, runner, planted)
    if commit.then:
        assert_advice_helps(rehearsed, commit, runner, planted)


def test_passed__the_last_commit(workdir: Path, runner: Runner, planted: dict[str, str]) -> None:
    repository = laid_out(LAST_COMMIT, workdir / "repository")
    assert_verdict(rehearsed_with(LAST_COMMIT, repository, runner, planted), "passed")
