import ast
from pathlib import Path

import pytest

from rehearsal.evidence.folder_names import captured_name
from rehearsal_capture.dotted_names import dotted_name
from rehearsal_capture.evidence import safe_name

from ..rehearsal_testing.sandbox import CHECKOUT


@pytest.mark.parametrize(
    "test",
    [
        "tests.test_pages.PageTest.test_title",
        "tests/test_pages.py::PageTest::test_title",
        "test_pages.py::test_title[a::b/c.py]",
        "tests/ü/test_pages.py::test_title",
        f"test_pages.py::test_{'x' * 200}",
        "test_title (test_pages.PageTest)",
        "test_title (test_pages.PageTest.test_title)",
        "setUpClass (test_pages.PageTest)",
        "test_title (a sentence)",
    ],
)
def test_captured_name__is_the_same_on_both_sides(test: str) -> None:
    assert captured_name(test) == safe_name(dotted_name(test))


@pytest.mark.parametrize(
    "name", ["test_a (m.B)", "test_a (m.B.test_a)", "m.py::B::test_a", "m.B.test_a"]
)
def test_captured_name__is_one_under_every_runner(name: str) -> None:
    assert captured_name(name) == "m.B.test_a"


@pytest.mark.parametrize(
    "file",
    sorted((CHECKOUT / "action/rehearsal_capture").rglob("*.py")),
    ids=lambda file: file.name,
)
def test_capture__is_python_3_8(file: Path) -> None:
    ast.parse(file.read_text(), feature_version=(3, 8))
