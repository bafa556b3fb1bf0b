"""The folder one browser lives in, and the end of everything that was started in it."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_LAUNCHER = Path(__file__).with_name("launch_driver.sh")
_WATCHER = Path(__file__).with_name("cleanup.sh")
_LONGEST_PARENT = 50
_SECONDS_TO_VANISH = 5.0


@dataclass(frozen=True, kw_only=True)
class Lair:
    """A fresh folder for profile, downloads, caches and sockets of one browser.

    Its watcher outlives this process, and then ends the browser and removes the folder.
    """

    folder: Path
    watcher: subprocess.Popen[bytes]

    no_variable = "REHEARSAL_TESTING_CHOOSES_THE_DRIVER"
    """A variable that nobody sets, for where Selenium wants one that could name a driver."""

    @classmethod
    def make(cls) -> "Lair":
        usual = tempfile.gettempdir()
        # Chrome's sockets go in here, and the path of a socket ends at 107 characters.
        parent = usual if len(usual) <= _LONGEST_PARENT else "/tmp"  # noqa: S108
        folder = Path(tempfile.mkdtemp(prefix="rt-", dir=parent))
        watcher = subprocess.Popen(
            ["/bin/sh", str(_WATCHER), str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            # What ends our process group must not end the watcher.
            start_new_session=True,
        )
        return cls(folder=folder, watcher=watcher)

    @property
    def profile(self) -> Path:
        return self.folder / "profile"

    @property
    def downloads(self) -> Path:
        return self.folder / "downloads"

    def runnable(self, program: Path) -> Path:
        """Return `program`, or a copy that may be run where its run bit was lost."""
        if os.access(program, os.X_OK):
            return program
        copy = self.folder / program.name
        shutil.copyfile(program, copy)
        copy.chmod(0o700)
        return copy

    def launcher(self) -> Path:
        """Return the program that starts the driver where the watcher finds it."""
        return self.runnable(_LAUNCHER)

    def environ(self, environ: Mapping[str, str], driver: Path) -> dict[str, str]:
        """Return the driver's environment: whatever it keeps, it keeps in this folder."""
        folder = str(self.folder)
        return {
            **environ,
            "TMPDIR": folder,
            "XDG_CACHE_HOME": folder,
            "XDG_CONFIG_HOME": folder,
            # Its helper process would leave the browser's process group.
            "MOZ_CRASHREPORTER_DISABLE": "1",
            "REHEARSAL_DRIVER": str(self.runnable(driver)),
            "REHEARSAL_FOLDER": folder,
        }

    def clear(self) -> None:
        """End driver and browser, and return when their folder is gone.

        They are killed, not asked: nothing in them is worth keeping, and a Firefox that is
        asked was seen to take ten seconds.
        """
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.watcher.communicate(timeout=_SECONDS_TO_VANISH)
        shutil.rmtree(self.folder, ignore_errors=True)
