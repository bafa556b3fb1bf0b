"""Answers that HTTP allows and few servers give."""

from pathlib import Path

import pytest

from .contract import assert_verdict
from .repository import repository_of
from .runner import Runner


@pytest.mark.parametrize(
    "mode", ["hints", "continue", "processing", "accept", "http10", "chunked", "noreason"]
)
def test_passed__odd_answers(mode: str, workdir: Path, runner: Runner) -> None:
    rehearsed = runner.use(
        repository_of("odd_app", workdir / "repository"), {"env": f"MODE={mode}"}
    )
    assert_verdict(rehearsed, "passed")
    assert "gave HTTP status 200" in rehearsed.log
