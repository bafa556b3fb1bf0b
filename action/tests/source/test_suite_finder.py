import pytest

from rehearsal.source.project_files import ProjectFiles
from rehearsal.source.suite_finder import find_django_folder, find_suite


def project(*paths: str) -> ProjectFiles:
    """Return a project of these files; a path with a slash at its end is an empty folder."""
    folders: dict[str, tuple[str, ...]] = {".": ()}
    for path in paths:
        parts = path.split("/")
        for end in range(1, len(parts)):
            folders.setdefault("/".join(parts[:end]), ())
        folder = "/".join(parts[:-1]) or "."
        folders[folder] += (parts[-1],) if parts[-1] else ()
    return ProjectFiles(folders=folders, read=lambda _: "")


@pytest.mark.parametrize(
    "paths, folder",
    [
        (["src/manage.py", "src/functional_tests/tests.py"], "src"),
        (["src/manage.py", "src/functional_tests/"], "src"),
        (["d/e/manage.py", "d/e/functional_tests/", "b/c/manage.py", "b/c/functional_tests/"],
         "b/c"),
        (["a/b/manage.py", "a/b/functional_tests/", "z/manage.py", "z/functional_tests/"], "z"),
        (["src/manage.py", "functional_tests/tests.py"], ""),
        (["src/functional_tests/tests.py"], ""),
    ],
)  # fmt: skip
def test_find_django_folder(paths: list[str], folder: str) -> None:
    assert find_django_folder(project(*paths)) == folder


@pytest.mark.parametrize(
    "path, folder",
    [
        ("tests/e2e/test_shop.py", "tests/e2e"),
        ("e2e/shop_test.py", "e2e"),
        ("e2e/pages/login/test_login.py", "e2e"),
        ("functional_tests/tests.py", "functional_tests"),
        ("functional-tests/test_shop.py", "functional-tests"),
        ("tests/functional/test_shop.py", "tests/functional"),
        ("test/System/shop_test.rb", "test/System"),
        ("spec/system/shop_spec.rb", "spec/system"),
        ("backend/tests/browser/test_shop.py", "backend/tests/browser"),
        ("apps/web/e2e/shop.spec.ts", "apps/web/e2e"),
        ("cypress/e2e/shop.cy.js", "cypress"),
        ("acceptance_tests/features/shop.feature", "acceptance_tests"),
        ("src/e2e-tests/java/ShopTest.java", "src/e2e-tests"),
    ],
)
def test_find_suite(path: str, folder: str) -> None:
    assert find_suite(project("app.py", path)) == folder


@pytest.mark.parametrize(
    "path",
    [
        "tests/test_models.py",
        "tests/unit/test_models.py",
        "e2e/README.md",
        "tests/e2e/conftest.py",
        "functional/test_tools.py",
        "browser/test.js",
        "system/test_disk.py",
    ],
)
def test_find_suite__none(path: str) -> None:
    """Unit tests need no container, and a folder may be about anything."""
    assert find_suite(project("app.py", path)) == ""


def test_find_suite__nearest_first() -> None:
    assert find_suite(project("a/tests/e2e/test_a.py", "b/e2e/test_b.py")) == "b/e2e"
