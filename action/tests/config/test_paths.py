from pathlib import Path

import pytest

from rehearsal.config.parser import make_plan
from rehearsal.verdict import MisconfiguredError


def test_make_plan__a_baseline_may_be_missing_and_has_to_be_a_folder(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").touch()
    assert make_plan({}, environ={}, top=tmp_path).baseline is None
    missing = make_plan({"baseline": "old/evidence"}, environ={}, top=tmp_path)
    assert missing.baseline == tmp_path / "old/evidence"
    for value in ("Dockerfile", "x" * 5000):
        with pytest.raises(MisconfiguredError) as caught:
            make_plan({"baseline": value}, environ={}, top=tmp_path)
        assert "The input baseline is '" in caught.value.problem.message
        assert "it has to be a folder" in caught.value.problem.message
