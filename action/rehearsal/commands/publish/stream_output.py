"""Run a command of the docker client: show its output as it comes, and keep the last lines."""

from collections.abc import Callable

from rehearsal.commands.publish.registry_errors import strip_credentials
from rehearsal.outside.github import Console
from rehearsal.outside.process import Process, Sink

# The reason of a failure is looked for in the last lines.
KEPT_LINES = 12


def stream_output(
    title: str, start: Callable[[Sink], Process], console: Console
) -> tuple[int, str]:
    """Wait for one command; return its exit code and the last lines of its output.

    An interruption ends the command.
    """
    lines: list[str] = []
    rest = b""
    with console.group(title), console.raw_output() as show:

        def receive(chunk: bytes) -> None:
            # Only whole lines are shown, since credentials in half a URL would not be recognised.
            nonlocal rest
            *complete, rest = (rest + chunk).split(b"\n")
            for line in complete:
                show_line(line)

        def show_line(line: bytes) -> None:
            text = console.redactor.redact(strip_credentials(line.decode(errors="replace")))
            lines.append(text)
            del lines[:-KEPT_LINES]
            show(f"{text}\n".encode(errors="replace"))

        process = start(receive)
        try:
            code = process.wait()
        finally:
            process.end()
        if rest:
            show_line(rest)
    return 1 if code is None else code, "\n".join(lines)
