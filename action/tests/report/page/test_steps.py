from rehearsal.report.closing import closing
from rehearsal.report.page.markup import element
from rehearsal.report.page.steps import MAX_SHOWN, steps
from rehearsal.report.summary import summary
from rehearsal.report.trace.content import content
from rehearsal.report.trace.events import lanes_of
from rehearsal.results.browser_steps import TraceStep
from rehearsal.results.browser_trace import BrowserTrace
from rehearsal.results.evidence_index import EvidenceIndex, FailedTestEvidence
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.results.step_words import step_text
from rehearsal.results.tests import Failure
from rehearsal.results.traced_attempt import TracedAttempt
from rehearsal.verdict import Problem, Verdict

from .test_markup import Parsed


def html(*shown: TraceStep, trace_page: str = "") -> str:
    test = FailedTestEvidence(
        failure=Failure(name="t", message=""),
        steps=shown,
        steps_file="tests/t/trace.jsonl",
        trace_page=trace_page,
    )
    return "".join(element("div", steps(test)).parts)


def test_steps__a_test_without_a_browser() -> None:
    assert html() == "<div></div>"


def test_steps__what_failed_and_where() -> None:
    page = html(
        TraceStep(start=0.25, seconds=1.5, text="go to http://x/", place="t.py:7"),
        TraceStep(start=2, seconds=5, text="looked for <b>", error="no such <i>", is_look=True),
    )
    assert "<code>t.py:7</code>" in page
    assert ">0.2 s<" in page
    assert ">1.5 s<" in page
    assert "looked for <code>&lt;b&gt;</code>" in page
    assert '<th scope="col">line of your code</th>' in page
    assert " ✗ no such &lt;i&gt;" in page
    # A browser may take a file of this name for HTML, so it is no link.
    assert "<span>trace.jsonl</span>" in page
    assert "browser 1" not in page
    assert "<details" not in page


def test_steps__a_link_to_the_page_of_the_trace() -> None:
    page = html(TraceStep(start=1, seconds=0, text="click"), trace_page="tests/t/trace.html")
    assert '<a href="./tests/t/trace.html">' in page


def test_steps__of_two_browsers() -> None:
    page = html(
        TraceStep(start=1, seconds=0, text="click"),
        TraceStep(start=2, seconds=0, text="reload", browser=2),
    )
    assert "browser 1: click" in page
    assert "browser 2: reload" in page


def test_steps__the_earlier_ones_are_folded() -> None:
    shown = [TraceStep(start=n, seconds=0, text=f"step {n}") for n in range(MAX_SHOWN + 2)]
    last, before = html(*shown).split("<details>")
    assert "step 2<" in last
    assert f"step {MAX_SHOWN + 1}<" in last
    assert "2 earlier steps" in before
    assert "step 1<" in before


def test_steps__says_how_many_are_in_the_trace_alone() -> None:
    shown = (MAX_SHOWN + 1) * (TraceStep(start=0, seconds=0, text="click"),)
    test = FailedTestEvidence(
        failure=Failure(name="t", message=""), steps=shown, steps_left_out=400
    )
    page = "".join(element("div", steps(test)).parts)
    assert "<summary>401 earlier steps</summary>" in page
    assert "The trace has 400 more before these." in page


def test_steps__what_was_done_in_words_and_to_what_as_code() -> None:
    page = html(
        TraceStep(start=1, seconds=0, text="type id=name ***", command="type", element="id=name"),
        TraceStep(start=2, seconds=0, text="click css=a b", command="click", element="css=a b"),
        TraceStep(start=3, seconds=0, text="reload", command="reload"),
        TraceStep(start=4, seconds=0, text="typed by another tool"),
        TraceStep(start=5, seconds=0, text="act pointerMove, pointerDown", command="act"),
        TraceStep(start=6, seconds=0, text="looked for text id=a (9 times)", is_look=True),
    )
    assert "<td>type <code>***</code> into <code>id=name</code></td>" in page
    assert "<td>click <code>css=a b</code></td>" in page
    assert "<td>reload</td>" in page
    assert "<td>typed by another tool</td>" in page
    assert "use mouse and keys: <code>pointerMove, pointerDown</code>" in page
    assert "looked for <code>text id=a</code> (9 times)" in page


def test_steps__the_same_words_everywhere() -> None:
    step = TraceStep(start=1, seconds=0, text="type id=a ***", command="type", element="id=a")
    failed = FailedTestEvidence(failure=Failure(name="t", message=""), steps=(step,))
    problem = Problem(Verdict.TESTS_FAILED, "1 failed.")
    index = EvidenceIndex(failed=(failed,))
    result = RehearsalResult(name="r", problems=(problem,), index=index)
    words = "type *** into id=a"
    assert step_text(step) == words
    assert words in Parsed(html(step)).text
    assert f"1.0 s  {words}" in closing(result, evidence="")
    made = summary(result)
    assert "Last step: type \\*\\*\\* into id=a<" in made
    assert f"1.0 s  {words}\n" in made
    trace = BrowserTrace(steps=(step,))
    shown = TracedAttempt(test=failed, trace=trace, page="trace.html")
    (lane, *_) = lanes_of(shown)
    assert lane.events[0].text == words
    assert content(shown, ())["steps"][0]["text"] == words
