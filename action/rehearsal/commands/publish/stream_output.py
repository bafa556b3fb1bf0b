"""What the engine's client says while it works: shown as it comes, and remembered at its end."""

from collections.abc import Callable

from rehearsal.commands.publish.registry_errors import strip_credentials
from rehearsal.outside.github import Console
from rehearsal.outside.process import Process, Sink

# Lines that a reason is read from.
LAST = 12


def stream_output(
    title: str, start: Callable[[Sink], Process], console: Console
) -> tuple[int, str]:
    """Follow one command to its end; return its exit code and its last words.

    When we are interrupted it is ended, and with it what the engine does for it.
    """
    lines: list[str] = []
    rest = b""
    with console.group(title), console.raw_output() as show:

        def hear(piece: bytes) -> None:
            nonlocal rest
            *whole, rest = (rest + piece).split(b"\n")
            for line in whole:
                tell(line)

        def tell(line: bytes) -> None:
            # Whole lines only: half a URL would be shown as it is.
            text = console.redactor.text(strip_credentials(line.decode(errors="replace")))
            lines.append(text)
            del lines[:-LAST]
            show(f"{text}\n".encode(errors="replace"))

        process = start(hear)
        try:
            code = process.wait()
        finally:
            process.end()
        if rest:
            tell(rest)
    return 1 if code is None else code, "\n".join(lines)
