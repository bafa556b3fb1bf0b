import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.evidence.folder_names import captured_name
from rehearsal_capture.dotted_names import dotted_name
from rehearsal_capture.evidence import safe_name

from ..rehearsal_testing.sandbox import CHECKOUT

# What Python 3.8 cannot subscript.
GENERICS = {"dict", "list", "tuple", "set", "frozenset", "type", "Callable", "Iterator"}


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
    tree = ast.parse(file.read_text(), feature_version=(3, 8))
    # Annotations are not evaluated. Elsewhere 3.8 knows no `dict[str, int]`.
    assert list(evaluated_generics(tree)) == []


def evaluated_generics(tree: ast.AST) -> Iterator[str]:
    for node in ast.iter_child_nodes(tree):
        if node in (getattr(tree, "annotation", None), getattr(tree, "returns", None)):
            continue
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
            name = node.value.id
            if name in GENERICS:
                yield f"{name} in line {node.lineno}"
        yield from evaluated_generics(node)


def test_evaluated_generics__of_what_3_8_cannot_import() -> None:
    text = "A = Callable[[dict[str, int]], None]\nx: list[int] = [*dict[str, int]()]"
    found = list(evaluated_generics(ast.parse(text)))
    assert found == ["Callable in line 1", "dict in line 1", "dict in line 2"]
