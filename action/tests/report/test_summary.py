import html
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest

from rehearsal.report import run_here
from rehearsal.report import summary as module
from rehearsal.report.audit_words import audit_message
from rehearsal.report.markdown import MAX_PARAGRAPH
from rehearsal.report.summary import BAR_LENGTH
from rehearsal.report.tests_summary import MAX_TESTS
from rehearsal.results.audit import Audit, Finding, Outcome
from rehearsal.results.browser_steps import TraceStep
from rehearsal.results.browser_trace import TraceRequest
from rehearsal.results.companion_run import CompanionRun
from rehearsal.results.diagnosis import Diagnosis
from rehearsal.results.engine_versions import EngineVersions
from rehearsal.results.evidence_index import EvidenceIndex, FailedTestEvidence, LogLine
from rehearsal.results.frame import ProjectFrame
from rehearsal.results.next_need import NextNeed, NextNeeds
from rehearsal.results.origin import Origin, RequestSummary
from rehearsal.results.rehearsal import RehearsalResult, Stage
from rehearsal.results.tests import Failure, ListedOutcome, ListedTest, SuiteResults
from rehearsal.verdict import Problem, Verdict

from ..audits import REFERENCE, audit

HOSTILE = (
    "a | b `c` **d** [e](javascript:f) # g\r\n\n| h |\n::error::i\r</pre></details>"
    "<script>j</script><!-- k \\| ~~l~~ ```"
)
# A character that Markdown reads as markup, unless a backslash stands before it.
UNESCAPED = re.compile(r"(?<!\\)(?:\\\\)*[`*_\[\]#|~]")
WHOLE_NAMES = (
    "smoke.cart shows v1.2 banner",
    "e2e.login opens GET /index.html",
    "checkout.spec.ts \u203a pays [v1.2] in 3.5 s",
    "com.example.ShopTest.paysIn(EUR, 1.50)[2]",
    "test.v1.2",
)
CRASH = Problem(Verdict.CRASHED, "It ended: exit code 1.", hint="Look here.")
TESTS_FAILED = Problem(Verdict.TESTS_FAILED, "1 of 2 tests failed.", hint="a")


class Tags(HTMLParser):
    """The HTML tags in a text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        assert not attrs or tag == "details"
        self.found.add(tag)


def make_summary(*problems: Problem, **changes: Any) -> str:
    result = RehearsalResult(name="77-1-abc", problems=problems, **changes)
    return module.summary(result, evidence="the artifact x_y")


def failed(
    *names: str, message: str = "1 != 2", frame: ProjectFrame | None = None, trace: str = ""
) -> EvidenceIndex:
    return EvidenceIndex(
        failed=tuple(
            FailedTestEvidence(
                failure=Failure(name=name, message=message), frame=frame, short_trace=trace
            )
            for name in names
        )
    )


def flaky(*names: str, message: str = "1 != 2", attempts: int = 1) -> EvidenceIndex:
    failures = (Failure(name=name, message=message, attempts=attempts) for name in names)
    return EvidenceIndex(flaky=tuple(FailedTestEvidence(failure=each) for each in failures))


def frame(text: str = "x") -> ProjectFrame:
    return ProjectFrame(file=f"{text}.py", line=7, function=text, error=f"Error: {text}", text=text)


def diagnosis(*evidence: str, paste: str = "") -> tuple[Diagnosis]:
    return (Diagnosis(id="d", title="T", hint="A.", matching_lines=evidence, paste=paste),)


def test_summary__of_a_pass() -> None:
    text = make_summary(
        suite_results=SuiteResults(test_count=3),
        image="rehearsed/my_app:latest",
        image_id="sha256:0123",
        engine=EngineVersions(name="Docker", version="28.5.2", store="containerd"),
        ready_seconds=1.234,
        stages=(Stage(name="build", seconds=2.04, ok=True),),
        container_tail=("a",),
    )
    assert text.startswith("## ✅ Dress rehearsal: passed\n")
    assert "- Tests: 3 ran, 0 failed\n" in text
    assert "- The app was ready 1.23 s after its container started\n" in text
    assert "Image `rehearsed/my_app:latest`, `sha256:0123`\n" in text
    assert "Engine Docker 28.5.2 (containerd image store)\n" in text
    assert f"| build | 2.0 s | {'▇' * BAR_LENGTH} |\n" in text
    assert "<details" not in text
    assert "<pre>" not in text
    assert "artifact" not in text, "a pass is not uploaded"
    assert "builds the image" not in text


def test_summary__of_a_failure_begins_with_verdict_cause_and_hint() -> None:
    text = make_summary(CRASH)
    lines = text.splitlines()
    assert lines[0] == "## ❌ Dress rehearsal: crashed"
    assert lines[2] == "**It ended: exit code 1.**"
    assert lines[4].startswith("**What to do:** Look here.<br>")
    assert "\nOpen `index.html` in the artifact x\\_y for whole logs and the rest.\n" in text
    assert "builds the image, starts it" in text


def test_summary__shows_the_deciding_problem() -> None:
    assert "**it went**" in make_summary(TESTS_FAILED, Problem(Verdict.ENGINE_FAILED, "it went"))


def test_summary__marks_a_failed_stage() -> None:
    stages = (
        Stage(name="start", seconds=0.3, ok=True),
        Stage(name="ready", seconds=60, ok=False),
    )
    text = make_summary(Problem(Verdict.NOT_READY, "no"), stages=stages)
    bar = "▇" * BAR_LENGTH
    assert f"| start | 0.3 s | ▏ |\n| ready (time waited) ❌ | 60.0 s | {bar} |\n" in text


def test_summary__services_until_they_were_ready() -> None:
    companions = (
        CompanionRun(kind="service", name="postgres", ready_seconds=1.8),
        CompanionRun(kind="service", name="slow", ready_seconds=1e9),
        CompanionRun(kind="service", name="redis"),
        CompanionRun(kind="worker", name="mail"),
    )
    text = make_summary(stages=(Stage(name="build", seconds=1.8, ok=True),), companions=companions)
    bar = "▇" * BAR_LENGTH
    assert f"| build | 1.8 s | {bar} |\n| postgres (until ready) | 1.8 s | {bar} |\n" in text
    assert f"| slow (until ready) | 1000000000.0 s | {bar} |\n" in text
    assert not {"redis", "mail"} & {*text.split()}


def test_summary__a_stage_of_no_time_has_no_bar() -> None:
    stages = (
        Stage(name="ready", seconds=0.04, ok=True),
        Stage(name="test", seconds=0.5, ok=True),
    )
    assert "| ready (time waited) | 0.0 s | |\n" in make_summary(stages=stages)


@pytest.mark.parametrize(
    "results, words",
    [
        (None, None),
        (SuiteResults(), "how many tests it ran is unknown"),
        (SuiteResults(test_count=0), "0 ran, 0 failed"),
    ],
    ids=["no test command", "unknown", "none ran"],
)
def test_summary__counts_only_what_is_known(
    results: SuiteResults | None, words: str | None
) -> None:
    text = make_summary(suite_results=results)
    assert ("Tests:" in text) is (words is not None)
    assert words is None or words in text


def test_summary__shows_the_same_excerpt_once() -> None:
    problem = replace(CRASH, excerpt=("a", "b"), source="container.log")
    assert make_summary(problem, container_tail=("a", "b")).count("<pre>") == 1
    problem = replace(problem, source="tests/output.log")
    assert make_summary(problem, container_tail=("a", "b")).count("<pre>") == 2


FIELDS = (
    "message", "hint", "paste", "background", "evidence", "other", "notice", "warning", "name",
    "failure", "frame", "key line", "tail", "title",
)  # fmt: skip


def full_summary(**changes: str) -> str:
    """Return a summary with a text in each field, `x` where `changes` has no other."""
    text = dict.fromkeys(FIELDS, "x") | changes
    known = Diagnosis(
        id="d",
        title=text["title"],
        hint=text["hint"],
        paste=text["paste"],
        background=text["background"],
        matching_lines=(text["evidence"],),
    )
    app = frame(text["frame"])
    return make_summary(
        replace(TESTS_FAILED, message=text["message"], excerpt=("end",), source="o.log"),
        suite_results=SuiteResults(test_count=2, failure_count=1),
        notices=(text["notice"],),
        warnings=(text["warning"],),
        container_tail=(text["tail"],),
        key_lines=(text["key line"],),
        diagnoses=(known, Diagnosis(id="e", title=text["other"], hint="")),
        index=failed(text["name"], message=text["failure"], frame=app, trace=app.text),
    )


TAGS = Tags(full_summary()).found


def outside_boxes(text: str) -> list[str]:
    """Return the lines that are read as Markdown."""
    html_block = r"^<pre>\n(?:.*\n)*?</pre>$|^<details.*$"
    return re.sub(html_block, "", text, flags=re.MULTILINE).splitlines()


@pytest.mark.parametrize("field", FIELDS)
def test_summary__hostile_text_stays_text(field: str) -> None:
    text = full_summary(**{field: HOSTILE})
    assert Tags(text).found <= TAGS | {"br"}
    for line in outside_boxes(text):
        # Without our own markup: `**…**`, and the bars between cells.
        rest = re.sub(r"^\*\*([A-Z][a-z ]+:\*\*)?|\*\*$|^\| | \|$|(?<!\\) \| ", "", line)
        assert "javascript" not in line or not UNESCAPED.findall(rest)
        assert not line.startswith(("::", "| h"))


def test_summary__a_diagnosis_comes_first_and_folds_what_it_explains() -> None:
    text = full_summary(message="1 of 2 failed.", title="No table", hint="Migrate.", frame="y")
    lines = [line for line in text.splitlines() if line]
    assert lines[1:3] == ["**No table**", "**What to do:** Migrate."]
    assert "What happened" not in text, "the table below says it"
    assert "<details><summary>The end of o.log" in text
    assert "<details open><summary>What the app raised while x ran" in text


@pytest.mark.parametrize(
    "app, details",
    [(None, "<details open>"), (frame(), "<details>")],
    ids=["alone", "beside the app's"],
)
def test_summary__a_test_s_traceback_folds_the_end_of_the_output(
    app: ProjectFrame | None, details: str
) -> None:
    problem = replace(TESTS_FAILED, excerpt=("e",), source="o.log")
    text = make_summary(problem, index=failed("a_test", frame=app, trace="trace"))
    assert f"{details}<summary>Where a_test failed</summary>" in text
    assert "<details><summary>The end of o.log</summary>" in text


def test_summary__an_exception_of_the_suite_folds_the_tests_tracebacks() -> None:
    index = replace(failed("a_test", trace="trace"), suite_frame=frame())
    text = make_summary(TESTS_FAILED, index=index)
    assert "<details><summary>Where a_test failed</summary>" in text


@pytest.mark.parametrize(
    "verdict, first",
    [(Verdict.SETUP_FAILED, "setup.log"), (Verdict.TESTS_FAILED, "container.log")],
    ids=str,
)
def test_summary__the_log_of_setup_command_comes_before_the_app_s(
    verdict: Verdict, first: str
) -> None:
    problem = Problem(verdict, "It ended.", excerpt=("e",), source="setup.log")
    text = make_summary(problem, container_tail=("c",))
    ends = re.findall(r"The end of ([\w.]+)", text)
    assert ends[0] == first
    assert sorted(ends) == ["container.log", "setup.log"]


def test_summary__shows_the_app_s_exception_before_the_failed_test_s() -> None:
    (test,) = failed("t.test_bad", frame=replace(frame("app"), request="/buy")).failed
    failure = replace(test.failure, line=28)
    test = replace(test, failure=failure, file="t.py", pictures=("tests/t/shot.png",))
    text = make_summary(TESTS_FAILED, index=EvidenceIndex(failed=(test,)))
    assert "| failed test | what the app raised | what the test reported |\n" in text
    assert (
        "| test\\_bad<br><sub>t</sub> | Error: app<br>"
        "<sub>app.py:7, in app, answering /buy with 500</sub> "
        "| 1 != 2<br><sub>t.py:28</sub> |\n"
    ) in text
    assert "` in the artifact x\\_y for screenshots, whole logs and the rest.\n" in text


def test_summary__shows_what_a_failed_test_did_last() -> None:
    steps = [TraceStep(start=n, seconds=0, text=f"step {n}", place="t.py:7") for n in range(9)]
    (test,) = failed("t.test_bad").failed
    test = replace(test, steps=(*steps, TraceStep(start=9, seconds=1, text=HOSTILE, error="no")))
    text = make_summary(TESTS_FAILED, index=EvidenceIndex(failed=(test,)))
    _, _, after = text.partition("<details open><summary>What t.test_bad did last</summary>")
    box = after.partition("</pre>")[0].splitlines()
    assert box[3] == "4.0 s  step 4 (t.py:7)"
    assert box[-1].startswith("9.0 s  a | b")
    assert box[-1].endswith(": no")
    assert Tags(text).found <= TAGS


def test_summary__tells_a_cause_once() -> None:
    tests = failed("t.test_a", "t.test_b", "t.test_c", frame=frame("app"), trace="in t.py").failed
    request = TraceRequest(start=4.1, seconds=0, method="POST", address="/x", status=500)
    step = TraceStep(start=4, seconds=0, text="click")
    other = replace(frame("app"), line=8)
    index = EvidenceIndex(
        failed=tuple(
            replace(test, steps=(step,), request=request, frame=raised)
            for test, raised in zip(tests, (frame("app"), other, frame("app")), strict=True)
        )
    )
    text = make_summary(TESTS_FAILED, index=index)
    first, second, third = (line for line in text.splitlines() if line.startswith("| test"))
    for row in (first, second):
        assert "| Error: app<br>" in row
        assert "The request then: POST /x: 500" in row
    assert third == ("| test\\_c<br><sub>t</sub> | the same as in test\\_a | 1 != 2 |")
    for title in ("What {} did last", "Where {} failed"):
        shown = [f"<summary>{title.format(test.failure.name)}</summary>" in text for test in tests]
        assert shown == [True, True, False]


def test_summary__shows_the_request_of_a_failed_test_and_what_the_app_said() -> None:
    (test,) = failed("t.test_bad").failed
    request = TraceRequest(start=4.1, seconds=0, method="POST", address=HOSTILE, status=500)
    steps = (TraceStep(start=4, seconds=0, text="click"),)
    test = replace(
        test,
        steps=steps,
        request=request,
        app_lines=(LogLine(start=1.0, text=HOSTILE, is_key=True),),
    )
    text = make_summary(TESTS_FAILED, index=EvidenceIndex(failed=(test,)))
    _, _, after = text.partition("What t.test_bad did last</summary>")
    box = after.partition("</pre>")[0].splitlines()
    assert box[-2].startswith("request:  4.1 s  POST a | b")
    assert box[-2].endswith(": 500")
    assert box[-1].startswith("app:      a | b")
    row = next(line for line in text.splitlines() if line.startswith("| test"))
    assert "<br><sub>Last step: click</sub><br><sub>The request then: POST a \\| b" in row
    assert Tags(text).found <= TAGS


def test_summary__says_how_to_run_the_failed_tests() -> None:
    tests = failed("t.T.one", "t.T.two", "t.T.three").failed
    reruns = ('rehearse --test-command "x `y`"', "", "rehearse <three>")
    index = EvidenceIndex(
        failed=tuple(replace(test, rerun=each) for test, each in zip(tests, reruns, strict=True))
    )
    text = make_summary(TESTS_FAILED, index=index)
    assert '```sh\nrehearse --test-command "x `y`"\n```\n' in text
    where = run_here.ON_DISK.removesuffix(".")
    assert f"**Run this test on your machine** (the first failed test)<br>{where}:" in text
    folded = text.partition("<summary>The other failed tests</summary>")[2]
    assert "\n```sh\nrehearse <three>\n```\n" in folded
    first = replace(tests[0], rerun="rehearse a ```b")
    one = make_summary(TESTS_FAILED, index=EvidenceIndex(failed=(first,)))
    assert (
        f"**Run this test on your machine**<br>{where}:\n\n````sh\nrehearse a ```b\n````\n" in one
    )
    assert "other failed tests" not in one
    assert "Run this test" not in make_summary(TESTS_FAILED, index=failed("t"))


def test_summary__does_not_cut_what_is_pasted() -> None:
    lines = [f"{number} {'x' * 600}" for number in range(70)]
    text = make_summary(CRASH, diagnoses=diagnosis(paste="\n".join(lines)))
    assert "\n".join(("<pre>", *lines, "</pre>")) in text


def test_summary__shows_a_traceback_once() -> None:
    app = frame("first\nsecond\nthird")
    index = failed("a", "b", frame=app)
    text = make_summary(TESTS_FAILED, diagnoses=diagnosis("other", app.error), index=index)
    assert text.count("<pre>") == 1
    assert "**Evidence:** first" in text
    assert "What the app raised while" not in text
    text = make_summary(TESTS_FAILED, diagnoses=diagnosis("other"), index=index)
    assert "<pre>\nother\n</pre>" in text
    assert text.count("<summary>What the app raised while a ran</summary>") == 1
    assert "while b ran" not in text


def test_summary__says_that_the_tests_did_not_run() -> None:
    problem = Problem(Verdict.NOT_READY, "no")
    request = RequestSummary(command="0" * 64)
    assert "- Tests: did not run\n" in make_summary(problem, request=request)
    stages = (Stage(name="test", seconds=1, ok=False),)
    assert "did not run" not in make_summary(problem, request=request, stages=stages)
    assert "did not run" not in make_summary(problem, request=RequestSummary()), "no test command"


def test_summary__an_unknown_cause_folds_nothing() -> None:
    text = make_summary(replace(CRASH, excerpt=("e",), source="s"))
    assert "<details open><summary>The end of s</summary>" in text


def test_summary__of_a_flaky_pass() -> None:
    index = flaky("t.T.test_shaky", attempts=2)
    results = SuiteResults(test_count=3, flaky=tuple(each.failure for each in index.flaky))
    text = make_summary(suite_results=results, index=index)
    assert text.startswith("## ✅ Dress rehearsal: passed\n")
    assert "- Tests: 3 ran, 0 failed, 1 flaky\n" in text
    assert "| ⚠️ flaky test (passed on a retry) | what the test reported |\n" in text
    assert "| test\\_shaky<br><sub>t.T</sub> | 1 != 2 (2 times) |\n" in text
    assert "Open `index.html` in the artifact x\\_y" in text


def test_summary__of_many_flaky_tests_shows_the_first() -> None:
    text = make_summary(index=flaky(*(f"t{n}" for n in range(MAX_TESTS + 7))))
    assert "| 7 more | see verdict.json in the artifact x\\_y |" in text


def test_summary__hostile_flaky_tests_stay_text() -> None:
    text = make_summary(index=flaky(HOSTILE, message=HOSTILE))
    assert Tags(text).found <= {"br", "sub"}


def test_summary__counts_the_tests_of_other_shards() -> None:
    text = make_summary(suite_results=SuiteResults(test_count=3, in_other_shards=9), shard="1/4")
    assert "- Tests: 3 ran, 0 failed; shard 1/4, 9 in the others\n" in text


def test_summary__each_file_s_snippet_has_a_box() -> None:
    paste = "# in a.yml:\nport: 80\n\n# and in settings.py:\nX = 1\n\nY = 2"
    text = make_summary(CRASH, diagnoses=diagnosis(paste=paste))
    # What says where stands above, so that all of a box can be pasted.
    assert "In a.yml:\n\n<pre>\nport: 80\n</pre>" in text
    assert "And in settings.py:\n\n<pre>\nX = 1\n \nY = 2\n</pre>" in text


@pytest.mark.parametrize("line", [" ".join(HOSTILE.split()), "", "   ", "</pre>"], ids=ascii)
def test_summary__hostile_excerpts_stay_within_their_box(line: str) -> None:
    text = make_summary(Problem(Verdict.CRASHED, "It ended.", excerpt=("before", line, "after")))
    assert Tags(text).found == {"details", "summary", "pre", "sub"}
    box = text.partition("<pre>\n")[2].partition("\n</pre>")[0]
    assert html.unescape(box).startswith("before\n")
    assert html.unescape(box).endswith("\nafter")
    assert "" not in box.split("\n")


def test_summary__many_long_lines_are_cut() -> None:
    line = "|" * 10_000
    app = frame("\n".join([line] * 500))
    names = (f"{line}{n}" for n in range(5000))
    text = make_summary(
        replace(TESTS_FAILED, excerpt=(line,) * 400),
        container_tail=(line + "x",) * 25,
        index=failed(*names, message=line, frame=app, trace=app.text),
    )
    assert len(text.encode()) < 1 << 20
    assert f"| {5000 - MAX_TESTS} more | | see verdict.json in the artifact x\\_y |" in text
    assert max(map(len, text.splitlines())) < 3 * MAX_PARAGRAPH
    assert "not fit" not in text


def test_summary__what_is_still_too_large_is_left_out() -> None:
    """Each of these characters takes six when it is escaped."""
    line = '"' * 10_000
    app = frame("\n".join([line] * 500))
    tests = failed("a", "b", "c", message=line, trace=app.text).failed
    causes = (replace(test, frame=replace(app, line=at)) for at, test in enumerate(tests))
    text = make_summary(
        replace(TESTS_FAILED, excerpt=(line,) * 400, source="s"),
        container_tail=(line,) * 400,
        index=EvidenceIndex(failed=tuple(causes)),
    )
    assert len(text.encode()) < 1 << 20
    assert text.count("More does not fit here: see the artifact x\\_y.") == 1
    assert text.startswith("## ❌ Dress rehearsal: tests-failed\n\n**The app raised")
    assert text.endswith("</sub>\n"), "with its last line"


def test_summary__without_a_diagnosis_the_app_s_exception_is_the_cause() -> None:
    text = make_summary(TESTS_FAILED, index=failed("a", frame=frame()))
    assert (
        "\n**The app raised Error: x at x.py:7**\n\n"
        "**What to do:** Correct that line, or what it gets: " in text
    )
    assert "What the app raised while" not in text, "it stands above"


@pytest.mark.parametrize(
    "name, shown",
    [
        ("a.b.T.test_x", "test_x<br><sub>a.b.T</sub>"),
        ("t.py::T.test[a.b]", "test[a.b]<br><sub>t.py::T</sub>"),
        ("t.py::test_a[https://a.b/::x]", "test_a[https://a.b/::x]<br><sub>t.py</sub>"),
        ("plain", "plain"),
        (".", "."),
        *((each, each) for each in WHOLE_NAMES),
    ],
)
def test_summary__of_a_test_s_name_only_python_s_module_is_apart(name: str, shown: str) -> None:
    text = make_summary(TESTS_FAILED, index=failed(name))
    assert f"| {shown} | 1 != 2 |" in text.replace("\\", "")


@pytest.mark.parametrize("name", [*WHOLE_NAMES, "a.b.T.test_x[v1.2]"])
def test_summary__titles_name_the_whole_test(name: str) -> None:
    text = make_summary(TESTS_FAILED, index=failed(name, frame=frame(), trace="1 != 2"))
    shown = html.escape(name)
    assert f"<summary>Where {shown} failed</summary>" in text


def test_summary__audit_of_a_pass_is_one_line_and_a_list() -> None:
    """Nothing is uploaded then, so the list holds what the checks said."""
    text = make_summary(audit=audit())
    assert "- Audit: 1 passed, 0 failed, 1 skipped\n" in text
    assert "| finding |" not in text
    assert "<details><summary>Passed or skipped (2)</summary>\n" in text
    assert "- `migrations` skipped: this is not Django\n" in text
    assert "- `debug` passed: The title of debug.\n" in text


def test_summary__audit_shows_each_finding_with_what_to_do_and_its_evidence() -> None:
    text = make_summary(audit=audit("non-root", "deploy-check:W004", waived="headers"))
    assert "## ✅ Dress rehearsal: passed" in text
    more = f"([more]({REFERENCE}))"
    assert (
        "| finding | outcome | what was found | what to do |\n|---|---|---|---|\n"
        f"| `non-root` | ❌ failed | The message of non-root. | The hint of non-root. {more} |\n"
    ) in text
    assert f"| `headers` | waived | The message of headers. | The hint of headers. {more} |" in text
    assert text.index("deploy-check:W004` |") < text.index("`headers` | waived")
    shown = (
        "<details><summary>Evidence of non-root</summary>\n\n<pre>\nevidence of non-root\n</pre>"
    )
    assert shown in text
    assert "Evidence of headers" not in text


def test_summary__audit_failed() -> None:
    """The end of the app's log is no evidence of it."""
    found = audit("a", "b", mode="enforce")
    problem = Problem(Verdict.AUDIT_FAILED, audit_message(found), hint="Look below.")
    text = make_summary(problem, audit=found, container_tail=("the last request",))
    assert text.startswith(
        "## ❌ Dress rehearsal: audit-failed\n\n**The audit found 2 faults: a, b.**\n"
    )
    assert "the last request" not in text
    assert "The end of" not in text


def test_summary__audit_is_no_markup() -> None:
    finding = Finding(
        id="debug", outcome=Outcome.FAILED, title="t", message=HOSTILE, hint=HOSTILE,
        evidence=(HOSTILE,),
    )  # fmt: skip
    skipped = replace(finding, id="headers", outcome=Outcome.SKIPPED)
    text = make_summary(audit=Audit(findings=(finding, skipped)))
    assert Tags(text).found <= {"details", "summary", "pre", "br", "sub"}
    row = next(line for line in text.splitlines() if line.startswith("| `debug` |"))
    assert len(re.findall(r"(?<!\\)\|", row)) == 5


def test_summary__what_else_is_needed() -> None:
    need = NextNeed(id="tables", text="entries/migrations is there.", hint="Run migrate.")
    found = make_summary(CRASH, also_needed=NextNeeds(needs=(need,), paste="# in a, add:\nb: 1"))
    assert "**Also needed, from the source**" in found
    assert "- entries/migrations is there. Run migrate." in found
    assert "In a, add:\n\n<pre>\nb: 1\n</pre>" in found
    assert "Also needed" not in make_summary(CRASH)


def test_summary__what_else_is_needed_is_no_markup() -> None:
    need = NextNeed(id="tables", text=HOSTILE, hint=HOSTILE)
    found = make_summary(CRASH, also_needed=NextNeeds(needs=(need,), paste=HOSTILE))
    assert not Tags(found).found & {"script", "h1"}


def test_summary__folds_the_slowest_tests() -> None:
    passed = ListedOutcome.PASSED
    tests = (
        *(ListedTest(name=f"t.T.test_{n}", outcome=passed, seconds=n / 2) for n in range(12)),
        ListedTest(name="t.T.bad", outcome=ListedOutcome.FAILED, seconds=75.2),
        ListedTest(name="t.T.later", outcome=ListedOutcome.SKIPPED),
    )
    results = SuiteResults(test_count=13, tests=tests)
    text = module.summary(RehearsalResult(name="r", suite_results=results))
    lines = text.partition("<details><summary>The slowest tests</summary>")[2].split("\n")
    assert lines[3:5] == ["    75 s  t.T.bad (failed)", "   5.5 s  t.T.test_11"]
    assert "later" not in text
    assert "test_2" not in text, "only the first are listed"


def test_summary__links_to_the_lines_of_the_commit() -> None:
    run, commit = "https://github.com/o/r/actions/runs/7", "c0ffee00" * 5
    test = FailedTestEvidence(failure=Failure(name="t", message="m", line=28), file="a_b/(c).py")
    text = module.summary(
        RehearsalResult(
            name="r",
            origin=Origin(repository="o/r", commit=commit, run=run),
            index=EvidenceIndex(failed=(test,)),
        )
    )
    address = f"https://github.com/o/r/blob/{commit}/a_b/%28c%29.py#L28"
    assert f"<sub>[a\\_b/(c).py:28]({address})</sub>" in text


def test_summary__of_a_stage_that_took_for_ever() -> None:
    endless = Stage(name="test", seconds=float("inf"), ok=True)
    assert "| test | inf s | ▏ |" in make_summary(stages=(endless,))


def test_summary__the_artifact_is_a_link_to_the_run_that_lists_it() -> None:
    run = "https://github.example/o/r/actions/runs/7"
    problem = Problem(Verdict.TESTS_FAILED, "1 failed.")
    for origin, shown in (
        (Origin(run=run), f"[the artifact x\\_y]({run}#artifacts)"),
        (Origin(), "the artifact x\\_y"),
    ):
        found = RehearsalResult(name="r", problems=(problem,), artifact_name="x_y", origin=origin)
        text = module.summary(found, evidence="the artifact x_y")
        assert f"\nOpen `index.html` in {shown} for whole logs and the rest.\n" in text
        assert "#artifacts" not in module.summary(found, evidence="this folder")
