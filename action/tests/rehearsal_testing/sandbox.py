"""Run a program in a folder of its own, and find the files and processes that it leaves."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).parents[3]
_MARK = "REHEARSAL_TESTING_SANDBOX"


@dataclass(frozen=True, kw_only=True)
class Sandbox:
    """A folder for all files that a program may write, with its home and temporary files."""

    folder: Path

    @classmethod
    def create(cls) -> "Sandbox":
        # pytest's tmp_path is too long for a browser's sockets.
        sandbox = cls(folder=Path(tempfile.mkdtemp(prefix="sandbox-")))
        for path in (sandbox.home, sandbox.temporary, sandbox.code):
            path.mkdir()
        return sandbox

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def temporary(self) -> Path:
        return self.folder / "tmp"

    @property
    def code(self) -> Path:
        return self.folder / "code"

    @property
    def evidence(self) -> Path:
        return self.folder / "evidence"

    @property
    def junit(self) -> Path:
        return self.folder / "junit"

    def environ(self, extra: Mapping[str, str]) -> dict[str, str]:
        ours = ("REHEARSAL_", "DJANGO_", "SELENIUM_", "SE_", "PYTEST_")
        names = {"BROWSER", "HEADED", "TEST_SERVER", "PYTHONPATH"}
        return {
            **{
                name: value
                for name, value in os.environ.items()
                if name not in names and not name.startswith(ours)
            },
            "HOME": str(self.home),
            "TMPDIR": str(self.temporary),
            "REHEARSAL_EVIDENCE": str(self.evidence),
            "REHEARSAL_JUNIT": str(self.junit),
            "PYTHONPATH": str(CHECKOUT / "action"),
            "PYTHONDONTWRITEBYTECODE": "1",
            _MARK: str(self.folder),
            **extra,
        }

    def start(
        self, arguments: Sequence[str], extra: Mapping[str, str] | None = None
    ) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, *arguments],
            cwd=self.code,
            env=self.environ(extra or {}),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(
        self, arguments: Sequence[str], extra: Mapping[str, str] | None = None
    ) -> tuple[int, str]:
        """Run Python with `arguments`; return its exit code and all it printed."""
        program = self.start(arguments, extra)
        printed, _ = program.communicate(timeout=240)
        print(printed)
        return program.returncode, printed

    def assert_nothing_is_left(self) -> None:
        """Fail if a process is still running, or a file is left where only a browser writes."""
        self.assert_processes()
        assert sorted(self.temporary.rglob("*")) == []
        assert sorted(self.home.rglob("*")) == []

    def assert_processes(self, *expected: str) -> None:
        """Fail unless only the `expected` programs are running after at most a minute."""
        deadline = time.monotonic() + 60
        while True:
            running = self.processes()
            names = [Path(line.split()[0]).name for line in running]
            if names == list(expected) or time.monotonic() > deadline:
                break
            time.sleep(0.05)
        assert names == list(expected), running

    def processes(self) -> list[str]:
        """Return the command lines of running processes that were started from here."""
        mark = f"{_MARK}={self.folder}\0".encode()
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                marked = mark in (process / "environ").read_bytes() + b"\0"
                line = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                # It has just ended.
                continue
            if marked and line:
                found.append(line)
        return found

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
