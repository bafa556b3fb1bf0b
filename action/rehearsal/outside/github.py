"""The step log and the runner's files: masks, groups, annotations, outputs, the job summary.

Outside GitHub Actions the same calls print plain lines, and mask lines are never printed.
"""

import secrets
import shutil
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from rehearsal.ansi import ColouredStream, visible
from rehearsal.outside.process import Sink
from rehearsal.redaction.redactor import Redactor
from rehearsal.results.bounded_text import cut_text

# The runner obeys ##[NAME]VALUE anywhere in a line. Source: actions/runner, ActionCommand.cs.
LEGACY_PREFIX = "##["
# Of an annotation, in characters. The runner cuts a message after 4,096. Source: actions/runner,
# ExecutionContext.cs.
MAX_TITLE = 200
MAX_MESSAGE = 4000


class Console:
    """Everything that is printed; the redactor sees each byte first.

    `collapses` says that output of builds and setup commands is shown as one changing line,
    `has_colours` that our own texts may have colours.
    """

    collapses = False
    has_colours = False

    def __init__(
        self,
        environ: Mapping[str, str],
        out: BinaryIO | None = None,
        redactor: Redactor | None = None,
    ) -> None:
        self.on_github = environ.get("GITHUB_ACTIONS") == "true"
        self.redactor = redactor or Redactor()
        self._files = {name: environ.get(f"GITHUB_{name}") for name in ("OUTPUT", "STEP_SUMMARY")}
        self._out = out or sys.stdout.buffer
        self._lock = threading.Lock()
        # Of the file for the job summary: its size before the first one was added.
        self._summary_start: int | None = None

    def info(self, text: str) -> None:
        """Print a line of our own; a workflow command that it quotes is made harmless."""
        text = visible(self.redactor.redact(text))
        self._write((text.replace(LEGACY_PREFIX, "[") if self.on_github else text) + "\n")

    def verdict(self, text: str, *, ok: bool) -> None:  # noqa: ARG002  (drawn on a terminal)
        """Print the last lines: the verdict, and where the evidence is."""
        self.info(text)

    def stage_started(self, stage: str) -> None:
        """Do nothing: the stage's own output shows that it started."""

    def stage_ended(self, stage: str, seconds: float, *, ok: bool) -> None:
        """Do nothing: the last lines list the stages."""

    def background_output(self, piece: bytes) -> None:
        """Do nothing with the redacted output of a background process: its log holds it."""

    def close(self) -> None:
        """Do nothing: there is nothing to restore."""

    def mask(self, value: str) -> None:
        """Have the runner mask a string from here on; print nothing elsewhere."""
        if self.on_github:
            self._write(f"::add-mask::{_escaped(value)}\n")

    def error(self, message: str, *, title: str, file: str = "", line: int = 0) -> None:
        """Print an error; on GitHub it becomes an annotation, on `line` of `file` if given."""
        self._command("error", message, title, file, line)

    def warning(self, message: str, *, title: str, file: str = "", line: int = 0) -> None:
        """Print a warning; on GitHub it becomes an annotation, as an error does."""
        self._command("warning", message, title, file, line)

    @contextmanager
    def group(self, title: str) -> Iterator[None]:
        """Print what comes inside as a group under a title."""
        self.info(f"::group::{_escaped(title)}" if self.on_github else f"── {title}")
        try:
            yield
        finally:
            if self.on_github:
                self.info("::endgroup::")

    @contextmanager
    def raw_output(self) -> Iterator[Sink]:
        """Print redacted output of other programs.

        The runner obeys no workflow commands in it, and a terminal no escape sequences but colours.
        """
        token = secrets.token_hex(16)
        last = b"\n"
        stream = ColouredStream()

        def show(piece: bytes, *, final: bool = False) -> None:
            nonlocal last
            if not self.on_github:
                piece = stream.feed(piece, final=final).encode()
            last = piece[-1:] or last
            self._bytes(piece)

        if self.on_github:
            self._write(f"::stop-commands::{token}\n")
        try:
            yield show
        finally:
            show(b"", final=True)
            if last != b"\n":
                self._write("\n")
            if self.on_github:
                self._write(f"::{token}::\n")

    def output(self, name: str, value: str) -> None:
        """Set an output of the step, as it is: a program reads it next.

        Warn if it holds the value of a secret, because that secret is an ordinary word.
        """
        if names := self.redactor.names_in(value):
            self.warning(
                f"The output {name} holds the value of the secret {' and of '.join(names)}. It was "
                "not replaced, since later steps need it. GitHub does not pass it on to other "
                "jobs. Give the secret a value that is not an ordinary word.",
                title="Secret in an output",
            )
        end = f"end-{secrets.token_hex(8)}"
        self._append("OUTPUT", f"{name}<<{end}\n{value}\n{end}\n")

    def summary(self, markdown: str) -> None:
        """Add to the job summary, in place of what was added before.

        If that fails, what was added before stays.
        """
        text = self.redactor.redact(markdown)
        path = Path(self._files["STEP_SUMMARY"] or "nowhere")
        if self._summary_start is None:
            self._summary_start = path.stat().st_size if path.is_file() else 0
            self._append("STEP_SUMMARY", text)
        elif path.is_file():  # It may be a device, which is not to be replaced.
            with self._warn_on_error("STEP_SUMMARY"):
                _replace_end(path.resolve(), self._summary_start, text)

    def _command(self, kind: str, message: str, title: str, file: str = "", line: int = 0) -> None:
        title, message = (visible(self.redactor.redact(text)) for text in (title, message))
        if not self.on_github:
            self._write(f"{kind}: {title}: {message}\n")
            return
        title, message = cut_text(title, MAX_TITLE), cut_text(message, MAX_MESSAGE)
        properties = f"file={_escaped_property(file)}," if file else ""
        properties += f"line={line}," if file and line else ""
        self._write(f"::{kind} {properties}title={_escaped_property(title)}::{_escaped(message)}\n")

    def _append(self, file: str, text: str) -> None:
        if path := self._files[file]:
            with (
                self._warn_on_error(file),
                Path(path).open("a", encoding="utf-8", errors="replace") as stream,
            ):
                stream.write(text)

    @contextmanager
    def _warn_on_error(self, file: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self.warning(f"{error.strerror or error}", title=f"GITHUB_{file} not written")

    def _write(self, text: str) -> None:
        self._bytes(text.encode(errors="replace"))

    def _bytes(self, data: bytes) -> None:
        with self._lock:
            self._out.write(data)
            self._out.flush()


def _replace_end(path: Path, start: int, text: str) -> None:
    """Replace what is in a file after its first `start` bytes, at once. Raises OSError."""
    with path.open("rb") as file:
        before = file.read(start)
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_bytes(before + text.encode(errors="replace"))
        shutil.copymode(path, part)
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escaped_property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
