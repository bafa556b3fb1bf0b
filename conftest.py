"""Which test files pytest reads at all: importing thousands of tests takes each worker seconds."""

import gc
from pathlib import Path

import pytest

# Its conftest.py gives each test there the mark `e2e`.
_SCENARIOS = Path(__file__).parent / "action/tests/e2e"


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out files that have no test of the kind that `-m` asks for."""
    marks = config.option.markexpr
    if marks == "not e2e":
        return collection_path == _SCENARIOS or None
    if not marks.startswith("e2e") or "e2e" in collection_path.parts or collection_path.is_dir():
        return None
    # A file that does not name the mark has no test with it.
    return "e2e" not in collection_path.read_text(errors="replace") or None


def pytest_collection_finish() -> None:
    """Let the garbage collector skip what lives as long as the run: ten thousand tests."""
    gc.freeze()
