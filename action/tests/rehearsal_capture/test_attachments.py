"""What tests attach to the report of pytest-html."""

import base64
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from rehearsal_capture import attachments, pytest_attachments
from rehearsal_capture.attachments import attach
from rehearsal_capture.pytest_attachments import _keep

PNG = b"\x89PNG\r\n\x1a\n picture"
ENCODED = base64.b64encode(PNG).decode()


def extra(content: Any, kind: str, name: str | None = None, extension: str = "") -> dict[str, Any]:
    """Return an attachment as pytest_html.extras does."""
    return {"name": name, "format_type": kind, "content": content, "extension": extension or None}


def kept(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.glob("*")}


@pytest.mark.parametrize(
    "given, name, content",
    [
        (extra(ENCODED, "image", "Screenshot", "png"), "test-Screenshot.png", PNG),
        (extra(f"data:image/png;base64,{ENCODED}", "image", "A", "png"), "test-A.png", PNG),
        (extra("data:text/plain,a%20b", "text", "A", "txt"), "test-A.txt", b"a b"),
        (extra("<svg/>", "image", "Plan", "svg"), "test-Plan.svg", b"<svg/>"),
        (extra("a ü", "text", "Log", "txt"), "test-Log.txt", "a ü".encode()),
        (extra(b"bytes", "text", "Log", "txt"), "test-Log.txt", b"bytes"),
        (extra({"a": 1}, "json", "State", "json"), "test-State.json", b'{"a": 1}'),
        (extra("http://jobs/1", "url", "Job"), "test-Job.txt", b"http://jobs/1"),
        (extra("<p>", "html"), "test-html.html", b"<p>"),
        (extra("x", "text", "../../Ü b/.c", "t/../xt"), "test-..-..-b-.c.txt", b"x"),
        (extra("https://a/b.png", "image", "Far", "png"), "test-Far.png", b"https://a/b.png"),
    ],
)
def test_attach__writes_a_file(
    given: dict[str, Any], name: str, content: bytes, tmp_path: Path
) -> None:
    attach(tmp_path / "folder", [given], tmp_path)
    assert kept(tmp_path / "folder") == {name: content}


def test_attach__a_file_beside_the_report(tmp_path: Path) -> None:
    (tmp_path / "shot.png").write_bytes(PNG)
    attach(tmp_path / "folder", [extra("shot.png", "image", "Screenshot", "png")], tmp_path)
    assert kept(tmp_path / "folder") == {"test-Screenshot.png": PNG}


def test_attach__names_differ_in_more_than_case(tmp_path: Path) -> None:
    attach(tmp_path, [extra(each, "text", each) for each in ("Log", "LOG", "log")], tmp_path)
    assert sorted(kept(tmp_path)) == ["test-LOG-2.txt", "test-Log.txt", "test-log-3.txt"]


def test_attach__leaves_out_what_the_capture_has_taken(tmp_path: Path) -> None:
    own = {"address.txt": b"http://a/\n", "screenshot.png": PNG, "page.html": b"<p>"}
    own["console.log"] = b"SEVERE: it says so\n"
    for name, content in own.items():
        (tmp_path / name).write_bytes(content)
    extras = [
        extra("http://a/", "url", "URL"),
        extra(ENCODED, "image", "Screenshot", "png"),
        extra("<p>", "text", "HTML", "txt"),
        extra("SEVERE - it says so", "text", "Browser Log", "txt"),
        extra("started", "text", "Driver Log", "txt"),
        extra("", "text", "Nothing", "txt"),
    ]
    attach(tmp_path, extras, tmp_path)
    attach(tmp_path, extras, tmp_path)
    assert kept(tmp_path) == {**own, "test-Driver-Log.txt": b"started"}


def test_attach__is_bounded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(attachments, "_MAX_SIZE", 10)
    monkeypatch.setattr(attachments, "_MAX_TOTAL", 25)
    texts = ["x" * 11, *(f"{number:>9}." for number in range(40))]
    attach(tmp_path, [extra(each, "text", "Log") for each in texts], tmp_path)
    found = kept(tmp_path)
    problems = found.pop("problems.txt").decode().splitlines()
    assert found == {"test-Log.txt": b"        0.", "test-Log-2.txt": b"        1."}
    assert problems[:2] == [
        "21 more attachments were not kept",
        "test-Log: not kept: it is too large",
    ]


def test_attach__many_files(tmp_path: Path) -> None:
    for attempt in range(3):
        extras = [extra(f"{attempt} {number}", "text", "Log") for number in range(15)]
        attach(tmp_path, extras, tmp_path)
    assert len([name for name in kept(tmp_path) if name.startswith("test-")]) == 20


def test_attach__a_fault_costs_one_file(tmp_path: Path) -> None:
    extras: list[dict[str, Any]] = [
        {"name": "A"},
        {"name": 7, "content": 7},
        extra("b", "text", "B"),
    ]
    attach(tmp_path, extras, tmp_path)
    assert kept(tmp_path) == {
        "problems.txt": b"test-A: 'content'\n",
        "test-7.txt": b"7",
        "test-B.txt": b"b",
    }


def item() -> Any:
    return SimpleNamespace(
        nodeid="tests/test_a.py::test_b",
        config=SimpleNamespace(getoption=lambda _, default: default),
    )


@pytest.mark.parametrize("names", [("extra",), ("extras",), ("extra", "extras")])
def test_plugin__reads_both_names(
    names: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("REHEARSAL_EVIDENCE", str(tmp_path))
    log = extra("text", "text", "Log")
    report = SimpleNamespace(failed=True, **{name: [log] for name in names})
    _keep(item(), report)
    assert kept(tmp_path / "tests.test_a.test_b") == {"test-Log.txt": b"text"}


def test_plugin__keeps_nothing_of_a_test_that_passed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("REHEARSAL_EVIDENCE", str(tmp_path))
    _keep(item(), SimpleNamespace(failed=False, extras=[extra("text", "text", "Log")]))
    assert kept(tmp_path) == {}


def hook(report: Callable[[], Any]) -> None:
    """Run the plugin's hook around one that returns or raises what `report` does."""
    around: Iterator[None] = pytest_attachments._Plugin().pytest_runtest_makereport(item())
    next(around)
    with pytest.raises(StopIteration):
        around.send(SimpleNamespace(get_result=report))  # type: ignore[attr-defined]


@pytest.mark.parametrize("error", [ValueError("planted"), BaseException("a time limit")])
def test_plugin__raises_nothing(error: BaseException) -> None:
    def fail() -> None:
        raise error

    hook(fail)
