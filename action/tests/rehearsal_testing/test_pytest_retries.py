"""Failed tests that run again under pytest, with the plugin."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from rehearsal_testing import plugin, testcase
from rehearsal_testing.plugin_state import RUNNER

from .fakes import FakeDriver, fake_browser
from .sandbox import Room

pytest_plugins = ["pytester"]

# Fails as often as the file named after it says.
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
def drivers(monkeypatch: pytest.MonkeyPatch) -> list[FakeDriver]:
    started: list[FakeDriver] = []

    def start(*_: object) -> object:
        started.append(FakeDriver(page_source=f"page of browser {len(started) + 1}"))
        return fake_browser(started[-1])

    for module in (plugin, testcase):
        monkeypatch.setattr(module, "start_browser", start)
    return started


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


def told(folder: Path) -> dict[str | None, list[str]]:
    found = {}
    for file in (folder / "junit").iterdir():
        (case,) = ET.parse(file).iter("testcase")  # noqa: S314
        found[case.get("name")] = [f"{each.tag}: {each.get('message')}" for each in case[1:]]
    return found


def times(suite: pytest.Pytester, name: str) -> int:
    return len((suite.path / name).read_text())


def lines(result: pytest.RunResult) -> list[str]:
    return [line for line in result.stdout.lines if line.startswith("retrying ")]


def closing(result: pytest.RunResult) -> str:
    return result.stdout.lines[-1].strip("= ").rpartition(" in ")[0]


def test_rerun__that_passes_is_a_pass(suite: pytest.Pytester, drivers: list[FakeDriver]) -> None:
    result = run(
        suite,
        """
    @pytest.fixture
    def touched():
        value = []
        yield value
        fails("tidied", 0)

    class TestPages:
        def test_it(self, touched, browser):
            assert not touched and not hasattr(self, "touched"), "it begins anew"
            touched.append(1)
            self.touched = True
            print("said by", browser.page_source)
            fails("it", 2)

        def test_other(self):
            pass
        """,
        "-rA",
    )
    assert result.ret == pytest.ExitCode.OK
    assert closing(result) == "2 passed, 2 rerun"
    assert lines(result) == [
        f"retrying test_pages.TestPages.test_it ({number} of 2): AssertionError: no"
        for number in (1, 2)
    ]
    assert told(suite.path) == {
        "test_it": ["flakyFailure: no", "flakyFailure: no"],
        "test_other": [],
    }
    assert times(suite, "tidied") == 3
    assert all(driver.has_quit for driver in drivers)
    pages = {file.name: file.read_text() for file in suite.path.glob("evidence/*/page*.html")}
    assert pages == {"page.html": "page of browser 1", "page-retry1.html": "page of browser 2"}
    printed = result.stdout.str()
    assert [f"said by page of browser {number}" in printed for number in (1, 2, 3)] == [
        False,
        False,
        True,
    ]


def test_rerun__in_vain_fails_with_the_last_attempt(suite: pytest.Pytester) -> None:
    result = run(suite, "\n    def test_it():\n        fails('it', 9)\n")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert closing(result) == "1 failed, 2 rerun"
    assert told(suite.path) == {"test_it": ["failure: no", "rerunFailure: no", "rerunFailure: no"]}


@pytest.mark.parametrize("scope", ["function", "class", "module", "session"])
@pytest.mark.parametrize("moment", ["set-up", "tear-down"])
def test_rerun__of_a_fixture_that_failed(suite: pytest.Pytester, scope: str, moment: str) -> None:
    before, after = (1, 0) if moment == "set-up" else (0, 1)
    result = run(
        suite,
        f"""
    @pytest.fixture(scope={scope!r})
    def room():
        fails("before", {before}, OSError("no room"))
        yield
        fails("after", {after}, OSError("cannot tidy"))

    def test_it(room):
        fails("ran", 0)
        """,
    )
    assert result.ret == pytest.ExitCode.OK
    assert closing(result) == "1 passed, 1 rerun"
    assert len(told(suite.path)["test_it"]) == 1
    assert times(suite, "before") == 2
    assert times(suite, "after") == 1 + after


def test_rerun__leaves_what_a_class_shares_alone(suite: pytest.Pytester) -> None:
    result = run(
        suite,
        """
    @pytest.fixture(scope="class")
    def room():
        fails("before", 0)
        yield
        fails("after", 0)

    class TestOne:
        def test_a(self, room):
            fails("a", 2)

        def test_b(self, room):
            pass

    class TestTwo:
        def test_c(self, room):
            fails("c", 1)
        """,
    )
    assert closing(result) == "3 passed, 3 rerun"
    assert times(suite, "before") == times(suite, "after") == 2


def test_rerun__a_shared_fixture_that_fails_always_is_tried_for_one_test(
    suite: pytest.Pytester,
) -> None:
    result = run(
        suite,
        """
    @pytest.fixture(scope="module")
    def room():
        fails("before", 99, OSError("no room"))

    def test_a(room): pass
    def test_b(room): pass
    def test_c(room): pass
        """,
    )
    assert closing(result) == "3 errors, 2 rerun"
    assert times(suite, "before") == 3


@pytest.mark.parametrize(
    "body,expected",
    [
        ("from rehearsal_testing import BrowserMissingError as E; raise E('x')", "1 failed"),
        ("pytest.skip('not today')", "1 skipped"),
        ("pytest.xfail('known')", "1 xfailed"),
    ],
    ids=["no browser", "skipped", "xfailed"],
)
def test_rerun__is_not_made_where_it_cannot_help(
    suite: pytest.Pytester, body: str, expected: str
) -> None:
    result = run(suite, f"\n    def test_it():\n        fails('it', 0)\n        {body}\n")
    assert closing(result) == expected
    assert times(suite, "it") == 1


@pytest.mark.parametrize("strict", [True, False])
def test_rerun__is_not_made_of_unexpected_success(suite: pytest.Pytester, *, strict: bool) -> None:
    run(
        suite,
        f"""
    @pytest.mark.xfail(strict={strict})
    def test_it():
        fails("it", 0)
        """,
    )
    assert times(suite, "it") == 1


def test_rerun__an_interrupted_test_is_not_run_again(suite: pytest.Pytester) -> None:
    result = run(suite, "\n    def test_it():\n        fails('it', 9, KeyboardInterrupt())\n")
    assert result.ret == pytest.ExitCode.INTERRUPTED
    assert times(suite, "it") == 1


def test_rerun__with_exitfirst_the_last_attempt_ends_the_run(suite: pytest.Pytester) -> None:
    result = run(
        suite,
        "\n    def test_it():\n        fails('it', 9)\n\n    def test_next():\n        pass\n",
        "-x",
    )
    assert closing(result) == "1 failed, 2 rerun"


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
def test_rerun__of_sub_tests(suite: pytest.Pytester, source: str, failures: int) -> None:
    result = run(suite, source.format(failures=failures))
    assert times(suite, "it") == 6
    assert (result.ret == pytest.ExitCode.OK) == (failures == 3)
    first = told(suite.path)["test_it"][0]
    assert first == ("flakyFailure: no (and 1 more)" if failures == 3 else "failure: no")
    if failures == 3:
        assert "failed" not in closing(result)
        assert "rerun" in closing(result)


STORY = """
    from rehearsal_testing import BrowserTestCase

    class Story(BrowserTestCase):
        @classmethod
        def setUpClass(cls):
            super().setUpClass()
            fails("class", {cls}, OSError("no room"))

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
            {"test_it": ["flakyError: no room"], "test_other": []},
            "2 passed, 1 rerun",
        ),
        ({"cls": 9}, {"setUpClass": ["error: no room"]}, "2 errors, 2 rerun"),
    ],
    ids=["flaky", "in vain", "flaky class", "class in vain"],
)
def test_rerun__of_a_test_case_is_told_once(
    suite: pytest.Pytester,
    failures: dict[str, int],
    expected: dict[str, list[str]],
    counted: str,
) -> None:
    result = run(suite, STORY.format(**{"cls": 0, "test": 0} | failures))
    assert told(suite.path) == expected
    assert closing(result) == counted
    assert not RUNNER.retries, "what follows in this process decides for itself again"


def test_rerun__of_a_fixture_around_a_test_case(suite: pytest.Pytester) -> None:
    result = run(
        suite,
        """
    from rehearsal_testing import BrowserTestCase

    @pytest.fixture(autouse=True)
    def around():
        yield
        fails("around", 1, OSError("cannot tidy"))

    class Story(BrowserTestCase):
        def test_it(self):
            fails("it", 0)
        """,
    )
    assert told(suite.path) == {"test_it": ["flakyError: cannot tidy"]}
    assert times(suite, "it") == 2
    assert closing(result) == "1 passed, 1 rerun"


def test_rerun__does_not_reach_pytests_own_report(suite: pytest.Pytester) -> None:
    run(suite, "\n    def test_it():\n        fails('it', 2)\n", "--junit-xml=own.xml")
    root = ET.parse(suite.path / "own.xml").getroot()  # noqa: S314
    (case,) = root.iter("testcase")
    assert list(case) == []


# As pytest-rerunfailures registers itself, as far as it concerns us.
ANOTHER = """
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
def test_rerun__pytest_rerunfailures_has_precedence(
    suite: pytest.Pytester, arguments: list[str], mark: str, runs: int
) -> None:
    suite.makeconftest(ANOTHER)
    run(suite, f"\n    {mark}\n    def test_it():\n        fails('it', 9)\n", *arguments)
    assert times(suite, "it") == runs


def test_rerun__not_where_nothing_runs(suite: pytest.Pytester) -> None:
    run(suite, "\n    def test_it():\n        fails('it', 9)\n", "--setup-only")
    assert not (suite.path / "it").exists()


def test_setting__that_cannot_be_obeyed_is_told_in_one_line(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REHEARSAL_RETRIES", "often")
    result = run(suite, "\n    def test_it():\n        pass\n")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines("ERROR: REHEARSAL_RETRIES is 'often'. Allowed: *")
    assert "Traceback" not in result.stderr.str()


@pytest.mark.e2e
def test_xdist__the_workers_retry_and_the_first_process_tells(room: Room) -> None:
    for name in ("a", "b"):
        (room.code / f"test_{name}.py").write_text(
            "import pathlib\n"
            "def test_it():\n"
            "    first = not pathlib.Path(__file__ + '.once').exists()\n"
            "    pathlib.Path(__file__ + '.once').touch()\n"
            "    assert not first\n"
        )
    arguments = ["-m", "pytest", "-p", "rehearsal_testing.plugin", "-p", "no:cacheprovider"]
    code, printed = room.run([*arguments, "-n", "2"], {"REHEARSAL_RETRIES": "1"})
    assert code == 0
    assert "2 passed, 2 rerun in " in printed
    for name in ("a", "b"):
        assert (
            f"\nretrying test_{name}.test_it (1 of 1): AssertionError: assert not True" in printed
        )
    assert told(room.folder) == {"test_it": ["flakyFailure: assert not True"]}
