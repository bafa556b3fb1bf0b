import time
import unittest
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from rehearsal_testing import BrowserTestCase
from rehearsal_testing.attempt_record import Recording

from .sandbox import Room

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
        raise OSError("no room")

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
    monkeypatch.setenv("REHEARSAL_JUNIT", str(tmp_path))
    monkeypatch.setenv("REHEARSAL_EVIDENCE", str(tmp_path / "evidence"))
    return tmp_path


def run(*classes: type[unittest.TestCase]) -> unittest.TestResult:
    result = unittest.TestResult()
    load = unittest.defaultTestLoader.loadTestsFromTestCase
    unittest.TestSuite(map(load, classes)).run(result)
    return result


def left(folder: Path) -> dict[str, str]:
    found = {}
    for file in folder.glob("*.xml"):
        case = ET.fromstring(file.read_bytes()).find("testsuite/testcase")  # noqa: S314
        assert case is not None
        last = case[-1]
        found[(case.get("name") or "")] = f"{last.tag} {last.get('message')}"
    return found


PASSED = "properties None"


@pytest.mark.parametrize("runner", RUNNERS)
def test_class_set_up__that_fails_is_told_by_each_runner(room: Room, runner: str) -> None:
    (room.code / "test_pages.py").write_text(SUITE)
    (room.code / "settings.py").write_text("SECRET_KEY = 'x'\nDATABASES = {}\nUSE_TZ = True\n")
    before = time.time()
    code, printed = room.run(RUNNERS[runner])
    assert code == 1
    assert "OSError: no room" in printed
    assert left(room.junit) == {"test_it": PASSED, "setUpClass": "error no room"}
    case = ET.parse(room.junit / "test_pages.Unready.setUpClass.xml").find(".//testcase")  # noqa: S314
    assert case is not None
    assert (case.get("file"), case.get("line")) == ("test_pages.py", "9")
    start, end = (float(each.get("value") or 0) for each in case.iterfind(".//property"))
    assert before < start <= end < time.time()


def test_class_steps__of_parents_and_mixins_run_once_each_in_order(junit: Path) -> None:
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
    assert left(junit) == {"test_it": PASSED}


def test_class_tear_down__that_fails_is_told(junit: Path) -> None:
    class Story(BrowserTestCase):
        @classmethod
        def tearDownClass(cls) -> None:
            raise OSError("cannot tidy")

        def test_it(self) -> None: ...

    assert len(run(Story).errors) == 1
    assert left(junit) == {"test_it": PASSED, "tearDownClass": "error cannot tidy"}


def test_class_set_up__failing_in_a_parent_is_told_once_and_for_the_child(
    junit: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded: list[str] = []
    monkeypatch.setattr(Recording, "write", lambda self, _: recorded.append(self.case.classname))

    class Parent(BrowserTestCase):
        @classmethod
        def setUpClass(cls) -> None:
            raise OSError("no room")

    class Story(Parent):
        def test_it(self) -> None: ...

    assert len(run(Story).errors) == 1
    assert [name.rpartition(".")[2] for name in recorded] == ["Story"]
    assert left(junit) == {}


@pytest.mark.parametrize("error", [None, unittest.SkipTest("no app")], ids=["passes", "skips"])
def test_class_set_up__that_does_not_fail(junit: Path, error: Exception | None) -> None:
    failure: list[Any] = [OSError("no room")]

    class Story(BrowserTestCase):
        @classmethod
        def setUpClass(cls) -> None:
            if failure[0]:
                raise failure[0]

        def test_it(self) -> None: ...

    run(Story)
    assert left(junit) == {"setUpClass": "error no room"}
    failure[0] = error
    assert run(Story).wasSuccessful()
    # What an earlier run left is forgotten.
    assert left(junit) == ({"setUpClass": "skipped no app"} if error else {"test_it": PASSED})


def test_class__runs_where_its_outcome_cannot_be_written(
    junit: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (junit / "file").write_text("in the way")
    monkeypatch.setenv("REHEARSAL_JUNIT", str(junit / "file"))

    class Story(BrowserTestCase):
        def test_it(self) -> None: ...

    result = run(Story)
    assert result.wasSuccessful()
    assert result.testsRun == 1
    assert f"Story.test_it is not in {junit / 'file'}: " in capsys.readouterr().err
