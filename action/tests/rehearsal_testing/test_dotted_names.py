import pytest

from rehearsal_testing.dotted_names import dotted, own_name


@pytest.mark.parametrize(
    "name,expected",
    [
        ("tests/test_pages.py::Home::test_greets", "tests.test_pages.Home.test_greets"),
        ("tests.test_pages.Home.test_greets", "tests.test_pages.Home.test_greets"),
        ("test_pages.py::test_greets[a/b.py::c]", "test_pages.test_greets[a/b.py::c]"),
        ("test_pages.test_greets[a/b.py::c]", "test_pages.test_greets[a/b.py::c]"),
        ("", ""),
    ],
    ids=["pytest's", "ours", "pytest's with parameters", "ours with parameters", "none"],
)
def test_own_name__is_one_for_both(name: str, expected: str) -> None:
    assert own_name(name) == expected


def test_dotted__of_a_module() -> None:
    assert dotted("tests/unit/test_pages.py") == "tests.unit.test_pages"
