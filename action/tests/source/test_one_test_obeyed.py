"""The commands for one test, obeyed: the real runners run this test and no other.

Playwright, Vitest, jest, mocha and Go are not installed here. test_one_test.py has the commands
that the real ones obeyed.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rehearsal.evidence.rerun_text import command_flag
from rehearsal.results.junit.reports import read_reports
from rehearsal.results.suite_output.reader import OutputReader
from rehearsal.results.tests import SuiteResults
from rehearsal.source.one_test import one_test_command

CASES = """
class CartTest(TestCase):
    def test_adds(self): self.fail("no")
    def test_adds_more(self): self.fail("no")
    def test_total(self):
        with self.subTest("of", part="a b)"): self.fail("no")
class BrokenTest(TestCase):
    @classmethod
    def setUpClass(cls): raise ValueError("no")
    def test_one(self): pass
"""
DJANGO = {
    "manage.py": "from django.core.management import execute_from_command_line as run\n"
    "import sys\nif __name__ == '__main__': run(sys.argv)\n",
    "shop/e2e.py": "SECRET_KEY = 'x'\n",
    "web_tests/__init__.py": "",
    "web_tests/test_cart.py": f"from django.test import SimpleTestCase as TestCase\n{CASES}",
    "web_tests/deep/__init__.py": "",
    "web_tests/deep/test_cart.py": "from django.test import SimpleTestCase as TestCase, tag\n"
    "@tag('slow')\nclass CartTest(TestCase):\n  def test_adds(self): self.fail('no')\n",
}
UNITTEST = {
    "suite/test_cart.py": f"from unittest import TestCase\n{CASES}",
    "suite/deep/__init__.py": "",
    "suite/deep/test_cart.py": f"from unittest import TestCase\n{CASES}",
}
PARAMETERS = ["[a b]", 'it\'s "q"', "$X `x` !x", "é a\\b"]
PYTEST = {
    "web/pytest.ini": "[pytest]\n",
    "web/tests/test_cart.py": f"""
import pytest
def test_adds(): assert 0
def test_adds_more(): assert 0
@pytest.mark.parametrize("x", {PARAMETERS!r})
def test_parameters(x): assert 0
class TestCart:
    def test_adds(self): assert 0
""",
    "tests/test_cart.py": "def test_adds(): assert 0\n",
}
JUNIT = '--junitxml "$REHEARSAL_JUNIT/pytest.xml"'


def results(folder: Path, command: str) -> SuiteResults:
    """Run a test command as a rehearsal does, after a shell has read it as a flag."""
    reports = folder / "reports"
    report = reports / "pytest.xml"
    report.unlink(missing_ok=True)
    python = Path(sys.executable).parent
    done = subprocess.run(
        ["bash", "-c", f'run() {{ bash -eo pipefail -c "$2"; }}; run {command_flag(command)}'],
        cwd=folder,
        env=os.environ
        | {"PATH": f"{python}:{os.environ['PATH']}", "REHEARSAL_JUNIT": str(reports)}
        | {"DJANGO_SETTINGS_MODULE": "shop.e2e", "PYTEST_ADDOPTS": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        timeout=300,
    )
    if report.is_file():
        return read_reports([(report.name, report.read_bytes())], retries=False).results
    reader = OutputReader()
    reader.feed(done.stdout)
    return reader.end().results


@pytest.mark.parametrize(
    "files, command, count",
    [
        pytest.param(DJANGO, "python manage.py test web_tests --parallel 2", 5, id="django"),
        pytest.param(
            DJANGO,
            "python manage.py test --settings shop.e2e --exclude-tag slow",
            4,
            id="django-without-labels",
        ),
        pytest.param(UNITTEST, "cd suite && python -m unittest", 8, id="unittest"),
        pytest.param(PYTEST, f"cd web && pytest -n 0 tests {JUNIT}", 7, id="pytest-in-a-folder"),
        pytest.param(
            PYTEST, f"python -m pytest web/tests {JUNIT}", 7, id="pytest-configured-elsewhere"
        ),
    ],
)
def test_one_test_command__obeyed(
    files: dict[str, str], command: str, count: int, tmp_path: Path
) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    failed = results(tmp_path, command).failed
    assert len(failed) == count
    for each in failed if "web/tests" not in command else failed[:2]:
        one = one_test_command(
            command, each.name, each.file, lambda path: (tmp_path / path).is_file()
        )
        assert one, each.name
        assert [test.name for test in results(tmp_path, one).failed] == [each.name]
