import html
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from rehearsal.report import summary as module
from rehearsal.report.markdown import LONGEST_PART
from rehearsal.report.summary import BAR, MOST_FAILURES
from rehearsal.results.diagnosis import Diagnosis
from rehearsal.results.evidence_index import EvidenceIndex, FailedTestEvidence
from rehearsal.results.frame import ProjectFrame
from rehearsal.results.origin import RequestSummary
from rehearsal.results.rehearsal import RehearsalResult, Stage
from rehearsal.results.tests import Failure, Results
from rehearsal.verdict import Problem, Verdict

HOSTILE = (
    "a | b `c` **d** [e](javascript:f) # g\r\n\n| h |\n::error::i\r</pre></details>"
    "<script>j</script><!-- k \\| ~~l~~ ```"
)
# A character that Markdown reads as markup, unless a backslash stands before it.
BARE = re.compile(r"(?<!\\)(?:\\\\)*[`*_\[\]#|~]")


class Tags(HTMLParser):
    """Which tags a text opens."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        assert not attrs or tag == "details"
        self.found.add(tag)


def summary(result: RehearsalResult) -> str:
    return module.summary(result, rest="the artifact x_y")


def failed(
    *names: str, message: str = "1 != 2", frame: ProjectFrame | None = None
) -> EvidenceIndex:
    return EvidenceIndex(
        tests=tuple(
            FailedTestEvidence(
                failure=Failure(name=name, message=message),
                frame=frame,
                trace=frame.text if frame else "",
            )
            for name in names
        )
    )


def own(text: str = "x") -> ProjectFrame:
    return ProjectFrame(file=f"{text}.py", line=7, function=text, error=f"Error: {text}", text=text)


def record(*problems: Problem, results: Results | None = None) -> RehearsalResult:
    return RehearsalResult(name="77-1-abc", problems=problems, results=results)


def test_summary__of_a_pass_says_so_first() -> None:
    rehearsal = record(results=Results(tests=3))
    rehearsal = replace(rehearsal, image="rehearsed/my_app:latest", image_id="sha256:0123")
    rehearsal = replace(rehearsal, ready_seconds=1.234)
    rehearsal = replace(rehearsal, stages=(Stage(name="build", seconds=2.04, ok=True),))
    text = summary(rehearsal)
    assert text.startswith("## ✅ Dress rehearsal: passed\n")
    assert "- Tests: 3 ran, 0 failed\n" in text
    assert "- The app was ready 1.23 s after its container started\n" in text
    assert "Image `rehearsed/my_app:latest`, `sha256:0123`\n" in text
    assert f"| build | 2.0 s | {'▇' * BAR} |\n" in text
    assert "<details" not in text
    assert "artifact" not in text, "a pass is not uploaded"


def test_summary__of_a_failure_says_verdict_cause_and_what_to_do_first() -> None:
    problem = Problem(Verdict.CRASHED, "It ended: exit code 1.", hint="Look here.")
    lines = summary(record(problem)).splitlines()
    assert lines[0] == "## ❌ Dress rehearsal: crashed"
    assert lines[2] == "**It ended: exit code 1.**"
    assert lines[4].startswith("**What to do:** Look here.<br>")


def test_summary__tells_the_deciding_problem() -> None:
    late = Problem(Verdict.TESTS_FAILED, "tests")
    assert "**it went**" in summary(record(late, Problem(Verdict.ENGINE_FAILED, "it went")))


def test_summary__a_failed_stage_is_marked() -> None:
    rehearsal = record(Problem(Verdict.NOT_READY, "no"))
    rehearsal = replace(
        rehearsal,
        stages=(
            Stage(name="start", seconds=0.3, ok=True),
            Stage(name="ready", seconds=60, ok=False),
        ),
    )
    assert (
        f"| start | 0.3 s | ▏ |\n| ready (waiting for it) ❌ | 60.0 s | {'▇' * BAR} |\n"
        in summary(rehearsal)
    )


def test_summary__a_stage_of_no_time_has_no_bar() -> None:
    rehearsal = record()
    rehearsal = replace(
        rehearsal,
        stages=(
            Stage(name="ready", seconds=0.04, ok=True),
            Stage(name="test", seconds=0.5, ok=True),
        ),
    )
    assert "| ready (waiting for it) | 0.0 s |  |\n" in summary(rehearsal)


@pytest.mark.parametrize(
    "results, words",
    [
        (None, None),
        (Results(), "how many tests that were is not known"),
        (Results(tests=0), "0 ran, 0 failed"),
    ],
    ids=["none asked for", "unknown", "none ran"],
)
def test_summary__counts_only_what_is_known(results: Results | None, words: str | None) -> None:
    text = summary(record(results=results))
    assert ("Tests:" in text) is (words is not None)
    assert words is None or words in text


def test_summary__both_excerpts_once_each() -> None:
    problem = Problem(Verdict.CRASHED, "It ended.", excerpt=("a", "b"), source="container.log")
    rehearsal = record(problem)
    rehearsal = replace(rehearsal, container_tail=("a", "b"))
    assert summary(rehearsal).count("<pre>") == 1
    other = replace(problem, source="tests/output.log")
    assert summary(replace(rehearsal, problems=(other,))).count("<pre>") == 2


def test_summary__of_a_pass_needs_no_log() -> None:
    rehearsal = record()
    rehearsal = replace(rehearsal, container_tail=("a",))
    assert "<pre>" not in summary(rehearsal)


PLACES = (
    "what", "advice", "paste", "lesson", "evidence", "other", "notice", "name", "message", "frame",
    "telling", "tail", "title",
)  # fmt: skip


def told(**changes: str) -> RehearsalResult:
    """Return a rehearsal with a text at each place, `x` where nothing else is asked for."""
    say = dict.fromkeys(PLACES, "x") | changes
    problem = Problem(Verdict.TESTS_FAILED, say["what"], hint="a")
    rehearsal = record(problem, results=Results(tests=2, failures=1))
    rehearsal = replace(rehearsal, notices=(say["notice"],))
    rehearsal = replace(rehearsal, container_tail=(say["tail"],))
    rehearsal = replace(rehearsal, key_lines=(say["telling"],))
    diagnosis = Diagnosis(
        id="d",
        title=say["title"],
        hint=say["advice"],
        paste=say["paste"],
        background=say["lesson"],
        evidence=(say["evidence"],),
    )
    rehearsal = replace(
        rehearsal, diagnoses=(diagnosis, Diagnosis(id="e", title=say["other"], hint=""))
    )
    index = failed(say["name"], message=say["message"], frame=own(say["frame"]))
    return replace(rehearsal, index=index)


PLAIN = Tags(summary(told())).found


def outside_boxes(text: str) -> list[str]:
    """Return the lines that are read as Markdown."""
    html_block = r"^<pre>\n(?:.*\n)*?</pre>$|^<details.*$"
    return re.sub(html_block, "", text, flags=re.MULTILINE).splitlines()


@pytest.mark.parametrize("place", PLACES)
def test_summary__hostile_text_stays_text(place: str) -> None:
    text = summary(told(**{place: HOSTILE}))
    assert Tags(text).found <= PLAIN | {"br"}
    for line in outside_boxes(text):
        # Our own: `**…**`, and the bars between cells.
        theirs = re.sub(r"^\*\*([A-Z][a-z ]+:\*\*)?|\*\*$|^\| | \|$|(?<!\\) \| ", "", line)
        assert "javascript" not in line or not BARE.findall(theirs)
        assert not line.startswith(("::", "| h"))


def test_summary__a_diagnosis_comes_first_and_folds_what_it_explains() -> None:
    rehearsal = told(what="1 of 2 failed.", title="No table", advice="Migrate.", frame="y")
    (problem,) = rehearsal.problems
    problem = replace(problem, excerpt=("end",), source="tests/output.log")
    text = summary(replace(rehearsal, problems=(problem,)))
    lines = [line for line in text.splitlines() if line]
    assert lines[1:3] == ["**No table**", "**What to do:** Migrate."]
    assert "What happened" not in text, "the table below says it"
    assert "<details><summary>The end of tests/output.log" in text
    assert "<details open><summary>What the app raised while x ran" in text


@pytest.mark.parametrize(
    "frame, opening", [(None, "<details open>"), (own(), "<details>")], ids=["alone", "and the app"]
)
def test_summary__a_test_s_own_traceback_stands_for_the_end_of_the_output(
    frame: ProjectFrame | None, opening: str
) -> None:
    """Where it is not known what the app raised, it is what one has to read."""
    rehearsal = record(Problem(Verdict.TESTS_FAILED, "w", excerpt=("e",), source="o.log"))
    (test,) = failed("a_test", frame=frame).tests
    text = summary(replace(rehearsal, index=EvidenceIndex(tests=(replace(test, trace="trace"),))))
    assert f"{opening}<summary>Where a_test failed</summary>" in text
    assert "<details><summary>The end of o.log</summary>" in text


def test_summary__a_test_that_failed_has_its_line_and_the_app_s_exception_before_it() -> None:
    app = replace(own("app"), request="/buy")
    (test,) = failed("t.bad", frame=app).tests
    failure = replace(test.failure, line=28)
    exhibits = EvidenceIndex(
        tests=(replace(test, failure=failure, file="t.py", pictures=("tests/t/shot.png",)),)
    )
    text = summary(replace(record(Problem(Verdict.TESTS_FAILED, "w")), index=exhibits))
    assert "| failed test | what the app raised | what the test saw |\n" in text
    assert (
        "| bad<br><sub>t</sub> | Error: app<br>"
        "<sub>app.py:7, in app, answering /buy with 500</sub> "
        "| 1 != 2<br><sub>t.py:28</sub> |\n"
    ) in text
    assert "\nScreenshots, whole logs and the rest: open `index.html` in the artifact" in text


def test_summary__a_traceback_stands_there_once() -> None:
    frame = own("first\nsecond\nthird")
    rehearsal = record(Problem(Verdict.TESTS_FAILED, "w"))
    rehearsal = replace(
        rehearsal,
        diagnoses=(Diagnosis(id="d", title="T", hint="A.", evidence=("other", frame.error)),),
    )
    exhibits = failed("a", "b", frame=frame)
    exhibits = EvidenceIndex(tests=tuple(replace(each, trace="") for each in exhibits.tests))
    text = summary(replace(rehearsal, index=exhibits))
    assert text.count("<pre>") == 1
    assert "**What shows it:** first" in text
    assert "What the app raised while" not in text
    rehearsal = replace(
        rehearsal, diagnoses=(Diagnosis(id="d", title="T", hint="A.", evidence=("other",)),)
    )
    text = summary(replace(rehearsal, index=exhibits))
    assert "<pre>\nother\n</pre>" in text
    assert text.count("<summary>What the app raised while a ran</summary>") == 1
    assert "while b ran" not in text


def test_summary__says_that_the_tests_did_not_run() -> None:
    rehearsal = record(Problem(Verdict.NOT_READY, "no"))
    rehearsal = replace(rehearsal, request=RequestSummary(command="0" * 64))
    assert "- Tests: did not run\n" in summary(rehearsal)
    rehearsal = replace(rehearsal, stages=(Stage(name="test", seconds=1, ok=False),))
    assert "did not run" not in summary(rehearsal)
    rehearsal = replace(rehearsal, request=RequestSummary(), stages=())
    assert "did not run" not in summary(rehearsal), "none was asked for"


def test_summary__an_unknown_cause_folds_nothing() -> None:
    rehearsal = record(Problem(Verdict.CRASHED, "w", excerpt=("e",), source="s"))
    assert "<details open><summary>The end of s</summary>" in summary(rehearsal)


def flaky(*names: str, message: str = "1 != 2", attempts: int = 1) -> EvidenceIndex:
    failures = (Failure(name=name, message=message, attempts=attempts) for name in names)
    return EvidenceIndex(flaky=tuple(FailedTestEvidence(failure=each) for each in failures))


def test_summary__of_a_flaky_pass_says_what_failed_first_and_where_the_rest_is() -> None:
    exhibits = flaky("t.T.shaky", attempts=2)
    results = Results(tests=3, flaky=tuple(each.failure for each in exhibits.flaky))
    text = summary(replace(record(results=results), index=exhibits))
    assert text.startswith("## ✅ Dress rehearsal: passed\n")
    assert "- Tests: 3 ran, 0 failed, 1 flaky\n" in text
    assert "| ⚠️ flaky test: it passed when it was run again | what the test saw |\n" in text
    assert "| shaky<br><sub>t.T</sub> | 1 != 2 (2 times) |\n" in text
    assert "open `index.html` in the artifact x\\_y." in text


def test_summary__of_many_flaky_tests_shows_the_first() -> None:
    text = summary(replace(record(), index=flaky(*(f"t{n}" for n in range(MOST_FAILURES + 7)))))
    assert "| 7 more | see verdict.json in the artifact x\\_y |" in text


def test_summary__hostile_flaky_tests_stay_text() -> None:
    text = summary(replace(record(), index=flaky(HOSTILE, message=HOSTILE)))
    assert Tags(text).found <= {"br", "sub"}


def test_summary__tells_which_part_of_the_suite_it_was() -> None:
    rehearsal = record(results=Results(tests=3, in_other_shards=9))
    rehearsal = replace(rehearsal, shard="1/4")
    assert "- Tests: 3 ran, 0 failed; shard 1/4, 9 in the others\n" in summary(rehearsal)


def test_summary__says_where_the_rest_is() -> None:
    text = summary(record(Problem(Verdict.CRASHED, "w")))
    assert "\nWhole logs and the rest: open `index.html` in the artifact x\\_y." in text


def test_summary__of_a_failure_says_what_a_dress_rehearsal_is() -> None:
    assert "builds the image, starts it" in summary(record(Problem(Verdict.CRASHED, "w")))
    assert "builds the image" not in summary(record())


def test_summary__what_belongs_elsewhere_has_a_box_of_its_own() -> None:
    rehearsal = record(Problem(Verdict.CRASHED, "w"))
    paste = "# in a.yml:\nport: 80\n\n# and in settings.py:\nX = 1\n\nY = 2"
    rehearsal = replace(
        rehearsal, diagnoses=(Diagnosis(id="d", title="T", hint="A.", paste=paste),)
    )
    text = summary(rehearsal)
    assert "<pre>\n# in a.yml:\nport: 80\n</pre>" in text
    assert "<pre>\n# and in settings.py:\nX = 1\n \nY = 2\n</pre>" in text


@pytest.mark.parametrize("line", [" ".join(HOSTILE.split()), "", "   ", "</pre>"], ids=ascii)
def test_summary__hostile_excerpts_stay_within_their_box(line: str) -> None:
    problem = Problem(Verdict.CRASHED, "It ended.", excerpt=("before", line, "after"))
    text = summary(record(problem))
    assert Tags(text).found == {"details", "summary", "pre", "sub"}
    box = text.partition("<pre>\n")[2].partition("\n</pre>")[0]
    assert html.unescape(box).startswith("before\n")
    assert html.unescape(box).endswith("\nafter")
    assert "" not in box.split("\n")


def test_summary__a_flood_stays_under_what_github_takes() -> None:
    line = "|" * 10_000
    problem = Problem(Verdict.TESTS_FAILED, "w", excerpt=(line,) * 400)
    frame = own("\n".join([line] * 500))
    exhibits = failed(*(line + str(n) for n in range(5000)), message=line, frame=frame)
    rehearsal = record(problem)
    rehearsal = replace(rehearsal, container_tail=(line + "x",) * 25)
    text = summary(replace(rehearsal, index=exhibits))
    assert len(text.encode()) < 1 << 20
    assert f"| {5000 - MOST_FAILURES} more | | see verdict.json in the artifact x\\_y |" in text
    assert max(map(len, text.splitlines())) < 3 * LONGEST_PART
    assert "too large" not in text


def test_summary__what_is_too_large_all_the_same_is_left_to_the_evidence() -> None:
    """Each of these characters takes six when it is escaped."""
    line = '"' * 10_000
    exhibits = failed("a", "b", "c", message=line, frame=own("\n".join([line] * 500)))
    rehearsal = record(Problem(Verdict.TESTS_FAILED, "w", excerpt=(line,) * 400, source="s"))
    rehearsal = replace(rehearsal, container_tail=(line,) * 400)
    text = summary(replace(rehearsal, index=exhibits))
    assert len(text.encode()) < 1 << 20
    assert "too large for this place: see the artifact x\\_y." in text
    assert "| stage" not in text
    assert text.startswith("## ❌ Dress rehearsal: tests-failed\n\n**The app raised")


def test_summary__an_unknown_cause_is_told_by_the_app_s_own_exception() -> None:
    rehearsal = record(Problem(Verdict.TESTS_FAILED, "1 of 2 tests failed."))
    text = summary(replace(rehearsal, index=failed("a", frame=own())))
    assert (
        "\n**The app raised Error: x at x.py:7**\n\n"
        "**What to do:** No known cause matches. Begin at x.py:7" in text
    )
    assert "What the app raised while" not in text, "it stands above"


@pytest.mark.parametrize(
    "name, shown",
    [
        ("a.b.T.test_x", "test_x<br><sub>a.b.T</sub>"),
        ("t.py::T.test[a.b]", "test[a.b]<br><sub>t.py::T</sub>"),
        ("plain", "plain"),
        (".", "."),
    ],
    ids=["dotted", "parameters", "plain", "a dot"],
)
def test_summary__a_test_s_own_name_comes_first(name: str, shown: str) -> None:
    text = summary(replace(record(Problem(Verdict.TESTS_FAILED, "w")), index=failed(name)))
    assert f"| {shown} | 1 != 2 |" in text.replace("\\", "")
