"""What changed since the baseline: the words, the summary and the page."""

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from rehearsal.commands.merge.page import page as merged_page
from rehearsal.commands.merge.summary import summary as merged_summary
from rehearsal.report.page import MAX_SIZE, page
from rehearsal.report.since_words import (
    MAX_LISTED,
    NOTHING_NEW,
    baseline_line,
    commits_text,
    image_line,
    since_title,
)
from rehearsal.report.summary import summary
from rehearsal.results.comparison import Comparison, SlowerTest
from rehearsal.results.evidence_index import EvidenceIndex, FailedTestEvidence
from rehearsal.results.origin import Origin
from rehearsal.results.picture_before import PictureBefore
from rehearsal.results.picture_pair import Picture, PicturePair
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.results.tests import Failure

from ..commands.merge.samples import merge_shards, shard
from ..results.test_picture_format import jpeg, png
from .page.test_markup import HOSTILE, Parsed

COMMIT = "0123456789abcdef0123456789abcdef01234567"


def comparison(text: str) -> Comparison:
    """Return a comparison whose every text is `text`."""
    pair = PicturePair(
        test=text,
        step=text,
        before=Picture(kind="jpeg", content=jpeg(9, 9)),
        now=Picture(kind="png", content=png(9, 9)),
    )
    return Comparison(
        verdict=text,
        commit=text,
        branch=text,
        browser=text,
        started=1.0,
        new=(text,),
        added=(text,),
        old=(text,),
        unknown=(text,),
        fixed=(text,),
        slower=(SlowerTest(name=text, before=1, now=5),),
        size_before=1 << 20,
        size_now=3 << 20,
        pictures=(pair,),
    )


def rendered(since: Comparison) -> str:
    return str(page(replace(RehearsalResult(name="r"), since=since)))


TAGS = Parsed(rendered(comparison("x"))).tags


@given(text=HOSTILE)
def test_page__text_of_a_baseline_stays_text(text: str) -> None:
    made = rendered(comparison(f"x{text}x"))
    assert Parsed(made).tags == TAGS
    for address in re.findall(r' (?:href|src)="([^"]*)"', made):
        assert address.startswith(("#", "data:image/png;base64,", "data:image/jpeg;base64,"))


@given(text=HOSTILE)
def test_summary__text_of_a_baseline_is_escaped(text: str) -> None:
    made = summary(replace(RehearsalResult(name="r"), since=comparison(f"x{text}x")))
    assert not re.search(r"<(?!/?(?:sub|br|pre|details|summary)\b)", made)


def test_page__policy_allows_embedded_pictures_only_where_there_are_some() -> None:
    assert "img-src &#x27;self&#x27; file: data:;" in rendered(comparison("x"))
    assert "data:" not in rendered(Comparison(verdict="passed"))


def test_page__stays_small_whatever_pictures_it_has() -> None:
    since = comparison("x")
    content = png(9, 9).ljust(MAX_SIZE, b"\0")
    large = replace(since.pictures[0], before=Picture(kind="png", content=content))
    made = rendered(replace(since, pictures=(large,)))
    assert len(made.encode()) < MAX_SIZE
    assert "New failures (1)" in made


def test_page_and_summary__list_so_many() -> None:
    since = Comparison(verdict="passed", new=tuple(f"test {number}" for number in range(60)))
    made = rendered(since)
    assert f"test {MAX_LISTED - 1}<" in made
    assert f"test {MAX_LISTED}<" not in made
    assert "10 more" in made
    assert "<summary>New failures (60)</summary>" in summary(RehearsalResult(name="r", since=since))


def test_page_and_summary__say_when_nothing_is_new() -> None:
    since = Comparison(verdict="passed", old=("t",))
    for made in (rendered(since), summary(RehearsalResult(name="r", since=since))):
        assert NOTHING_NEW in made
        assert "Failed in the baseline, too (1)" in made
    for one_ran_none in (replace(since, had_tests=False), replace(since, has_tests=False)):
        assert NOTHING_NEW not in rendered(one_ran_none)


@pytest.mark.parametrize(
    "commit, branch, title",
    [
        (COMMIT, "main", "Compared with the baseline: commit 0123456 of main"),
        (COMMIT, "refs/heads/a", "Compared with the baseline: commit 0123456 of a"),
        (COMMIT, "", "Compared with the baseline: commit 0123456"),
        ("no commit", "main", "Compared with the baseline of main"),
        ("", "", "Compared with the baseline"),
    ],
)
def test_since_title(commit: str, branch: str, title: str) -> None:
    assert since_title(Comparison(verdict="passed", commit=commit, branch=branch)) == title


NEW = "89abcdef0123456789abcdef0123456789abcdef"
RUN = "https://github.example/owner/app/actions/runs/77"


def test_page_and_summary__link_what_changed_between_the_commits() -> None:
    since = Comparison(verdict="passed", commit=COMMIT)
    found = RehearsalResult(name="r", since=since, origin=Origin(commit=NEW, run=RUN))
    address = f"https://github.example/owner/app/compare/{COMMIT}...{NEW}"
    commits = "The baseline is of commit 0123456, this rehearsal of 89abcde"
    made = str(page(found))
    assert f'{commits} · <a href="{address}">what changed in the code</a>' in made
    assert f"\n{commits} · [what changed in the code]({address})\n" in summary(found)
    # Outside GitHub nothing can be linked.
    here = replace(found, origin=Origin(commit=NEW, is_changed=True))
    for made in (str(page(here)), summary(here)):
        assert f"{commits}, with changes that are not committed" in made
        assert "/compare/" not in made


def test_commits_text__of_one_commit() -> None:
    since = Comparison(verdict="passed", commit=COMMIT)
    same = "The baseline and this rehearsal are of the same commit, 0123456"
    assert commits_text(since, Origin(commit=COMMIT)) == same
    changed = Origin(commit=COMMIT, is_changed=True, run=RUN)
    text = f"{same}; now with changes that are not committed"
    assert commits_text(since, changed) == text
    assert "/compare/" not in summary(RehearsalResult(name="r", since=since, origin=changed))


def test_commits_text__of_commits_that_are_none() -> None:
    assert commits_text(Comparison(verdict="passed", commit="../x"), Origin(commit=NEW)) == ""
    assert commits_text(Comparison(verdict="passed", commit=COMMIT), Origin()) == ""


@pytest.mark.parametrize(
    "kind, mark",
    [("new", "new"), ("added", "new"), ("old", "failed before"), ("unknown", ""), ("fixed", "")],
)
def test_page_and_summary__mark_a_failed_test(kind: str, mark: str) -> None:
    names: dict[str, Any] = {kind: ("t",)}
    since = Comparison(verdict="passed", **names)
    failed = (FailedTestEvidence(failure=Failure(name="t", message="m")),)
    result = RehearsalResult(name="r", since=since, index=EvidenceIndex(failed=failed))
    shown = re.findall('<span class="mark">(.*?)</span>', str(page(result)))
    assert shown == ([mark] if mark else [])
    assert (f"| t<br>**{mark}** |" if mark else "| t |") in summary(result)


def test_baseline_line() -> None:
    since = Comparison(verdict="passed", started=1.0, browser="firefox")
    assert baseline_line(since) == (
        "The baseline is a rehearsal of 1970-01-01 at 00:00 UTC: passed, in firefox."
    )
    assert baseline_line(Comparison(verdict="build-failed", had_tests=False)).endswith(
        "build-failed. It ran no tests."
    )


OTHER_ENGINE = "but by another engine, so do not compare them"


@pytest.mark.parametrize(
    "before, now, differ, text",
    [
        (1 << 20, 3 << 20, False, "3.0 MiB; in the baseline it was 1.0 MiB (+200 %)."),
        (3 << 20, 1 << 20, False, "1.0 MiB; in the baseline it was 3.0 MiB (-67 %)."),
        (5, 5, False, "5 bytes, as in the baseline."),
        (9_000_000, 9_000_004, False, "8.6 MiB, as in the baseline."),
        (
            *(5, 6, True),
            f"6 bytes; in the baseline it was 5 bytes, {OTHER_ENGINE}.",
        ),
        (0, 6, False, "6 bytes; in the baseline it was 0 bytes (+0 %)."),
        (None, 6, False, ""),
        (6, None, False, ""),
    ],
)
def test_image_line(before: int | None, now: int | None, differ: bool, text: str) -> None:
    since = Comparison(verdict="passed", size_before=before, size_now=now, stores_differ=differ)
    assert image_line(since) == (f"The image's size is {text}" if text else "")


def test_merge__marks_a_new_failure() -> None:
    merged = merge_shards(shard("1/1", failed=("t",)))
    result = replace(merged.result, since=Comparison(verdict="passed", new=("t",)))
    merged = replace(merged, result=result)
    assert '<span class="mark">new</span>' in str(merged_page(merged))
    assert "| t<br>**new** |" in merged_summary(merged, evidence="the artifact")


def test_page__pictures_stand_in_the_card_of_their_test() -> None:
    since = replace(comparison("t"), slower=())
    failed = tuple(
        FailedTestEvidence(failure=Failure(name=name, message="m")) for name in ("u", "t")
    )
    result = RehearsalResult(name="r", since=since)
    for index in (EvidenceIndex(), EvidenceIndex(failed=failed)):
        made = str(page(replace(result, index=index)))
        section, _, others = made.partition('id="since"')[2].partition("</section>")
        assert made.count('class="differences"') == 1
        assert ('class="differences"' in section) is not bool(index.failed)
        if index.failed:
            first, second = others.split("</article>")[:2]
            assert "differences" not in first
            assert "What the browser showed in the baseline, and now" in second


@pytest.mark.parametrize("has_earlier", [False, True])
def test_page__shows_the_picture_of_the_failure_once(*, has_earlier: bool) -> None:
    before = PictureBefore(path="tests/t/trace-1.jpg", step="click") if has_earlier else None
    test = FailedTestEvidence(
        failure=Failure(name="t", message="m"),
        pictures=("tests/t/screenshot.png", "tests/t/screenshot-2.png"),
        addresses=("http://localhost/cart",),
        before=before or PictureBefore(),
    )
    result = RehearsalResult(name="r", index=EvidenceIndex(failed=(test,)))
    (pair,) = comparison("t").pictures
    own = '<img src="./tests/t/screenshot.png"'
    assert str(page(result)).count(own) == 1
    compared = Comparison(
        verdict="passed", pictures=(replace(pair, now_path="tests/t/screenshot.png"),)
    )
    made = str(page(replace(result, since=compared)))
    assert own not in made
    assert made.count("tests/t/screenshot-2.png") == 2  # As a picture, and as its link.
    assert ("tests/t/trace-1.jpg" in made) is has_earlier
    assert "Now, where it failed · http://localhost/cart" in Parsed(made).text
    # The comparison shows a picture of the trace: the screenshot is another one.
    compared = Comparison(
        verdict="passed", pictures=(replace(pair, now_path="tests/t/trace-9.jpg"),)
    )
    assert own in str(page(replace(result, since=compared)))
