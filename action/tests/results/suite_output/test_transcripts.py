"""Real output of real test runners is counted as their own closing lines say."""

import pytest

from .transcripts import Transcript, transcript, transcripts

# Where the tools ran.
FOLDER = "/home/runner/work/shop/shop"
UNITTEST = {
    # Two of the nine tests are skipped. The failures count two sub-tests and a setUpClass, too.
    "python -m unittest test_shop": (7, 8),
    "FORCE_COLOR=1 python -m unittest test_shop": (7, 8),
    "python -m unittest --buffer test_shop": (7, 8),
    # A test that passes, an expected failure, a skipped test and a skipped class.
    "python -m unittest test_green": (2, 0),
    "python -m unittest -v test_green": (2, 0),
    "python -m unittest test_skipped": (0, 0),
    "python -m unittest test_subskip": (0, 0),
    "python -m unittest discover -p none*": (0, 0),
    "python -m unittest test_unimportable": (1, 1),
    "python -m unittest no_such": (1, 1),
    "python -m unittest test_module": (0, 1),
    "python -m unittest test_tdc": (4, 4),
}
PYTEST = {
    **dict.fromkeys(
        ["pytest .", "pytest -q .", "pytest --color=yes .", "pytest --tb=no .", "pytest -rN .",
         "pytest -n 2 .", "CI=true pytest . --tb=short"],
        (14, 8),
    ),
    "pytest -qq .": (None, 8),
    "pytest broken": (2, 2),
    "pytest -k nothing": (0, 0),
    "pytest -rA": (0, 0),
    "pytest test_green.py": (1, 0),
    "pytest no_such.py": (0, 0),
    "pytest test_green.py::nope": (0, 0),
    "pytest --no-such-option": (None, 0),
    "pytest test_a.py": (None, 0),
    "pytest --reruns 1 test_shaky.py": (2, 1),
    "pytest --reruns 1 -rR test_shaky.py": (2, 1),
    "pytest --reruns 1 -rR -k shaky test_shaky.py::test_shaky": (1, 0),
    "pytest test_sub.py": (9, 7),
}  # fmt: skip
OTHERS = {
    "python manage.py test --parallel 2 ft.test_a ft.test_b": (10, 8),
    "python manage.py test --parallel 2 --verbosity 2 ft.test_a ft.test_b.VisitB.test_fails": (
        6,
        5,
    ),
    "python manage.py test ft.test_ok": (1, 0),
    "python manage.py test ft.nope": (1, 1),
    "python manage.py test ft.test_ok -k nothing": (0, 0),
    "nose2 test_shop": (7, 8),
    "trial trial_case": (4, 3),
    "green test_green": (2, 0),
    "python -m testtools.run test_tdc": (4, 4),
    "zope-testrunner test_tdc": (4, 3),
    "mocha t.js": (2, 1),
    "mocha --reporter tap t.js": (2, 1),
    "mocha ok.js": (1, 0),
    "mocha bad.js": (None, 0),
    "mocha nothing.js": (0, 0),
    "mocha -g nothing t.js": (0, 0),
    "jest t.test": (2, 1),
    "jest ok.test": (1, 0),
    "jest bad.test": (0, 0),
    "jest nothing": (0, 0),
    "jest ok.test -t nothing": (0, 0),
    "vitest run t.test": (2, 1),
    "vitest run ok.test": (1, 0),
    "vitest run bad.test": (0, 0),
    "vitest run nothing": (0, 0),
    "playwright test --retries 1 --reporter line t.spec": (4, 2),
    "playwright test --retries 1 --reporter line ok.spec": (1, 0),
    "playwright test --retries 1 --reporter line bad.spec": (0, 0),
    "playwright test --retries 1 --reporter line nothing": (0, 0),
    "node --test t.test.js": (2, 1),
    "node --test --test-reporter=spec t.test.js": (2, 1),
    "jasmine x.spec.js": (2, 1),
    "phpunit ShopTest.php": (3, 2),
    "phpunit OkTest.php": (1, 0),
    "phpunit OkTest.php --filter nothing": (0, 0),
    "rspec shop_spec.rb": (2, 1),
    "rspec bad_spec.rb": (1, 1),
    "rspec norb": (0, 0),
    "ruby minitest.rb": (3, 2),
    "bats --pretty t.bats": (2, 1),
    "behave feat": (2, 1),
    "cucumber-js": (2, 1),
    "cargo test": (2, 1),
}
# unittest 3.12.1 counts no skipped test as run, and pytest-subtests no test with failed sub-tests.
EXCEPTIONS = {
    ("unittest-3.12", "python -m unittest test_shop"): (6, 8),
    ("pytest-8", "pytest test_sub.py"): (9, 6),
}
COUNTS: dict[str, tuple[int | None, int]] = {**UNITTEST, **PYTEST, **OTHERS}


@pytest.mark.parametrize(
    "run", [pytest.param(each, id=f"{each.file}: {each.command}") for each in transcripts()]
)
def test_read_output__counts_as_the_runner_does(run: Transcript) -> None:
    expected = EXCEPTIONS.get((run.file, run.command), COUNTS[run.command])
    results = run.read().results
    assert (results.test_count, results.failure_count) == expected


UNITTEST_NAMES = [
    ("test_shop.Basket.test_raises", "ValueError: no price"),
    ("test_shop.BrokenSetUp.setUpClass", "OSError: no browser"),
    ("test_shop.Basket.test_fails", "AssertionError: '2 items' != '3 items'"),
    ("test_shop.Basket.test_long_diff", "AssertionError: 'a\\n====="),
    ("test_shop.Basket.test_prints", "AssertionError: '42' not found in '<title>Shop</title>'"),
    ("test_shop.Basket.test_sub_tests [rows] (number=0)", "AssertionError: 0 != 1 : row 0"),
    ("test_shop.Basket.test_sub_tests [rows] (number=2)", "AssertionError: 2 != 1 : row 2"),
    ("test_shop.Basket.test_mended", "The test is marked as an expected failure, but it passed."),
]
LONG = (
    "AssertionError: the answer is missing, and this message is so long that pytest cuts it to the "
    "width"
)
PYTEST_NAMES = [
    ("test_shop.py::test_fails", "AssertionError: assert '2 items' == '3 items'"),
    ("test_shop.py::test_raises_in_a_helper", "KeyError: 'cake'"),
    ("test_shop.py::TestBasket::test_prints", LONG),
    ("test_shop.py::TestBasket::test_named[b - c]", "AssertionError: assert 'b - c' == 'a'"),
    ("test_shop.py::TestBasket::test_named[d::e[f]]", "AssertionError: assert 'd::e[f]' == 'a'"),
    ("test_shop.py::test_strict", "[XPASS(strict)]"),
    ("test_shop.py::test_needs_browser", "OSError: no browser"),
    ("test_shop.py::test_ends_badly", "OSError: no end"),
]  # fmt: skip


def names_and_messages(run: Transcript) -> list[tuple[str, str]]:
    return [(each.name, each.message) for each in run.read().results.failed]


@pytest.mark.parametrize("version", ["3.9", "3.10", "3.11", "3.12", "3.13", "3.14"])
def test_read_output__names_what_unittest_failed(version: str) -> None:
    run = transcript(f"unittest-{version}", "python -m unittest test_shop")
    found = names_and_messages(run)
    # Until Python 3.10, unittest does not name a test that passed unexpectedly.
    expected = UNITTEST_NAMES[: -1 if version in ("3.9", "3.10") else None]
    assert [name for name, _ in found] == [name for name, _ in expected]
    assert all(
        message.startswith(start) for (_, message), (_, start) in zip(found, expected, strict=True)
    )


def test_read_output__colours_are_left_out() -> None:
    coloured = transcript("unittest-3.14-in-colour", "FORCE_COLOR=1 python -m unittest test_shop")
    plain = transcript("unittest-3.14", "python -m unittest test_shop")
    assert coloured.read().results.failed == plain.read().results.failed


def test_read_output__what_a_test_printed_is_kept_apart() -> None:
    run = transcript("unittest-3.13", "python -m unittest --buffer test_shop")
    (failure,) = [each for each in run.read().results.failed if each.name.endswith("test_prints")]
    assert failure.message == "AssertionError: '42' not found in '<title>Shop</title>'"
    assert failure.trace.startswith("Traceback (most recent call last):\n")
    assert "Stdout" not in failure.trace
    assert failure.output == "Stdout:\nRan 99 tests in 1.0s\n\nFAILED (failures=9)"


@pytest.mark.parametrize(
    "command, expected",
    [
        ("python -m unittest test_unimportable",
         ("test_unimportable", "ModuleNotFoundError: No module named 'no_such_module'")),
        ("python -m unittest test_module",
         ("test_module.setUpModule", "RuntimeError: no database")),
    ],
    ids=["not importable", "setUpModule"],
)  # fmt: skip
@pytest.mark.parametrize("version", ["3.9", "3.14"])
def test_read_output__names_what_unittest_could_not_load(
    version: str, command: str, expected: tuple[str, str]
) -> None:
    assert names_and_messages(transcript(f"unittest-{version}", command)) == [expected]


def test_read_output__messages_of_odd_exceptions() -> None:
    run = transcript("unittest-3.13", "python -m unittest test_tdc")
    assert names_and_messages(run) == [
        ("test_tdc.T.test_group", "ExceptionGroup: two (2 sub-exceptions)"),
        ("test_tdc.T.test_multi", "ValueError: line one"),
        ("test_tdc.T.tearDownClass", "RuntimeError: no end"),
        ("test_tdc.T.test_empty", "AssertionError"),
    ]


def test_read_output__names_what_django_failed_side_by_side() -> None:
    run = transcript(
        "other-python-runners", "python manage.py test --parallel 2 ft.test_a ft.test_b"
    )
    found = dict(names_and_messages(run))
    assert len(found) == 8
    assert found["ft.test_a.VisitA.test_fails"] == "AssertionError: 404 != 200"
    assert found["ft.test_b.VisitB.test_sub (i=1)"] == "AssertionError: 1 != 7"


@pytest.mark.parametrize(
    "command",
    [
        "pytest .",
        "pytest -q .",
        "pytest -qq .",
        "pytest --color=yes .",
        "CI=true pytest . --tb=short",
    ],
)
def test_read_output__names_what_pytest_failed(command: str) -> None:
    assert names_and_messages(transcript("pytest-9", command)) == PYTEST_NAMES


@pytest.mark.parametrize("command", ["pytest -n 2 .", "pytest -rN ."])
def test_read_output__names_what_pytest_failed_in_another_order(command: str) -> None:
    """With -rN there is no summary, and with xdist no message of what passed by mistake."""
    found = dict(names_and_messages(transcript("pytest-9", command)))
    expected = dict(PYTEST_NAMES)
    strict = "test_shop.py::test_strict"
    assert found.pop(strict, None) or found.pop("test_strict") == expected.pop(strict)
    expected.pop(strict, None)
    assert found == expected


@pytest.mark.parametrize("version", ["6", "7", "8", "9"])
def test_read_output__names_what_pytest_could_not_collect(version: str) -> None:
    assert names_and_messages(transcript(f"pytest-{version}", "pytest broken")) == [
        ("test_syntax.py", "SyntaxError: invalid syntax"),
        ("test_unimportable.py", "ModuleNotFoundError: No module named 'no_such_module'"),
    ]


@pytest.mark.parametrize("version", ["8", "9"])
def test_read_output__names_sub_tests_of_pytest(version: str) -> None:
    found = dict(names_and_messages(transcript(f"pytest-{version}", "pytest test_sub.py")))
    assert found["test_sub.py::test_rows [rows] (number=0)"] == "assert 0 == 1"
    assert found["test_sub.py::T::test_unit [m] (i=1)"] == "AssertionError: 1 != 7"
    assert found["test_sub.py::test_both"] == "AssertionError: outer"


@pytest.mark.parametrize(
    "file, command, reason",
    [
        ("pytest-9", "pytest no_such.py", "ERROR: file or directory not found: no_such.py"),
        ("pytest-9", "pytest test_green.py::nope",
         f"ERROR: not found: {FOLDER}/tests/test_green.py::nope"),
        ("pytest-9", "pytest --no-such-option",
         "python -m pytest: error: unrecognized arguments: --no-such-option"),
        ("pytest-9", "pytest test_a.py", "ModuleNotFoundError: No module named 'no_such_module'"),
        ("other-runners", "jest bad.test", "Cannot find module './not-there' from 'bad.test.js'"),
        ("other-runners", "mocha bad.js", "Error: Cannot find module './not-there'"),
        ("other-runners", "vitest run bad.test",
         f"Error: Cannot find module './not-there' imported from {FOLDER}/bad.test.mjs"),
        ("other-runners", "playwright test --retries 1 --reporter line bad.spec",
         "Error: Cannot find module './not-there'"),
        ("other-runners", "jest nothing", ""),
        ("other-runners", "mocha nothing.js", ""),
        ("other-runners", "vitest run nothing", ""),
        ("other-runners", "playwright test --retries 1 --reporter line nothing", ""),
        ("pytest-9", "pytest -rA", ""),
    ],
)  # fmt: skip
def test_read_output__why_no_test_could_begin(file: str, command: str, reason: str) -> None:
    assert transcript(file, command).read().reason == reason


def test_read_output__pytest_ran_a_test_again() -> None:
    command = "pytest --reruns 1 -rR -k shaky test_shaky.py::test_shaky"
    (flaky,) = transcript("pytest-9", command).read().results.flaky
    assert (flaky.name, flaky.attempts) == ("rerun/test_shaky.py::test_shaky", 1)
    assert transcript("pytest-9", "pytest --reruns 1 test_shaky.py").read().results.flaky == ()


def test_read_output__runs_add_up() -> None:
    runs = [transcript("unittest-3.9", "python -m unittest test_shop"),
            transcript("pytest-9", "pytest ."),
            transcript("unittest-3.14", "python -m unittest test_green"),
            transcript("other-runners", "mocha t.js")]  # fmt: skip
    output = "".join(run.text for run in runs)
    together = Transcript(file="", command="", text=output, code=1).read()
    assert together.results.test_count == 7 + 14 + 2 + 2
    assert together.results.failure_count == 8 + 8 + 0 + 1
    assert len(together.results.failed) == 7 + 8
    assert together.closings[0].startswith("Ran 9 tests")
