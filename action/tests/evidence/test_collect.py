from dataclasses import replace
from pathlib import Path

import pytest

from rehearsal.evidence.collect import collect_evidence
from rehearsal.evidence.excerpts import TEXT_LIMITS
from rehearsal.evidence.folder import Evidence
from rehearsal.evidence.folder_names import MAX_TESTS
from rehearsal.outside.folder import Folder
from rehearsal.redaction.redactor import Redactor
from rehearsal.results.evidence_index import EvidenceIndex, FailedTestEvidence
from rehearsal.results.tests import Failure, Span, SuiteResults
from rehearsal.results.verdict_document import MAX_TESTS as MAX_LISTED
from rehearsal.source.source_tree import SourceTree

from ..fakes import secret

TRACEBACK = (
    "Traceback (most recent call last):\n"
    '  File "/src/app/views.py", line 7, in home\n'
    "    boom()\n"
    "ValueError: boom\n"
)


@pytest.fixture
def evidence(tmp_path: Path) -> Evidence:
    return Evidence(Folder(tmp_path), Redactor([secret()]))


def collect(evidence: Evidence, tmp_path: Path, *failures: Failure) -> EvidenceIndex:
    top = tmp_path / "top"
    (top / "app").mkdir(parents=True)
    (top / "app/views.py").touch()
    results = SuiteResults(test_count=9, failure_count=len(failures), failed=failures)
    return collect_evidence(results, evidence, SourceTree(top=top, directory=top))


def log(evidence: Evidence, *texts: str) -> list[float]:
    """Write the app's log, and return when each text came."""
    container = evidence.log("container.log", timed=True)
    write = container.stream("out")
    for text in texts:
        write(text.encode())
    container.close()
    index = (evidence.folder.path / "container.log.index").read_text()
    return [float(line.split()[0]) for line in index.splitlines()]


def failed(name: str = "t.T.bad", **changes: object) -> Failure:
    return Failure(name=name, message="no", **changes)  # type: ignore[arg-type]


def only(exhibits: tuple[FailedTestEvidence, ...]) -> FailedTestEvidence:
    (exhibit,) = exhibits
    return exhibit


def test_collect_evidence__writes_the_slice_beside_the_screenshot(
    evidence: Evidence, tmp_path: Path
) -> None:
    first, last = log(evidence, TRACEBACK, "the end\n")
    for name in ("screenshot.png", "page.html", "console.log", "address.txt"):
        path = evidence.folder.path / "tests/bad-1" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    span = Span(start=first, end=last, exact=True)
    found = only(collect(evidence, tmp_path, failed(evidence_name="bad-1", span=span)).failed)
    assert found.folder == "tests/bad-1"
    assert found.pictures == ("tests/bad-1/screenshot.png",)
    assert found.addresses == ("x",)
    assert [excerpt.name for excerpt in found.excerpts] == [
        "tests/bad-1/console.log",
        "tests/bad-1/page.html",
    ]
    kept = (evidence.folder.path / "tests/bad-1/container.log").read_text()
    assert kept.startswith("# container.log between the start and the end of this test\n")
    assert TRACEBACK in kept
    assert found.slice
    assert found.slice.text == kept
    assert found.frame
    assert (found.frame.file, found.frame.line) == ("app/views.py", 7)


def test_collect_evidence__each_screenshot_has_its_address(
    evidence: Evidence, tmp_path: Path
) -> None:
    folder = evidence.folder.path / "tests/bad-1"
    folder.mkdir(parents=True)
    for browser in ("", "-browser2", "-browser3"):
        (folder / f"screenshot{browser}.png").touch()
        if browser != "-browser2":
            (folder / f"address{browser}.txt").write_text(f"http://localhost/{browser}\n")
    (folder / "address-browser9.txt").write_text("of no picture")
    found = only(collect(evidence, tmp_path, failed(evidence_name="bad-1")).failed)
    addresses = dict(zip(found.pictures, found.addresses, strict=True))
    assert addresses == {
        "tests/bad-1/screenshot.png": "http://localhost/",
        "tests/bad-1/screenshot-browser2.png": "",
        "tests/bad-1/screenshot-browser3.png": "http://localhost/-browser3",
    }
    assert [excerpt.name for excerpt in found.excerpts] == ["tests/bad-1/address-browser9.txt"]


def test_collect_evidence__a_plain_report_gets_an_approximate_slice(
    evidence: Evidence, tmp_path: Path
) -> None:
    (when,) = log(evidence, "meanwhile\n")
    span = Span(start=when, end=when, exact=False)
    found = only(collect(evidence, tmp_path, failed("a b", span=span)).failed)
    assert found.slice
    assert found.slice.text.startswith("# approximate")
    assert (evidence.folder.path / found.slice.name).is_file()
    assert found.folder.startswith("tests/a_b-")


def test_collect_evidence__what_the_app_raised_during_the_suite(
    evidence: Evidence, tmp_path: Path
) -> None:
    """Only if of no test a time is known: else it was not the failed test."""
    other = TRACEBACK.replace("boom", "crash")
    _, later = log(evidence, other, TRACEBACK)
    source = SourceTree(top=tmp_path / "top", directory=tmp_path / "top")
    found = collect(evidence, tmp_path, failed())
    assert (found.suite_frame, found.frames) == (None, []), "when the tests began is not known"
    results = SuiteResults(test_count=9, failure_count=1, failed=(failed(),))
    frame = collect_evidence(results, evidence, source, tests_started=later).suite_frame
    assert frame
    assert frame.error == "ValueError: boom"
    timed = replace(results, failed=(failed(span=Span(start=1, end=2, exact=True)),))
    assert collect_evidence(timed, evidence, source, tests_started=later).suite_frame is None


def test_collect_evidence__what_the_app_raised_when_it_was_asked_again(
    evidence: Evidence, tmp_path: Path
) -> None:
    log(evidence, "nothing\n")
    again = evidence.log("asked-again.log")
    again.stream()(f"asked again: GET /home\n{TRACEBACK}".encode())
    again.close()
    found = collect(evidence, tmp_path, failed(span=Span(start=1, end=2, exact=True)))
    (frame,) = found.frames
    assert (frame.file, frame.line, frame.request) == ("app/views.py", 7, "GET /home")
    assert frame.repeated
    # An app that was never ready has no failed tests.
    assert collect_evidence(
        None, evidence, SourceTree(top=tmp_path / "top", directory=tmp_path / "top")
    ).frames == [frame]


def test_collect_evidence__the_line_that_ended_before_command(
    evidence: Evidence, tmp_path: Path
) -> None:
    """The app was not started, so it has no log."""
    collect(evidence, tmp_path)
    before = evidence.log("before.log")
    before.stream()(TRACEBACK.encode())
    before.close()
    source = SourceTree(top=tmp_path / "top", directory=tmp_path / "top")
    (frame,) = collect_evidence(None, evidence, source, setup_failed=True).frames
    assert (frame.file, frame.line) == ("app/views.py", 7)


@pytest.mark.parametrize("failed, line", [(True, 7), (False, 9)], ids=["failed", "passed"])
def test_collect_evidence__the_line_that_ended_the_set_up(
    evidence: Evidence, tmp_path: Path, *, failed: bool, line: int
) -> None:
    log(evidence, TRACEBACK.replace("line 7", "line 9"))
    setup = evidence.log("setup.log")
    setup.stream()(TRACEBACK.encode())
    setup.close()
    collect(evidence, tmp_path)
    source = SourceTree(top=tmp_path / "top", directory=tmp_path / "top")
    (frame,) = collect_evidence(None, evidence, source, setup_failed=failed).frames
    assert frame.line == line


def test_collect_evidence__not_the_line_of_manage_py(evidence: Evidence, tmp_path: Path) -> None:
    log(evidence, TRACEBACK.replace("app/views.py", "manage.py"))
    collect(evidence, tmp_path)
    (tmp_path / "top/manage.py").touch()
    source = SourceTree(top=tmp_path / "top", directory=tmp_path / "top")
    assert collect_evidence(None, evidence, source).frames == []


@pytest.mark.parametrize("name", ["../../x", "..", "/etc/x", "a/b", "", "-v"], ids=repr)
def test_collect_evidence__no_name_leads_out_of_the_evidence(
    evidence: Evidence, tmp_path: Path, name: str
) -> None:
    (when,) = log(evidence, "meanwhile\n")
    span = Span(start=when, end=when, exact=True)
    found = only(collect(evidence, tmp_path, failed("t", evidence_name=name, span=span)).failed)
    assert found.slice
    folder = (evidence.folder.path / found.slice.name).parent
    assert folder.parent == evidence.folder.path / "tests"
    assert folder.resolve().parent == (evidence.folder.path / "tests").resolve()


def test_collect_evidence__a_test_without_files(evidence: Evidence, tmp_path: Path) -> None:
    found = only(collect(evidence, tmp_path, failed()).failed)
    assert (found.folder, found.slice, found.excerpts, found.frame) == ("", None, (), None)
    assert not (evidence.folder.path / "tests").exists()


def test_collect_evidence__no_secret_in_a_folder_name(evidence: Evidence, tmp_path: Path) -> None:
    (when,) = log(evidence, "x\n")
    span = Span(start=when, end=when, exact=True)
    name = f"t.{secret().value}"
    found = only(collect(evidence, tmp_path, failed(name, span=span)).failed)
    assert secret().value not in found.folder


def test_collect_evidence__writes_slices_up_to_a_limit(evidence: Evidence, tmp_path: Path) -> None:
    (when,) = log(evidence, "x\n")
    span = Span(start=when, end=when, exact=True)
    many = (failed(f"t{number}", span=span) for number in range(MAX_TESTS + 5))
    tests = collect(evidence, tmp_path, *many).failed
    assert len(tests) == MAX_TESTS + 5
    assert len(list((evidence.folder.path / "tests").iterdir())) == MAX_TESTS


def test_collect_evidence__cuts_long_logs(evidence: Evidence, tmp_path: Path) -> None:
    log(evidence, TRACEBACK)
    evidence.write("build.log", "first" + "x" * sum(TEXT_LIMITS) + "last")
    found = collect(evidence, tmp_path)
    app, build = found.logs
    assert (app.name, app.text, app.left_out) == ("container.log", TRACEBACK, 0)
    assert (build.name, build.left_out) == ("build.log", 9)
    assert build.text.startswith("first")
    assert build.text.endswith("last")
    assert "... 9 bytes are left out here; build.log holds them ..." in build.text
    assert found.frame
    assert found.files == ("build.log", "container.log", "container.log.index")


def test_collect_evidence__locates_the_test(evidence: Evidence, tmp_path: Path) -> None:
    tests = collect(evidence, tmp_path, failed(file="app/views.py", line=3)).failed
    assert (only(tests).file, only(tests).failure.line) == ("app/views.py", 3)


NOISE = """\
Traceback (most recent call last):
  File "app/views.py", line 3, in home
NoSuchElementException: Message: no such element
  (Session info: chrome=1.2); For documentation on this error, please visit: https://x.dev/e#n
Stacktrace:
#0 0x5581 <unknown>
RemoteError@chrome://remote/content/Error.mjs:8:8

Waited 10 s for a row.
"""


def test_collect_evidence__removes_the_driver_s_noise(evidence: Evidence, tmp_path: Path) -> None:
    found = only(collect(evidence, tmp_path, failed(trace=NOISE)).failed)
    head, _, rest = NOISE.partition("  (Session")
    assert found.short_trace == f"{head}\n{rest.partition(chr(10) * 2)[2]}".rstrip()
    assert found.failure.trace == NOISE


def test_collect_evidence__finds_the_failing_line(evidence: Evidence, tmp_path: Path) -> None:
    failure = failed("t.T.home", file="app/views.py", line=3, trace=TRACEBACK)
    assert only(collect(evidence, tmp_path, failure).failed).failure.line == 7


@pytest.mark.parametrize("file", ["", "views.py"], ids=["unknown", "named from elsewhere"])
def test_collect_evidence__finds_the_file_in_the_traceback(
    file: str, evidence: Evidence, tmp_path: Path
) -> None:
    failure = failed("t.T.home", file=file, trace=TRACEBACK)
    found = only(collect(evidence, tmp_path, failure).failed)
    assert (found.file, found.failure.line) == ("app/views.py", 7)


def test_collect_evidence__a_flaky_test_shows_its_first_failure(
    evidence: Evidence, tmp_path: Path
) -> None:
    first, _ = log(evidence, TRACEBACK, "later\n")
    span = Span(start=first, end=first, exact=True)
    results = SuiteResults(
        test_count=9,
        failure_count=1,
        failed=(failed("t.T.bad"),),
        flaky=(failed(evidence_name="shaky-1", span=span),),
    )
    exhibits = collect_evidence(results, evidence, SourceTree(top=tmp_path, directory=tmp_path))
    assert [each.failure.name for each in exhibits.failed] == ["t.T.bad"]
    flaky = only(exhibits.flaky)
    assert flaky.slice
    assert TRACEBACK in flaky.slice.text
    assert flaky.folder == "tests/shaky-1"


def test_collect_evidence__two_failures_of_one_name_have_two_slices(
    evidence: Evidence, tmp_path: Path
) -> None:
    log(evidence, "row 1\n", "row 2\n")
    evidence.write("container.log.index", "10.0 out 0 6\n20.0 out 6 6\n")
    spans = [Span(start=when, end=when, exact=True) for when in (10.0, 20.0)]
    found = collect(evidence, tmp_path, *(failed("each row", span=span) for span in spans)).failed
    assert len({each.folder for each in found}) == 2
    for number, each in enumerate(found, start=1):
        assert each.slice
        assert each.slice.name == f"{each.folder}/container.log"
        assert f"row {number}" in each.slice.text
        assert f"row {3 - number}" not in each.slice.text


def test_collect_evidence__shows_pictures_texts_and_other_files(
    evidence: Evidence, tmp_path: Path
) -> None:
    names = ("a.JPG", "b.webp", "shot.png", "shot.txt", "error-context.md", "trace.zip", "v.webm")
    for name in names:
        evidence.write(f"tests/t/{name}", "x")
    evidence.write("tests/t/sub/deep.png", "x")
    found = only(collect(evidence, tmp_path, failed("t", output="it printed")).failed)
    assert found.pictures == ("tests/t/a.JPG", "tests/t/b.webp", "tests/t/shot.png")
    assert found.addresses == ("", "", ""), "shot.txt is no address"
    assert [(each.name, each.text) for each in found.excerpts] == [
        ("tests/t/error-context.md", "x"),
        ("tests/t/output-report.log", "it printed"),
        ("tests/t/shot.txt", "x"),
    ]
    assert [(each.name, each.size) for each in found.files] == [
        ("tests/t/trace.zip", 1),
        ("tests/t/v.webm", 1),
    ]


def test_collect_evidence__flaky_tests_do_not_wait_behind_failed_ones(tmp_path: Path) -> None:
    warnings: list[str] = []
    evidence = Evidence(Folder(tmp_path), Redactor(), warnings.append)
    many = tuple(failed(f"t{number}", output="x") for number in range(MAX_TESTS + 5))
    shaky = (failed("shaky", output="x"),)
    results = SuiteResults(failed=many, flaky=shaky)
    found = collect_evidence(results, evidence, SourceTree(top=tmp_path, directory=tmp_path))
    assert only(found.flaky).folder == "tests/shaky"
    assert [bool(each.folder) for each in found.failed] == [True] * MAX_TESTS + [False] * 5
    (warning,) = warnings
    assert warning == (
        "Only the first 50 of 55 failed tests have a part of container.log, files and a traceback "
        "of their own."
    )


def test_collect_evidence__locates_only_the_tests_that_a_report_lists(
    evidence: Evidence, tmp_path: Path
) -> None:
    many = (failed(file="app/views.py", line=3) for _ in range(MAX_LISTED + 1))
    *listed, last = collect(evidence, tmp_path, *many).failed
    assert {each.file for each in listed} == {"app/views.py"}
    assert (last.file, last.failure.file) == ("", "app/views.py")


BUILD_LOG = """\
#8 [build 2/2] RUN make
#8 0.431 make: *** no rule
#8 ERROR: process "/bin/sh -c make" did not complete successfully: exit code: 2
------
 > [build 2/2] RUN make:
------
"""


@pytest.mark.parametrize(
    "path, place",
    [("web/Dockerfile", ("web/Dockerfile", 2)), ("gone/Dockerfile", None), ("", None)],
)
def test_collect_evidence__finds_the_line_of_the_dockerfile(
    evidence: Evidence, tmp_path: Path, path: str, place: tuple[str, int] | None
) -> None:
    (tmp_path / "web").mkdir()
    (tmp_path / "web/Dockerfile").write_text("FROM base AS build\nRUN make\n")
    evidence.write("build.log", BUILD_LOG)
    source = SourceTree(top=tmp_path, directory=tmp_path, dockerfile=path)
    frame = collect_evidence(None, evidence, source).frame
    assert (frame and (frame.file, frame.line)) == place
    if frame:
        assert frame.error == "make: *** no rule"
        assert frame.text.splitlines()[0] == "RUN make"


def test_collect_evidence__slices_of_services_and_workers(
    evidence: Evidence, tmp_path: Path
) -> None:
    (time,) = log(evidence, "GET /\n")
    for name, text in (("services/db", "LOG: checkpoint"), ("workers/mail", "sent")):
        companion_log = evidence.log(f"{name}.log", timed=True)
        companion_log.stream()(f"{text} {secret().value}\n".encode())
        companion_log.close()
    evidence.log("services/quiet.log", timed=True).close()
    span = Span(start=time - 5, end=time + 5, exact=True)
    index = collect(evidence, tmp_path, failed(span=span, evidence_name="t.T.bad"))
    test = only(index.failed)
    texts = {each.name.rpartition("/")[2]: each.text for each in test.excerpts}
    assert texts == {
        "services-db.log": "# services/db.log between the start and the end of this test\n"
        "LOG: checkpoint ***\n",
        "workers-mail.log": "# workers/mail.log between the start and the end of this test\n"
        "sent ***\n",
    }
    assert [each.name for each in index.logs] == [
        "container.log",
        "services/db.log",
        "services/quiet.log",
        "workers/mail.log",
    ]
