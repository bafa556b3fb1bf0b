"""Retries under pytest with the plugin; test_retry_loop.py is about the other runners."""

from xml.etree import ElementTree as ET

import pytest

from rehearsal_testing import plugin
from rehearsal_testing.plugin_state import PLUGIN_STATE

from .fakes import FakeDriver
from .junit_reports import read_results
from .sandbox import Sandbox

pytest_plugins = ["pytester"]

# `fails` raises an error as often as `times` says; a file of its name counts the calls.
COUNT = """
    import pathlib, pytest

    def fails(name, times, error=AssertionError("no")):
        done = pathlib.Path(name)
        seen = len(done.read_text()) if done.exists() else 0
        done.write_text("x" * (seen + 1))
        if seen < times:
            raise error
"""


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    monkeypatch.setenv("REHEARSAL_EVIDENCE", str(pytester.path / "evidence"))
    monkeypatch.setenv("REHEARSAL_JUNIT", str(pytester.path / "junit"))
    monkeypatch.setenv("REHEARSAL_RETRIES", "2")
    for name in ("REHEARSAL_URL", "TEST_SERVER"):
        monkeypatch.delenv(name, raising=False)
    pytester.plugins = [plugin]
    return pytester


def run(suite: pytest.Pytester, source: str, *arguments: str) -> pytest.RunResult:
    pages = suite.path / "test_pages.py"
    head = "\n".join(line[4:] for line in COUNT.splitlines())
    pages.write_text(head + "\n".join(line.removeprefix("    ") for line in source.splitlines()))
    return suite.runpytest_inprocess(
        "-p", "no:cacheprovider", *arguments, plugins=suite.plugins, no_reraise_ctrlc=True
    )


def calls(suite: pytest.Pytester, name: str) -> int:
    return len((suite.path / name).read_text())


def reported(suite: pytest.Pytester) -> dict[str, list[str]]:
    return read_results(suite.path / "junit")


def retry_lines(result: pytest.RunResult) -> list[str]:
    return [line for line in result.stdout.lines if line.startswith("retrying ")]


def last_line(result: pytest.RunResult) -> str:
    return result.stdout.lines[-1].strip("= ").rpartition(" in ")[0]


def test_retry__that_passes_makes_the_test_pass(
    suite: pytest.Pytester, drivers: list[FakeDriver]
) -> None:
    result = run(
        suite,
        """
    @pytest.fixture
    def touched():
        value = []
        yield value
        fails("cleaned up", 0)

    class TestPages:
        def test_it(self, touched, browser):
            assert not touched and not hasattr(self, "touched"), "a new attempt"
            touched.append(1)
            self.touched = True
            print("printed with", browser.page_source)
            fails("it", 2)

        def test_other(self):
            pass
        """,
        "-rA",
    )
    assert result.ret == pytest.ExitCode.OK
    assert last_line(result) == "2 passed, 2 rerun"
    assert retry_lines(result) == [
        f"retrying test_pages.TestPages.test_it ({number} of 2): AssertionError: no"
        for number in (1, 2)
    ]
    assert reported(suite) == {
        "test_it": ["flakyFailure: no", "flakyFailure: no"],
        "test_other": [],
    }
    assert calls(suite, "cleaned up") == 3
    assert all(driver.has_quit for driver in drivers)
    pages = {file.name: file.read_text() for file in suite.path.glob("evidence/*/page*.html")}
    assert pages == {"page.html": "page of browser 1", "page-retry1.html": "page of browser 2"}
    printed = result.stdout.str()
    assert [f"printed with page of browser {number}" in printed for number in (1, 2, 3)] == [
        False,
        False,
        True,
    ]


def test_retry__test_that_always_fails_reports_the_last_attempt(suite: pytest.Pytester) -> None:
    result = run(suite, "\n    def test_it():\n        fails('it', 9)\n")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert last_line(result) == "1 failed, 2 rerun"
    assert reported(suite) == {"test_it": ["failure: no", "rerunFailure: no", "rerunFailure: no"]}


@pytest.mark.parametrize("scope", ["function", "class", "module", "session"])
@pytest.mark.parametrize("moment", ["set-up", "tear-down"])
def test_retry__after_a_fixture_failed(suite: pytest.Pytester, scope: str, moment: str) -> None:
    before, after = (1, 0) if moment == "set-up" else (0, 1)
    result = run(
        suite,
        f"""
    @pytest.fixture(scope={scope!r})
    def resource():
        fails("before", {before}, OSError("disk full"))
        yield
        fails("after", {after}, OSError("cannot clean up"))

    def test_it(resource):
        fails("ran", 0)
        """,
    )
    assert result.ret == pytest.ExitCode.OK
    assert last_line(result) == "1 passed, 1 rerun"
    assert len(reported(suite)["test_it"]) == 1
    assert calls(suite, "before") == 2
    assert calls(suite, "after") == 1 + after


def test_retry__keeps_class_fixtures_set_up(suite: pytest.Pytester) -> None:
    result = run(
        suite,
        """
    @pytest.fixture(scope="class")
    def resource():
        fails("before", 0)
        yield
        fails("after", 0)

    class TestOne:
        def test_a(self, resource):
            fails("a", 2)

        def test_b(self, resource):
            pass

    class TestTwo:
        def test_c(self, resource):
            fails("c", 1)
        """,
    )
    assert last_line(result) == "3 passed, 3 rerun"
    assert calls(suite, "before") == calls(suite, "after") == 2


def test_retry__module_fixture_that_always_fails_is_retried_for_one_test(
    suite: pytest.Pytester,
) -> None:
    result = run(
        suite,
        """
    @pytest.fixture(scope="module")
    def resource():
        fails("before", 99, OSError("disk full"))

    def test_a(resource): pass
    def test_b(resource): pass
    def test_c(resource): pass
        """,
    )
    assert last_line(result) == "3 errors, 2 rerun"
    assert calls(suite, "before") == 3


@pytest.mark.parametrize(
    "body,expected",
    [
        ("from rehearsal_testing import BrowserMissingError as E; raise E('x')", "1 failed"),
        ("pytest.skip('not today')", "1 skipped"),
        ("pytest.xfail('known')", "1 xfailed"),
    ],
    ids=["no browser", "skipped", "xfailed"],
)
def test_retry__does_not_follow_a_permanent_result(
    suite: pytest.Pytester, body: str, expected: str
) -> None:
    result = run(suite, f"\n    def test_it():\n        fails('it', 0)\n        {body}\n")
    assert last_line(result) == expected
    assert calls(suite, "it") == 1


@pytest.mark.parametrize("strict", [True, False])
def test_retry__does_not_follow_unexpected_success(suite: pytest.Pytester, *, strict: bool) -> None:
    run(
        suite,
        f"""
    @pytest.mark.xfail(strict={strict})
    def test_it():
        fails("it", 0)
        """,
    )
    assert calls(suite, "it") == 1


def test_retry__does_not_follow_an_interrupt(suite: pytest.Pytester) -> None:
    result = run(suite, "\n    def test_it():\n        fails('it', 9, KeyboardInterrupt())\n")
    assert result.ret == pytest.ExitCode.INTERRUPTED
    assert calls(suite, "it") == 1


def test_retry__with_exitfirst_the_last_attempt_ends_the_run(suite: pytest.Pytester) -> None:
    result = run(
        suite,
        "\n    def test_it():\n        fails('it', 9)\n\n    def test_next():\n        pass\n",
        "-x",
    )
    assert last_line(result) == "1 failed, 2 rerun"


@pytest.mark.parametrize(
    "source",
    [
        """
    def test_it(subtests):
        for number in (1, 2):
            with subtests.test(number=number):
                fails("it", {failures})
        """,
        """
    import unittest

    class Story(unittest.TestCase):
        def test_it(self):
            for number in (1, 2):
                with self.subTest(number=number):
                    fails("it", {failures})
        """,
        """
    from rehearsal_testing import BrowserTestCase

    class Story(BrowserTestCase):
        def test_it(self):
            for number in (1, 2):
                with self.subTest(number=number):
                    fails("it", {failures})
        """,
    ],
    ids=["fixture", "unittest", "ours"],
)
@pytest.mark.parametrize("failures", [3, 5])
def test_retry__after_failed_sub_tests(suite: pytest.Pytester, source: str, failures: int) -> None:
    result = run(suite, source.format(failures=failures))
    assert calls(suite, "it") == 6
    assert (result.ret == pytest.ExitCode.OK) == (failures == 3)
    first = reported(suite)["test_it"][0]
    assert first == ("flakyFailure: no (and 1 more)" if failures == 3 else "failure: no")
    if failures == 3:
        assert "failed" not in last_line(result)
        assert "rerun" in last_line(result)


STORY = """
    from rehearsal_testing import BrowserTestCase

    class Story(BrowserTestCase):
        @classmethod
        def setUpClass(cls):
            super().setUpClass()
            fails("class", {cls}, OSError("disk full"))

        def test_it(self):
            self.browser
            fails("it", {test})

        def test_other(self):
            pass
"""


@pytest.mark.usefixtures("drivers")
@pytest.mark.parametrize(
    "failures,expected,counted",
    [
        ({"test": 1}, {"test_it": ["flakyFailure: no"], "test_other": []}, "2 passed, 1 rerun"),
        (
            {"test": 9},
            {"test_it": ["failure: no", *["rerunFailure: no"] * 2], "test_other": []},
            "1 failed, 1 passed, 2 rerun",
        ),
        (
            {"cls": 1},
            {"test_it": ["flakyError: disk full"], "test_other": []},
            "2 passed, 1 rerun",
        ),
        ({"cls": 9}, {"setUpClass": ["error: disk full"]}, "2 errors, 2 rerun"),
    ],
    ids=["flaky", "always fails", "flaky class", "class always fails"],
)
def test_retry__of_a_browser_test_case_writes_one_outcome(
    suite: pytest.Pytester,
    failures: dict[str, int],
    expected: dict[str, list[str]],
    counted: str,
) -> None:
    result = run(suite, STORY.format(**{"cls": 0, "test": 0} | failures))
    assert reported(suite) == expected
    assert last_line(result) == counted
    assert not PLUGIN_STATE.handles_retries, "the plugin resets it at its end"


def test_retry__after_a_fixture_around_a_browser_test_case_failed(suite: pytest.Pytester) -> None:
    result = run(
        suite,
        """
    from rehearsal_testing import BrowserTestCase

    @pytest.fixture(autouse=True)
    def around():
        yield
        fails("around", 1, OSError("cannot clean up"))

    class Story(BrowserTestCase):
        def test_it(self):
            fails("it", 0)
        """,
    )
    assert reported(suite) == {"test_it": ["flakyError: cannot clean up"]}
    assert calls(suite, "it") == 2
    assert last_line(result) == "1 passed, 1 rerun"


def test_retry__is_not_in_pytests_own_junit_xml(suite: pytest.Pytester) -> None:
    run(suite, "\n    def test_it():\n        fails('it', 2)\n", "--junit-xml=own.xml")
    root = ET.parse(suite.path / "own.xml").getroot()  # noqa: S314
    (case,) = root.iter("testcase")
    assert list(case) == []


# Registers options, mark and name as pytest-rerunfailures does.
RERUNFAILURES = """
import pytest

class Plugin:
    @pytest.hookimpl
    def pytest_addoption(self, parser):
        parser.addoption("--reruns", type=int)
        parser.addoption("--force-reruns", type=int)
        parser.addini("reruns", "how often")

def pytest_configure(config):
    config.addinivalue_line("markers", "flaky: may be run again")

def pytest_addoption(parser, pluginmanager):
    pluginmanager.register(Plugin(), "rerunfailures")
"""


@pytest.mark.parametrize(
    "arguments,mark,runs",
    [
        ([], "", 3),
        (["--reruns=0"], "", 3),
        (["--reruns=5"], "", 1),
        (["--force-reruns=5"], "", 1),
        (["-o", "reruns=5"], "", 1),
        ([], "@pytest.mark.flaky(reruns=5)", 1),
    ],
)
def test_retry__pytest_rerunfailures_has_precedence(
    suite: pytest.Pytester, arguments: list[str], mark: str, runs: int
) -> None:
    suite.makeconftest(RERUNFAILURES)
    run(suite, f"\n    {mark}\n    def test_it():\n        fails('it', 9)\n", *arguments)
    assert calls(suite, "it") == runs


# Runs each test twice, as other plugins do after a failure.
AGAIN = """
from _pytest.runner import runtestprotocol

def pytest_runtest_protocol(item, nextitem):
    runtestprotocol(item, nextitem=nextitem, log=False)
    runtestprotocol(item, nextitem=nextitem)
    return True
"""


def test_retry__of_another_plugin_is_an_attempt_too(
    suite: pytest.Pytester, drivers: list[FakeDriver], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REHEARSAL_RETRIES", "0")
    suite.makeconftest(AGAIN)
    run(
        suite,
        """
    from rehearsal_testing import BrowserTestCase

    class TestPages(BrowserTestCase):
        def test_it(self):
            fails(self.browser.page_source[:4], 1)

    def test_function(browser):
        fails("it", 1, AssertionError("no"))
        """,
    )
    assert reported(suite) == {
        "test_it": ["flakyFailure: no"],
        "test_function": ["flakyFailure: no"],
    }
    pages = {file.parent.name.rpartition(".")[2]: file.name
             for file in suite.path.glob("evidence/*/page*.html")}  # fmt: skip
    assert pages == {"test_it": "page.html", "test_function": "page.html"}
    assert len(drivers) == 4


def test_retry__setup_only_runs_no_test(suite: pytest.Pytester) -> None:
    run(suite, "\n    def test_it():\n        fails('it', 9)\n", "--setup-only")
    assert not (suite.path / "it").exists()


def test_setting__invalid_is_one_error_line(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REHEARSAL_RETRIES", "often")
    result = run(suite, "\n    def test_it():\n        pass\n")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines("ERROR: REHEARSAL_RETRIES is 'often'. Allowed: *")
    assert "Traceback" not in result.stderr.str()


@pytest.mark.e2e
def test_xdist__workers_retry_and_the_main_process_prints(sandbox: Sandbox) -> None:
    for name in ("a", "b"):
        (sandbox.code / f"test_{name}.py").write_text(
            "import pathlib\n"
            "def test_it():\n"
            "    first = not pathlib.Path(__file__ + '.once').exists()\n"
            "    pathlib.Path(__file__ + '.once').touch()\n"
            "    assert not first\n"
        )
    arguments = ["-m", "pytest", "-p", "rehearsal_testing.plugin", "-p", "no:cacheprovider"]
    code, printed = sandbox.run([*arguments, "-n", "2"], {"REHEARSAL_RETRIES": "1"})
    assert code == 0
    assert "2 passed, 2 rerun in " in printed
    for name in ("a", "b"):
        assert (
            f"\nretrying test_{name}.test_it (1 of 1): AssertionError: assert not True" in printed
        )
    assert read_results(sandbox.junit) == {"test_it": ["flakyFailure: assert not True"]}
