"""What is asked after failed tests, with a real socket for the app and a fake engine."""

import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from threading import Timer

import pytest

from rehearsal.evidence.folder import Evidence
from rehearsal.evidence.log_index import read_index
from rehearsal.evidence.log_lines import read_lines
from rehearsal.outside.folder import Folder
from rehearsal.outside.github import Console
from rehearsal.pipeline.after_failed_tests import ask_the_app
from rehearsal.pipeline.run_state import RunState
from rehearsal.pipeline.stages.observations import console_lines
from rehearsal.redaction.redactor import Redactor
from rehearsal.results.published_port import PublishedPort
from rehearsal.results.tests import Failure, SuiteResults

from ..fakes import PLAN, FakeEngine, fake_container, inspect_result, secret
from ..outside.test_page_links import serving
from .test_teardown import context

SECRET = "planted-secret-value"
LOGGED = b"Traceback (most recent call last):\n  File x\nValueError: y\n"
NO_TABLE = b"django.db.utils.OperationalError: no such table: lists_list\n"


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rehearsal.pipeline.after_failed_tests.LOG_DELAY", 0.1)


def asked(
    folder: Path,
    *,
    message: str = "HTTP Error 500: Internal Server Error",
    files: Mapping[str, str] | None = None,
    logged: bytes = b"",
    logged_late: bytes = b"",
    manage: bool = True,
    memory: int = 0,
) -> tuple[FakeEngine, RunState, str]:
    """Ask after one failed test; return the engine, the state and what was kept of the answer."""
    directory = folder / "project"
    directory.mkdir()
    if manage:
        (directory / "manage.py").touch()
    states = [inspect_result("running") | {"HostConfig": {"Memory": memory}}]
    engine = FakeEngine(output=NO_TABLE, states=states)
    engine.process.code = 0
    run = context(folder, engine)
    redacting = Evidence(run.evidence.root, Redactor([secret(value=SECRET)]))
    run = replace(run, evidence=redacting)
    for name, text in (files or {}).items():
        path = run.evidence.staging_folder("traces") / "t" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    state = RunState(observer=Console({}))
    log = run.evidence.log("container.log", timed=True)
    log.stream()(logged)
    answers = {"/broken": (500, ""), "/login": (302, "https://localhost:1/login"), "/a": (302, "/")}

    def answer(path: str) -> tuple[int, str, str]:
        status, body = answers.get(path, (200, ""))
        return status, "text/html", body

    with serving(answer) as port:
        failure = Failure(name="t", message=message.format(port=port))
        state.suite_results = SuiteResults(test_count=1, failed=(failure,))
        container = replace(fake_container(None), published=PublishedPort("127.0.0.1", port))
        late = Timer(0.03, log.stream(), [logged_late])
        late.start()
        ask_the_app(replace(PLAN, directory=directory), run, state, container, log)
        late.join()
    log.close()
    kept = folder / "evidence/asked-again.log"
    return engine, state, kept.read_text() if kept.exists() else ""


def test_ask_the_app__of_a_500_that_was_not_logged(tmp_path: Path) -> None:
    files = {"address.txt": "http://localhost:1/broken\n", "page.html": "<h1>Oh</h1>"}
    engine, state, kept = asked(tmp_path, files=files)
    (call,) = (call for call in engine.calls if call[0] == "execute")
    assert call[2:4] == ("python", "-c")
    host, *paths = call[5:]
    assert host.startswith("localhost:")
    assert paths == ["/broken"]
    assert "no such table" in kept
    assert state.problems == []


@pytest.mark.parametrize(
    "message",
    [
        "500 Server Error: Internal Server Error for url: http://localhost:{port}/broken",
        "Server error '500 Internal Server Error' for url 'http://localhost:{port}/broken'",
    ],
    ids=["requests", "httpx"],
)
def test_ask_the_app__for_the_address_in_an_exception(tmp_path: Path, message: str) -> None:
    engine, _, _ = asked(tmp_path, message=message)
    (call,) = (call for call in engine.calls if call[0] == "execute")
    assert call[6:] == ("/broken",)


def test_ask_the_app__not_for_the_address_of_another_server(tmp_path: Path) -> None:
    engine, _, _ = asked(tmp_path, message="500 Internal Server Error: http://localhost:1/broken")
    (call,) = (call for call in engine.calls if call[0] == "execute")
    assert call[6:] == ()


@pytest.mark.parametrize(
    "address",
    [
        "http://localhost:1/fine",
        "http://localhost:1/broken?token=1",
        "http://localhost:1/bücher/書",
        "http://localhost:1/broken HTTP/1.1",
        "about:blank",
        "http://[",
    ],
)
def test_ask_the_app__only_for_pages_that_answer_with_500(tmp_path: Path, address: str) -> None:
    engine, _, _ = asked(tmp_path, files={"address.txt": address})
    (call,) = (call for call in engine.calls if call[0] == "execute")
    assert len(call) == 6, "no path"


@pytest.mark.parametrize(
    "known",
    [
        {"message": "1 != 2"},
        {"logged": LOGGED},
        {"logged_late": LOGGED},
        {"manage": False},
        # A second Django would take the memory of the app, and the engine would kill one of them.
        {"memory": 90 << 20},
    ],
    ids=["no 500", "logged", "logged late", "not Django", "memory limit"],
)
def test_ask_the_app__not_needed(
    tmp_path: Path, known: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    if "logged_late" in known:
        monkeypatch.setattr("rehearsal.pipeline.after_failed_tests.LOG_DELAY", 30.0)
    engine, state, kept = asked(tmp_path, **known)  # type: ignore[arg-type]
    assert not [call for call in engine.calls if call[0] == "execute"]
    assert kept == ""
    assert state.observations["page links"] == ()


@pytest.mark.parametrize(
    "files",
    [
        {"page.html": "<h1>Server Error (500)</h1>"},
        {"console.log": "the server responded with a status of 500 (Internal Server Error)"},
    ],
    ids=["page", "console"],
)
def test_ask_the_app__signs_of_a_500(tmp_path: Path, files: dict[str, str]) -> None:
    engine, _, _ = asked(tmp_path, message="no such element", files=files)
    assert [call for call in engine.calls if call[0] == "execute"]


def test_ask_the_app__what_the_browser_showed(tmp_path: Path) -> None:
    files = {
        "page.html": "<html><head><title>\n Server &lt;Error&gt;\n (500)</title></head></html>",
        "address.txt": "http://localhost:1/lists/7/\n",
        "console.log": "2026-11-29T05:00:00.000Z error: x is not defined\n\n",
    }
    _, state, _ = asked(tmp_path, files=files, manage=False)
    assert state.observations["final page"] == (
        "Server <Error> (500) at http://localhost:1/lists/7/",
    )
    assert state.observations["console"] == ("2026-11-29T05:00:00.000Z error: x is not defined",)


@pytest.mark.parametrize(
    "path, found",
    [("/login", ("/login to https://localhost:1/login",)), ("/a", ()), ("/fine", ())],
)
def test_ask_the_app__pages_that_lead_to_https(
    tmp_path: Path, path: str, found: tuple[str, ...]
) -> None:
    _, state, _ = asked(tmp_path, files={"address.txt": f"http://localhost:1{path}"}, manage=False)
    assert state.observations["https redirects"] == found


def test_ask_the_app__its_own_requests_are_of_no_test(tmp_path: Path) -> None:
    asked(tmp_path, logged=b"of a test\n", logged_late=b"still of it\n")
    kept = Folder(tmp_path / "evidence")
    index = read_index(kept)
    with kept.open_file("container.log") as file:
        lines = read_lines(file, index, "container.log", 0, time.time()).lines
    assert [each.text for each in lines] == ["of a test", "still of it"]
    assert index.asked < time.time()


def test_ask_the_app__of_tests_without_a_browser(tmp_path: Path) -> None:
    _, state, _ = asked(tmp_path, files={"notes.txt": "x"})
    assert state.observations["final page"] == ()
    assert state.observations["console"] == ()


def test_ask_the_app__no_secret_is_cut_in_two(tmp_path: Path) -> None:
    title = "x" * 190 + SECRET
    files = {"page.html": f"<title>{title}</title>", "console.log": f"error: {SECRET}\n" * 20}
    _, state, _ = asked(tmp_path, files=files, manage=False)
    assert state.observations["final page"] == ("x" * 190 + "***",)
    assert state.observations["console"] == ("error: ***",) * 20


def test_console_lines__not_of_other_sites() -> None:
    own = (
        "2026-11-29T08:00:00.000Z SEVERE: http://localhost:32801/a.js:1:2: Uncaught Error: a",
        "2026-11-29T08:00:00.000Z ERROR: Content-Security-Policy: blocked http://cdn.example/a.js",
    )
    others = (
        "2026-11-29T08:00:00.000Z SEVERE: https://widget.example/v.js:1:2: Uncaught Error: b",
        "2026-11-29T08:00:00.000Z SEVERE: http://localhost:9000/v.js:1:2: Uncaught Error: c",
    )
    assert console_lines("\n".join((own[0], *others, own[1])), 32801) == own


def test_ask_the_app__nothing_of_a_console_that_is_too_long(tmp_path: Path) -> None:
    _, state, _ = asked(tmp_path, files={"console.log": "error\n" * 100_000})
    assert state.observations["console"] == ()
