import io
import re
import sys
import time
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console as Screen

from rehearsal.outside.github import Console
from rehearsal.outside.terminal import Terminal, find_terminal
from rehearsal.redaction.redactor import Redactor

from ..fakes import secret

HUSH = "planted-secret-value"
CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Tty(io.TextIOWrapper):
    """A terminal that keeps what is drawn."""

    def __init__(self, encoding: str = "utf-8") -> None:
        self.drawn = io.BytesIO()
        super().__init__(self.drawn, encoding=encoding, write_through=True, newline="")

    def isatty(self) -> bool:
        return True

    def getvalue(self) -> str:
        return self.drawn.getvalue().decode(self.encoding)


def view(*, width: int = 60) -> tuple[Terminal, Tty]:
    out = Tty()
    screen = Screen(
        file=out, force_terminal=True, width=width, highlight=False, color_system=None, _environ={}
    )
    terminal = Terminal({}, screen)
    terminal.redactor = Redactor([secret("KEY", HUSH)])
    return terminal, out


def plain(out: Tty) -> list[str]:
    """Return what stays on the screen: each line without what moved the cursor."""
    return [CONTROL.sub("", line).rstrip() for line in out.getvalue().split("\n")]


def test_terminal__shows_stages_with_their_durations() -> None:
    terminal, out = view()
    terminal.stage_started("build")
    terminal.stage_ended("build", 1.26, ok=True)
    terminal.stage_started("start")
    terminal.stage_ended("start", 0.5, ok=False)
    terminal.close()
    text = "\n".join(plain(out))
    assert "✓ build     1.3 s" in text
    assert "✗ start     0.5 s" in text
    assert out.getvalue().count("\x1b[?25l") == out.getvalue().count("\x1b[?25h") == 2


def test_terminal__shows_the_last_line_of_a_collapsed_stage() -> None:
    terminal, out = view()
    terminal.stage_started("build")
    with terminal.group("build Dockerfile"), terminal.raw_output() as show:
        show(b"#1 one\n#2 tw")
        show(b"o\n\n")
        assert terminal._now().plain.endswith("#2 two")
        show(b"#3 half")
        assert terminal._now().plain.endswith("#3 half")
    terminal.stage_ended("build", 0.1, ok=True)
    assert not any("#1" in line or "Dockerfile" in line for line in plain(out))


def test_terminal__shows_the_tests_output_as_it_comes() -> None:
    terminal, out = view(width=30)
    terminal.stage_started("test")
    with terminal.group("test"), terminal.raw_output() as show:
        show("é\x1b[31mred\x1b[0m [bold]x[/bold] :smile:\r\n".encode()[:1])
        show("é\x1b[31mred\x1b[0m [bold]x[/bold] :smile:\r\n".encode()[1:])
        show(b"..")
        assert terminal._now().plain.endswith("..")
        show(b".")
    terminal.stage_ended("test", 0.1, ok=True)
    text = "\n".join(plain(out))
    assert "── test" in text
    assert "éred [bold]x[/bold] :smile:" in text
    assert "\r...\n" in text


def test_terminal__shows_background_output_only_to_who_waits_for_it() -> None:
    terminal, out = view()
    for stage, seen in (("build", False), ("requirements", True), ("test", False)):
        terminal.stage_started(stage)
        terminal.background_output(b"Collecting selenium\n\n")
        terminal.background_output(b"\n")
        assert terminal._now().plain.endswith("Collecting selenium") is seen
        terminal.stage_ended(stage, 0.1, ok=True)
    assert "Collecting" not in plain(out)


def test_terminal__the_line_of_the_running_stage() -> None:
    terminal, out = view(width=40)
    terminal.stage_started("build")
    with terminal.raw_output() as show:
        show(b"x" * 500 + b"\n")
        time.sleep(0.3)
    terminal.close()
    drawn = [line for line in re.split(r"[\r\n]", CONTROL.sub("", out.getvalue())) if "xx" in line]
    assert drawn
    assert all(len(line) <= 40 for line in drawn)
    assert re.match(r"\S build +0 s  x+…$", drawn[-1])


def test_terminal__shows_all_output_after_the_stages() -> None:
    terminal, out = view()
    terminal.stage_started("stop")
    terminal.stage_ended("stop", 0.1, ok=True)
    with terminal.group("the end of container.log"), terminal.raw_output() as show:
        show(b"KeyError: 'X'")
    assert plain(out)[-3:] == ["── the end of container.log", "KeyError: 'X'", ""]


def test_terminal__errors_and_warnings() -> None:
    terminal, out = view()
    terminal.error("[red]What.[/red]\nAdvice.", title="Dress rehearsal: crashed")
    terminal.error("why", title="a test", file="tests.py", line=3)
    terminal.error("why", title="b test", file="tests.py")
    terminal.warning("short", title="Short secret")
    assert plain(out) == [
        "error: Dress rehearsal: crashed", "[red]What.[/red]", "Advice.",
        "error: a test (tests.py:3)", "why", "error: b test (tests.py)", "why",
        "warning: Short secret", "short", "",
    ]  # fmt: skip


def test_terminal__verdict_is_the_last_line() -> None:
    terminal, out = view()
    terminal.verdict("stages:   build 0.1 s\nverdict:  passed", ok=True)
    terminal.verdict("verdict:  crashed", ok=False)
    assert plain(out) == [
        "stages:   build 0.1 s",
        "verdict:  passed  ✓",
        "verdict:  crashed  ✗",
        "",
    ]


def test_terminal__does_not_wrap_long_lines() -> None:
    terminal, out = view(width=20)
    terminal.info("evidence: /tmp/" + "x" * 60)
    assert plain(out)[0] == "evidence: /tmp/" + "x" * 60


def test_terminal__shows_no_secret() -> None:
    terminal, out = view()
    terminal.stage_started(f"stage {HUSH}")
    terminal.info(f"a {HUSH}")
    terminal.close()
    terminal.error(f"b {HUSH}", title=f"c {HUSH}")
    terminal.verdict(f"d {HUSH}\ne {HUSH}", ok=True)
    with terminal.group(f"f {HUSH}"):
        pass
    terminal.mask(HUSH)
    assert HUSH not in out.getvalue().replace(f"stage {HUSH}", "")
    assert all(f"{letter} ***" in out.getvalue() for letter in "abcdef")


def test_terminal__without_unicode() -> None:
    out = Tty("ascii")
    terminal = find_terminal(TTY, out)
    assert terminal
    terminal.stage_started("test")
    with terminal.group("test"), terminal.raw_output() as show:
        show("né\n".encode())
    terminal.stage_ended("test", 0.1, ok=True)
    terminal.verdict("verdict:  crashed", ok=False)
    shown = plain(out)
    assert shown[0] == "-- test"
    assert shown[1].endswith("\rn?")
    assert shown[-3:-1] == ["\rok test      0.1 s", "verdict:  crashed  !!"]


@given(
    st.text(alphabet="\x1b[]()0;?HJKmABC\x07\x08\r\x9b\x90\ta", max_size=30) | st.text(max_size=30)
)
def test_terminal__output_cannot_move_the_cursor(text: str) -> None:
    terminal, out = view()
    with terminal.raw_output() as show:
        show(text.encode(errors="replace"))
    terminal._last = text
    line = terminal._now().plain
    for drawn in (CONTROL.sub("", out.getvalue()), line):
        assert all(c.isprintable() or c in "\n\t" for c in drawn)
    moves = [code for code in CONTROL.findall(out.getvalue()) if not code.endswith("m")]
    assert not moves


TTY = {"TERM": "xterm-256color"}


@pytest.mark.parametrize(
    "environ, seen",
    [
        (TTY, True),
        ({**TTY, "NO_COLOR": "1"}, True),
        ({"TERM": "dumb"}, False),
        ({}, False),
        ({**TTY, "CI": "true"}, False),
    ],
    ids=str,
)
def test_find_terminal__where_lines_can_be_redrawn(environ: Mapping[str, str], seen: bool) -> None:
    assert isinstance(find_terminal(environ, Tty()), Terminal) is seen


def test_find_terminal__not_in_a_pipe() -> None:
    assert find_terminal(TTY, io.StringIO()) is None


def test_find_terminal__not_without_rich(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rich.console", None)
    assert find_terminal(TTY, Tty()) is None


@pytest.mark.parametrize("no_color, coloured", [("", True), ("1", False)])
def test_find_terminal__no_color(no_color: str, coloured: bool) -> None:
    out = Tty()
    terminal = find_terminal({**TTY, "NO_COLOR": no_color}, out)
    assert terminal
    terminal.verdict("verdict:  passed", ok=True)
    assert ("\x1b[1;32m" in out.getvalue()) is coloured
    assert "\x1b[32m" not in out.getvalue()


def test_console__has_the_same_methods() -> None:
    out = io.BytesIO()
    console = Console({}, out)
    console.stage_started("build")
    console.stage_ended("build", 1.0, ok=True)
    console.verdict("verdict:  passed", ok=True)
    console.close()
    assert out.getvalue() == b"verdict:  passed\n"
    assert (console.collapses, Terminal.collapses) == (False, True)
