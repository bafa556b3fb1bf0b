import re
from itertools import pairwise

import pytest
from hypothesis import given

from rehearsal.commands.merge.causes import shard_causes
from rehearsal.commands.merge.page import MAX_TESTS, page
from rehearsal.commands.merge.shards import ShardEvidence
from rehearsal.commands.merge.summary import summary
from rehearsal.report.page.anchors import anchor_of
from rehearsal.report.tests_summary import MAX_TESTS as MAX_IN_SUMMARY
from rehearsal.results.diagnosis import Diagnosis
from rehearsal.results.evidence_index import EvidenceIndex, FailedTestEvidence
from rehearsal.results.frame import ProjectFrame
from rehearsal.results.tests import Failure, ListedOutcome, ListedTest, SuiteResults
from rehearsal.verdict import Problem, Verdict

from ...audits import audit
from ...report.page.test_markup import HOSTILE, Parsed
from ...report.test_summary import HOSTILE as MARKED
from ...report.test_summary import UNESCAPED, Tags, outside_boxes
from .samples import matrix, merge_shards, shard, shard_result, unreadable


def merged_summary(*shards: ShardEvidence, expected: int = 0) -> str:
    return summary(merge_shards(*shards, expected=expected), evidence="the artifact x")


def merged_page(*shards: ShardEvidence, expected: int = 0) -> str:
    return str(page(merge_shards(*shards, expected=expected)))


def shards_of(text: str, *, image: str = "x") -> list[ShardEvidence]:
    """Return two shards whose every field of text is `text`, except the image."""
    failure = Failure(name=text, message=text, file=text, line=3)
    frame = ProjectFrame(file=text, line=7, function=text, error=text, text=text)
    test = FailedTestEvidence(failure=failure, file=text, folder=text, frame=frame)
    diagnosis = Diagnosis(
        id="x", title=text, hint=text, paste=text, background=text, matching_lines=(text,)
    )
    result = shard_result(
        "1/2",
        text,
        image=image,
        image_id=image,
        problems=(Problem(Verdict.TESTS_FAILED, text, hint=text),),
        suite_results=SuiteResults(
            test_count=2, failure_count=1, failed=(failure,), flaky=(failure,)
        ),
        notices=(text,),
        warnings=(text,),
        diagnoses=(diagnosis,),
        index=EvidenceIndex(failed=(test,), flaky=(test,)),
    )
    failed = ShardEvidence(name=text, folder=f"shards/{text}", result=result, has_page=True)
    return [failed, unreadable(text, message=text)]


TAGS = Parsed(merged_page(*shards_of("x"))).tags
SUMMARY_TAGS = Tags(merged_summary(*shards_of("x"))).found


def test_shard_causes__each_once_with_all_its_shards_the_deciding_one_first() -> None:
    same = Problem(Verdict.TESTS_FAILED, "1 test failed.", hint="Look.")
    crash = Problem(Verdict.CRASHED, "It ended.")
    found = shard_causes(
        merge_shards(
            shard("1/3", problem=same), shard("2/3", problem=crash), shard("3/3", problem=same)
        )
    )
    assert [(each.verdict, each.shards) for each in found] == [
        (Verdict.CRASHED, ("shard 2/3",)),
        (Verdict.TESTS_FAILED, ("shard 1/3", "shard 3/3")),
    ]


def test_shard_causes__of_the_matrix_come_before_those_of_a_shard() -> None:
    unread = unreadable("x", Verdict.CANCELLED, "It has none.")
    found = shard_causes(merge_shards(shard("1/3"), unread, expected=3))
    assert [each.shards for each in found] == [(), ("x",)]


def test_shard_causes__of_a_pass_are_none() -> None:
    assert shard_causes(merge_shards(*matrix(2))) == []


def test_summary__shows_verdict_causes_counts_and_shards_in_this_order() -> None:
    text = merged_summary(
        shard("1/2", "chrome", flaky=["smoke.cart shows v1.2 banner"]),
        shard("2/2", "chrome", failed=["a.b.test_x"]),
    )
    lines = text.splitlines()
    assert lines[0] == "## ❌ Dress rehearsal: tests-failed"
    assert lines[2] == "**1 tests failed.** (shard 2/2 on chrome)"
    parts = [
        "- Tests: 6 ran, 1 failed, 1 flaky, in 2 rehearsals",
        "| shard 1/2 on chrome | ✅ passed | 3 | 0 | 1 | 2.0 |",
        "| shard 2/2 on chrome | ❌ tests-failed | 3 | 1 | 0 | 2.0 |",
        r"| test\_x<br><sub>a.b</sub> | shard 2/2 on chrome | why a.b.test\_x |",
        "| ⚠️ flaky test",
        "| smoke.cart shows v1.2 banner | shard 1/2 on chrome |",
        "Image `rehearsed/app:77`",
        "Open `index.html` in the artifact x for",
        "<sub>Dress Rehearsal ",
    ]
    positions = [text.index(part) for part in parts]
    assert positions == sorted(positions)


def test_summary__of_a_pass_is_short() -> None:
    text = merged_summary(*matrix(2))
    assert text.startswith("## ✅ Dress rehearsal: passed\n")
    assert "What to do" not in text
    assert "failed test" not in text


@pytest.mark.parametrize(
    "shards, words",
    [
        ([shard("1/2", suite_results=SuiteResults()), shard("2/2")], "unknown in 2 rehearsals"),
        ([shard(suite_results=None)], "none ran in 1 rehearsal"),
        ([shard()], "3 ran, 0 failed, in 1 rehearsal\n"),
    ],
    ids=["unknown", "none", "one"],
)
def test_summary__counts_only_what_is_known(shards: list[ShardEvidence], words: str) -> None:
    assert f"- Tests: {words}" in merged_summary(*shards)


def test_summary__a_missing_shard_is_named_first() -> None:
    text = merged_summary(shard("1/2"), expected=2)
    assert text.startswith(
        "## ❌ Dress rehearsal: cancelled\n\n**Evidence was found for only 1 of 2 rehearsals"
    )
    assert "A job ended before its evidence was uploaded" in text


@pytest.mark.parametrize("text", [MARKED, "a\n\n::error::x", "|x|\n|---|"])
def test_summary__hostile_text_stays_text(text: str) -> None:
    text = merged_summary(*shards_of(text))
    assert Tags(text).found <= SUMMARY_TAGS | {"br"}
    for line in outside_boxes(text):
        assert not line.startswith(("::", "| h"))
        rest = re.sub(r"\*\*|^\| | \|$|(?<!\\) \| ", "", line)
        assert "javascript" not in line or not UNESCAPED.findall(rest)


def test_summary__many_long_lines_are_cut() -> None:
    line = '|"' * 10_000
    diagnosis = Diagnosis(id="x", title=line, hint=line, paste=line, matching_lines=(line,) * 99)
    failed = tuple(f"{line}{number}" for number in range(200))
    shards = [
        shard(
            f"{n}/300",
            line,
            name=f"{line}{n}",
            failed=failed if n == 7 else (),
            diagnoses=[diagnosis],
        )
        for n in range(1, 301)
    ]
    text = merged_summary(*shards)
    assert len(text.encode()) < 1 << 20
    assert "| 44 more |" in text
    assert re.search(r"\| \d+ more \| \| see verdict.json in the artifact x \|", text)
    assert text.count("| why ") == MAX_IN_SUMMARY


@given(text=HOSTILE)
def test_page__hostile_text_adds_no_tag(text: str) -> None:
    text = re.sub(r"\n\s*\n", "\n", text)
    assert Parsed(merged_page(*shards_of(f"x{text}x", image=f"x{text}x"))).tags == TAGS


@given(text=HOSTILE)
def test_page__all_addresses_stay_below_the_folder_of_the_page(text: str) -> None:
    found = re.findall(
        r' (?:href|src)="([^"]*)"', merged_page(*shards_of(f"x{text}x", image=f"x{text}x"))
    )
    assert found
    for address in found:
        assert address.startswith(("./", "#", "https://github.example/owner/app"))


def test_page__links_each_shard_s_page() -> None:
    text = merged_page(*matrix(2, "chrome"), unreadable("x"), expected=4)
    assert '<a href="./shards/rehearsal.1-of-2.chrome/index.html">shard 1/2 on chrome</a>' in text
    assert '<a href="./shards/rehearsal.2-of-2.chrome/index.html">shard 2/2 on chrome</a>' in text
    assert 'href="./shards/x' not in text, "it has no page"
    assert 'href="./"' not in text


def test_page__a_failed_test_links_its_card_on_the_page_of_its_shard() -> None:
    text = merged_page(*matrix(1, "chrome"), shard("2/2", "firefox", failed=("a",)), expected=2)
    page = "./shards/rehearsal.2-of-2.firefox/index.html"
    assert f'<a href="{page}#{anchor_of("a")}">shard 2/2 on firefox</a>' in text


def test_page__shows_verdict_causes_shards_and_tests_in_this_order() -> None:
    text = Parsed(merged_page(shard("1/2"), shard("2/2", failed=["a_test"], flaky=["f"]))).text
    parts = [
        "tests-failed", "6 ran, 1 failed, 1 flaky, in 2 rehearsals", "1 tests failed.",
        "In shard 2/2.", "Rehearsals (2)", "passed", "tests-failed ✗", "Failed tests (1)", "a_test",
        "why a_test", "Flaky tests (1)", "passed on a retry", "What was rehearsed",
    ]  # fmt: skip
    positions = [0]
    for part in parts:
        positions.append(text.index(part, positions[-1]))


def test_page__lists_all_tests_and_its_sections() -> None:
    def results(*names: str) -> SuiteResults:
        tests = (
            ListedTest(name=name, outcome=ListedOutcome.PASSED, seconds=len(name) / 10)
            for name in names
        )
        return SuiteResults(test_count=len(names), tests=tuple(tests))

    text = merged_page(
        shard("1/2", suite_results=results("t.T.a", "t.T.longer")),
        shard("2/2", suite_results=results("t.T.long")),
    )
    assert "All tests (3)" in text
    shown = Parsed(text).text
    order = [shown.index(name) for name in ("t.T.longer", "t.T.long", "t.T.a")]
    assert order == sorted(order)
    jumps = re.findall(r'<li><a href="#([a-z]+)">', text)
    assert jumps == ["shards", "tests", "rehearsed"]
    assert all(f'id="{anchor}"' in text for anchor in jumps)


def test_page__a_failed_test_has_its_own_address_and_command() -> None:
    text = merged_page(*shards_of("x"))
    jumps = re.findall(r'<li><a href="#([a-z]+)">', text)
    assert {"cause", "shards", "failed"} <= {*jumps}
    assert all(f'id="{anchor}"' in text for anchor in jumps)
    assert re.search(r'<article class="card test" id="t-[0-9a-f]{10}">', text)


def test_page__without_any_evidence() -> None:
    text = merged_page(expected=2)
    assert "No evidence was found." in text
    assert '<body class="failed">' in text


def test_page__needs_nothing_from_elsewhere() -> None:
    text = merged_page(*shards_of("x"))
    assert "default-src &#x27;none&#x27;; " in text
    assert not re.findall(r'src="https?:|url\(', text)
    assert set(re.findall(r"https?://[^/]+", text)) == {"https://github.example"}


def test_page__many_failures_are_cut_and_the_rest_is_linked() -> None:
    failed = [f"t{number}" for number in range(MAX_TESTS + 5)]
    text = merged_page(shard(failed=failed))
    assert f"Failed tests ({MAX_TESTS + 5})" in text
    assert text.count("<article") == MAX_TESTS
    assert '<p>5 more: <a href="./verdict.json">verdict.json</a> lists up to 1,000.</p>' in text


def test_page__headings_skip_no_level() -> None:
    levels = [int(tag[1]) for tag in TAGS if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))


def test_reports__count_the_tests_that_verdict_json_did_not_list() -> None:
    counts = SuiteResults(
        test_count=9000,
        failure_count=8001,
        flaky=(Failure(name="f", message="m"),),
        failed_left_out=8000,
        flaky_left_out=70,
    )
    shards = [shard(failed=["t"], flaky=["f"], suite_results=counts)]
    text = merged_page(*shards)
    assert "Failed tests (8001)" in text
    assert "<p>8000 more: " in text
    assert "Flaky tests (71)" in text
    summary = merged_summary(*shards)
    assert "| 8000 more |" in summary
    assert "- Tests: 9000 ran, 8001 failed, 71 flaky, in 1 rehearsal\n" in summary


def test_reports__show_the_audit_of_the_first_shard() -> None:
    shards = [shard("1/2", audit=audit("non-root")), shard("2/2")]
    summary = merged_summary(*shards)
    assert "- Audit: 1 passed, 1 failed (non-root), 1 skipped\n" in summary
    assert "| `non-root` | ❌ failed | The message of non-root. |" in summary
    assert '<section id="audit-non-root"' in merged_page(*shards)
    assert "Audit" not in merged_summary(shard())
