import pytest

from rehearsal_capture.dotted_names import dotted_name
from rehearsal_testing.dotted_names import as_dotted_name


@pytest.mark.parametrize(
    "name,expected",
    [
        ("tests/test_pages.py::Home::test_greets", "tests.test_pages.Home.test_greets"),
        ("tests.test_pages.Home.test_greets", "tests.test_pages.Home.test_greets"),
        ("test_pages.py::test_greets[a/b.py::c]", "test_pages.test_greets[a/b.py::c]"),
        ("test_pages.test_greets[a/b.py::c]", "test_pages.test_greets[a/b.py::c]"),
        ("", ""),
    ],
    ids=["node ID", "dotted", "node ID with parameters", "dotted with parameters", "empty"],
)
def test_as_dotted_name__of_node_id_and_dotted_name(name: str, expected: str) -> None:
    assert as_dotted_name(name) == expected


def test_dotted__of_a_module() -> None:
    assert dotted_name("tests/unit/test_pages.py") == "tests.unit.test_pages"
