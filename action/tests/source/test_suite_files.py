import pytest

from rehearsal.source.suite_files import suite_files, suite_python

from .test_django_project import project_of

FILES = dict.fromkeys(
    (
        "functional_tests/__init__.py", "functional_tests/test_a.py", "functional_tests/test_b.py",
        "functional_tests/conftest.py", "functional_tests/page.html",
        "tests/unit/test_c.py", "checks.py",
    ),
    "",
)  # fmt: skip
SUITE = ["functional_tests/__init__.py", "functional_tests/test_a.py", "functional_tests/test_b.py"]
WITH_PYTEST = sorted(["functional_tests/conftest.py", *SUITE])


@pytest.mark.parametrize(
    "command, files",
    [
        ("python -m unittest functional_tests", SUITE),
        ("python manage.py test functional_tests", SUITE),
        ("python -m unittest functional_tests.test_a", SUITE[:2]),
        ("python -m unittest functional_tests.test_a.ATest.test_it", SUITE[:2]),
        ("python -m pytest functional_tests/test_b.py::BTest", SUITE[2:]),
        ("python -m pytest functional_tests/", WITH_PYTEST),
        ("python checks.py", ["checks.py"]),
        ("python -m pytest", WITH_PYTEST),
        ("python -m coverage run manage.py test", SUITE),
        # It may run anything.
        ("make 'it", WITH_PYTEST),
    ],
)
def test_suite_files(command: str, files: list[str]) -> None:
    assert suite_files(project_of(FILES), command) == files


@pytest.mark.parametrize(
    "command, python",
    [
        ("python -m unittest", "python"),
        ("/opt/bin/python3.12 -m pytest tests", "/opt/bin/python3.12"),
        ("pytest tests", "python"),
        ("", ""),
        ("uv run pytest", ""),
        ("npm test", ""),
        (". venv/bin/activate && pytest", ""),
        ("PATH=/tools/bin:$PATH python -m pytest", ""),
    ],
)
def test_suite_python(command: str, python: str) -> None:
    assert suite_python(command) == python
