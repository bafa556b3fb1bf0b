"""A temporary folder for one browser, and the end of all processes started in it."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_LAUNCH_DRIVER = Path(__file__).with_name("launch_driver.sh")
_CLEANUP = Path(__file__).with_name("cleanup.sh")
_MAX_PARENT_LENGTH = 50
_CLOSE_TIMEOUT_SECONDS = 5.0


@dataclass(frozen=True, kw_only=True)
class BrowserWorkspace:
    """A temporary folder for the profile, downloads, caches and sockets of one browser.

    The process `cleanup` waits until this process closes the workspace or ends, even by SIGKILL.
    Then it kills driver and browser and removes the folder.
    """

    folder: Path
    cleanup: subprocess.Popen[bytes]

    @classmethod
    def create(cls) -> "BrowserWorkspace":
        default = tempfile.gettempdir()
        # Chrome puts sockets in here, and the path of a socket may have 107 characters.
        parent = default if len(default) <= _MAX_PARENT_LENGTH else "/tmp"  # noqa: S108
        folder = Path(tempfile.mkdtemp(prefix="rt-", dir=parent))
        cleanup = subprocess.Popen(
            ["/bin/sh", str(_CLEANUP), str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            # A signal to our process group must not reach the clean-up process.
            start_new_session=True,
        )
        return cls(folder=folder, cleanup=cleanup)

    @property
    def profile(self) -> Path:
        return self.folder / "profile"

    @property
    def downloads(self) -> Path:
        return self.folder / "downloads"

    def service_arguments(self, environ: Mapping[str, str], driver: Path) -> dict[str, Any]:
        """Return the arguments with which Selenium's `Service` starts `driver` in this folder."""
        return {
            "executable_path": str(self.launcher()),
            "env": self.driver_environ(environ, driver),
            # Never set. Otherwise Selenium would start SE_CHROMEDRIVER or SE_GECKODRIVER
            # directly, without our launcher.
            "driver_path_env_key": "REHEARSAL_TESTING_CHOOSES_THE_DRIVER",
            "popen_kw": {"start_new_session": True},
        }

    def launcher(self) -> Path:
        """Return the program that starts the driver and tells cleanup.sh its process group."""
        return self.ensure_executable(_LAUNCH_DRIVER)

    def driver_environ(self, environ: Mapping[str, str], driver: Path) -> dict[str, str]:
        """Return the driver's environment: all its files go into this folder."""
        folder = str(self.folder)
        return {
            **environ,
            "TMPDIR": folder,
            "XDG_CACHE_HOME": folder,
            "XDG_CONFIG_HOME": folder,
            # Firefox's crash reporter would leave the browser's process group.
            "MOZ_CRASHREPORTER_DISABLE": "1",
            "REHEARSAL_DRIVER": str(self.ensure_executable(driver)),
            "REHEARSAL_FOLDER": folder,
        }

    def ensure_executable(self, program: Path) -> Path:
        """Return `program`, or an executable copy if its executable bit is missing."""
        if os.access(program, os.X_OK):
            return program
        copy = self.folder / program.name
        shutil.copyfile(program, copy)
        copy.chmod(0o700)
        return copy

    def begin_close(self) -> None:
        """Let driver and browser be killed; another process does it."""
        if self.cleanup.stdin is not None:
            self.cleanup.stdin.close()

    def close(self) -> None:
        """Kill driver and browser, and return when the folder is removed.

        Nothing in them is worth a clean exit, and that of Firefox can take ten seconds.
        """
        self.begin_close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.cleanup.wait(timeout=_CLOSE_TIMEOUT_SECONDS)
        shutil.rmtree(self.folder, ignore_errors=True)
