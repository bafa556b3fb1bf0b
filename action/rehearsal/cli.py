"""The entry point: answer `--version` at once, import the sub-commands only for the rest."""

import atexit
import gc
import os
import sys
from collections.abc import Mapping, Sequence

from rehearsal import __version__

# How many new objects let Python search for garbage. After each 700, as it does by itself, takes a
# tenth of the time of the imports and of a large report; and hardly any of it is garbage.
GARBAGE_THRESHOLD = 20_000


def main(argv: Sequence[str] | None = None, environ: Mapping[str, str] | None = None) -> int:
    """Run one sub-command and return its exit code, which `Verdict` explains."""
    words = sys.argv[1:] if argv is None else argv
    if list(words) == ["--version"]:
        print(f"dress-rehearsal {__version__}")  # noqa: T201  (no console, which is slow to import)
        return 0
    gc.set_threshold(GARBAGE_THRESHOLD)
    # Without it, Python searches all that was imported for garbage when it ends, which takes longer
    # than to start Python.
    atexit.register(gc.freeze)
    # Here and not above: argparse and the console take longer to import than Python to start.
    from rehearsal.run_command import run_command  # noqa: PLC0415

    return run_command(words, os.environ if environ is None else environ)
