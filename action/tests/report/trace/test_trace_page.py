import json
import re
from dataclasses import replace
from typing import Any

import pytest

from rehearsal.evidence.request_of_test import request_of_test
from rehearsal.report.trace import trace_page
from rehearsal.results.evidence_index import TraceAttempt
from rehearsal.results.frame import ProjectFrame
from rehearsal.results.origin import Origin
from rehearsal.results.tests import ListedOutcome
from rehearsal.results.timed_log import TimedLog
from rehearsal.results.traced_attempt import TracedAttempt

from .samples import (
    HOST,
    PLACE,
    STARTED,
    TRACEBACK,
    VIEWS,
    as_text,
    log_of,
    long_sample,
    sample,
    trace_lines,
)

DATA = re.compile(r'<script type="application/json" id="trace">(.*?)</script>', re.DOTALL)
HOSTILE = "</script></noscript><!--<script>alert(1)</script><img src=x onerror=alert(2)>&lt;\u202e"


def data_of(shown: TracedAttempt) -> Any:
    (found,) = DATA.findall(str(trace_page(shown)))
    return json.loads(found)


def events_of(shown: TracedAttempt, title: str) -> list[Any]:
    (lane,) = (each for each in data_of(shown)["lanes"] if each["title"] == title)
    events: list[Any] = lane["events"]
    return events


def test_trace_page__all_lanes_in_the_order_of_time_without_script() -> None:
    page = str(trace_page(sample()))
    table = page.partition("<noscript>")[2].partition("</noscript>")[0]
    rows = re.findall(r"<tr[^>]*><td>([\d.]+)</td><td class=\"lane [\w-]+\">([^<]+)</td>", table)
    times = [float(time) for time, _ in rows]
    assert times == sorted(times)
    assert {lane for _, lane in rows} == {
        "steps", "requests", "console", "app", "service postgres",
    }  # fmt: skip
    assert "POST /lists/new → 500" in table
    assert "MultiValueDictKeyError" in table
    assert '<a href="./trace-4.jpg">picture</a>' in table


def test_trace_page__the_failed_step_and_what_is_known_of_it() -> None:
    data = data_of(sample())
    step = data["steps"][data["failed"]]
    assert step["error"].startswith("id=id_list_table: no such element")
    source = data["sources"][step["place"]]
    assert (source["line"], source["first"], len(source["lines"])) == (38, 34, 9)
    assert data["steps"][5]["picture"] == "trace-4.jpg"
    assert data["pages"]["error"]["html"].startswith("<!DOCTYPE html>")
    assert data["styles"].keys() == {"c"}


def test_trace_page__errors_are_marked_and_addresses_are_short() -> None:
    requests = events_of(sample(), "requests")
    assert [(text, bad) for _, _, text, bad, *_ in requests] == [
        ("GET / → 200", 0),
        ("GET /static/lists/superlists.css → 200", 0),
        ("GET /favicon.ico → 404", 0),
        ("POST /lists/new → 500", 1),
    ]
    log = events_of(sample(), "app")
    assert [bad for _, _, _, bad, *_ in log] == [0, 0, 0, 1, 1, 1]


@pytest.mark.parametrize(
    "line, mark",
    [
        ("WARNING stock service did not answer, returning 404", 2),
        ("[2030-01-01 10:00:00 +0000] [7] [WARNING] Worker was sent SIGTERM", 2),
        ("/app/a.py:3: DeprecationWarning: use b", 2),
        ("2030/01/01 10:00:00 [warn] 7#7: a client request body is buffered", 2),
        ('{"event": "stock", "level": "warning"}', 2),
        ("level=warn msg=slow", 2),
        ("ERROR after a WARNING", 1),
        ("INFO no warnings today", 0),
        ("GET /warn/ 200", 0),
    ],
)
def test_trace_page__marks_of_a_log(line: str, mark: int) -> None:
    (event,) = events_of(sample("", log_of("container.log", (5, line))), "app")
    assert event[3] == mark


def test_trace_page__a_traceback_of_the_app_leaves_out_installed_code() -> None:
    short, whole = next(
        (each[2], each[6]) for each in events_of(sample(), "app") if each[2].startswith("Traceback")
    )
    assert whole == TRACEBACK
    assert [line.strip() for line in short.splitlines()] == [
        "Traceback (most recent call last):",
        'File "/app/superlists/lists/views.py", line 31, in new_list',
        'text = request.POST["texts"]',
        "… 1 frame of installed code …",
        "django.utils.datastructures.MultiValueDictKeyError: 'texts'",
    ]
    assert "line 86, in __getitem__" in str(trace_page(sample())).partition("<noscript>")[2]


def test_trace_page__dialogs_and_windows_are_not_of_the_console() -> None:
    head, *lines = trace_lines()
    said = [
        {"k": "js", "t": STARTED + 5, "level": "dialog", "text": "alert: Saved"},
        {"k": "window", "t": STARTED + 9, "url": f"{HOST}/terms", "opened": True},
    ]
    shown = sample(as_text(iter([head, *said, *lines])))
    assert events_of(shown, "console")[:3] == [
        [0.005, 0.0, "alert: Saved", 2, "", "dialog"],
        [0.009, 0.0, f"a window opened: {HOST}/terms", 0, "", "window"],
        [0.72, 0.0, f"{HOST}/ 9:3 An input has no label", 2, "warning"],
    ]
    page = str(trace_page(shown))
    assert '<td class="lane lane-console">dialog</td><td class="said">alert: Saved</td>' in page


def test_trace_page__words_of_its_parts_in_their_order() -> None:
    text = str(trace_page(sample()))
    words = [
        "<kbd>Shift →</kbd> extend the span by a step",
        "<kbd>B</kbd> page before / after the step",
        "Steps in grey only read the page. The others do something on it.",
        '<div id="step"',
        '<figure id="shown"',
        '<div id="code"',
    ]
    assert [each for each in words if each not in text] == []
    assert sorted(words, key=text.index) == words


def test_trace_page__has_text_of_the_sizes_of_the_page() -> None:
    style = re.findall(r"<style>(.*?)</style>", str(trace_page(sample())), re.DOTALL)[0]
    sizes = set(re.findall(r"\bfont-size: ([^;}]+?)\s*[;}]", style))
    on_paper = {"10pt"}
    assert sizes - on_paper == {f"var(--{name})" for name in ("h1", "h2", "text", "small", "tiny")}
    assert set(re.findall(r"\bfont: (\S+)", style)) == {"var(--text)/1.5", "inherit;"}


def test_trace_page__a_picture_that_is_not_there_is_no_picture() -> None:
    page = str(trace_page(replace(sample(), pictures=frozenset())))
    assert ".jpg" not in page


def test_trace_page__what_others_said_is_text() -> None:
    lines = [
        {name: HOSTILE if name in ("text", "url", "cmd", "on", "error", "html", "at") else value
         for name, value in each.items()}
        for each in trace_lines()
    ]  # fmt: skip
    shown = sample(as_text(iter(lines)), log_of("services/x.log", (5, HOSTILE)))
    failure = replace(shown.test.failure, name=HOSTILE, message=HOSTILE, trace=HOSTILE)
    page = str(trace_page(replace(shown, test=replace(shown.test, failure=failure))))
    ours = page.rpartition("<script>")[2]
    assert page.count("<script") == 2
    assert page.count("</script") == 2
    assert page.count("</noscript") == 1
    assert "<img" not in page
    assert "<!--" not in page
    assert "\u202e" not in page.replace(ours, "")
    # The stored page is shown to the letter, in a frame that runs nothing.
    assert data_of(replace(shown))["pages"]["form"]["html"] == HOSTILE


def test_trace_page__attempts() -> None:
    attempts = (
        TraceAttempt(number=1, page="trace.html"),
        TraceAttempt(number=2, page="trace-attempt2.html"),
        TraceAttempt(number=3, page="trace-attempt3.html", passed=True),
    )
    shown = replace(sample(), test=replace(sample().test, attempts=attempts))
    page = str(trace_page(shown))
    assert "<strong>attempt 1 (failed)</strong>" in page
    assert '<a href="./trace-attempt2.html">attempt 2 (failed)</a>' in page
    assert '<a href="./trace-attempt3.html">attempt 3 (passed)</a>' in page
    assert "The app raised" in page
    assert "id=id_list_table</span>" in page.replace("<wbr>", "")


def test_trace_page__what_the_app_raised_weighs_more_than_what_the_test_reported() -> None:
    header = str(trace_page(sample())).partition("<header>")[2].partition("</header>")[0]
    base = "https://github.example/owner/app/blob/c0ffee0"
    app, test = re.findall(r"<p.*?</p>", header, re.DOTALL)[1:]
    assert 'The app raised: <span class="error">MultiValueDictKeyError' in app
    assert f'href="{base}/{VIEWS}#L31"' in app
    assert test.startswith('<p class="then">The test reported: <span>NoSuchElement')
    assert f'href="{base}/{PLACE}#L38"' in test
    frame = ProjectFrame(
        file=VIEWS, line=31, function="f", error="django.db.utils.Error: no column"
    )
    long = replace(sample(), test=replace(sample().test, frame=frame))
    assert ">django.<wbr>db.<wbr>utils.<wbr>Error: no column<" in str(trace_page(long))
    without = replace(sample(), test=replace(sample().test, frame=None))
    header = str(trace_page(without)).partition("</header>")[0]
    assert 'The test reported: <span class="error">NoSuchElement' in header


def test_trace_page__the_request_that_says_most_stands_above_it() -> None:
    shown = sample()
    shown = replace(shown, test=replace(shown.test, request=request_of_test(shown.trace)))
    header = str(trace_page(shown)).partition("<header>")[2].partition("</header>")[0]
    text = re.sub("<.*?>", "", header)
    assert text.endswith(
        "The request then: POST http://localhost:8888/lists/new: 500, 1.0 s after the test began"
    )
    another = str(trace_page(replace(shown, is_reported=False))).partition("</header>")[0]
    assert "The request then" not in another


def test_trace_page__code_has_links_where_the_commit_is_known() -> None:
    data = data_of(sample())
    assert data["app"] == f"{VIEWS}:31"
    url = "https://github.example/owner/app/blob/c0ffee0/superlists/lists/views.py#L31"
    assert data["sources"][data["app"]]["url"] == url
    sources = data_of(replace(sample(), origin=Origin()))["sources"]
    assert {each["url"] for each in sources.values()} == {""}


def test_trace_page__another_attempt_has_words_of_its_own() -> None:
    lines = [each | ({"reason": "Error: of attempt 2"} if "v" in each else {})
             for each in trace_lines()]  # fmt: skip
    shown = replace(sample(as_text(iter(lines))), is_reported=False)
    page = str(trace_page(shown)).rpartition("<script>")[0]
    assert '<p>This attempt failed: <span class="error">Error: of attempt 2</span></p>' in page
    for words in ("The app raised", "The test reported", "own traceback"):
        assert words not in page
    page = str(trace_page(replace(sample(), is_reported=False)))
    assert "It is not known why this attempt failed." in page


@pytest.mark.parametrize(
    "outcome, count, words",
    [
        (ListedOutcome.PASSED, 1, "This test passed."),
        (ListedOutcome.PASSED, 2, "This attempt passed."),
        (ListedOutcome.SKIPPED, 1, "This test was skipped."),
    ],
)
def test_trace_page__one_that_did_not_fail(outcome: ListedOutcome, count: int, words: str) -> None:
    test = replace(sample().test, attempts=count * (TraceAttempt(number=1, page="trace.html"),))
    shown = replace(sample(), test=test, outcome=outcome)
    page = str(trace_page(shown)).rpartition("<script>")[0]
    assert f'<span class="verdict">{words}</span>' in page
    for failed in ("The app raised", "The test reported", "own traceback", 'class="trace failed"'):
        assert failed not in page
    assert data_of(shown)["failed"] is None


def test_trace_page__says_what_is_left_out() -> None:
    lines = [
        each | ({"left-out": {"steps": 1200}} if "v" in each else {}) for each in trace_lines()
    ]
    log = TimedLog(name="container.log", left_out=5_000_000)
    page = str(trace_page(sample(as_text(iter(lines)), log)))
    assert "Left out: 1,200 steps." in page
    assert "5,000,000 bytes of container.log are left out here." in page


@pytest.mark.parametrize("place, failed", [(":99", 6), (":31", 4), (":25", 2)])
def test_trace_page__the_failed_step_is_that_of_the_traceback(place: str, failed: int) -> None:
    shown = sample()
    failure = replace(shown.test.failure, line=int(place[1:]))
    sources = {
        step.place: replace(next(iter(shown.sources.values())), line=int(step.place[-2:]))
        for step in shown.trace.steps
    }
    test = replace(shown.test, failure=failure)
    assert replace(shown, test=test, sources=sources).failed_step == failed


def test_trace_page__a_long_one_has_all() -> None:
    data = data_of(long_sample(50, 100, 1000))
    assert [len(each["events"]) for each in data["lanes"]] == [50, 100, 1000]


def test_trace_page__a_time_out_says_what_was_waited_for() -> None:
    shown = sample()
    failure = replace(shown.test.failure, message="TimeoutException")
    page = str(trace_page(replace(shown, test=replace(shown.test, failure=failure))))
    words = "TimeoutException: waited 5.0 s for id=id_list_table: no such element"
    assert words in page.replace("<wbr>", "")
