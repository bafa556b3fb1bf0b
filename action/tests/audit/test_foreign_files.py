import pytest

from rehearsal.audit.foreign_files import is_below, is_foreign, package_folder


@pytest.mark.parametrize(
    "path",
    [
        "app/main.py",
        "usr/src/app/index.js",
        "usr/local/app/main.py",
        "usr/share/nginx/html/index.html",
        "usr/local/apache2/htdocs/index.html",
        "var/www/html/index.php",
        "opt/app/lib/util.rb",
        "library/main.py",
        "srv/users/app.py",
    ],
)
def test_is_foreign__the_project(path: str) -> None:
    assert not is_foreign(path)


@pytest.mark.parametrize(
    "path",
    [
        "usr/share/nginx/other",
        "usr/lib/x86_64-linux-gnu/libc.so.6",
        "usr/local/lib/python3.13/ssl.py",
        "opt/miniconda3/lib/x.py",
        "home/app/.local/lib/python3.12/site-packages/x.py",
        "app/node_modules/x/index.js",
        "app/vendor/autoload.php",
        "root/.cargo/registry/src/x/lib.rs",
    ],
)
def test_is_foreign__of_others(path: str) -> None:
    assert is_foreign(path)


def test_package_folder__of_a_project() -> None:
    assert package_folder("var/task/numpy-2.3.dist-info/RECORD") == "var/task/"
    assert package_folder("six-1.17.dist-info/RECORD") == ""
    assert package_folder("app/six-1.17.dist-info/WHEEL") is None
    assert package_folder("venv/lib/python3.13/site-packages/six.dist-info/RECORD") is None


def test_is_below__a_folder_in_one_of_them() -> None:
    assert is_below("var/task/numpy/tests", ["var/task/"])
    assert not is_below("var/task/tests.py", ["var/task/"])
    assert not is_below("app/numpy/tests", ["var/task/"])
    assert is_below("numpy/tests", [""])
