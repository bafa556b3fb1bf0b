import re
from itertools import pairwise

import pytest
from hypothesis import given

from rehearsal.commands.merge.causes import shard_causes
from rehearsal.commands.merge.merging import Merged, merge
from rehearsal.commands.merge.page import MOST_TESTS, page
from rehearsal.commands.merge.shards import ShardEvidence
from rehearsal.commands.merge.summary import MOST_TESTS as MOST_IN_SUMMARY
from rehearsal.commands.merge.summary import summary
from rehearsal.results.diagnosis import Diagnosis
from rehearsal.results.evidence_index import EvidenceIndex, FailedTestEvidence
from rehearsal.results.frame import ProjectFrame
from rehearsal.results.tests import Failure, Results
from rehearsal.verdict import Problem, Verdict

from ...report.page.test_markup import HOSTILE, Seen
from ...report.test_summary import BARE, Tags, outside_boxes
from ...report.test_summary import HOSTILE as MARKED
from .samples import broken, leg, matrix, rehearsal

REST = "the artifact x"


def merged(*legs: ShardEvidence, expected: int = 0) -> Merged:
    return merge(legs, expected=expected or len(legs), name="77-1-merged")


def hostile(text: str, *, image: str = "x") -> Merged:
    """Return a merge that says the same thing wherever something can be said.

    In a summary the image stands in a code span, where nothing is markup.
    """
    failure = Failure(name=text, message=text, file=text, line=3)
    frame = ProjectFrame(file=text, line=7, function=text, error=text, text=text)
    exhibit = FailedTestEvidence(failure=failure, file=text, folder=text, frame=frame)
    diagnosis = Diagnosis(
        id="x", title=text, hint=text, paste=text, background=text, evidence=(text,)
    )
    result = rehearsal(
        "1/2",
        text,
        image=image,
        image_id=image,
        problems=(Problem(Verdict.TESTS_FAILED, text, hint=text),),
        results=Results(tests=2, failures=1, failed=(failure,), flaky=(failure,)),
        notices=(text,),
        diagnoses=(diagnosis,),
        index=EvidenceIndex(tests=(exhibit,), flaky=(exhibit,)),
    )
    whole = ShardEvidence(
        name=text,
        folder=f"shards/{text}",
        result=result,
        page=True,
    )
    return merged(whole, broken(text, what=text))


PLAIN = Seen(page(hostile("x"))).tags
PLAIN_SUMMARY = Tags(summary(hostile("x"), rest=REST)).found


def test_findings__are_told_once_with_all_who_have_them_the_deciding_one_first() -> None:
    same = Problem(Verdict.TESTS_FAILED, "1 test failed.", hint="Look.")
    crash = Problem(Verdict.CRASHED, "It ended.")
    found = shard_causes(
        merged(leg("1/3", problem=same), leg("2/3", problem=crash), leg("3/3", problem=same))
    )
    assert [(each.verdict, each.shards) for each in found] == [
        (Verdict.CRASHED, ("shard 2/3",)),
        (Verdict.TESTS_FAILED, ("shard 1/3", "shard 3/3")),
    ]


def test_findings__of_all_together_come_before_those_of_one() -> None:
    unread = broken("x", Verdict.CANCELLED, "There is none.")
    found = shard_causes(merged(leg("1/3"), unread, expected=3))
    assert [each.shards for each in found] == [(), ("x",)]


def test_findings__of_a_pass_are_none() -> None:
    assert shard_causes(merged(*matrix(2))) == []


def test_summary__says_verdict_causes_counts_and_every_shard_in_this_order() -> None:
    found = merged(leg("1/2", "chrome", flaky=["a.f"]), leg("2/2", "chrome", failed=["a.b.test_x"]))
    lines = summary(found, rest=REST).splitlines()
    assert lines[0] == "## ❌ Dress rehearsal: tests-failed"
    assert lines[2] == "**1 tests failed.** (shard 2/2 on chrome)"
    text = "\n".join(lines)
    parts = [
        "- Tests: 6 ran, 1 failed, 1 flaky, in 2 rehearsals",
        "| shard 1/2 on chrome | ✅ passed | 3 | 0 | 1 | 2.0 |",
        "| shard 2/2 on chrome | ❌ tests-failed | 3 | 1 | 0 | 2.0 |",
        r"| test\_x<br><sub>a.b</sub> | shard 2/2 on chrome | why a.b.test\_x |",
        "| ⚠️ flaky test",
        "| f<br><sub>a</sub> | shard 1/2 on chrome |",
        "Image `rehearsed/app:77`",
        "open `index.html` in the artifact x.",
        "<sub>Dress Rehearsal ",
    ]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)


def test_summary__of_a_pass_is_short() -> None:
    text = summary(merged(*matrix(2)), rest=REST)
    assert text.startswith("## ✅ Dress rehearsal: passed\n")
    assert "What to do" not in text
    assert "failed test" not in text


@pytest.mark.parametrize(
    "legs, words",
    [
        ([leg("1/2", results=Results()), leg("2/2")], "how many ran in 2 rehearsals is not known"),
        ([leg(results=None)], "none asked for in 1 rehearsal"),
        ([leg()], "3 ran, 0 failed, in 1 rehearsal\n"),
    ],
    ids=["unknown", "none", "one"],
)
def test_summary__counts_only_what_is_known(legs: list[ShardEvidence], words: str) -> None:
    assert f"- Tests: {words}" in summary(merged(*legs), rest=REST)


def test_summary__a_missing_shard_is_named_first() -> None:
    text = summary(merged(leg("1/2"), expected=2), rest=REST)
    assert text.startswith("## ❌ Dress rehearsal: cancelled\n\n**Of 2 rehearsals only 1 left")
    assert "A job ended before its evidence was uploaded" in text


@pytest.mark.parametrize("text", [MARKED, "a\n\n::error::x", "|x|\n|---|"])
def test_summary__hostile_text_stays_text(text: str) -> None:
    told = summary(hostile(text), rest=REST)
    assert Tags(told).found <= PLAIN_SUMMARY | {"br"}
    for line in outside_boxes(told):
        assert not line.startswith(("::", "| h"))
        theirs = re.sub(r"\*\*|^\| | \|$|(?<!\\) \| ", "", line)
        assert "javascript" not in line or not BARE.findall(theirs)


def test_summary__a_flood_stays_under_what_github_takes() -> None:
    line = '|"' * 10_000
    diagnosis = Diagnosis(id="x", title=line, hint=line, paste=line, evidence=(line,) * 99)
    failed = tuple(f"{line}{number}" for number in range(200))
    legs = [
        leg(
            f"{n}/300",
            line,
            name=f"{line}{n}",
            failed=failed if n == 7 else (),
            diagnoses=[diagnosis],
        )
        for n in range(1, 301)
    ]
    text = summary(merged(*legs), rest=REST)
    assert len(text.encode()) < 1 << 20
    assert "| 44 more |" in text
    assert re.search(r"\| \d+ more \| \| see verdict.json in the artifact x \|", text)
    # With the heading's own.
    assert text.count("| why ") == MOST_IN_SUMMARY + 1


@given(text=HOSTILE)
def test_page__hostile_text_adds_no_tag(text: str) -> None:
    text = re.sub(r"\n\s*\n", "\n", text)
    assert Seen(page(hostile(f"x{text}x", image=f"x{text}x"))).tags == PLAIN


@given(text=HOSTILE)
def test_page__all_addresses_stay_beside_the_page(text: str) -> None:
    found = re.findall(r' (?:href|src)="([^"]*)"', page(hostile(f"x{text}x", image=f"x{text}x")))
    assert found
    for address in found:
        assert address.startswith("./")


def test_page__leads_to_each_shard_s_own_page() -> None:
    text = page(merged(*matrix(2, "chrome"), broken("x"), expected=4))
    assert '<a href="./shards/rehearsal.1-of-2.chrome/index.html">shard 1/2 on chrome</a>' in text
    assert '<a href="./shards/rehearsal.2-of-2.chrome/index.html">shard 2/2 on chrome</a>' in text
    assert 'href="./shards/x' not in text, "it has no page"
    assert 'href="./"' not in text


def test_page__says_verdict_causes_shards_and_tests_in_this_order() -> None:
    text = Seen(page(merged(leg("1/2"), leg("2/2", failed=["a_test"], flaky=["f"])))).text
    parts = [
        "tests-failed", "6 ran, 1 failed, 1 flaky, in 2 rehearsals", "1 tests failed.",
        "In shard 2/2.", "Rehearsals (2)", "passed", "tests-failed ✗", "Failed tests (1)", "a_test",
        "why a_test", "Flaky tests (1)", "when they were run again", "What was rehearsed",
    ]  # fmt: skip
    places = [0]
    for part in parts:
        places.append(text.index(part, places[-1]))


def test_page__of_nothing() -> None:
    text = page(merged(expected=2))
    assert "No evidence was found." in text
    assert '<body class="failed">' in text


def test_page__needs_nothing_from_elsewhere() -> None:
    text = page(hostile("x"))
    assert "default-src &#x27;none&#x27;; " in text
    assert not re.findall(r"https?:", text)


def test_page__many_failures_are_cut_and_it_says_where_the_rest_is() -> None:
    failed = [f"t{number}" for number in range(MOST_TESTS + 5)]
    text = page(merged(leg(failed=failed)))
    assert f"Failed tests ({MOST_TESTS + 5})" in text
    assert text.count("<article") == MOST_TESTS
    assert '5 more are in <a href="./verdict.json">' in text


def test_page__headings_leave_no_level_out() -> None:
    levels = [int(tag[1]) for tag in PLAIN if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))
