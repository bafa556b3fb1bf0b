"""A rehearsal on a terminal: the finished stages, the running one, its last line of output.

It is drawn by rich, which is imported only where it is installed and the output is a terminal;
elsewhere the plain console prints lines.
"""

import codecs
import io
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from rehearsal.ansi import coloured, visible
from rehearsal.outside.github import Console
from rehearsal.outside.process import Sink

if TYPE_CHECKING:
    from rich.console import Console as Screen
    from rich.live import Live
    from rich.text import Text

REFRESHES_PER_SECOND = 8
SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
# The output of other stages is shown as one changing line; their logs hold all of it.
STREAMED_STAGES = frozenset({"test"})
# Of this one the background's last line is shown: it waits for that.
WAITING_STAGE = "requirements"


def find_terminal(environ: Mapping[str, str], out: TextIO | None = None) -> Console | None:
    """Return a view for a terminal, or None if the output cannot be redrawn or rich is missing."""
    out = out or sys.stdout
    if not out.isatty() or environ.get("TERM", "dumb") == "dumb" or environ.get("CI"):
        return None
    try:
        from rich.console import Console as Screen  # noqa: PLC0415  (an extra: not everywhere)
    except ImportError:
        return None
    if isinstance(out, io.TextIOWrapper):
        # An app may print characters that the terminal's encoding lacks.
        out.reconfigure(errors="replace")
    screen = Screen(
        file=out,
        force_terminal=True,
        no_color=bool(environ.get("NO_COLOR")),
        highlight=False,
        markup=False,
        emoji=False,
        _environ=environ,
    )
    return Terminal(environ, screen)


class Terminal(Console):
    """Everything that is printed, drawn on a terminal; the redactor sees each byte first."""

    collapses = True
    has_colours = True

    def __init__(self, environ: Mapping[str, str], screen: "Screen") -> None:
        super().__init__(environ)
        self._screen = screen
        self._unicode = screen.encoding.lower().startswith("utf")
        self._stage = ""
        self._since = 0.0
        self._last = ""
        self._live: Live | None = None

    def stage_started(self, stage: str) -> None:
        """Show that a stage is running."""
        from rich.live import Live  # noqa: PLC0415  (as above)

        self._stage, self._since, self._last = stage, time.monotonic(), ""
        self._live = Live(
            get_renderable=self._now,
            console=self._screen,
            refresh_per_second=REFRESHES_PER_SECOND,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._live.start()

    def stage_ended(self, stage: str, seconds: float, *, ok: bool) -> None:
        """Show how long a stage took, and whether it succeeded."""
        self.close()
        mark = self._mark(ok=ok)
        self._line(f"{mark} {stage:6} {seconds:6.1f} s", "green" if ok else "bold red")

    def background_output(self, piece: bytes) -> None:
        """Show the last line of the tests' preparation while a stage waits for it."""
        lines = [line for line in piece.decode(errors="replace").splitlines() if line.strip()]
        if lines and self._stage == WAITING_STAGE:
            self._last = lines[-1]

    def close(self) -> None:
        """Stop redrawing."""
        if self._live:
            self._live.stop()
        self._live, self._stage = None, ""

    def info(self, text: str) -> None:
        """Print a line of our own."""
        self._line(self.redactor.redact(text), "dim")

    def verdict(self, text: str, *, ok: bool) -> None:
        """Print the last lines: the verdict, and where the evidence is."""
        *lines, last = self.redactor.redact(text).splitlines()
        for line in lines:
            self._line(line, "")
        self._line(f"{last}  {self._mark(ok=ok)}", "bold green" if ok else "bold red")

    @contextmanager
    def group(self, title: str) -> Iterator[None]:
        """Print a title above what comes inside, unless that is shown as one changing line."""
        if not self._collapsed:
            self._line(
                self.redactor.redact(f"── {title}" if self._unicode else f"-- {title}"), "dim"
            )
        yield

    @contextmanager
    def raw_output(self) -> Iterator[Sink]:
        """Print redacted output of other programs, or show its last line."""
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        rest = ""

        def show(piece: bytes, *, final: bool = False) -> None:
            nonlocal rest
            *lines, rest = (rest + decoder.decode(piece, final)).split("\n")
            for line in lines:
                self._raw_line(line)
            if rest.strip():
                self._last = rest

        try:
            yield show
        finally:
            show(b"", final=True)
            if rest:
                self._raw_line(rest)

    @property
    def _collapsed(self) -> bool:
        return bool(self._stage) and self._stage not in STREAMED_STAGES

    def _command(self, kind: str, message: str, title: str, file: str = "", line: int = 0) -> None:
        style = "bold red" if kind == "error" else "yellow"
        place = f" ({file}:{line})" if file and line else f" ({file})" if file else ""
        self._line(self.redactor.redact(f"{kind}: {title}{place}"), style)
        self._line(self.redactor.redact(message), "")

    def _raw_line(self, line: str) -> None:
        if line.strip():
            self._last = line
        if not self._collapsed:
            self._screen.print(_printable(line), soft_wrap=True)

    def _line(self, text: str, style: str) -> None:
        from rich.text import Text  # noqa: PLC0415  (as above)

        self._screen.print(Text(visible(text), style=style), soft_wrap=True)

    def _now(self) -> "Text":
        """Draw the line of the running stage."""
        from rich.text import Text  # noqa: PLC0415  (as above)

        seconds = time.monotonic() - self._since
        mark = SPINNER[int(seconds * REFRESHES_PER_SECOND) % len(SPINNER)] if self._unicode else "*"
        line = Text(f"{mark} {self._stage:6} {seconds:6.0f} s  ", style="cyan")
        line.append(_printable(self._last).plain, style="dim")
        line.no_wrap, line.overflow = True, "ellipsis"
        return line

    def _mark(self, *, ok: bool) -> str:
        if not self._unicode:
            return "ok" if ok else "!!"
        return "✓" if ok else "✗"


def _printable(line: str) -> "Text":
    """Return a line with its colours, but without characters that would move the cursor."""
    from rich.text import Text  # noqa: PLC0415  (as above)

    text = Text.from_ansi(coloured(line.rstrip("\r").rpartition("\r")[2]))
    if any(not character.isprintable() and character != "\t" for character in text.plain):
        plain = "".join(c if c.isprintable() or c == "\t" else "�" for c in text.plain)
        return Text(plain)
    return text
