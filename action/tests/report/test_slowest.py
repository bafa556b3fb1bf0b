"""What took most of the time: the same words on the page and in the summary."""

import html
import re
from dataclasses import replace

import pytest

from rehearsal.commands.merge.page import page as merged_page
from rehearsal.commands.merge.summary import summary as merged_summary
from rehearsal.report.page import page
from rehearsal.report.page.anchors import anchor_of
from rehearsal.report.slowest import DOING, slowest_text
from rehearsal.report.summary import summary
from rehearsal.results.rehearsal import STAGES, RehearsalResult, Stage
from rehearsal.results.tests import ListedOutcome, ListedTest, SuiteResults

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


SLOW_TEST = "test_pays took 12.3 s of the tests' 20.0 s"


@pytest.mark.parametrize(
    "stage_seconds, text",
    [
        (
            {"build": 30, "test": 20},
            f"{SLOW_TEST}; building the image took 30.0 s of 50.0 s in all",
        ),
        ({"build": 5, "test": 20}, f"{SLOW_TEST}; the tests took 20.0 s of 25.0 s in all"),
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
    ids=["the build", "the tests", "their requirements", "one stage", "no stage of the tests"],
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
