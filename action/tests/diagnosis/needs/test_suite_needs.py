"""What the tests themselves lack: a browser, a display, packages."""

from dataclasses import replace
from pathlib import Path

import pytest

from rehearsal.diagnosis.needs.given import Given, Machine, SuiteGiven
from rehearsal.results.next_need import NextNeeds
from rehearsal.source.known_packages import SUITE_MODULES
from rehearsal.verdict import Verdict

from .test_find_needs import ids, needs_of

WHOLE = Machine(browsers=frozenset({"firefox", "chrome"}), display=True)
BARE = Machine(missing_modules=lambda: frozenset(SUITE_MODULES))
COMMAND = "python -m unittest functional_tests"
FIREFOX = "from selenium import webdriver\n\nbrowser = webdriver.Firefox()\n"
OURS = "from rehearsal_testing import BrowserTestCase\n\nclass ATest(BrowserTestCase):\n    pass\n"


def found(
    root: Path,
    code: str,
    machine: Machine | None,
    suite: SuiteGiven | None = None,
    *,
    verdict: Verdict = Verdict.CRASHED,
    **files: str,
) -> NextNeeds:
    given = suite or SuiteGiven(command=COMMAND)
    texts = {
        "Dockerfile": "FROM a\nCMD b\n",
        "functional_tests/test_home.py": code,
        **{name.replace("__", "/").replace("_txt", ".txt"): text for name, text in files.items()},
    }
    for path, text in texts.items():
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).write_text(text)
    return needs_of(root, verdict, Given(machine=machine, tests=given))


def told(found: NextNeeds) -> list[str]:
    return [each.text for each in found.needs]


@pytest.mark.parametrize(
    "code, text",
    [
        (FIREFOX, "test_home.py:3 opens Firefox, and no Firefox is on this machine's PATH."),
        (
            FIREFOX.replace("Firefox()", "Chrome(options=o)"),
            "test_home.py:3 opens Chrome, and no Chrome is on this machine's PATH.",
        ),
        (OURS, "test_home.py:3 opens Chrome, and no Chrome is on this machine's PATH."),
    ],
)
def test_browsers__none(tmp_path: Path, code: str, text: str) -> None:
    machine = replace(BARE, missing_modules=frozenset, display=True)
    assert told(found(tmp_path, code, machine)) == [f"functional_tests/{text}"]
    assert not found(tmp_path, code, WHOLE)


@pytest.mark.parametrize(
    "code, expected, paste",
    [
        (FIREFOX, ["display"], "test-env: MOZ_HEADLESS=1"),
        (FIREFOX.replace("Firefox", "Chrome"), ["display"], ""),
        (
            FIREFOX.replace("Firefox()", "Firefox(options=o)") + "o = webdriver.FirefoxOptions()\n",
            ["display"],
            "test-env: MOZ_HEADLESS=1",
        ),
        # The options come from elsewhere, or ask for none.
        (FIREFOX.replace("Firefox()", "Firefox(options=o)"), [], ""),
        (f"{FIREFOX}o.add_argument('-headless')\n", [], ""),
        (OURS, [], ""),
        ("# webdriver.Firefox()\n", [], ""),
    ],
)
def test_browsers__display(tmp_path: Path, code: str, expected: list[str], paste: str) -> None:
    seen = found(tmp_path, code, replace(WHOLE, display=False))
    assert ids(seen) == expected
    assert seen.paste.endswith(paste)
    assert bool(seen.paste) == bool(paste)


@pytest.mark.parametrize(
    "suite",
    [
        SuiteGiven(command=f"xvfb-run -a {COMMAND}"),
        SuiteGiven(command=COMMAND, variables=frozenset({"MOZ_HEADLESS"})),
        SuiteGiven(command=COMMAND, remote_browser=True),
        SuiteGiven(command="python -m unittest other_tests"),
    ],
    ids=["xvfb", "headless", "remote", "other tests"],
)
def test_browsers__display_is_not_needed(tmp_path: Path, suite: SuiteGiven) -> None:
    machine = replace(WHOLE, display=False)
    assert not found(tmp_path, FIREFOX, machine, suite, other_tests__test_a="")


@pytest.mark.parametrize("browser", ["firefox", "chrome"])
def test_browsers__one_of_several(tmp_path: Path, browser: str) -> None:
    """Tests for several browsers choose one: the one that is there is enough."""
    either = FIREFOX + "other = webdriver.Chrome()\n"
    assert not found(tmp_path, either, replace(WHOLE, browsers=frozenset({browser})))


def test_browsers__chosen_by_a_variable(tmp_path: Path) -> None:
    suite = SuiteGiven(command=COMMAND, variables=frozenset({"BROWSER"}))
    assert not found(tmp_path, OURS, replace(WHOLE, browsers=frozenset({"firefox"})), suite)


def test_browsers__of_an_unknown_machine(tmp_path: Path) -> None:
    assert not found(tmp_path, FIREFOX, None)


@pytest.mark.parametrize("verdict", [Verdict.TESTS_FAILED, Verdict.TIMED_OUT])
def test_browsers__were_seen_by_the_tests(tmp_path: Path, verdict: Verdict) -> None:
    assert not found(tmp_path, FIREFOX, BARE, verdict=verdict)


def test_packages__without_requirements(tmp_path: Path) -> None:
    machine = replace(WHOLE, missing_modules=lambda: frozenset({"selenium", "playwright"}))
    code = f"import pytest\n{FIREFOX}"
    seen = found(tmp_path, code, machine, requirements_dev_txt="pytest\nselenium\n")
    (text,) = told(seen)
    assert text == (
        "functional_tests/test_home.py:2 imports selenium, but the Python that runs the tests does "
        "not have it."
    )
    (need,) = seen.needs
    assert need.hint == (
        "Name requirements_dev.txt, which lists what the tests need, in test-requirements."
    )


def test_packages__without_a_file_that_has_them(tmp_path: Path) -> None:
    machine = replace(WHOLE, missing_modules=lambda: frozenset(SUITE_MODULES))
    (need,) = found(tmp_path, FIREFOX, machine, requirements_txt="pytest\n").needs
    assert need.hint == "Write a file that lists selenium, and name it in test-requirements."


def test_packages__are_proposed_from_a_file_that_has_them(tmp_path: Path) -> None:
    machine = replace(WHOLE, missing_modules=lambda: frozenset(SUITE_MODULES))
    seen = found(tmp_path, FIREFOX, machine, requirements_txt="pytest\nselenium\n")
    assert seen.paste.endswith("test-requirements: requirements.txt")


@pytest.mark.parametrize(
    "requirements, expected",
    [
        ("requests\n", ["test-package"]),
        ("selenium==4.1\n", []),
        # They bring it.
        ("pytest-selenium\n", []),
        ("splinter\n", []),
    ],
)
def test_packages__in_requirements(tmp_path: Path, requirements: str, expected: list[str]) -> None:
    suite = SuiteGiven(command=COMMAND, requirements=requirements, file="needed.txt")
    seen = found(tmp_path, FIREFOX, WHOLE, suite, needed_txt=requirements)
    assert ids(seen) == expected
    if expected:
        assert "needed.txt does not list it, so " in seen.needs[0].text
        assert seen.needs[0].hint == "Add selenium to needed.txt."
        assert seen.paste == "# in needed.txt, at the end, add:\nselenium"


def test_packages__of_requirements_that_do_not_say_all(tmp_path: Path) -> None:
    suite = SuiteGiven(command=COMMAND, requirements="./tools\n", file="a.txt", is_open=True)
    assert not found(tmp_path, FIREFOX, WHOLE, suite)


@pytest.mark.parametrize(
    "command",
    [
        "uv run pytest functional_tests",
        "pip install selenium && python -m unittest functional_tests",
    ],
)
def test_packages__are_installed_by_the_command(tmp_path: Path, command: str) -> None:
    machine = replace(WHOLE, missing_modules=lambda: frozenset(SUITE_MODULES))
    assert not found(tmp_path, FIREFOX, machine, SuiteGiven(command=command))
