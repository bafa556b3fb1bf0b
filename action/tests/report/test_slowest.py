"""What took most of the time: the same words on the page and in the summary."""

import html
import re
from dataclasses import replace

import pytest

from rehearsal.commands.merge.page import page as merged_page
from rehearsal.commands.merge.summary import summary as merged_summary
from rehearsal.report.page import page
from rehearsal.report.page.anchors import anchor_of
from rehearsal.report.slowest import DOING, slowest_text, time_outside_tests
from rehearsal.report.summary import summary
from rehearsal.results.browser_steps import TraceStep
from rehearsal.results.evidence_index import EvidenceIndex, FailedTestEvidence
from rehearsal.results.rehearsal import STAGES, RehearsalResult, Stage
from rehearsal.results.tests import Failure, ListedOutcome, ListedTest, SuiteResults

from ..commands.merge.samples import merge_shards, shard
from .page.test_markup import Parsed

NAME = "shop.tests.CartTest.test_pays"


def stages(**seconds: float) -> tuple[Stage, ...]:
    return tuple(Stage(name=name, seconds=took, ok=True) for name, took in seconds.items())


def results(**seconds: float) -> SuiteResults:
    tests = (
        ListedTest(name=f"shop.tests.CartTest.{name}", outcome=ListedOutcome.PASSED, seconds=took)
        for name, took in seconds.items()
    )
    return SuiteResults(test_count=len(seconds), tests=tuple(tests))


def result(**stage_seconds: float) -> RehearsalResult:
    return RehearsalResult(
        name="r",
        stages=stages(**stage_seconds),
        suite_results=results(test_looks=2.0, test_pays=12.3),
    )


def shown(made: str) -> str:
    """Return the paragraph of the page as a reader sees it."""
    (paragraph,) = re.findall(r'<p[^>]* id="slowest">(.*?)</p>', made)
    return html.unescape(re.sub("<.*?>", "", paragraph))


SLOW_TEST = "test_pays took 12.3 s of the test command's 20.0 s"


@pytest.mark.parametrize(
    "stage_seconds, text",
    [
        (
            {"build": 30, "test": 20},
            f"{SLOW_TEST}; building the image took 30.0 s of 50.0 s in all",
        ),
        ({"build": 5, "test": 20}, f"{SLOW_TEST}; all stages took 25.0 s"),
        (
            {"build": 1, "test": 12},
            "test_pays took 12.3 s; the test command took 12.0 s of 13.0 s in all",
        ),
        (
            {"requirements": 30, "test": 20},
            f"{SLOW_TEST}; {DOING['requirements']} took 30.0 s of 50.0 s in all",
        ),
        ({"test": 20}, SLOW_TEST),
        (
            {"build": 70, "ready": 0.5},
            "test_pays took 12.3 s; building the image took 70 s of 70 s in all",
        ),
    ],
    ids=[
        "the build",
        "the tests",
        "parallel tests",
        "their requirements",
        "one stage",
        "no stage of the tests",
    ],
)
def test_slowest__page_and_summary_have_the_same_words(
    stage_seconds: dict[str, float], text: str
) -> None:
    found = result(**stage_seconds)
    assert slowest_text(found) == f"Slowest: {text}"
    made = str(page(found))
    assert shown(made) == f"Slowest: {text}"
    assert f'<a href="#{anchor_of(NAME)}">' in made
    assert f"- Slowest: {text}".replace("_", "\\_") in summary(found)


def test_slowest__says_nothing_without_times() -> None:
    assert slowest_text(RehearsalResult(name="r", stages=stages(build=3))) == ""
    assert "slowest" not in Parsed(page(RehearsalResult(name="r"))).attributes.values()


def test_slowest__of_a_merge_is_a_rehearsal() -> None:
    quick, slow = (
        shard(f"{number}/2", "chrome", stages=stages(test=took), suite_results=results(test_a=took))
        for number, took in ((1, 3.0), (2, 9.0))
    )
    merged = merge_shards(quick, slow)
    text = "Slowest: test_a took 9.0 s; shard 2/2 on chrome took 9.0 s"
    assert shown(str(merged_page(merged))) == text
    assert text.replace("_", "\\_") in merged_summary(merged, evidence="the artifact")


def test_slowest__has_words_for_each_stage() -> None:
    assert set(DOING) == set(STAGES)


def test_slowest__a_long_name_of_several_lines_is_one_short_line() -> None:
    test = ListedTest(name="a\n" * 999, outcome=ListedOutcome.PASSED, seconds=1.0)
    found = replace(result(), suite_results=SuiteResults(test_count=1, tests=(test,)))
    assert "\n" not in slowest_text(found)
    assert len(slowest_text(found)) < 300


WAITED = TraceStep(
    start=2, seconds=10.04, text="looked for id=x (179 times)", is_look=True, error="no element"
)
FOUND = replace(WAITED, error="", answer="Home")
LONG = replace(WAITED, seconds=14.0)
TIMEOUT = "selenium.common.exceptions.TimeoutException: Message: no row"
PLAYWRIGHT = "playwright._impl._errors.TimeoutError: Locator.click: Timeout 30000ms exceeded."


@pytest.mark.parametrize(
    "message, steps, words",
    [
        (TIMEOUT, (WAITED,), "10.0 s of it a wait that timed out"),
        ("no row", (WAITED,), "10.0 s of it lookups repeated until it failed"),
        (TIMEOUT, (), "it ended with a wait that timed out"),
        ("Waited 10 s for a row: none", (), "10.0 s of it a wait that timed out"),
        ("no row", (replace(WAITED, text="looked for id=x"),), ""),
        ("no row", (replace(WAITED, seconds=0.4),), ""),
        ("no row", (WAITED, TraceStep(start=13, seconds=0, text="click id=x")), ""),
        ("no row", (), ""),
        (TIMEOUT, (FOUND,), "10.0 s of it a wait that timed out"),
        ("AssertionError: 'Home' != 'Start'", (FOUND,), ""),
        ("TimeoutError: [Errno 110] Connection timed out", (FOUND,), ""),
        (f"{TIMEOUT}: Timed out receiving message from renderer: 300.000", (), ""),
        (f"{TIMEOUT}: Navigation timed out after 300000 ms", (), ""),
        (PLAYWRIGHT, (), "it ended with a wait that timed out"),
        ("AssertionError: Waited 10 s for a row", (), "10.0 s of it a wait that timed out"),
        (TIMEOUT, (LONG,), ""),
        ("no row", (LONG,), ""),
        ("Waited 14 s for a row: none", (), ""),
    ],
    ids=[
        *("a wait in the trace", "another wait", "Selenium's message alone", "our message alone"),
        *("one lookup", "a short one", "not at the end", "no trace"),
        *("a wrong answer", "the answer was found", "a socket", "Chrome's page", "Firefox's page"),
        *("Playwright", "pytest's form", "longer than the test", "lookups longer than the test"),
        "our message is longer than the test",
    ],
)
def test_slowest__says_how_much_was_a_wait_in_vain(
    message: str, steps: tuple[TraceStep, ...], words: str
) -> None:
    test = FailedTestEvidence(failure=Failure(name=NAME, message=message), steps=steps)
    found = replace(result(test=20), index=EvidenceIndex(failed=(test,)))
    took, rest = "test_pays took 12.3 s", " of the test command's 20.0 s"
    assert slowest_text(found) == f"Slowest: {took}" + f" ({words})" * bool(words) + rest
    line = next(each for each in summary(found).split("\n") if NAME in each and "12.3" in each)
    assert line.endswith(NAME + f" ({words})" * bool(words))


def test_slowest__says_how_long_several_tests_waited_in_vain() -> None:
    waits = ("Waited 10 s for a row: none", "Waited 2.5 s for a row: none", TIMEOUT, "1 != 2")
    tests = tuple(
        FailedTestEvidence(failure=Failure(name=f"test_{number}", message=message))
        for number, message in enumerate(waits)
    )
    found = replace(result(build=5, test=20), index=EvidenceIndex(failed=tests))
    text = f"Slowest: {SLOW_TEST}; 2 failed tests waited 12.5 s in vain; all stages took 25.0 s"
    assert slowest_text(found) == text
    assert shown(str(page(found))) == text
    one = replace(found, index=EvidenceIndex(failed=tests[:1]))
    assert "in vain" not in slowest_text(one)


@pytest.mark.parametrize(
    "took, tests, other",
    [
        (16.0, 2, "1.7 s"),
        # Rounding.
        (14.4, 2, ""),
        # In parallel.
        (9.0, 2, ""),
        # Of one test nothing is known.
        (16.0, 3, ""),
    ],
    ids=["known", "little", "parallel", "one more"],
)
def test_slowest__says_what_no_test_s_time_explains(took: float, tests: int, other: str) -> None:
    found = result(test=took)
    assert found.suite_results
    found = replace(found, suite_results=replace(found.suite_results, test_count=tests))
    text = (
        "The tests together took 14.3 s, the test command 16.0 s. "
        f"Unless tests ran in parallel, the other {other} are in no test's time: for example"
    )
    for made in (html.unescape(str(page(found))), summary(found)):
        assert (text in made) is bool(other)
        assert "earlier attempts" not in made
    assert found.suite_results
    flaky = replace(found.suite_results, flaky=(Failure(name="a", message=""),))
    retried = time_outside_tests(replace(found, suite_results=flaky))
    assert ("earlier attempts" in retried) is bool(other)


def test_slowest__of_skipped_tests_and_of_unknown_times() -> None:
    found = result(test=16)
    assert found.suite_results
    skipped = ListedTest(name="s", outcome=ListedOutcome.SKIPPED)
    tests = (*found.suite_results.tests, skipped)
    with_skipped = replace(found.suite_results, tests=tests)
    assert "16.0 s" in time_outside_tests(replace(found, suite_results=with_skipped))
    unknown = replace(skipped, outcome=ListedOutcome.PASSED)
    without_time = replace(with_skipped, tests=(*tests, unknown), test_count=3)
    assert not time_outside_tests(replace(found, suite_results=without_time))
