import json
import os
import signal
import threading
from pathlib import Path
from typing import Any

import pytest

from rehearsal_capture.trace.recorder import RECORDER, Recorder

STARTED = {"value": {"sessionId": "s", "capabilities": {
    "browserName": "chrome", "browserVersion": "156.0.1"}}}  # fmt: skip


def recorded(recorder: Recorder, *replies: Any, session: str = "s") -> None:
    recorder.note("newSession", {}, session, STARTED, 1.0)
    for reply in replies:
        recorder.note("refresh", {}, session, reply, 2.0)


def read(folder: Path, name: str = "trace.jsonl") -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / name).read_text().splitlines()]


def test_write__names_test_browser_and_steps(tmp_path: Path) -> None:
    recorder = Recorder()
    recorded(recorder, {"value": None})
    recorder.write(tmp_path / "new", "a.B.test_c")
    head, start, reload = read(tmp_path / "new")
    assert head["start"] > 10**12
    del head["start"]
    assert head == {"v": 1, "test": "a.B.test_c", "attempt": 1, "pid": os.getpid(),
                    "browser": "chrome 156", "b": 1}  # fmt: skip
    assert (start["cmd"], reload["cmd"], reload["i"], reload["b"]) == (
        "start the browser", "reload", 1, 1
    )  # fmt: skip
    # The place is the innermost frame outside of this package: this file.
    assert reload["at"].startswith("action/tests/rehearsal_capture/trace/test_recorder.py:")


def test_write__says_what_is_left_out(tmp_path: Path) -> None:
    recorder = Recorder()
    recorded(recorder, *[{"value": None}] * 599)
    recorded(recorder, session="t")
    for number in range(61):
        recorder._pages.add_picture({"i": number}, b"jpeg", 0.0)
    recorder.write(tmp_path, "a")
    heads = [each for each in read(tmp_path) if "v" in each]
    assert [each.get("left-out") for each in heads] == [{"steps": 100, "pictures": 1}, None]


def test_note__the_browser_of_all_tests_outlives_those_of_one(tmp_path: Path) -> None:
    recorder = Recorder()
    recorded(recorder, session="shared")
    for number in range(30):
        recorded(recorder, session=f"s{number}")
        recorder.note("refresh", {}, "shared", {"value": None}, 2.0)
    recorder.write(tmp_path, "a.B.test_c")
    assert len([each for each in read(tmp_path) if each.get("cmd") == "reload"]) == 30


def test_write__nothing_was_done(tmp_path: Path) -> None:
    recorder = Recorder()
    recorded(recorder)
    recorder.start_test(tmp_path)
    recorder.write(tmp_path / "new", "a.B.test_c")
    assert not (tmp_path / "new").exists()


def test_write__several_browsers(tmp_path: Path) -> None:
    recorder = Recorder()
    recorded(recorder, {"value": None}, session="s")
    recorded(recorder, {"value": None}, session="t")
    recorder.write(tmp_path, "a")
    assert [(each.get("v"), each["b"]) for each in read(tmp_path)] == [
        (1, 1), (None, 1), (None, 1), (1, 2), (None, 2), (None, 2)
    ]  # fmt: skip


@pytest.mark.parametrize(
    "reply, error",
    [
        ({"status": 404, "value": '{"value": {"error": "no such window", "message": "gone\\n#0"}}'},
         "no such window: gone"),
        ({"status": 404, "value": '{"value": {"error": "no such element", "message": "no such '
          'element: Unable to locate element: {\\"method\\":\\"x\\"}"}}'},
         "no such element: Unable to locate element"),
        ({"status": 502, "value": "Bad Gateway\nnginx"}, "Bad Gateway"),
        ({"status": 500, "value": '["x"]'}, '["x"]'),
        (ConnectionError("refused\nmore"), "ConnectionError: refused"),
        ({"value": None}, None),
        (None, None),
    ],
    ids=["W3C", "Chrome", "no JSON", "other JSON", "exception", "success", "nothing"],
)  # fmt: skip
def test_note__the_error_of_a_reply(tmp_path: Path, reply: Any, error: str | None) -> None:
    recorder = Recorder()
    recorded(recorder, reply)
    recorder.write(tmp_path, "a")
    assert read(tmp_path)[-1].get("error") == error


@pytest.mark.parametrize(
    "mode, attempt, is_kept",
    [("", 1, True), ("off", 1, False), ("off", 2, False), ("retry", 1, False), ("retry", 2, True)],
)
def test_note__as_the_input_says(
    tmp_path: Path, mode: str, attempt: int, is_kept: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REHEARSAL_TRACE", mode)
    recorder = Recorder()
    recorder.start_attempt(attempt)
    recorded(recorder, {"value": None})
    recorder.write(tmp_path, "a")
    assert (tmp_path / f"trace{recorder.suffix}.jsonl").exists() == is_kept


@pytest.mark.parametrize(
    "mode, attempt, name",
    [("always", 1, "trace.jsonl"), ("always", 2, "trace-retry1.jsonl"), ("on-failure", 1, None)],
)
def test_end_test__of_a_test_that_has_passed(
    tmp_path: Path, mode: str, attempt: int, name: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REHEARSAL_TRACE", mode)
    recorder = Recorder()
    recorder.start_attempt(attempt)
    recorded(recorder, {"value": None})
    recorder.end_test(lambda: "a.B.test_c", tmp_path.joinpath)
    files = [each.name for each in tmp_path.rglob("*") if each.is_file()]
    assert files == ([name] if name else [])


def test_end_test__of_a_test_that_has_failed_and_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REHEARSAL_TRACE", "always")
    recorder = Recorder()
    recorded(recorder, {"value": None})
    recorder.write(tmp_path, "a")
    recorder.end_test(lambda: "b", lambda _: pytest.fail("it writes again"))


def test_end_test__the_trace_of_a_failure_stays_if_another_tool_runs_the_test_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REHEARSAL_TRACE", "always")
    recorder = Recorder()
    recorded(recorder, {"value": None})
    recorder.write(tmp_path, "a", error=ValueError("first\nsecond"))
    recorder.start_test(tmp_path)
    recorded(recorder, {"value": None})
    recorder.end_test(lambda: "a", lambda _: tmp_path)
    heads = [
        json.loads((tmp_path / name).read_text().partition("\n")[0])
        for name in ("trace.jsonl", "trace-retry1.jsonl")
    ]
    assert [each.get("reason") for each in heads] == ["ValueError: first", None]
    assert [each.get("passed") for each in heads] == [None, True]


def test_write__the_reason_hides_what_steps_hide(tmp_path: Path) -> None:
    recorder = Recorder()
    recorded(recorder)
    error = ValueError(f"Reached error page: http://a:b@app.test/?token=secret {'x' * 600}")
    recorder.write(tmp_path, "a", error=error)
    reason = read(tmp_path)[0]["reason"]
    assert reason.startswith("ValueError: Reached error page: http://app.test/?token=••• x")
    assert (len(reason), reason[-1]) == (500, "…")


def test_paused__records_nothing(tmp_path: Path) -> None:
    recorder = Recorder()
    with recorder.paused():
        recorded(recorder, {"value": None})
    recorder.write(tmp_path / "new", "a")
    assert not (tmp_path / "new").exists()
    recorded(recorder)
    recorder.write(tmp_path / "new", "a")
    assert (tmp_path / "new").exists()


def test_paused__not_in_another_thread(tmp_path: Path) -> None:
    recorder = Recorder()
    with recorder.paused():
        test = threading.Thread(target=recorded, args=(recorder, {"value": None}))
        test.start()
        test.join()
    recorder.write(tmp_path, "a")
    assert [each.get("cmd") for each in read(tmp_path)] == [None, "start the browser", "reload"]


class UnprintableError(Exception):
    def __str__(self) -> str:
        raise AttributeError("x")


def test_write__of_an_exception_that_has_no_text(tmp_path: Path) -> None:
    recorder = Recorder()
    recorded(recorder, {"value": None})
    recorder.write(tmp_path, "a", error=UnprintableError())
    assert read(tmp_path)[0]["reason"] == "UnprintableError:"


class Listening:
    """A browser's connection, which notes what is waited for."""

    def __init__(self, *_: object) -> None:
        self.waited: list[str | None] = []

    def start(self) -> None: ...

    def start_test(self) -> None: ...

    def wait_for(self, target: str | None, _deadline: float) -> None:
        self.waited.append(target)

    def page(self, *_: object) -> None: ...

    def listen_to_requests(self, *, enabled: bool) -> None: ...


def test_before__a_step_waits_once_for_its_window(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rehearsal_capture.trace.cdp_browser.CdpBrowser", Listening)
    recorder = Recorder()
    opened: Any = {"browserName": "chrome", "goog:chromeOptions": {"debuggerAddress": "x:1"}}
    with recorder.paused():
        reply = {"value": {"sessionId": "s", "capabilities": opened}}
        recorder.note("newSession", {}, "s", reply, 1.0)
        recorder.before("get", {}, "s")
    browser: Any = recorder._sessions["s"]._browser
    # It connects also while nothing is recorded, which the first step would be too late for.
    assert browser.waited == []
    for command in ("getTitle", "addCookie", "quit"):
        recorder.before(command, {}, "s")
    assert browser.waited == []
    for command in ("get", "get"):
        recorder.before(command, {}, "s")
    recorder.note("switchToWindow", {"handle": "w"}, "s", {"value": None}, 1.0)
    for command in ("refresh", "refresh"):
        recorder.before(command, {}, "s")
    assert browser.waited == [None, "w"]


class Looking(Listening):
    """A browser with one page, which answers at once."""

    user_context = ""
    has_pictures = False
    html = "<p>at first"

    def page(self, *_: object) -> Any:
        return self if self.html else None

    def is_looking(self) -> bool:
        return False

    @property
    def looks(self) -> Any:
        return self

    def look(self, line: dict[str, Any], pages: Any, *, with_picture: bool) -> None:
        assert not with_picture or line["k"] == "step"
        line.update(
            url="http://x/",
            dom=pages.add({"html": self.html, "css": [], "sheets": {}, "cut": False}),
        )


@pytest.mark.parametrize("ends", [False, True], ids=["open", "ends in a finally"])
def test_write__the_page_as_it_was_when_the_test_failed(
    ends: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rehearsal_capture.trace.cdp_browser.CdpBrowser", Looking)
    recorder = Recorder()
    for session in ("s", "idle"):
        opened: Any = {"browserName": "chrome", "goog:chromeOptions": {"debuggerAddress": "x:1"}}
        reply = {"value": {"sessionId": session, "capabilities": opened}}
        recorder.note("newSession", {}, session, reply, 1.0)
    recorder.start_test(tmp_path)
    recorder.note("refresh", {}, "s", {"value": None}, 2.0)
    browser: Any = recorder._sessions["s"]._browser
    browser.html = "<p>at last"
    if ends:
        recorder.look_at_failure("s")
        browser.html = ""
    recorder.write(tmp_path, "a", error=ValueError("x"))
    lines = read(tmp_path)
    assert [each.get("k") for each in lines] == [None, "step", "failure", "dom", "dom"]
    doms = {each["sha"]: each["html"] for each in lines if each.get("k") == "dom"}
    assert [doms[lines[at]["dom"]] for at in (1, 2)] == ["<p>at first", "<p>at last"]
    # That of a test is gone with it.
    recorder.end_test(lambda: "a", tmp_path.joinpath)
    recorder.note("refresh", {}, "s", {"value": None}, 3.0)
    recorder.write(tmp_path, "b")
    assert [each.get("k") for each in read(tmp_path)][:2] == [None, "step"]
    assert "failure" not in {each.get("k") for each in read(tmp_path)}


def test_note__a_child_process_has_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = Recorder()
    recorded(recorder, {"value": None})
    monkeypatch.setattr(os, "getpid", lambda: 1)
    recorded(recorder, {"value": None}, session="t")
    recorder.write(tmp_path, "a")
    assert {each["b"] for each in read(tmp_path)} == {1}


# Python 3.12 and newer warn of it in a process with threads, which is the point.
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_start_process__after_a_fork_while_a_lock_is_held() -> None:
    with RECORDER._pages._lock:
        child = os.fork()
        if not child:
            # Whatever happens, the child must not go on with the tests of its parent.
            try:
                signal.alarm(60)
                RECORDER.start_attempt(1)
                os._exit(0)
            finally:
                os._exit(1)
    assert os.waitpid(child, 0)[1] == 0


@pytest.mark.parametrize(
    "left, number",
    [
        ([], 1),
        (["problems.txt", "test-State.json", "pages-retry8.zip"], 1),
        (["trace.jsonl", "trace-1.jpg"], 2),
        (["screenshot-browser2.png"], 2),
        (["screenshot.png", "address-retry1.txt", "page-retry10-failure2.html"], 12),
    ],
)
def test_start_test__counts_attempts_by_what_they_left(
    left: list[str], number: int, tmp_path: Path
) -> None:
    for name in left:
        (tmp_path / name).touch()
    recorder = Recorder()
    recorder.start_test(tmp_path)
    recorded(recorder)
    recorder.write(tmp_path / "new", "a")
    name = f"trace-retry{number - 1}.jsonl" if number > 1 else "trace.jsonl"
    assert read(tmp_path / "new", name)[0]["attempt"] == number


def test_start_test__does_not_change_a_known_number(tmp_path: Path) -> None:
    recorder = Recorder()
    recorder.start_attempt(3)
    recorder.start_test(tmp_path)
    assert recorder.suffix == "-retry2"
    recorder.end_test(lambda: "a", tmp_path.joinpath)
    recorder.start_test(tmp_path)
    assert recorder.suffix == ""
