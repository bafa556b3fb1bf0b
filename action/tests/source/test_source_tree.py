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


@pytest.mark.parametrize(
    "file, path, place",
    [
        ("src/main/java/com/example/App.java", "com/example/App.java", True),
        ("shop/src/main/kotlin/com/example/App.kt", "com/example/App.kt", True),
        ("src/com/example/App.java", "com/example/App.java", True),
        ("src/main/java/com/example/App.java", "/build/src/main/java/com/example/App.java", True),
        ("App.java", "App.java", True),
        ("src/main/java/App.java", "org/library/App.java", False),
        ("src/main/java/com/example/App.java", "com/example/../example/App.java", False),
    ],
)
def test_locate__a_class_by_its_package(file: str, path: str, place: bool, tmp_path: Path) -> None:
    target = tmp_path / file
    target.parent.mkdir(parents=True, exist_ok=True)
    target.touch()
    tree = SourceTree(top=tmp_path, directory=tmp_path)
    assert tree.locate(path) == (file if place else "")


@pytest.mark.parametrize(
    "path",
    [
        "/srv/node_modules/x/app/views.py",
        "node_modules/app/views.py",
        "node:app/views.py",
        "/srv/vendor/app/views.py",
        "vendor/app/views.py",
        "/usr/lib/ruby/gems/3.1.0/gems/x/app/views.py",
        "/usr/local/go/src/app/views.py",
        "/usr/lib/go-1.19/src/app/views.py",
        "/go/pkg/mod/x@v1/app/views.py",
        "/rustc/0123/app/views.py",
        "/usr/local/cargo/registry/src/app/views.py",
        "/root/.cargo/git/checkouts/app/views.py",
        "/_/src/app/views.py",
    ],
)
def test_locate__never_installed_code(path: str, tree: SourceTree) -> None:
    assert tree.locate(path) == ""


def test_locate__a_checkout_in_a_folder_with_a_name_of_installed_code(tmp_path: Path) -> None:
    folder = tmp_path / "vendor/shop"
    (folder / "app").mkdir(parents=True)
    (folder / "app/views.py").touch()
    tree = SourceTree(top=folder, directory=folder)
    assert tree.locate(f"{folder}/app/views.py") == "app/views.py"


@pytest.mark.parametrize(
    "file, path",
    [
        ("shop/static/shop/app.js", "/static/shop/app.js"),
        ("back/shop/static/shop/app.js", "/static/shop/app.js"),
        ("static/app.js", "/static/app.js"),
        ("static/app.js", "/static/app.0123456789ab.js"),
        ("static/app.js", "/assets/app-0123abcd.js"),
        ("public/js/app.js", "/js/app.js"),
        ("app.js", "/app.js"),
    ],
)
def test_locate_static__by_the_longest_end(file: str, path: str, tmp_path: Path) -> None:
    for each in (file, "shop/static/other.js", "node_modules/shop/static/shop/app.js"):
        target = tmp_path / each
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch()
    tree = SourceTree(top=tmp_path, directory=tmp_path)
    assert tree.locate_static(path) == file
    assert tree.locate_static("/static/gone.js") == ""


@pytest.mark.parametrize("path", ["", "/", "/static/../app.js", "/\0.js"])
def test_locate_static__no_path_of_a_file(path: str, tmp_path: Path) -> None:
    (tmp_path / "app.js").touch()
    assert SourceTree(top=tmp_path, directory=tmp_path).locate_static(path) == ""
