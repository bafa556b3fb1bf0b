import base64
import re
from dataclasses import replace
from hashlib import sha256
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.report.page import page
from rehearsal.report.page.failed_tests import MOST, OPEN
from rehearsal.results.diagnosis import Diagnosis
from rehearsal.results.evidence_index import EvidenceIndex, FailedTestEvidence, LogExcerpt
from rehearsal.results.frame import ProjectFrame
from rehearsal.results.origin import Origin
from rehearsal.results.rehearsal import RehearsalResult, Stage
from rehearsal.results.tests import Failure, Results
from rehearsal.results.timeline import Milestone, ObservedAnswer, Timeline
from rehearsal.verdict import Problem, Verdict

from .test_markup import HOSTILE, Seen


def frame(text: str = "x") -> ProjectFrame:
    return ProjectFrame(file=text, line=7, function=text, error=text, text=text)


def told(text: str) -> RehearsalResult:
    """Return a rehearsal that says the same thing wherever something can be said."""
    failure = Failure(name=text, message=text, file=text, line=3, trace=text)
    problem = Problem(Verdict.TESTS_FAILED, text, hint=text, excerpt=(text,), source=text)
    record = RehearsalResult(
        name=text,
        stages=(Stage(name="build", seconds=1.0, ok=True),),
        problems=(problem,),
        image=text,
        image_id=text,
        results=Results(tests=2, failures=1, failed=(failure,)),
        artifact_name=text,
        notices=(text,),
        diagnoses=(
            Diagnosis(id="x", title=text, hint=text, paste=text, background=text, evidence=(text,)),
        ),
        timeline=Timeline(
            milestones=(Milestone(name="ready", seconds=1.0, detail=text),),
            answers=(ObservedAnswer(text=text, first=0.5, last=0.5),),
        ),
    )
    paper = LogExcerpt(name=text, text=text)
    exhibit = FailedTestEvidence(
        failure=failure,
        file=text,
        folder=text,
        trace=text,
        pictures=(text,),
        addresses=(text,),
        slice=paper,
        excerpts=(paper,),
        frame=frame(text),
    )
    app = LogExcerpt(name="container.log", text=text)
    index = EvidenceIndex(tests=(exhibit,), logs=(app, paper), files=(text,), frame=frame(text))
    return replace(record, index=index)


PLAIN = Seen(page(told("x"))).tags


@given(text=HOSTILE)
def test_page__hostile_text_adds_no_tag(text: str) -> None:
    # What says nothing is left out, and an empty line parts two paragraphs.
    text = re.sub(r"\n\s*\n", "\n", text)
    assert Seen(page(told(f"x{text}x"))).tags == PLAIN


@given(text=HOSTILE)
def test_page__all_addresses_stay_beside_the_page(text: str) -> None:
    for address in re.findall(r' (?:href|src)="([^"]*)"', page(told(f"x{text}x"))):
        assert address.startswith("./")


def test_page__allows_nothing_but_its_own_code_and_the_pictures_beside_it() -> None:
    text = page(told("x"))
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy.startswith("default-src &#x27;none&#x27;; ")
    for tag in ("script", "style"):
        (code,) = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        digest = base64.b64encode(sha256(code.encode()).digest()).decode()
        assert f"{tag}-src &#x27;sha256-{digest}&#x27;" in policy
    assert "unsafe" not in policy
    assert not re.findall(r"https?:", text), "it needs nothing from elsewhere"


def test_page__says_verdict_cause_and_what_to_do_before_all_else() -> None:
    record = told("x")
    record = replace(
        record,
        diagnoses=(
            Diagnosis(
                id="m", title="No table", hint="Migrate.", paste="with: y", evidence=("line",)
            ),
        ),
    )
    record = replace(record, problems=(Problem(Verdict.TESTS_FAILED, "1 of 2 tests failed."),))
    text = Seen(page(record)).text
    parts = ["tests-failed", "No table", "Migrate.", "with: y", "line", "1 of 2 tests failed."]
    places = [text.index(part, text.index("tests-failed", 30)) for part in parts]
    assert places == sorted(places)
    assert places[-1] < text.index("Failed tests (1)")


def test_page__an_unknown_cause_shows_the_lines_that_say_most_once() -> None:
    record = told("x")
    record = replace(record, diagnoses=())
    record = replace(record, key_lines=("Boom one", "Boom two"))
    record = replace(record, problems=(Problem(Verdict.CRASHED, "It ended.", hint="Look."),))
    text = Seen(page(replace(record, index=EvidenceIndex()))).text
    assert text.count("Boom one\nBoom two") == 1
    assert "Look." in text
    assert "No known cause matches" in text


def test_page__an_unknown_cause_is_told_by_the_app_s_own_exception() -> None:
    record = told("x")
    record = replace(record, diagnoses=())
    assert "<h2>The app raised x at x:7</h2>" in page(record)


def test_page__a_crash_shows_the_app_s_own_line() -> None:
    record = told("x")
    own = ProjectFrame(
        file="app/settings.py", line=9, function="<module>", error="KeyError: 'A'", text="trace"
    )
    assert "app/settings.py:9" in Seen(page(replace(record, index=EvidenceIndex(frame=own)))).text


def test_page__of_a_pass() -> None:
    record = RehearsalResult(name="r", results=Results(tests=3), image="rehearsed/app:latest")
    text = page(replace(record, index=EvidenceIndex()))
    assert '<body class="passed">' in text
    assert "Failed tests" not in text
    assert "What to do" not in text
    assert "<title>passed · rehearsed/app:latest · Dress Rehearsal</title>" in text


@pytest.mark.parametrize("name", ["page.html", "a.svg", "b.htm", "c.xml", "d", "e.LOG"])
def test_page__what_a_browser_would_run_is_not_linked(name: str) -> None:
    record = told("x")
    paper = LogExcerpt(name=f"tests/t/{name}", text="<b>source</b>")
    exhibit = FailedTestEvidence(failure=Failure(name="t", message="m"), excerpts=(paper,))
    text = page(replace(record, index=EvidenceIndex(tests=(exhibit,), files=(paper.name,))))
    assert name in text
    assert not re.search(rf'href="[^"]*{re.escape(name)}"', text)


def card(**changes: object) -> str:
    """Return what the page says of one failed test."""
    record = told("x")
    exhibits = record.index
    (test,) = exhibits.tests
    shown = page(replace(record, index=EvidenceIndex(tests=(replace(test, **changes),))))  # type: ignore[arg-type]
    return shown.partition("<article")[2].partition("</article>")[0]


def test_page__the_app_s_exception_stands_before_what_the_test_saw() -> None:
    own = replace(frame("app.py"), error="Boom: no", request="/buy")
    text = Seen(card(frame=own, failure=Failure(name="t", message="1 != 2", line=28))).text
    assert text.index("Boom: no · app.py:7, in app.py, answering /buy with 500") < text.index(
        "1 != 2"
    )
    assert "The test saw: 1 != 2 · x:28" in text


def test_page__what_the_test_saw_is_red_where_no_more_is_known() -> None:
    assert card().count('class="error"') == 1
    assert card(frame=None).count('class="error"') == 1


def test_page__a_test_s_own_traceback_is_folded_behind_the_app_s() -> None:
    title = "<h4>The test&#x27;s own traceback</h4>"
    assert f'<details class="wrap"><summary>{title}</summary>' in card()
    assert f'<div class="wrap">{title}' in card(frame=None)


def test_page__a_traceback_stands_there_once() -> None:
    own = replace(frame(), text="first\nsecond")
    record = told("x")
    exhibits = record.index
    (test,) = exhibits.tests
    again = EvidenceIndex(tests=(replace(test, frame=own),))
    text = page(replace(record, index=again))
    assert text.count("first\nsecond") == 1
    assert "See the traceback at the top of this page." in text
    record = replace(record, diagnoses=(replace(record.diagnoses[0], evidence=("other",)),))
    text = page(replace(record, index=again))
    assert text.count("first\nsecond") == 1
    assert text.index("first\nsecond") > text.index("<article")


def test_page__of_a_slice_the_first_line_says_what_it_is() -> None:
    paper = LogExcerpt(name="tests/t/container.log", text="# this is what\nline")
    text = card(slice=paper, frame=None)
    assert '<p class="soft">this is what</p>' in text
    assert "# this" not in text
    assert "\nline</pre>" in text


@pytest.mark.parametrize(
    "text, repeated",
    [
        ("# so\nNot Found: /a\nNot Found: /b\n", True),
        ("Not Found: /a\nhello\n", False),
        ("# so\n\n", False),
    ],
    ids=["all of it", "a part", "none"],
)
def test_page__what_stands_above_is_folded_in_a_slice(text: str, repeated: bool) -> None:
    record = told("x")
    exhibits = record.index
    evidence = ("Not Found: /a", "Not Found: /b")
    record = replace(record, diagnoses=(replace(record.diagnoses[0], evidence=evidence),))
    test = replace(exhibits.tests[0], slice=LogExcerpt(name="tests/t/container.log", text=text))
    shown = page(replace(record, index=EvidenceIndex(tests=(replace(test, frame=None),))))
    assert ("stands at the top of this page, and no more" in shown) is repeated
    assert ("<summary>All that it wrote</summary>" in shown) is repeated


def test_page__a_refused_mime_type_is_explained() -> None:
    said = "Refused to apply style because its MIME type ('text/html') is not supported"
    papers = (LogExcerpt(name="tests/t/console.log", text=said),)
    assert "follows from a missing file" in card(excerpts=papers)
    assert "follows from a missing file" not in card()


def test_page__tells_which_commit_was_rehearsed() -> None:
    record = told("x")
    record = replace(
        record, origin=Origin(repository="o/r", commit="0123abc", ref="refs/heads/main")
    )
    assert "<code>o/r 0123abc refs/heads/main</code>" in page(record)
    record = replace(record, origin=Origin())
    assert "Commit" not in page(record)


def test_page__approximate_slices_are_labelled() -> None:
    record = told("x")
    paper = LogExcerpt(name="tests/t/container.log", text="# approximate: so and so\nline")
    exhibit = FailedTestEvidence(failure=Failure(name="t", message="m"), slice=paper)
    assert (
        "meanwhile (approximate)"
        in Seen(page(replace(record, index=EvidenceIndex(tests=(exhibit,))))).text
    )


def test_page__many_failures_are_cut_and_it_says_where_the_rest_is() -> None:
    record = told("x")
    tests = tuple(
        FailedTestEvidence(failure=Failure(name=f"t{n}", message="m")) for n in range(MOST + 5)
    )
    text = page(replace(record, index=EvidenceIndex(tests=tests)))
    assert f"Failed tests ({MOST + 5})" in text
    assert text.count("<article") == MOST
    assert '5 more are in <a href="./verdict.json">' in text


def test_page__a_cut_log_says_so_and_links_the_whole() -> None:
    record = told("x")
    paper = LogExcerpt(name="container.log", text="a", left_out=12345)
    text = page(replace(record, index=EvidenceIndex(logs=(paper,))))
    assert 'href="./container.log"' in text
    assert "all but 12,345 bytes" in text


def test_page__every_picture_has_words_for_who_cannot_see_it() -> None:
    assert all(re.findall(r"<img[^>]*>", page(told("x"))))
    for picture in re.findall(r"<img[^>]*>", page(told("x"))):
        assert 'alt="What the browser showed when x failed' in picture


def test_page__headings_leave_no_level_out() -> None:
    levels = [int(tag[1]) for tag in PLAIN if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))


@given(seconds=st.lists(st.floats(min_value=0, max_value=10_000), min_size=1, max_size=7))
def test_page__stages_are_drawn_inside_their_box(seconds: list[float]) -> None:
    record = RehearsalResult(name="r")
    record = replace(
        record, stages=tuple(Stage(name="s", seconds=each, ok=True) for each in seconds)
    )
    bars = re.findall(
        '<rect x="(-?\\d+)" y="0" width="(\\d+)"', page(replace(record, index=EvidenceIndex()))
    )
    assert len(bars) == len(seconds)
    assert all(int(x) >= 0 and int(width) > 0 and int(x) + int(width) <= 1000 for x, width in bars)


def test_page__a_flaky_test_shows_what_it_left_when_it_failed_first() -> None:
    failed = FailedTestEvidence(failure=Failure(name="bad", message="no"))
    shaky = FailedTestEvidence(
        failure=Failure(name="shaky", message="1 != 2", attempts=2),
        pictures=("tests/shaky-1/screenshot.png",),
        slice=LogExcerpt(name="tests/shaky-1/container.log", text="what the app said"),
    )
    found = Seen(
        page(
            replace(RehearsalResult(name="r"), index=EvidenceIndex(tests=(failed,), flaky=(shaky,)))
        )
    )
    assert found.text.index("Failed tests (1)") < found.text.index("Flaky tests (1)")
    for words in ("passed when they were run again", "1 != 2 (2 times)", "what the app said"):
        assert words in found.text
    assert "./tests/shaky-1/screenshot.png" in page(
        replace(RehearsalResult(name="r"), index=EvidenceIndex(flaky=(shaky,)))
    )
    assert "Flaky tests" not in page(
        replace(RehearsalResult(name="r"), index=EvidenceIndex(tests=(failed,)))
    )


def test_page__flaky_tests_are_open_only_where_few_tests_failed() -> None:
    def opened(failures: int) -> bool:
        one = FailedTestEvidence(
            failure=Failure(name="t", message="m"), slice=LogExcerpt(name="a.log", text="x")
        )
        text = page(
            replace(
                RehearsalResult(name="r"),
                index=EvidenceIndex(tests=(one,) * failures, flaky=(one,)),
            )
        )
        return "Everything it left" not in text

    assert opened(OPEN - 1)
    assert not opened(OPEN)


@given(text=HOSTILE)
def test_page__a_hostile_flaky_test_adds_no_tag(text: str) -> None:
    def flaky(words: str) -> str:
        failure = Failure(name=words, message=words, file=words, trace=words)
        paper = LogExcerpt(name=words, text=words)
        test = FailedTestEvidence(
            failure=failure, file=words, trace=words, slice=paper, frame=frame(words)
        )
        return page(replace(RehearsalResult(name="r"), index=EvidenceIndex(flaky=(test,))))

    assert Seen(flaky(f"x{text}x")).tags == Seen(flaky("x")).tags
