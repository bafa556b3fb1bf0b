from pathlib import Path

import pytest

from rehearsal.source.source_tree import SourceTree


@pytest.mark.parametrize(
    "path, place",
    [
        pytest.param("/src/app/views.py", "site/app/views.py", id="the longest end"),
        pytest.param("/srv/other/views.py", "site/views.py", id="a shorter end"),
        pytest.param("app/views.py", "site/app/views.py", id="relative"),
        pytest.param("/src/app/gone.py", "", id="no such file"),
        pytest.param("/src/app", "", id="a folder"),
        pytest.param("/", "", id="root"),
        pytest.param("/src/secret.py", "", id="above the working directory"),
        pytest.param("../secret.py", "", id="climbing"),
        pytest.param("/src/link.py", "", id="a link out of it"),
        pytest.param("/v/lib/python3.13/site-packages/x/base.py", "", id="installed code"),
        pytest.param("/usr/lib/python3.13/base.py", "", id="the standard library"),
        pytest.param("/repo/action/rehearsal_testing/base.py", "", id="our own library"),
        pytest.param("<frozen base.py>", "", id="frozen"),
        pytest.param("a\x00b.py", "", id="no name of a file"),
        pytest.param("x" * 5000, "", id="too long a name"),
    ],
)
def test_locate(path: str, place: str, tree: SourceTree) -> None:
    assert tree.locate(path) == place


def test_locate__an_absolute_path_of_this_machine(tree: SourceTree) -> None:
    assert tree.locate(f"{tree.directory}/app/views.py") == "site/app/views.py"


def test_locate__nothing_without_a_checkout() -> None:
    assert SourceTree(top=Path("/nowhere"), directory=Path("/nowhere")).locate("/a/b.py") == ""
