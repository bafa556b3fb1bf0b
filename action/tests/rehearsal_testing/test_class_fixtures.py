import time
import unittest
from pathlib import Path
from typing import Any

import pytest

from rehearsal_testing import BrowserTestCase
from rehearsal_testing.attempt_record import AttemptRecord

from .junit_reports import properties, read_cases, read_results
from .sandbox import Sandbox

SUITE = """
import unittest
from rehearsal_testing import BrowserTestCase

class Fine(BrowserTestCase):
    def test_it(self):
        pass

class Unready(BrowserTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        raise OSError("disk full")

    def test_it(self):
        pass
"""
RUNNERS = {
    "unittest": ["-m", "unittest", "test_pages"],
    "django": ["-m", "django", "test", "--settings=settings"],
    "django-parallel": ["-m", "django", "test", "--settings=settings", "--parallel=2"],
}


@pytest.fixture(autouse=True)
def junit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("REHEARSAL_JUNIT", str(tmp_path / "junit"))
    monkeypatch.setenv("REHEARSAL_EVIDENCE", str(tmp_path / "evidence"))
    return tmp_path / "junit"


def run(*classes: type[unittest.TestCase]) -> unittest.TestResult:
    result = unittest.TestResult()
    load = unittest.defaultTestLoader.loadTestsFromTestCase
    unittest.TestSuite(map(load, classes)).run(result)
    return result


@pytest.mark.parametrize("runner", RUNNERS)
def test_class_set_up__failure_is_recorded_under_each_runner(sandbox: Sandbox, runner: str) -> None:
    (sandbox.code / "test_pages.py").write_text(SUITE)
    (sandbox.code / "settings.py").write_text("SECRET_KEY = 'x'\nDATABASES = {}\nUSE_TZ = True\n")
    before = time.time()
    code, printed = sandbox.run(RUNNERS[runner])
    assert code == 1
    assert "OSError: disk full" in printed
    assert read_results(sandbox.junit) == {"test_it": [], "setUpClass": ["error: disk full"]}
    case = read_cases(sandbox.junit)["test_pages.Unready.setUpClass"]
    assert (case.get("file"), case.get("line")) == ("test_pages.py", "9")
    start, end = map(float, properties(case).values())
    assert before < start <= end < time.time()


def test_class_fixtures__of_parents_and_mixins_run_once_in_order(junit: Path) -> None:
    seen: list[str] = []

    class First:
        @classmethod
        def setUpClass(cls) -> None:
            seen.append("first")
            super().setUpClass()  # type: ignore[misc]

    class Last(unittest.TestCase):
        @classmethod
        def setUpClass(cls) -> None:
            seen.append("last")
            super().setUpClass()

    class Parent(First, BrowserTestCase):
        @classmethod
        def tearDownClass(cls) -> None:
            seen.append(f"end of {cls.__name__}")

    class Story(Parent, Last):
        def test_it(self) -> None: ...

    assert run(Story).wasSuccessful()
    assert seen == ["first", "last", "end of Story"]
    assert read_results(junit) == {"test_it": []}


def test_class_tear_down__failure_is_recorded(junit: Path) -> None:
    class Story(BrowserTestCase):
        @classmethod
        def tearDownClass(cls) -> None:
            raise OSError("cannot clean up")

        def test_it(self) -> None: ...

    assert len(run(Story).errors) == 1
    assert read_results(junit) == {"test_it": [], "tearDownClass": ["error: cannot clean up"]}


def test_class_set_up__failure_in_a_parent_is_recorded_for_the_child_only(
    junit: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded: list[str] = []
    monkeypatch.setattr(
        AttemptRecord, "write_report", lambda self: recorded.append(self.case.classname)
    )

    class Parent(BrowserTestCase):
        @classmethod
        def setUpClass(cls) -> None:
            raise OSError("disk full")

    class Story(Parent):
        def test_it(self) -> None: ...

    assert len(run(Story).errors) == 1
    assert [name.rpartition(".")[2] for name in recorded] == ["Story"]
    assert read_results(junit) == {}


@pytest.mark.parametrize("error", [None, unittest.SkipTest("no app")], ids=["passes", "skips"])
def test_class_set_up__that_passes_or_skips_replaces_an_earlier_failure(
    junit: Path, error: Exception | None
) -> None:
    failure: list[Any] = [OSError("disk full")]

    class Story(BrowserTestCase):
        @classmethod
        def setUpClass(cls) -> None:
            if failure[0]:
                raise failure[0]

        def test_it(self) -> None: ...

    run(Story)
    assert read_results(junit) == {"setUpClass": ["error: disk full"]}
    failure[0] = error
    assert run(Story).wasSuccessful()
    # The outcome of the earlier run is deleted.
    assert read_results(junit) == (
        {"setUpClass": ["skipped: no app"]} if error else {"test_it": []}
    )


def test_class__runs_if_its_outcome_cannot_be_written(
    junit: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    junit.write_text("a file, not a folder")

    class Story(BrowserTestCase):
        def test_it(self) -> None: ...

    result = run(Story)
    assert result.wasSuccessful()
    assert result.testsRun == 1
    assert f"Story.test_it is not in {junit}: " in capsys.readouterr().err
