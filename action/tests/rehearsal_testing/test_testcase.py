import unittest
from pathlib import Path
from typing import Any, cast

import pytest

from rehearsal_testing import BrowserTestCase

from .fakes import EVIDENCE, FakeDriver, evidence_and
from .junit_reports import properties, read_case, results


@pytest.fixture(autouse=True)
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    evidence, junit = tmp_path / "evidence", tmp_path / "junit"
    monkeypatch.setenv("REHEARSAL_EVIDENCE", str(evidence))
    monkeypatch.setenv("REHEARSAL_JUNIT", str(junit))
    return evidence, junit


class Story(BrowserTestCase):
    __test__ = False

    def look(self) -> str:
        return self.browser.page_source

    def setUp(self) -> None:
        if "test_set_up" in self._testMethodName:
            self.look()
            raise RuntimeError("in setUp")

    def tearDown(self) -> None:
        for browser in self._open_browsers():
            # A tearDown may leave the page on which the test failed.
            cast("Any", browser.driver).page_source = "after tearDown"

    def test_passes(self) -> None:
        assert self.browser.page_source == "page of browser 1"

    def test_needs_no_browser(self) -> None:
        pass

    def test_fails(self) -> None:
        self.assertEqual(self.browser.page_source, "another page")  # noqa: PT009

    def test_breaks(self) -> None:
        self.browser.no_such_thing  # type: ignore[attr-defined] # noqa: B018

    def test_fails_without_a_browser(self) -> None:
        self.fail("no browser yet")

    def test_set_up_fails(self) -> None:
        pass

    def test_sub_tests_fail(self) -> None:
        for number in (1, 2, 3):
            with self.subTest(number=number):
                self.look()
                assert number == 2

    def test_two_browsers_fail(self) -> None:
        second = self.new_browser()
        assert self.browser is not second
        raise AssertionError

    @unittest.expectedFailure
    def test_fails_as_expected(self) -> None:
        assert not self.look()

    @unittest.expectedFailure
    def test_passes_unexpectedly(self) -> None:
        self.look()

    def test_skips(self) -> None:
        self.look()
        self.skipTest("no reason")

    def test_skips_as_pytest_does(self) -> None:
        self.look()
        pytest.skip("not today")

    @unittest.skip("never")
    def test_is_skipped(self) -> None:
        pass

    def test_is_interrupted(self) -> None:
        self.look()
        raise KeyboardInterrupt


class Again(Story):
    """Has its own way to run a test again."""

    def run(self, result: unittest.TestResult | None = None) -> unittest.TestResult | None:
        super().run(result)
        return super().run(result)


def run(name: str) -> unittest.TestResult:
    result = unittest.TestResult()
    unittest.TestSuite([Story(name)]).run(result)
    return result


def files(folder: Path) -> list[str]:
    return sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file())


def test_run__twice_by_a_subclass_keeps_the_evidence_of_both(
    drivers: list[FakeDriver], places: tuple[Path, Path]
) -> None:
    result = unittest.TestResult()
    unittest.TestSuite([Again("test_fails")]).run(result)
    assert len(result.failures) == 2
    assert [each.has_quit for each in drivers] == [True, True]
    evidence, junit = places
    pages = {each.name: each.read_text() for each in evidence.rglob("page*.html")}
    assert pages == {
        "page.html": "page of browser 1",
        "page-failure2.html": "page of browser 2",
    }
    assert "(and 1 more)" in results(read_case(junit))[0]


@pytest.mark.parametrize(
    "name,tag",
    [
        ("test_passes", None),
        ("test_needs_no_browser", None),
        ("test_fails_as_expected", None),
        ("test_skips", "skipped"),
        ("test_is_skipped", "skipped"),
        ("test_fails_without_a_browser", "failure"),
        ("test_passes_unexpectedly", "failure"),
    ],
)
def test_evidence__is_not_saved(
    drivers: list[FakeDriver], places: tuple[Path, Path], name: str, tag: str | None
) -> None:
    evidence, junit = places
    result = run(name)
    assert files(evidence) == []
    assert str(evidence) not in "".join(text for _, text in result.failures)
    assert [each.tag for each in read_case(junit)[1:]] == ([tag] if tag else [])
    assert all(driver.has_quit for driver in drivers)


@pytest.mark.parametrize(
    "name,kept,tag,message",
    [
        ("test_fails", EVIDENCE, "failure", "'page of browser 1' != 'another page'"),
        ("test_breaks", EVIDENCE, "error", "'FakeDriver' object has no attribute 'no_such_thing'"),
        ("test_set_up_fails", EVIDENCE, "error", "in setUp"),
        (
            "test_sub_tests_fail",
            evidence_and("failure2"),
            "failure",
            "(and 1 more)",
        ),
        (
            "test_two_browsers_fail",
            evidence_and("browser2"),
            "failure",
            "",
        ),
    ],
)
def test_evidence__shows_the_moment_of_the_failure(
    drivers: list[FakeDriver],
    places: tuple[Path, Path],
    *,
    name: str,
    kept: list[str],
    tag: str,
    message: str,
) -> None:
    evidence, junit = places
    result = run(name)
    failures = 2 if name == "test_sub_tests_fail" else 1
    folder = f"{Story.__module__}.Story.{name}"
    assert [path.name for path in evidence.iterdir()] == [folder]
    assert files(evidence / folder) == kept
    assert (evidence / folder / "page.html").read_text() == "page of browser 1"
    assert all(driver.has_quit for driver in drivers)
    where = f"What the browser showed is kept in tests/{folder} of the evidence\n"
    assert [text.count(where) for _, text in result.failures + result.errors] == [1] * failures
    case = read_case(junit)
    assert properties(case)["evidence"] == folder
    (reported,) = results(case)
    assert reported.startswith(f"{tag}: ")
    assert message in reported


def test_evidence__of_an_earlier_run_is_deleted(
    drivers: list[FakeDriver], places: tuple[Path, Path]
) -> None:
    evidence, _ = places
    old = evidence / f"{Story.__module__}.Story.test_passes"
    old.mkdir(parents=True)
    (old / "page.html").write_text("of an earlier run")
    run("test_passes")
    assert files(evidence) == []
    assert len(drivers) == 1


@pytest.mark.usefixtures("drivers")
def test_outcome__pytest_skip_is_a_skip(places: tuple[Path, Path]) -> None:
    evidence, junit = places
    run("test_skips_as_pytest_does")
    assert files(evidence) == []
    assert results(read_case(junit)) == ["skipped: not today"]


@pytest.mark.usefixtures("drivers")
def test_outcome__of_an_interrupted_test(places: tuple[Path, Path]) -> None:
    with pytest.raises(KeyboardInterrupt):
        run("test_is_interrupted")
    assert read_case(places[1])[-1].get("type") == "KeyboardInterrupt"


@pytest.mark.usefixtures("drivers")
def test_outcome__has_location_and_time(places: tuple[Path, Path]) -> None:
    run("test_passes")
    case = read_case(places[1])
    assert case.get("classname") == f"{Story.__module__}.Story"
    assert case.get("name") == "test_passes"
    assert Path(case.get("file") or "").name == "test_testcase.py"
    source = Path(__file__).read_text().splitlines()
    assert source[int(case.get("line") or 0) - 1].strip().startswith("def test_passes(")
    assert (case.get("timestamp") or "").endswith("+00:00")


@pytest.mark.usefixtures("drivers")
def test_outcome__needs_the_variable(
    places: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REHEARSAL_JUNIT")
    run("test_passes")
    assert not places[1].exists()


def test_outcome__includes_errors_of_djangos_own_set_up(places: tuple[Path, Path]) -> None:
    class LikeDjango(unittest.TestCase):
        # Django's test cases report errors of their own set-up before they call `run`.
        def __call__(self, result: Any = None) -> None:
            result.addError(self, (OSError, OSError("no database"), None))

    class Case(BrowserTestCase, LikeDjango):
        def test_it(self) -> None: ...

    result = unittest.TestResult()
    Case("test_it")(result)
    assert len(result.errors) == 1
    assert read_case(places[1])[-1].get("message") == "no database"


def test_result__without_add_sub_test_gets_a_plain_failure(drivers: list[FakeDriver]) -> None:
    class Plain:
        """Only the methods that every result has."""

        def __init__(self) -> None:
            self.seen: list[str] = []

        def startTest(self, _test: object) -> None: ...  # noqa: N802
        def stopTest(self, _test: object) -> None: ...  # noqa: N802
        def addFailure(self, _test: object, err: Any) -> None:  # noqa: N802
            self.seen.append(type(err[1]).__name__)

    result: Any = Plain()
    Story("test_sub_tests_fail").run(result)
    assert result.seen == ["AssertionError"]
    assert drivers[0].has_quit


def test_wait_for__passes_the_browser_to_expected_conditions(drivers: list[FakeDriver]) -> None:
    seen: list[Any] = []

    class Case(BrowserTestCase):
        def runTest(self) -> None:  # noqa: N802
            assert self.wait_for(lambda: "plain", "it") == "plain"
            self.wait_for(seen.append, "it")
            self.wait_for(lambda default=1: default, "it")

    result = unittest.TestResult()
    Case()(result)
    assert result.wasSuccessful(), result.errors + result.failures
    assert seen == drivers


@pytest.mark.parametrize("shared", [True, False])
def test_shared_browser__comes_from_the_pool(
    drivers: list[FakeDriver], taken: list[FakeDriver], *, shared: bool
) -> None:
    class Case(BrowserTestCase):
        shared_browser = shared

        def runTest(self) -> None:  # noqa: N802
            assert self.browser is not self.new_browser()

    result = unittest.TestResult()
    Case()(result)
    assert result.wasSuccessful(), result.errors
    assert len(drivers) == 2
    assert taken == (drivers if shared else [])
    assert all(driver.has_quit for driver in drivers)


def test_shared_browser__of_a_retry_is_its_own(
    drivers: list[FakeDriver], taken: list[FakeDriver], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REHEARSAL_RETRIES", "2")

    class Case(BrowserTestCase):
        shared_browser = True

        def runTest(self) -> None:  # noqa: N802
            assert self.browser.page_source == "page of browser 3"

    result = unittest.TestResult()
    Case()(result)
    assert result.wasSuccessful(), result.errors + result.failures
    assert len(drivers) == 3
    assert taken == drivers[:1]
