import base64
import html
import re
from dataclasses import replace
from hashlib import sha256
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.report.page import MAX_SIZE
from rehearsal.report.page import page as render
from rehearsal.report.page.all_tests import MAX_SHOWN
from rehearsal.report.page.anchors import anchor_of
from rehearsal.report.page.failed_tests import MAX_OPEN, MAX_TESTS
from rehearsal.report.summary import summary
from rehearsal.report.words import INSTALLING
from rehearsal.results.audit import Audit, Finding, Outcome
from rehearsal.results.browser_steps import TraceStep
from rehearsal.results.browser_trace import TraceRequest
from rehearsal.results.companion_run import CompanionRun
from rehearsal.results.diagnosis import Diagnosis
from rehearsal.results.evidence_index import (
    EvidenceFile,
    EvidenceIndex,
    FailedTestEvidence,
    LogExcerpt,
    LogLine,
)
from rehearsal.results.frame import ProjectFrame
from rehearsal.results.next_need import NextNeed, NextNeeds
from rehearsal.results.origin import Origin
from rehearsal.results.picture_before import PictureBefore
from rehearsal.results.rehearsal import RehearsalResult, Stage
from rehearsal.results.tests import Failure, ListedOutcome, ListedTest, Span, SuiteResults
from rehearsal.results.timeline import Milestone, ObservedAnswer, Timeline
from rehearsal.verdict import Problem, Verdict

from .test_markup import HOSTILE, Parsed


def frame(text: str = "x") -> ProjectFrame:
    return ProjectFrame(file=text, line=7, function=text, error=text, text=text)


def failed_result(text: str = "x", **changes: Any) -> RehearsalResult:
    """Return a result whose every field of text is `text`."""
    failure = Failure(name=text, message=text, file=text, line=3, trace=text)
    problem = Problem(Verdict.TESTS_FAILED, text, hint=text, excerpt=(text,), source=text)
    known = Diagnosis(
        id="x", title=text, hint=text, paste=text, background=text, matching_lines=(text,)
    )
    excerpt = LogExcerpt(name=text, text=text)
    test = FailedTestEvidence(
        failure=failure,
        file=text,
        folder=text,
        short_trace=text,
        pictures=(text,),
        addresses=(text,),
        slice=excerpt,
        excerpts=(excerpt,),
        files=(EvidenceFile(name=text, size=3),),
        frame=frame(text),
        before=PictureBefore(path=text, step=text),
        request=TraceRequest(start=1.0, seconds=0.1, method=text, address=text, error=text),
        rerun=text,
        app_lines=(LogLine(start=1.0, text=text, is_key=True), LogLine(start=1.1, text=text)),
    )
    need = NextNeed(id="variable", text=text, hint=text, file=text, line=1)
    changes.setdefault("also_needed", NextNeeds(needs=(need,), paste=text))
    index = EvidenceIndex(
        failed=(test,),
        flaky=(test,),
        logs=(LogExcerpt(name="container.log", text=text), excerpt),
        files=(text,),
        frame=frame(text),
    )
    values: dict[str, Any] = {
        "name": text,
        "stages": (Stage(name="build", seconds=1.0, ok=True),),
        "problems": (problem,),
        "image": text,
        "image_id": text,
        "audit": Audit(
            findings=tuple(
                Finding(
                    id="debug",
                    outcome=outcome,
                    title=text,
                    message=text,
                    hint=text,
                    why=text,
                    evidence=(text,),
                )
                for outcome in Outcome
            )
        ),
        "suite_results": SuiteResults(test_count=2, failure_count=1, failed=(failure,)),
        "artifact_name": text,
        "notices": (text,),
        "warnings": (text,),
        "diagnoses": (known,),
        "timeline": Timeline(
            milestones=(Milestone(name="ready", seconds=1.0, detail=text),),
            answers=(ObservedAnswer(text=text, first=0.5, last=0.5),),
        ),
        "index": index,
    }
    return RehearsalResult(**values | changes)


def page(result: RehearsalResult) -> str:
    return str(render(result))


PAGE = page(failed_result())
TAGS = Parsed(PAGE).tags


@given(text=HOSTILE)
def test_page__hostile_text_adds_no_tag(text: str) -> None:
    # An empty text is left out, and an empty line starts another paragraph.
    text = re.sub(r"\n\s*\n", "\n", text)
    assert Parsed(page(failed_result(f"x{text}x"))).tags == TAGS


@given(text=HOSTILE)
def test_page__all_addresses_stay_below_the_folder_of_the_page(text: str) -> None:
    for address in re.findall(r' (?:href|src)="([^"]*)"', page(failed_result(f"x{text}x"))):
        assert address.startswith(("./", "#"))


def test_page__allows_only_its_own_code_and_the_pictures_beside_it() -> None:
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', PAGE)
    assert policy.startswith("default-src &#x27;none&#x27;; ")
    for tag in ("script", "style"):
        (code,) = re.findall(rf"<{tag}>(.*?)</{tag}>", PAGE, re.DOTALL)
        digest = base64.b64encode(sha256(code.encode()).digest()).decode()
        assert f"{tag}-src &#x27;sha256-{digest}&#x27;" in policy
    assert "unsafe" not in policy
    assert not re.findall(r"https?:", PAGE), "it needs nothing from elsewhere"


def test_page__shows_verdict_cause_and_hint_before_the_tests() -> None:
    known = Diagnosis(
        id="m", title="No table", hint="Migrate.", paste="with: y", matching_lines=("line",)
    )
    problem = Problem(Verdict.TESTS_FAILED, "1 of 2 tests failed.")
    text = Parsed(page(failed_result(diagnoses=(known,), problems=(problem,)))).text
    parts = ["tests-failed", "No table", "Migrate.", "with: y", "line"]
    positions = [text.index(part, text.index("tests-failed", 30)) for part in parts]
    assert positions == sorted(positions)
    assert positions[-1] < text.index("Failed tests (1)")
    # The section of the failed tests counts them.
    assert "1 of 2 tests failed." not in text


def test_page__an_unknown_cause_shows_the_key_lines_once() -> None:
    text = Parsed(
        page(
            failed_result(
                diagnoses=(),
                key_lines=("Boom one", "Boom two"),
                problems=(Problem(Verdict.CRASHED, "It ended.", hint="Look."),),
                index=EvidenceIndex(),
            )
        )
    ).text
    assert text.count("Boom one\nBoom two") == 1
    assert "Look." in text
    assert "No known cause matches" in text


def test_page__without_a_diagnosis_the_app_s_exception_is_the_cause() -> None:
    assert "<h2>The app raised x at x:7</h2>" in page(failed_result(diagnoses=()))


def test_page__a_crash_shows_the_app_s_line() -> None:
    app = ProjectFrame(
        file="app/settings.py", line=9, function="<module>", error="KeyError: 'A'", text="trace"
    )
    text = Parsed(page(failed_result(index=EvidenceIndex(frame=app)))).text
    assert "In your code: app/settings.py:9" in text


def test_page__of_a_pass() -> None:
    result = RehearsalResult(
        name="r", suite_results=SuiteResults(test_count=3), image="rehearsed/app:latest"
    )
    text = page(result)
    assert '<body class="passed">' in text
    assert "Failed tests" not in text
    assert "Flaky tests" not in text
    assert "What to do" not in text
    assert "<title>passed · rehearsed/app:latest · Dress Rehearsal</title>" in text


@pytest.mark.parametrize("name", ["page.html", "a.svg", "b.htm", "c.xml", "d", "e.LOG"])
def test_page__does_not_link_files_that_a_browser_would_run(name: str) -> None:
    excerpt = LogExcerpt(name=f"tests/t/{name}", text="<b>source</b>")
    test = FailedTestEvidence(failure=Failure(name="t", message="m"), excerpts=(excerpt,))
    text = page(failed_result(index=EvidenceIndex(failed=(test,), files=(excerpt.name,))))
    assert name in text
    assert not re.search(rf'href="\./[^"]*{re.escape(name)}"', text)


def page_of_test(evidence: tuple[str, ...] = ("x",), **changes: Any) -> str:
    """Return the page of one failed test; `evidence` is that of the diagnosis."""
    result = failed_result()
    (test,), (known,) = result.index.failed, result.diagnoses
    return page(
        replace(
            result,
            diagnoses=(replace(known, matching_lines=evidence),),
            index=EvidenceIndex(failed=(replace(test, **changes),)),
        )
    )


def card(**changes: Any) -> str:
    """Return the part of the page about one failed test."""
    return page_of_test(**changes).partition("<article")[2].partition("</article>")[0]


def test_page__shows_the_app_s_exception_before_the_test_s() -> None:
    app = replace(frame("app.py"), error="Boom: no", request="/buy")
    text = Parsed(card(frame=app, failure=Failure(name="t", message="1 != 2", line=28))).text
    exception = "Boom: no · app.py:7, in app.py, answering /buy with 500"
    assert text.index(exception) < text.index("The test reported: 1 != 2 · x:28")


def test_page__one_error_of_a_test_is_red() -> None:
    assert card().count('class="error"') == 1
    assert card(frame=None).count('class="error"') == 1


def test_page__a_test_s_traceback_is_folded_if_there_is_one_of_the_app() -> None:
    title = "<h4>The test&#x27;s own traceback</h4>"
    assert f'<details class="wrap"><summary>{title}</summary>' in card()
    assert f'<div class="wrap">{title}' in card(frame=None)


def test_page__shows_a_traceback_once() -> None:
    app = replace(frame(), text="first\nsecond")
    text = page_of_test(frame=app)
    assert text.count("first\nsecond") == 1
    assert "See the traceback at the top of this page." in text
    text = page_of_test(frame=app, evidence=("other",))
    assert text.count("first\nsecond") == 1
    assert text.index("first\nsecond") > text.index("<article")


def test_page__the_comment_of_a_log_slice_stands_above_it() -> None:
    excerpt = LogExcerpt(name="tests/t/container.log", text="# this is a slice\nline")
    text = card(slice=excerpt, frame=None)
    assert '<p class="soft">this is a slice</p>' in text
    assert "# this" not in text
    assert "\nline</pre>" in text


def test_page__an_approximate_slice_is_labelled() -> None:
    excerpt = LogExcerpt(name="tests/t/container.log", text="# approximate: so and so\nline")
    assert "during this test (approximate)" in card(slice=excerpt, frame=None)


@pytest.mark.parametrize(
    "text, repeated",
    [
        ("# so\nNot Found: /a\nNot Found: /b\n", True),
        ("Not Found: /a\nhello\n", False),
        ("# so\n\n", False),
    ],
    ids=["all of it", "a part", "none"],
)
def test_page__folds_a_slice_that_repeats_the_diagnosis(text: str, repeated: bool) -> None:
    excerpt = LogExcerpt(name="tests/t/container.log", text=text)
    shown = card(slice=excerpt, frame=None, evidence=("Not Found: /a", "Not Found: /b"))
    assert ("logged nothing but the lines at the top of this page" in shown) is repeated
    assert ("<summary>All of it</summary>" in shown) is repeated


def test_page__explains_a_refused_mime_type() -> None:
    refusal = "Refused to apply style because its MIME type ('text/html') is not supported"
    excerpts = (LogExcerpt(name="tests/t/console.log", text=refusal),)
    assert "means that a file is missing" in card(excerpts=excerpts)
    assert "means that a file is missing" not in card()


def test_page__names_the_commit() -> None:
    origin = Origin(repository="o/r", commit="0123abc", ref="refs/heads/main")
    assert "<code>o/r 0123abc refs/heads/main</code>" in page(failed_result(origin=origin))
    assert "Commit" not in PAGE


def test_page__says_first_where_it_ran() -> None:
    run = "https://github.com/o/r/actions/runs/7"
    origin = Origin(
        repository="o/r",
        commit="c0ffee00" * 5,
        branch="feature",
        pull_request=12,
        head_commit="beef" * 10,
        run=run,
        attempt=2,
    )
    head = page(failed_result(origin=origin, image="shop:1")).partition("<main>")[0]
    assert ">shop:1<" not in head
    words = "o/r · pull request #12 · branch feature · commit beefbee · run 7, attempt 2"
    assert words in Parsed(head).text
    for address in ("", "/pull/12", f"/commit/{'beef' * 10}", "/actions/runs/7/attempts/2"):
        assert f'href="https://github.com/o/r{address}"' in head


def test_page__says_how_to_run_it_on_a_laptop() -> None:
    commit = "c0ffee00" * 5
    on_github = page(failed_result(origin=Origin(repository="o/r", commit=commit)))
    assert f"git switch --detach {commit}\nrehearse</pre>" in on_github
    assert "git switch" not in page(failed_result(origin=Origin(commit=commit, is_changed=True)))
    hostile = Origin(repository="o/r", commit="x; rm -r /")
    assert "git switch" not in page(failed_result(origin=hostile))


def test_page__on_a_laptop_the_origin_is_text() -> None:
    origin = Origin(commit="c0ffee00" * 5, branch="main", is_changed=True)
    head = page(failed_result(origin=origin, image="rehearsed/shop:1")).partition("<nav")[0]
    words = "rehearsed/shop:1 · branch main · commit c0ffee0 with changes"
    assert words in Parsed(head).text
    assert "href" not in head


def test_page__many_failures_are_cut_and_the_rest_is_linked() -> None:
    tests = tuple(
        FailedTestEvidence(failure=Failure(name=f"t{n}", message="m")) for n in range(MAX_TESTS + 5)
    )
    text = page(failed_result(index=EvidenceIndex(failed=tests)))
    assert f"Failed tests ({MAX_TESTS + 5})" in text
    assert text.count("<article") == MAX_TESTS
    assert '<p>5 more: <a href="./verdict.json">verdict.json</a> lists up to 1,000.</p>' in text


def test_page__a_cut_log_says_so_and_links_the_whole() -> None:
    excerpt = LogExcerpt(name="container.log", text="a", left_out=12345)
    text = page(failed_result(index=EvidenceIndex(logs=(excerpt,))))
    assert 'href="./container.log"' in text
    assert "12,345 bytes in the middle are left out" in text


@pytest.mark.parametrize(
    "verdict, source, is_first",
    [
        (Verdict.SETUP_FAILED, "services/db.log", True),
        (Verdict.CRASHED, "services/db.log", True),
        (Verdict.CRASHED, "container.log", False),
        (Verdict.TESTS_FAILED, "tests/output.log", False),
    ],
)
def test_page__the_log_of_what_failed_comes_first_and_is_open(
    verdict: Verdict, source: str, *, is_first: bool
) -> None:
    names = ("container.log", "services/db.log", "tests/output.log")
    result = RehearsalResult(
        name="r",
        problems=(Problem(verdict, "no", source=source),),
        index=EvidenceIndex(logs=tuple(LogExcerpt(name=name, text=name) for name in names)),
    )
    text = page(result)
    assert (text.index("The service db") < text.index('id="app-log"')) is is_first
    assert ('<details class="card" open>' in text) is is_first


def test_page__a_log_whose_order_is_uncertain_says_so() -> None:
    excerpt = LogExcerpt(name="container.log", text="a", note="as it arrived")
    assert '<p class="soft">as it arrived</p>' in page(
        failed_result(index=EvidenceIndex(logs=(excerpt,)))
    )


def test_page__every_picture_has_an_alternative_text() -> None:
    pictures = re.findall(r"<img[^>]*>", PAGE)
    assert pictures
    texts = ('alt="x of x"', 'alt="The browser of x after: x"')
    assert all(any(text in picture for text in texts) for picture in pictures)


@pytest.mark.parametrize("last, shown", [(0.504, "0.50"), (1.25, "0.50 to 1.25")])
def test_page__an_answer_that_came_once_has_one_time(last: float, shown: str) -> None:
    answer = ObservedAnswer(text="t", first=0.5, last=last)
    text = page(failed_result(timeline=Timeline(answers=(answer,))))
    assert f"<td>{shown}</td>" in text


def test_page__headings_skip_no_level() -> None:
    levels = [int(tag[1]) for tag in TAGS if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))


@given(seconds=st.lists(st.floats(min_value=0, max_value=10_000), min_size=1, max_size=7))
def test_page__draws_stages_inside_their_box(seconds: list[float]) -> None:
    stages = tuple(Stage(name="s", seconds=each, ok=True) for each in seconds)
    text = page(RehearsalResult(name="r", stages=stages))
    drawn = bars(text)
    assert len(drawn) == len(seconds)
    assert all(x >= 0 and width > 0 and x + width <= 100.02 for x, width in drawn)


def bars(text: str) -> list[tuple[float, float]]:
    """Return where the bars begin and how wide they are, in percent of the drawing."""
    found = re.findall(r'<rect x="(-?[\d.]+)%" y="4" width="([\d.]+)%"', text)
    return [(float(x), float(width)) for x, width in found]


def test_page__draws_services_where_they_started() -> None:
    stages = (
        Stage(name="build", seconds=6, ok=True, started=100),
        Stage(name="services", seconds=4, ok=True, started=106),
    )
    postgres = CompanionRun(kind="service", name="postgres", ready_seconds=5, started=105)
    worker = CompanionRun(kind="worker", name="mail", started=110)
    text = page(RehearsalResult(name="r", stages=stages, companions=(postgres, worker)))
    assert "postgres, until ready" in text
    assert "mail" not in text
    assert bars(text) == [(0, 60), (50, 50), (60, 40)]


def test_page__and_summary_show_how_long_the_requirements_took_beside_other_stages() -> None:
    stages = (
        Stage(name="build", seconds=6, ok=True, started=100),
        Stage(name="requirements", seconds=2, ok=True, started=108),
        Stage(name="test", seconds=10, ok=True, started=110),
    )
    result = RehearsalResult(name="r", stages=stages, requirements_seconds=9.5)
    text = page(result)
    assert "requirements (time waited)8.0 s2.0 s" in Parsed(text).text
    assert f"{INSTALLING}0.00 s9.5 s" in Parsed(text).text
    assert bars(text) == [(0, 30), (0, 47.5), (40, 10), (50, 50)]
    assert f"| {INSTALLING} | 9.5 s |" in summary(result)
    without = replace(result, requirements_seconds=None)
    assert INSTALLING not in page(without) + summary(without)


def test_page__draws_what_overlapped_below_each_other() -> None:
    span = Span(start=121, end=125, exact=True)
    failure = Failure(name="t.T.bad", message="m", span=span)
    result = RehearsalResult(
        name="r",
        stages=(
            Stage(name="build", seconds=10, ok=True, started=100),
            Stage(name="start", seconds=1, ok=True, started=110),
            Stage(name="setup", seconds=4, ok=True, started=111),
            Stage(name="test", seconds=20, ok=False, started=120),
        ),
        ready_seconds=6,
        index=EvidenceIndex(failed=(FailedTestEvidence(failure=failure),)),
    )
    text = page(result)
    rows = Parsed(text.partition('id="stages"')[2].partition("</section>")[0]).text
    assert "the app, until ready10.0 s6.0 s" in rows
    assert "t.T.bad ✗ failed21.0 s4.0 s" in rows
    assert bars(text) == [(0, 25), (25, 2.5), (25, 15), (27.5, 10), (50, 50), (52.5, 10)]


def listed(*tests: tuple[str, ListedOutcome, float | None]) -> tuple[ListedTest, ...]:
    return tuple(ListedTest(name=name, outcome=how, seconds=took) for name, how, took in tests)


def test_page__of_a_pass_lists_all_tests_the_slowest_first() -> None:
    passed, skipped = ListedOutcome.PASSED, ListedOutcome.SKIPPED
    tests = listed(
        ("a.quick_one", passed, 0.043), ("a.later", skipped, None), ("a.slow", passed, 75.4)
    )
    text = page(RehearsalResult(name="r", suite_results=SuiteResults(test_count=2, tests=tests)))
    section = text.partition('id="tests"')[2].partition("</section>")[0]
    shown = Parsed(section).text
    assert "All tests (3)" in shown
    assert "75 spasseda.slow0.04 spasseda.quick_oneskippeda.later" in shown
    assert "a.<wbr>quick_<wbr>one</a>" in section
    ids, links = (re.findall(rf'{name}="#?(t-[0-9a-f]+)"', section) for name in ("id", "href"))
    assert len(set(ids)) == 3
    assert ids == links


def test_page__a_failed_test_is_linked_from_the_list_and_from_itself() -> None:
    failed = (FailedTestEvidence(failure=Failure(name="a.bad", message="m")),)
    tests = listed(("a.bad", ListedOutcome.FAILED, 1.0), ("a.good", ListedOutcome.PASSED, 2.0))
    results = SuiteResults(test_count=2, failure_count=1, tests=tests)
    text = page(
        failed_result(suite_results=results, index=EvidenceIndex(failed=failed, flaky=failed))
    )
    anchor, again = re.findall(r'<article[^>]* id="(t-[0-9a-f-]+)"', text)
    assert again == f"{anchor}-2"
    assert text.count(f'href="#{anchor}"') == 2, "the card's own, and that of the list"
    # The same in the next run, whatever else is on the page.
    assert anchor == anchor_of("a.bad")


def test_page__the_test_s_own_name_stands_out_from_its_module() -> None:
    tests = listed(("shop.tests.T.test_buy", ListedOutcome.PASSED, 1.0))
    text = page(RehearsalResult(name="r", suite_results=SuiteResults(test_count=1, tests=tests)))
    assert ('<span class="m">shop.<wbr>tests.<wbr>T.</span><wbr>test_<wbr>buy</a>') in text
    assert "shop.tests.T.test_buy" in Parsed(text).text


def test_page__many_tests_are_folded() -> None:
    tests = listed(*((f"t{n}", ListedOutcome.PASSED, float(n)) for n in range(MAX_SHOWN + 3)))
    text = page(RehearsalResult(name="r", suite_results=SuiteResults(test_count=28, tests=tests)))
    assert "<summary>3 faster tests</summary>" in text


def test_page__links_to_the_lines_of_the_commit() -> None:
    run, commit = "https://github.com/o/r/actions/runs/7", "c0ffee00" * 5
    origin = Origin(repository="o/r", commit=commit, run=run)
    test = FailedTestEvidence(
        failure=Failure(name="t", message="m", line=28),
        file="tests/a b.py",
        frame=replace(frame("app/views.py"), function="add"),
        steps=(TraceStep(start=0, seconds=1, text="click", place="tests/base.py:64"),),
    )
    text = page(failed_result(origin=origin, index=EvidenceIndex(failed=(test,))))
    for line in ("tests/a%20b.py#L28", "app/views.py#L7", "tests/base.py#L64"):
        assert f'href="https://github.com/o/r/blob/{commit}/{line}"' in text


def test_page__is_smaller_than_its_limit_whatever_it_shows() -> None:
    long = "<&\n" * 50_000
    tests = tuple(
        FailedTestEvidence(
            failure=Failure(name=f"t{n}", message=long, trace=long),
            short_trace=long,
            slice=LogExcerpt(name="container.log", text=long),
        )
        for n in range(MAX_TESTS)
    )
    logs = (LogExcerpt(name="container.log", text=long * 10),)
    parts = render(failed_result(index=EvidenceIndex(failed=tests, logs=logs))).parts
    size = sum(len(part.encode()) for part in parts)
    assert size < MAX_SIZE
    text = "".join(parts)
    assert f"Failed tests ({MAX_TESTS})" in text
    assert "bytes in the middle are left out" in text


def test_page__shows_the_pictures_and_links_the_files_of_a_test() -> None:
    test = FailedTestEvidence(
        failure=Failure(name="t", message="m"),
        pictures=("tests/t/screenshot-browser2.png", "tests/t/test-failed-1.jpg"),
        excerpts=(LogExcerpt(name="tests/t/output-report.log", text="printed"),),
        files=(
            EvidenceFile(name="tests/t/trace.zip", size=3 << 20),
            EvidenceFile(name="tests/t/video.webm", size=150_000),
            EvidenceFile(name="tests/t/dump.bin", size=17),
        ),
    )
    text = page(failed_result(index=EvidenceIndex(failed=(test,))))
    assert 'alt="What the browser showed when t failed (browser2)"' in text
    assert "<h4>test-failed-1.jpg</h4>" in text
    assert 'src="./tests/t/test-failed-1.jpg" alt="test-failed-1.jpg of t"' in text
    assert "<h4>What the test printed (report) · " in text
    assert '<a href="./tests/t/trace.zip">trace.zip</a> (3.0 MiB)' in text
    assert '<a href="./tests/t/video.webm">video.webm</a> (146 KiB)' in text
    assert "<span>dump.bin</span> (17 bytes)" in text


def test_page__an_earlier_picture_stands_beside_that_of_the_failure() -> None:
    before = PictureBefore(path="tests/t/trace-1.jpg", step="go to <x>", start=1.25)
    test = FailedTestEvidence(
        failure=Failure(name="t", message="m"),
        pictures=("tests/t/screenshot.png", "tests/t/screenshot-browser2.png"),
        addresses=("http://x/new", ""),
        before=before,
    )
    text = page(failed_result(index=EvidenceIndex(failed=(test,))))
    two = text.partition('<div class="two">')[2].partition("</div>")[0]
    assert re.findall(r'src="(.*?)"', two) == ["./tests/t/trace-1.jpg", "./tests/t/screenshot.png"]
    assert "Earlier, 1.2 s after the test began: after go to &lt;x&gt;" in two
    assert "What the browser showed when it failed · <code>http://x/new</code>" in two
    # Once as a picture, once as its link.
    assert text.count("screenshot.png") == 2
    alone = page(
        failed_result(index=EvidenceIndex(failed=(replace(test, pictures=(), addresses=()),)))
    )
    assert 'class="two"' not in alone


@pytest.mark.parametrize(
    "rerun, title",
    [
        ('rehearse --test-command "a b.c"', "Run this test on your machine"),
        (
            '--test-command "a b.c"',
            "Run this test on your machine, with these flags added to your command",
        ),
    ],
)
def test_page__a_failed_test_has_the_command_that_runs_it(rerun: str, title: str) -> None:
    shown = card(rerun=rerun)
    assert f"<h4>{title}</h4>" in shown
    (command,) = re.findall(r'class="rerun"><h4>.*?</h4>.*?<pre [^>]*>\n(.*?)</pre>', shown)
    assert command == html.escape(rerun).replace(".", ".<wbr>")
    assert "Run this test" not in card(rerun="")


def test_page__shows_the_request_of_a_failed_test() -> None:
    request = TraceRequest(
        start=2.04, seconds=0.1, method="POST", address="http://x/<new>", status=500
    )
    text = Parsed(card(request=request)).text
    assert "The request then: POST http://x/<new>: 500, 2.0 s after the test began" in text
    assert "The request then" not in card(request=None)


def test_page__shows_the_evidence_of_a_flaky_test() -> None:
    failed = FailedTestEvidence(failure=Failure(name="bad", message="no"))
    flaky = FailedTestEvidence(
        failure=Failure(name="shaky", message="1 != 2", attempts=2),
        pictures=("tests/shaky-1/screenshot.png",),
        slice=LogExcerpt(name="tests/shaky-1/container.log", text="a line of the app"),
    )
    text = page(RehearsalResult(name="r", index=EvidenceIndex(failed=(failed,), flaky=(flaky,))))
    assert "./tests/shaky-1/screenshot.png" in text
    text = Parsed(text).text
    assert text.index("Failed tests (1)") < text.index("Flaky tests (1)")
    for words in ("passed on a retry", "1 != 2 (2 times)", "a line of the app"):
        assert words in text


@pytest.mark.parametrize("failures, is_open", [(MAX_OPEN - 1, True), (MAX_OPEN, False)])
def test_page__opens_flaky_tests_if_few_tests_failed(failures: int, is_open: bool) -> None:
    excerpt = LogExcerpt(name="a.log", text="x")
    test = FailedTestEvidence(failure=Failure(name="t", message="m"), slice=excerpt)
    index = EvidenceIndex(failed=(test,) * failures, flaky=(test,))
    text = page(RehearsalResult(name="r", index=index))
    assert ("All evidence of this test" not in text) is is_open


def test_page__folds_tests_of_the_same_cause() -> None:
    (test,) = failed_result().index.failed
    span = Span(start=0, end=2.5, exact=True)
    tests = [
        replace(
            test,
            failure=replace(test.failure, name=f"shop.test_{name}", message="1 != 2", span=span),
            frame=replace(frame("app.py"), line=line),
        )
        for name, line in zip("abcde", (1, 1, 2, 3, 1), strict=True)
    ]
    text = page(failed_result(index=EvidenceIndex(failed=tuple(tests))))
    cards = re.split(r"<(?:article|details) class=\"card test", text)[1:]
    folded = [card for card in cards if card.startswith(" same")]
    assert folded == [cards[1], cards[4]]
    for name, card in zip("be", folded, strict=True):
        assert card.startswith(f' same" id="{anchor_of(f"shop.test_{name}")}"><summary>')
        summary, _, content = card.partition("</summary>")
        assert Parsed(f"<p{summary}").text == (
            f"shop.test_{name} 2.5 s Same cause as test_a. The test reported: 1 != 2"
        )
        assert Parsed(content).text.startswith("The app raised: app.py · app.py:1")
        assert content.count("<img") == 2
    # Three causes have their evidence open.
    assert "All evidence of this test" not in text


def test_page__lists_some_of_many_files() -> None:
    names = tuple(f"tests/{number}.png" for number in range(20_000))
    text = page(failed_result(index=EvidenceIndex(files=names), also_needed=NextNeeds()))
    assert "All files of the evidence (20,000)" in text
    assert text.count('<li><a href="./tests/') == 1000
    assert "and 19,000 more in the folder of this page" in text


def test_page__lists_the_pages_of_the_traces_with_the_files() -> None:
    index = EvidenceIndex(files=("a.log", "tests/t/x.html"), trace_pages=("tests/t/trace.html",))
    text = page(failed_result(index=index)).partition('id="files"')[2]
    assert "All files of the evidence (3)" in text
    shown = re.findall(r'<li>(?:<a href="([^"]*)">)?', text)
    assert shown == ["./a.log", "./tests/t/trace.html", ""]


def test_page__is_not_copied_with_each_element_around_its_logs() -> None:
    log = LogExcerpt(name="container.log", text="x" * 2_000_000)
    parts = render(failed_result(index=EvidenceIndex(logs=(log,)))).parts
    assert log.text in parts
    assert len(parts) < 100


def test_page__has_text_of_five_sizes() -> None:
    (style,) = re.findall(r"<style>(.*?)</style>", PAGE, re.DOTALL)
    sizes = set(re.findall(r"\bfont-size: ([^;}]+?)\s*[;}]", style))
    on_paper = {"10pt"}
    assert sizes - on_paper == {f"var(--{name})" for name in ("h1", "h2", "text", "small", "tiny")}
    assert set(re.findall(r"\bfont: (\S+)", style)) == {"var(--text)/1.5", "inherit;"}


def test_page__what_else_is_needed() -> None:
    need = NextNeed(id="tables", text="entries/migrations is there.", hint="Run migrate.")
    paste = (
        "# in Dockerfile, after line 2, add:\nRUN a\n\n# and in ci.yml, after line 3, add:\nb: 1"
    )
    found = str(render(failed_result(also_needed=NextNeeds(needs=(need,), paste=paste))))
    assert "<li>entries/migrations is there. Run migrate.</li>" in found
    assert found.count('class="paste"') >= 2
    # What says where stands above, so that all of a box can be pasted.
    shown = Parsed(found).text
    assert (
        "In Dockerfile, after line 2, add:\nRUN aAnd in ci.yml, after line 3, add:\nb: 1" in shown
    )
    assert "Also needed" not in str(render(failed_result(also_needed=NextNeeds())))


def test_page__links_the_traces_of_tests_that_passed() -> None:
    tests = (ListedTest(name="fast", outcome=ListedOutcome.PASSED, seconds=1.0),)
    index = EvidenceIndex(passed_traces={"fast": "tests/f/trace.html", "b": "tests/b/trace.html"})
    results = SuiteResults(test_count=2, tests=tests)
    text = page(failed_result(index=index, suite_results=results))
    assert ' · <a href="./tests/f/trace.html" class="trace">trace</a></td>' in text
    assert "Traces of tests that passed (1)" in text
    assert '<li><a href="./tests/b/trace.html">b</a></li>' in text


def card_of(test: FailedTestEvidence, **changes: Any) -> str:
    """Return the card of a failed test on a page."""
    made = page(failed_result(index=EvidenceIndex(failed=(test,)), **changes))
    return made.partition("<article")[2].partition("</article>")[0]


def test_page__the_card_quotes_the_line_of_the_test() -> None:
    trace = 'Traceback:\n  File "t.py", line 7, in test\n    check(a < b)\nAssertionError\n'
    failure = Failure(name="t", message="m", line=7, trace=trace)
    card = card_of(FailedTestEvidence(failure=failure, file="t.py"))
    assert '<p class="code"><code>check(a &lt; b)</code></p>' in card
    other = FailedTestEvidence(failure=replace(failure, line=8), file="t.py")
    assert 'class="code"' not in card_of(other)


def test_page__the_card_says_how_long_the_test_took() -> None:
    # A report without exact times has exact durations.
    span = Span(start=1000.0, end=1012.34, exact=False)
    for known, shown in ((span, "t 12.3 s"), (None, "t")):
        failure = Failure(name="t", message="m", span=known)
        heading = card_of(FailedTestEvidence(failure=failure)).partition("</h3>")[0]
        assert Parsed(heading.partition("<h3>")[2]).text == shown


def test_page__the_app_s_log_of_that_moment_stands_in_the_test_s_card() -> None:
    name = "tests/t/container.log"
    test = FailedTestEvidence(
        failure=Failure(name="t", message="m"),
        slice=LogExcerpt(name=name, text="# between\na\nb\n"),
        app_lines=(
            LogLine(start=2.2, text="a"),
            LogLine(start=2.31, text="KeyError: 'x'", is_key=True),
        ),
    )
    card = card_of(test)
    then = card.partition("The app&#x27;s lines around the failure")[2].partition("</table>")[0]
    assert f'href="./{name}"' in then
    assert Parsed(then).text.endswith(
        "the app's log during this test2.2 sa2.3 sKeyError: 'x' ← key line"
    )
    assert then.count('<tr class="key">') == 1
    assert "logged nothing" not in card
    # Its lines are not known, but there are some.
    assert "logged nothing" not in card_of(replace(test, app_lines=()))
    silent = LogExcerpt(name=name, text="# between\n# (the app wrote nothing)\n")
    assert "The app logged nothing while this test ran." in card_of(
        replace(test, app_lines=(), slice=silent)
    )


def test_page__says_why_the_page_s_source_is_no_link() -> None:
    excerpts = (LogExcerpt(name="tests/t/page.html", text="<p>"),)
    assert "not a link, since a browser would run its scripts" in card(excerpts=excerpts)
    assert "not a link" not in card()
