"""The virtual environment that holds the tests' requirements."""

import sys
from collections.abc import Mapping
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


class VenvBuilder:
    """Makes a virtual environment in the background, while the image is built."""

    def __init__(
        self, requirements: Path, folder: Path, *, env: Mapping[str, str], log: Log
    ) -> None:
        self.bin_folder = folder / "bin"
        self._name = requirements.name
        self._log = log
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

    def end(self) -> None:
        """End the installation if it still runs."""
        self._process.end()
