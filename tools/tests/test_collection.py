"""No test is lost because its file is not read."""

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from conftest import pytest_ignore_collect

TOP = Path(__file__).parents[2]
TESTS = TOP / "action/tests"


@pytest.mark.parametrize(
    "marks, path, ignored",
    [
        ("", TESTS / "test_ansi.py", None),
        ("", TESTS / "e2e", None),
        ("not e2e", TESTS / "test_ansi.py", None),
        ("not e2e", TESTS / "e2e", True),
        ("not e2e", TOP / "superlists/tests/e2e", None),
        ("e2e and not alone", TESTS, None),
        ("e2e and not alone", TESTS / "test_ansi.py", True),
        ("e2e and not alone", TESTS / "e2e/test_faults.py", None),
        ("e2e and not alone", TESTS / "rehearsal_testing/test_dialogs.py", None),
        ("e2e and alone", TOP / "superlists/tests/e2e/test_image.py", None),
    ],
)
def test_ignore_collect__what_has_no_test_of_these_marks(
    marks: str, path: Path, ignored: bool | None
) -> None:
    assert path.exists()
    config = cast("pytest.Config", SimpleNamespace(option=SimpleNamespace(markexpr=marks)))
    assert pytest_ignore_collect(path, config) is ignored
