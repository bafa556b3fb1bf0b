"""Run a program in a room of its own, and see what it leaves there and behind."""

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
_MARK = "REHEARSAL_TESTING_ROOM"


@dataclass(frozen=True, kw_only=True)
class Room:
    """A folder that holds everything a program may write: its home, its temporary files."""

    folder: Path

    @classmethod
    def make(cls) -> "Room":
        # Not pytest's tmp_path: a browser's sockets need a short one.
        room = cls(folder=Path(tempfile.mkdtemp(prefix="room-")))
        for path in (room.home, room.temporary, room.code):
            path.mkdir()
        return room

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
        printed, _ = program.communicate(timeout=120)
        print(printed)
        return program.returncode, printed

    def assert_nothing_is_left(self) -> None:
        """Fail if a process still lives, or a file still lies, where only a browser put one."""
        self.assert_processes()
        assert sorted(self.temporary.rglob("*")) == []
        assert sorted(self.home.rglob("*")) == []

    def assert_processes(self, *expected: str) -> None:
        """Fail if others than the `expected` programs live on for more than 5 s."""
        deadline = time.monotonic() + 5
        while True:
            alive = self.processes()
            names = [Path(line.split()[0]).name for line in alive]
            if names == list(expected) or time.monotonic() > deadline:
                break
            time.sleep(0.05)
        assert names == list(expected), alive

    def processes(self) -> list[str]:
        """Return the command lines of living processes that were started from here."""
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
