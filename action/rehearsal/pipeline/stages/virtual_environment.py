"""The virtual environment that holds the tests' requirements."""

import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from rehearsal.evidence.log import Log
from rehearsal.outside.process import Process
from rehearsal.verdict import RehearsalError, Verdict

EXCERPT_LINES = 40
# If this Python has a pip, use it to install from outside: ensurepip, and compiling modules that no
# test will import, take longer than everything else together (4.2 against 10.7 s of processor time
# for Django and selenium). Install pip too: without it, `pip install` in a test command would use
# the runner's own Python.
INSTALL_SCRIPT = """
if "$1" -m pip --version >/dev/null 2>&1; then
    "$1" -m venv --without-pip "$2"
    set -- "$2" "$3" "$1" -m pip --python "$2/bin/python"
else
    "$1" -m venv "$2"
    set -- "$2" "$3" "$2/bin/python" -m pip
fi
requirements=$2
shift 2
exec "$@" install --no-compile --disable-pip-version-check --no-input pip -r "$requirements"
"""
# The capture is on the tests' PYTHONPATH. This file in the environment switches it on where Python
# ignores that (-I, -E) or a suite sets it anew: first the folder to import it from, then a line
# that Python runs when it starts. Python prints what such a line raises, so it raises nothing.
PTH_NAME = "rehearsal_capture.pth"
PTH = """\
{folder}
import os; os.environ.get("REHEARSAL_EVIDENCE") and exec({script!r})
"""
PTH_SCRIPT = """\
try:
    from rehearsal_capture.start import start
    start()
except Exception:
    pass
"""


class VenvBuilder:
    """Makes a virtual environment in the background, while the image is built.

    Its Python has the capture that is in the folder `capture`, or none.
    """

    def __init__(
        self,
        requirements: Path,
        folder: Path,
        *,
        env: Mapping[str, str],
        log: Log,
        capture: Path | None = None,
    ) -> None:
        self.bin_folder = folder / "bin"
        self._name = requirements.name
        self._log = log
        self._folder = folder
        self._capture = capture
        script = ["sh", "-ec", INSTALL_SCRIPT, "sh", sys.executable, str(folder), str(requirements)]
        self._process = Process(script, env=env, out=log.stream(), cwd=requirements.parent)

    def wait(self) -> None:
        """Wait until everything is installed. Raises `RehearsalError` (setup-failed)."""
        if code := self._process.wait():
            raise RehearsalError(
                Verdict.SETUP_FAILED,
                f"The tests' requirements could not be installed from {self._name} "
                f"(exit code {code}).",
                hint="test-setup.log shows why, at its end.",
                excerpt=self._log.tail(EXCERPT_LINES),
                source=self._log.name,
            )
        if self._capture:
            text = PTH.format(folder=self._capture, script=PTH_SCRIPT)
            for packages in self._folder.glob("lib/python*/site-packages"):
                # Without it there is still the PYTHONPATH.
                with suppress(OSError):
                    (packages / PTH_NAME).write_text(text, encoding="utf-8")

    def end(self) -> None:
        """End the installation if it still runs."""
        self._process.end()
