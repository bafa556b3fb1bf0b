"""What the app said while one test ran, cut out of its log beside that test's evidence."""

import html
import json
import re
from pathlib import Path

import pytest

from .contract import assert_verdict
from .repository import Repository, selenium
from .runner import ActionResult, Runner

# Two tests that fail one after the other, reported as pytest does: one time stamp for all.
PLAIN = """
import os, sys, time
from datetime import datetime, timezone
sys.path.insert(0, ".")
from checks import get

start = datetime.now(timezone.utc).isoformat()
cases = ""
for name in ("first", "second"):
    get("/" + name)
    time.sleep(3)
    cases += f'<testcase classname="t" name="{name}" time="3.0"><failure message="no"/></testcase>'
with open(os.environ["REHEARSAL_JUNIT"] + "/all.xml", "w") as file:
    file.write(f'<testsuite timestamp="{start}">{cases}</testsuite>')
sys.exit(1)
"""
# Two tests at the same time; the second asks for its page when the first has ended.
TOGETHER = """
import os, time
from rehearsal_testing import BrowserTestCase

URL = os.environ["REHEARSAL_URL"]

class Quick(BrowserTestCase):
    def test_it(self):
        self.browser.get(URL + "/quick")
        self.fail("quick")

class Slow(BrowserTestCase):
    def test_it(self):
        self.browser.get(URL + "/slow")
        limit = time.monotonic() + 60
        while not os.path.exists("quick-has-ended") and time.monotonic() < limit:
            time.sleep(0.05)
        self.browser.get(URL + "/late")
        self.fail("slow")
"""
# Two tests of one name, each with pictures, a trace and what it printed; and files of others.
ROWS = """
import base64, os, sys, time
from datetime import datetime, timezone
sys.path.insert(0, ".")
from checks import get

# One grey pixel.
PICTURE = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptV"
    "AAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=="
)
cases = ""
for number in (1, 2):
    start = datetime.now(timezone.utc).isoformat()
    get(f"/row{number}")
    time.sleep(3)
    os.makedirs(f"out/row{number}")
    with open(f"out/row{number}/failed.png", "wb") as file:
        file.write(base64.b64decode(PICTURE))
    with open(f"out/row{number}/trace.zip", "wb") as file:
        file.write(b"PK" + bytes(2000))
    named = (f"row{number}/failed.png", f"out/row{number}/trace.zip", "/etc/passwd", "link.png")
    printed = "".join(f"[[ATTACHMENT|{path}]]\\n" for path in named)
    cases += (
        f'<testcase classname="shop" name="each row v1.2" timestamp="{start}" time="0.1">'
        f'<failure message="row {number}"/><system-out>saw row {number}\\n{printed}</system-out>'
        "</testcase>"
    )
os.symlink("/etc/passwd", "out/link.png")
with open("out/all.xml", "w") as file:
    file.write(f"<testsuite>{cases}</testsuite>")
sys.exit(1)
"""
RUN_TOGETHER = """\
python -m unittest together.Slow &
python -m unittest together.Quick || touch quick-has-ended
wait $!
"""


def slices(rehearsed: ActionResult) -> dict[str, str]:
    failed = json.loads(rehearsed.file("verdict.json"))["tests"]["failed"]
    return {each["name"]: rehearsed.file(f"{each['evidence']}/container.log") for each in failed}


@pytest.mark.parametrize("name, other", [("first", "second"), ("second", "first")])
def test_slices__of_a_plain_report_are_approximate_and_say_so(
    tiny: Repository, runner: Runner, name: str, other: str
) -> None:
    tiny.write("plain.py", PLAIN)
    rehearsed = runner.use(tiny, {"test-command": "python3 plain.py"})
    assert_verdict(rehearsed, "tests-failed")
    text = slices(rehearsed)[f"t.{name}"]
    assert text.startswith("# approximate: ")
    assert f"GET /{name} " in text
    assert f"GET /{other} " in rehearsed.file("container.log")
    assert "(approximate)" in rehearsed.file("index.html")


# Lines that belong together come within half a second.
@pytest.mark.alone
def test_slices__show_a_traceback_whole_although_the_other_stream_cut_it(
    tiny: Repository, runner: Runner
) -> None:
    tiny.write("reported.py", (Path(__file__).parent / "fixtures/reported.py").read_text())
    rehearsed = runner.use(tiny, {"test-command": "python3 reported.py checks.Torn"})
    assert_verdict(rehearsed, "tests-failed")
    (text,) = slices(rehearsed).values()
    traceback = re.compile(
        r"Traceback \(most recent call last\):\n( .*\n)+ValueError: substring not found\n"
    )
    for shown in (text, html.unescape(rehearsed.file("index.html"))):
        assert traceback.search(shown)
        assert "a line of the other stream" in shown
    assert rehearsed.file("container.log.index").count(" out ") > 1, "the log is as it arrived"
    assert "may have changed places" in rehearsed.file("index.html")


def test_slices__two_tests_of_one_name_keep_their_own_and_their_attachments(
    tiny: Repository, runner: Runner
) -> None:
    tiny.write("rows.py", ROWS)
    inputs = {"test-command": "python3 rows.py", "test-reports": "out/*.xml"}
    rehearsed = runner.use(tiny, inputs)
    assert_verdict(rehearsed, "tests-failed")
    failed = json.loads(rehearsed.file("verdict.json"))["tests"]["failed"]
    assert [each["name"] for each in failed] == ["shop.each row v1.2"] * 2
    first, second = (each["evidence"] for each in failed)
    assert second == f"{first}-2"
    page = rehearsed.file("index.html")
    for number, folder in enumerate((first, second), start=1):
        text = rehearsed.file(f"{folder}/container.log")
        assert f"GET /row{number} " in text
        assert f"GET /row{3 - number} " not in text
        assert rehearsed.file(f"{folder}/output-report.log") == f"saw row {number}"
        assert f'src="./{folder}/failed.png"' in page
        assert f'<a href="./{folder}/trace.zip">trace.zip</a> (2 KiB)' in page
        assert rehearsed.evidence
        names = sorted(each.name for each in (rehearsed.evidence / folder).iterdir())
        assert names == ["container.log", "failed.png", "output-report.log", "trace.zip"]
    summary = rehearsed.file("summary.md")
    assert "each row v1.2" in summary
    assert "'/etc/passwd' was left out: it is outside of the checkout" in summary
    assert "'link.png' was left out: Too many levels of symbolic links" in summary


def test_slices__are_exact_for_tests_that_run_side_by_side(
    tiny: Repository, runner: Runner
) -> None:
    tiny.write("together.py", TOGETHER)
    tiny.write("wanted.txt", selenium())
    inputs = {"test-command": RUN_TOGETHER, "test-requirements": "wanted.txt"}
    rehearsed = runner.use(tiny, inputs)
    assert_verdict(rehearsed, "tests-failed")
    found = slices(rehearsed)
    quick, slow = found["together.Quick.test_it"], found["together.Slow.test_it"]
    for text in (quick, slow):
        assert text.startswith("# container.log between the start and the end of this test\n")
    assert "GET /quick " in quick
    assert "GET /late " not in quick
    assert "GET /slow " in slow
    assert "GET /late " in slow
    assert "(approximate)" not in rehearsed.file("index.html")
