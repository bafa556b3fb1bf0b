import html
import re
from html.parser import HTMLParser

import pytest

from rehearsal.junit import Failure, Results
from rehearsal.record import Rehearsal, Stage
from rehearsal.report.summary import LONGEST_LINE, MOST_FAILURES, summary
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


def failed(*names: str, message: str = "1 != 2") -> Results:
    failures = tuple(Failure(name=name, message=message) for name in names)
    return Results(tests=len(names) + 1, failures=len(names), failed=failures)


def record(*problems: Problem, results: Results | None = None) -> Rehearsal:
    return Rehearsal(name="77-1-abc", problems=list(problems), results=results)


def test_summary__of_a_pass_says_so_first() -> None:
    rehearsal = record(results=Results(tests=3))
    rehearsal.image, rehearsal.image_id = "rehearsed/my_app:latest", "sha256:0123"
    rehearsal.ready_seconds = 1.234
    rehearsal.stages = [Stage(name="build", seconds=2.04, good=True)]
    text = summary(rehearsal)
    assert text.startswith("## ✅ Dress rehearsal: passed\n")
    assert "- Tests: 3 ran, 0 failed\n" in text
    assert "- Ready 1.23 s after its start\n" in text
    assert "- Image: `rehearsed/my_app:latest`, `sha256:0123`\n" in text
    assert "| build | 2.0 |\n" in text
    assert "<details" not in text


def test_summary__of_a_failure_says_verdict_cause_and_what_to_do_first() -> None:
    problem = Problem(Verdict.CRASHED, "It ended: exit code 1.", advice="Look here.")
    lines = summary(record(problem)).splitlines()
    assert lines[0] == "## ❌ Dress rehearsal: crashed"
    assert lines[2] == "**It ended: exit code 1.**"
    assert lines[4] == "Look here."


def test_summary__tells_the_deciding_problem() -> None:
    late = Problem(Verdict.TESTS_FAILED, "tests")
    assert "**it went**" in summary(record(late, Problem(Verdict.ENGINE_FAILED, "it went")))


def test_summary__a_failed_stage_is_marked() -> None:
    rehearsal = record(Problem(Verdict.NOT_READY, "no"))
    rehearsal.stages = [
        Stage(name="start", seconds=0.3, good=True),
        Stage(name="ready", seconds=60, good=False),
    ]
    assert "| start | 0.3 |\n| ready ❌ | 60.0 |\n" in summary(rehearsal)


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
    rehearsal.container_tail = ("a", "b")
    assert summary(rehearsal).count("<pre>") == 1
    problem.source = "tests/output.log"
    assert summary(rehearsal).count("<pre>") == 2


def test_summary__of_a_pass_needs_no_log() -> None:
    rehearsal = record()
    rehearsal.container_tail = ("a",)
    assert "<pre>" not in summary(rehearsal)


def told(
    *, what: str = "w", advice: str = "a", notice: str = "n", name: str = "t", message: str = "m"
) -> Rehearsal:
    problem = Problem(Verdict.TESTS_FAILED, what, advice=advice)
    rehearsal = record(problem, results=failed(name, message=message))
    rehearsal.notices = [notice]
    return rehearsal


@pytest.mark.parametrize("place", ["what", "advice", "notice", "name", "message"])
def test_summary__hostile_text_stays_text(place: str) -> None:
    plain = summary(told())
    text = summary(told(**{place: HOSTILE}))
    assert Tags(text).found <= {"br", "sub"}
    assert len(text.splitlines()) == len(plain.splitlines())
    (line,) = (line for line in text.splitlines() if "javascript" in line)
    markup = {"what": 4, "name": 3, "message": 3}.get(place, 0)  # `**…**`, or a row of two cells.
    assert len(BARE.findall(line)) == markup


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
    problem = Problem(Verdict.TESTS_FAILED, "w", excerpt=(line,) * 40)
    rehearsal = record(problem, results=failed(*(line + str(n) for n in range(5000)), message=line))
    rehearsal.container_tail = (line + "x",) * 25
    text = summary(rehearsal)
    assert len(text.encode()) < 1 << 20
    assert f"| {5000 - MOST_FAILURES} more |" in text
    assert max(map(len, text.splitlines())) < 5 * LONGEST_LINE
