"""The plugin in a separate pytest, with stand-ins for browsers."""

import time
import tomllib
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from rehearsal_testing import junit, plugin

from .fakes import EVIDENCE, FakeDriver, evidence_and
from .junit_reports import properties, read_cases, read_results, results
from .sandbox import CHECKOUT, Sandbox

pytest_plugins = ["pytester"]

OUTCOMES = """
    import pytest

    def test_passes(browser):
        assert browser.page_source == "page of browser 1"

    def test_needs_no_browser():
        pass

    def test_fails(browser):
        assert browser.page_source == "another page"

    def test_says_so(browser):
        pytest.fail("not what I wanted")

    def test_breaks(browser):
        browser.no_such_thing

    def test_fails_without_a_browser(new_browser):
        assert False, "no browser yet"

    def test_two_browsers_fail(browser, new_browser):
        assert new_browser() is not browser
        assert False

    @pytest.fixture
    def logged_in(browser):
        raise RuntimeError("no such user")

    def test_set_up_fails(logged_in):
        pass

    @pytest.fixture
    def cleanup():
        yield
        raise RuntimeError("cannot clean up")

    def test_tear_down_fails(cleanup):
        pass

    def test_all_fails(browser, cleanup):
        assert False, "first this"

    def test_skips(browser):
        pytest.skip("not today")

    @pytest.mark.skip(reason="never")
    def test_is_skipped():
        pass

    @pytest.mark.xfail(reason="known")
    def test_fails_as_expected(browser):
        assert False

    @pytest.mark.xfail(reason="known", run=False)
    def test_is_known_and_does_not_run():
        pass

    @pytest.mark.xfail(reason="known")
    def test_passes_unexpectedly(browser):
        pass

    @pytest.mark.xfail(reason="known", strict=True)
    def test_passes_unexpectedly_strict(browser):
        pass

    @pytest.mark.parametrize("page", ["a/b", "ü"])
    def test_each(browser, page):
        assert page == "ü"

    def test_parts(browser, subtests):
        for number in (1, 2, 3):
            with subtests.test(number=number):
                assert number == 2, f"part {number}"

    def test_skips_a_part(subtests):
        with subtests.test():
            pytest.skip("not this part")
"""


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    monkeypatch.setenv("REHEARSAL_EVIDENCE", str(pytester.path / "evidence"))
    monkeypatch.setenv("REHEARSAL_JUNIT", str(pytester.path / "junit"))
    for name in ("REHEARSAL_URL", "TEST_SERVER"):
        monkeypatch.delenv(name, raising=False)
    pytester.plugins = [plugin]
    return pytester


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The name of a test each time its outcome is written."""
    names: list[str] = []
    write = junit.write

    def note(outcome: junit.Outcome, folder: Path) -> Path:
        names.append(outcome.case.name)
        return write(outcome, folder)

    monkeypatch.setattr(junit, "write", note)
    return names


def run(suite: pytest.Pytester, source: str, *arguments: str) -> pytest.RunResult:
    suite.makepyfile(test_pages=source)
    return suite.runpytest_inprocess(
        "-p", "no:cacheprovider", *arguments, plugins=suite.plugins, no_reraise_ctrlc=True
    )


def cases(suite: pytest.Pytester) -> dict[str, ET.Element]:
    return read_cases(suite.path / "junit")


def evidence(folder: Path, case: ET.Element) -> list[str]:
    name = properties(case).get("evidence")
    return sorted(file.name for file in (folder / "evidence" / name).iterdir()) if name else []


@pytest.mark.parametrize(
    "name,expected,kept",
    [
        ("passes", None, []),
        ("needs_no_browser", None, []),
        ("fails", "failure: assert 'page of browser 1' == 'another page'", EVIDENCE),
        ("says_so", "failure: not what I wanted", EVIDENCE),
        ("breaks", "error: 'FakeDriver' object has no attribute 'no_such_thing'", EVIDENCE),
        ("fails_without_a_browser", "failure: no browser yet", []),
        (
            "two_browsers_fail",
            "failure: assert False",
            evidence_and("browser2"),
        ),
        ("set_up_fails", "error: no such user", EVIDENCE),
        ("tear_down_fails", "error: cannot clean up", []),
        ("all_fails", "error: first this", EVIDENCE),
        ("skips", "skipped: not today", []),
        ("is_skipped", "skipped: never", []),
        ("fails_as_expected", None, []),
        ("is_known_and_does_not_run", "skipped: [NOTRUN] known", []),
        ("passes_unexpectedly", None, []),
        ("passes_unexpectedly_strict", "failure: [XPASS(strict)] known", []),
        ("each[a/b]", "failure: assert 'a/b' == 'ü'", EVIDENCE),
        ("each[\\xfc]", None, []),
        (
            "parts",
            "failure: part 1",
            evidence_and("failure2"),
        ),
        ("skips_a_part", None, []),
    ],
)
def test_outcome__is_written_with_evidence_of_the_failure(
    suite: pytest.Pytester,
    drivers: list[FakeDriver],
    *,
    name: str,
    expected: str | None,
    kept: list[str],
) -> None:
    result = run(suite, OUTCOMES, f"test_pages.py::test_{name}")
    (found,) = cases(suite).items()
    assert found[0] == f"test_pages.test_{name}"
    case = found[1]
    first_lines = [each.splitlines()[0].removesuffix(" (and 1 more)") for each in results(case)]
    assert first_lines == ([expected] if expected else [])
    assert evidence(suite.path, case) == sorted(kept)
    assert all(driver.has_quit for driver in drivers)
    if kept:
        folder = properties(case)["evidence"]
        assert (suite.path / "evidence" / folder / "page.html").read_text() == "page of browser 1"
        sentence = f"What the browser showed is kept in tests/{folder} of the evidence"
        assert sentence in result.stdout.str()
        assert sentence in (case[1].text or "")
    else:
        assert not list(suite.path.glob("evidence/*"))
    passed = expected is None or expected.startswith("skipped")
    assert (result.ret == pytest.ExitCode.OK) == passed


def test_outcome__has_file_and_line(suite: pytest.Pytester) -> None:
    run(suite, "import pytest\n\n\ndef test_it():\n    pass\n")
    case = cases(suite)["test_pages.test_it"]
    assert (case.get("file"), case.get("line")) == ("test_pages.py", "4")


def test_outcome__has_start_end_and_duration(suite: pytest.Pytester) -> None:
    before = time.time()
    run(
        suite,
        """
        import time, pytest

        def note(name):
            with open("moments", "a") as file:
                print(time.time(), file=file)

        @pytest.fixture
        def slow():
            note("set-up")
            yield
            time.sleep(0.1)
            note("tear-down")

        def test_it(slow):
            time.sleep(0.1)
        """,
    )
    after = time.time()
    case = cases(suite)["test_pages.test_it"]
    first, last = map(float, (suite.path / "moments").read_text().split())
    start, end = (float(properties(case)[name]) for name in ("start", "end"))
    assert before < start < first < last < end < after
    assert float(case.get("time") or 0) == pytest.approx(end - start, abs=0.01)


@pytest.mark.parametrize(
    "source",
    [
        "def setup_module():\n    raise OSError('disk full')\n",
        """
import pytest

@pytest.fixture(scope="session", autouse=True)
def resource():
    raise OSError("disk full")
""",
    ],
    ids=["setup_module", "session fixture"],
)
def test_shared_fixture__that_fails_is_an_error_of_each_test(
    suite: pytest.Pytester, source: str
) -> None:
    run(suite, source + "def test_one(): pass\ndef test_two(): pass\n")
    assert read_results(suite.path / "junit") == {
        f"test_{name}": ["error: disk full"] for name in ("one", "two")
    }


def test_file__that_cannot_be_imported_is_an_error(suite: pytest.Pytester) -> None:
    result = run(suite, "import no_such_module\n")
    (case,) = cases(suite).values()
    assert result.ret == pytest.ExitCode.INTERRUPTED
    assert (case.get("classname"), case.get("file")) == ("test_pages", "test_pages.py")
    assert [each.tag for each in case[1:]] == ["error"]
    assert "No module named 'no_such_module'" in (case[1].text or "")


def test_imported_class__has_an_outcome_for_each_module(suite: pytest.Pytester) -> None:
    suite.makepyfile(test_again="from test_pages import TestPage\n__all__ = ['TestPage']\n")
    run(suite, "class TestPage:\n    def test_it(self): pass\n")
    assert sorted(cases(suite)) == [
        "test_again.TestPage.test_it",
        "test_pages.TestPage.test_it",
    ]


def test_driver_error__is_reported_without_the_drivers_stack(suite: pytest.Pytester) -> None:
    result = run(
        suite,
        """
        from selenium.common.exceptions import NoSuchElementException

        def test_it():
            raise NoSuchElementException("no element", stacktrace=["#0 0x55d0"])
        """,
    )
    (case,) = cases(suite).values()
    assert results(case) == ["error: Message: no element"]
    assert "Stacktrace:" not in (case[1].text or "")
    assert "Stacktrace:" not in result.stdout.str()


def test_wait_for__traceback_ends_in_the_test(suite: pytest.Pytester) -> None:
    result = run(suite, "def test_it(wait_for):\n    wait_for(lambda: 0, 'it', timeout=0)\n")
    result.stdout.fnmatch_lines(["*test_pages.py:2: AssertionError"])
    assert "waiting.py" not in result.stdout.str()


INTERRUPTED = """
def test_one(browser):
    raise KeyboardInterrupt

def test_two():
    pass
"""
INTERRUPTED_STORY = """
from rehearsal_testing import BrowserTestCase

class Story(BrowserTestCase):
    def test_one(self):
        self.browser
        raise KeyboardInterrupt

    def test_two(self):
        pass
"""


@pytest.mark.usefixtures("drivers")
@pytest.mark.parametrize("source", [INTERRUPTED, INTERRUPTED_STORY], ids=["function", "class"])
def test_interrupted_test__has_an_outcome(
    suite: pytest.Pytester, written: list[str], source: str
) -> None:
    run(suite, source)
    assert written == ["test_one"]
    (case,) = cases(suite).values()
    assert case.get("name") == "test_one"
    assert case[1].get("type") == "KeyboardInterrupt"
    assert evidence(suite.path, case) == EVIDENCE


def test_evidence__of_an_earlier_run_is_deleted(
    suite: pytest.Pytester, drivers: list[FakeDriver]
) -> None:
    source = "def test_it(browser):\n    assert {}\n"
    run(suite, source.format("False"))
    assert evidence(suite.path, cases(suite)["test_pages.test_it"]) == EVIDENCE
    run(suite, source.format("'it now is as it should be'"))
    assert read_results(suite.path / "junit") == {"test_it": []}
    assert not list(suite.path.glob("evidence/*"))
    assert len(drivers) == 2


STORY = """
    import unittest
    import pytest
    from rehearsal_testing import BrowserTestCase

    class Story(BrowserTestCase):
        def test_passes(self):
            self.browser

        def test_fails(self):
            self.browser
            self.fail("no")

        @unittest.expectedFailure
        def test_passes_unexpectedly(self):
            pass

        @unittest.skip("never")
        def test_is_skipped(self):
            pass

        def test_parts(self):
            for number in (1, 2):
                with self.subTest(number=number):
                    self.fail(f"part {number}")

    class Unready(BrowserTestCase):
        @classmethod
        def setUpClass(cls):
            raise OSError("disk full")

        def test_one(self):
            pass

        def test_two(self):
            pass
"""


def test_browser_test_case__writes_the_same_with_and_without_the_plugin(
    suite: pytest.Pytester,
    drivers: list[FakeDriver],
    written: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found, kept = [], []
    for plugins in ([], [plugin]):
        suite.plugins = plugins  # type: ignore[assignment]
        monkeypatch.setenv("REHEARSAL_JUNIT", str(suite.path / str(len(plugins)) / "junit"))
        run(suite, STORY)
        folder = suite.path / str(len(plugins))
        found.append(read_results(folder / "junit"))
        kept.append(sorted(path.name for path in (suite.path / "evidence").iterdir()))
    assert found[1] == {
        "test_passes": [],
        "test_fails": ["failure: no"],
        "test_passes_unexpectedly": ["failure: It passed, and was marked as an expected failure."],
        "test_is_skipped": ["skipped: never"],
        "test_parts": ["failure: part 1 (and 1 more)"],
        "setUpClass": ["error: disk full"],
    }
    assert found[0] == found[1]
    assert len(written) == 2 * len(found[0])
    assert kept == [["test_pages.Story.test_fails"]] * 2
    assert len(drivers) == 4


@pytest.mark.usefixtures("drivers")
@pytest.mark.parametrize(
    "fixture,name,expected",
    [
        ("pytest.skip('no app')", "passes", "skipped: no app"),
        ("raise OSError('no app')", "passes", "error: no app"),
        ("yield; raise OSError('cannot clean up')", "passes", "error: cannot clean up"),
        ("yield; raise OSError('cannot clean up')", "fails", "error: no (and 1 more)"),
    ],
    ids=["skip", "set-up", "tear-down", "tear-down of a failure"],
)
def test_browser_test_case__outcome_includes_fixtures_around_it(
    suite: pytest.Pytester, fixture: str, name: str, expected: str
) -> None:
    suite.makeconftest(
        f"import pytest\n@pytest.fixture(autouse=True)\ndef around():\n    {fixture}\n"
    )
    run(suite, STORY, f"test_pages.py::Story::test_{name}")
    assert read_results(suite.path / "junit") == {f"test_{name}": [expected]}


SERVER = """
import pytest

class Server:
    url = "http://localhost:81/"

@pytest.fixture
def live_server():
    return Server()
"""


@pytest.mark.parametrize(
    "environ,conftest,expected",
    [
        ({"REHEARSAL_URL": "http://localhost:1"}, "", "http://localhost:1"),
        ({"REHEARSAL_URL": "http://localhost:1/"}, SERVER, "http://localhost:1"),
        ({"TEST_SERVER": "localhost:2"}, SERVER, "http://localhost:2"),
        (
            {"REHEARSAL_URL": "http://localhost:1", "TEST_SERVER": "localhost:2"},
            "",
            "http://localhost:1",
        ),
        ({}, SERVER, "http://localhost:81"),
        ({}, SERVER.replace("return Server()", "return Server.url"), "http://localhost:81"),
    ],
    ids=["url", "slash", "test-server", "both", "live_server.url", "live_server is a URL"],
)
def test_live_url__is_the_running_app_else_live_server(
    suite: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
    *,
    environ: dict[str, str],
    conftest: str,
    expected: str,
) -> None:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    suite.makeconftest(conftest)
    result = run(suite, f"def test_it(live_url):\n    assert live_url == {expected!r}\n")
    result.assert_outcomes(passed=1)


def test_live_url__says_what_is_missing(suite: pytest.Pytester) -> None:
    result = run(suite, "def test_it(live_url): pass\n")
    result.assert_outcomes(errors=1)
    (case,) = cases(suite).values()
    (reported,) = results(case)
    assert reported == (
        "error: live_url: neither REHEARSAL_URL nor TEST_SERVER is set, and there is no fixture "
        "live_server. A rehearsal sets both variables. Elsewhere, start the app and set "
        "REHEARSAL_URL=http://localhost:8888, or define a fixture live_server."
    )


def test_live_url__shows_a_fixture_error_of_live_server(suite: pytest.Pytester) -> None:
    suite.makeconftest(SERVER.replace("live_server()", "live_server(database)"))
    result = run(suite, "def test_it(live_url): pass\n")
    result.stdout.fnmatch_lines("*fixture 'database' not found*")


@pytest.mark.parametrize("running", [False, True], ids=["alone", "in a rehearsal"])
def test_live_url__adds_live_server_to_the_fixture_names(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, *, running: bool
) -> None:
    if running:
        monkeypatch.setenv("TEST_SERVER", "localhost:2")
    # pytest-django allows database access only to tests that name `live_server`.
    suite.makeconftest(
        SERVER + "@pytest.fixture(autouse=True)\ndef helper(request):\n"
        f"    assert ('live_server' in request.fixturenames) == {not running}\n"
    )
    run(suite, "def test_it(live_url): pass\n").assert_outcomes(passed=1)


def test_wait_for__passes_the_browser_to_expected_conditions(
    suite: pytest.Pytester, drivers: list[FakeDriver]
) -> None:
    result = run(
        suite,
        """
        import pytest

        def test_with(wait_for):
            assert wait_for(lambda browser: browser.page_source, "it") == "page of browser 1"

        def test_without(wait_for):
            assert wait_for(lambda: "plain", "it") == "plain"

        def test_never(wait_for):
            with pytest.raises(AssertionError, match="Waited 0 s for the end of time"):
                wait_for(lambda: False, "the end of time", timeout=0)
        """,
    )
    result.assert_outcomes(passed=3)
    assert [driver.has_quit for driver in drivers] == [True]


@pytest.mark.parametrize(
    "mark,option,setting,expected",
    [
        ("", "", "", 0),
        ("", "--shared-browser", "", 2),
        ("", "", "shared_browser = true", 2),
        ("@pytest.mark.shared_browser", "", "", 2),
        ("@pytest.mark.shared_browser(False)", "--shared-browser", "", 0),
        ("@pytest.mark.shared_browser(shared=False)", "", "shared_browser = true", 0),
    ],
    ids=["default", "option", "setting", "mark", "mark against option", "mark against setting"],
)
def test_shared_browser__is_asked_for(
    suite: pytest.Pytester,
    taken: list[FakeDriver],
    *,
    mark: str,
    option: str,
    setting: str,
    expected: int,
) -> None:
    suite.makeini(f"[pytest]\n{setting}\n")
    source = f"import pytest\n{mark}\ndef test_it(browser, new_browser): new_browser()\n"
    run(suite, source, "--strict-markers", *option.split()).assert_outcomes(passed=1)
    assert len(taken) == expected


def test_shared_browser__of_a_retry_is_its_own(
    suite: pytest.Pytester,
    drivers: list[FakeDriver],
    taken: list[FakeDriver],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REHEARSAL_RETRIES", "1")
    source = "def test_it(browser): assert browser.page_source == 'page of browser 2'\n"
    assert run(suite, source, "--shared-browser").ret == pytest.ExitCode.OK
    assert len(drivers) == 2
    assert taken == drivers[:1]


@pytest.mark.parametrize("way", ["addopts", "conftest"])
@pytest.mark.parametrize(
    "workers",
    [
        pytest.param((), id="one process"),
        # Starts three interpreters, which is too slow for the inner loop.
        pytest.param(("-n", "2"), id="xdist", marks=pytest.mark.e2e),
    ],
)
def test_plugin__is_switched_on_by_one_line(
    sandbox: Sandbox, way: str, workers: tuple[str, ...]
) -> None:
    if way == "addopts":
        (sandbox.code / "pytest.ini").write_text(
            "[pytest]\naddopts = -p rehearsal_testing.plugin\n"
        )
    else:
        line = 'pytest_plugins = ["rehearsal_testing.plugin"]\n'
        (sandbox.code / "conftest.py").write_text(line)
    for name in ("a", "b"):
        (sandbox.code / f"test_{name}.py").write_text(
            "import os, time, pytest\n"
            "def test_it(wait_for):\n"
            "    time.sleep(0.3)\n"
            "    print('worker', os.environ.get('PYTEST_XDIST_WORKER'))\n"
            "    assert False\n"
        )
    started = time.time()
    code, printed = sandbox.run(["-W", "error", "-m", "pytest", "-p", "no:cacheprovider", *workers])
    ended = time.time()
    assert code == pytest.ExitCode.TESTS_FAILED
    assert ("worker gw1" in printed) == bool(workers)
    found = read_cases(sandbox.junit)
    assert {name: results(case) for name, case in found.items()} == {
        f"test_{name}.test_it": ["failure: assert False"] for name in ("a", "b")
    }
    for case in found.values():
        start, end = (float(properties(case)[name]) for name in ("start", "end"))
        assert started < start < end < ended
        assert end - start >= 0.25


def test_plugin__has_no_entry_point() -> None:
    # It would switch the plugin on wherever `rehearse` is installed.
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
    assert "pytest11" not in project.get("entry-points", {})
