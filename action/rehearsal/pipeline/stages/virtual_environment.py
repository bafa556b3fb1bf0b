"""The virtual environment that holds the tests' requirements."""

import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from rehearsal.evidence.left_out import MEGABYTE
from rehearsal.evidence.log import Log
from rehearsal.outside.files import read_text
from rehearsal.outside.folder_content import read_content
from rehearsal.outside.installer import find_installer
from rehearsal.outside.process import Process
from rehearsal.pipeline.stages.end_of_log import end_of_log
from rehearsal.pipeline.venv_cache import MAX_SIZE, KeptVenv, VenvCache
from rehearsal.pipeline.venv_key import venv_key
from rehearsal.source.requirements import read_requirements
from rehearsal.verdict import RehearsalError, Verdict

EXCERPT_LINES = 40
# In seconds, to notice that the installation was ended.
END_TIMEOUT = 0.5
# uv is much faster, but does not install all that pip does: so pip has the last word, and its
# messages are those that a diagnosis knows. A copy, as the files of uv's cache must not change.
# If this Python has a pip, use it to install from outside: ensurepip, and compiling modules that no
# test will import, take longer than everything else together (4.2 against 10.7 s of processor time
# for Django and selenium). Install pip too: without it, `pip install` in a test command would use
# the runner's own Python.
INSTALL_SCRIPT = """
python=$1 venv=$2 requirements=$3 uv=$4 has_hashes=$5
if [ "$uv" ]; then
    "$python" -m venv --without-pip "$venv"
    "$uv" pip install --no-progress --link-mode copy --python "$venv/bin/python" \\
        pip -r "$requirements" && exit
    echo "uv could not install them, so pip tries."
fi
if "$python" -m pip --version >/dev/null 2>&1; then
    "$python" -m venv --clear --without-pip "$venv"
    set -- "$python" -m pip --python "$venv/bin/python"
else
    "$python" -m venv --clear "$venv"
    set -- "$venv/bin/python" -m pip
fi
set -- "$@" install --no-compile --disable-pip-version-check --no-input
if [ "$has_hashes" ]; then
    # pip would want a hash of itself, too.
    "$@" pip
    exec "$@" -r "$requirements"
fi
exec "$@" pip -r "$requirements"
"""
# Only for an environment that is kept: it saves each later rehearsal half a second. Some modules
# are not meant to be compiled; Python says so when they are imported.
COMPILE_SCRIPT = """
"$1/bin/python" -I -m compileall -qq -j 0 -x '/site-packages/pip/' "$1/lib" || :
"""
# The capture is on the tests' PYTHONPATH. This file in the environment switches it on where Python
# ignores that (-I, -E) or a suite sets it anew. Several rehearsals may use the environment at once,
# each with a folder of its own to import the capture from. Python prints what such a line raises,
# so it raises nothing.
PTH_NAME = "rehearsal_capture.pth"
PTH_SCRIPT = """\
try:
    import os, sys
    if os.environ["REHEARSAL_PACKAGES"] not in sys.path:
        sys.path.append(os.environ["REHEARSAL_PACKAGES"])
    from rehearsal_capture.start import start
    start()
except Exception:
    pass
"""
PTH = f"""\
import os; os.environ.get("REHEARSAL_PACKAGES") and exec({PTH_SCRIPT!r})
"""


class VenvBuilder:
    """Provides a virtual environment in the background, while the image is built.

    It takes one from the cache or makes one there; without a cache it makes one in `folder`.
    """

    def __init__(
        self,
        requirements: Path,
        folder: Path,
        *,
        env: Mapping[str, str],
        log: Log,
        cache: VenvCache | None = None,
    ) -> None:
        self._requirements = requirements
        self._venv = folder
        self._env = env
        self._log = log
        self.said: list[str] = []
        """What there is to say of an environment that is kept, or is not."""
        self.seconds: float | None = None
        """How long it took, once it is over."""
        self._out = log.stream()
        self._cache = cache
        self._kept: KeptVenv | None = None
        self._process: Process | None = None
        self._code: int | None = None
        self._error: Exception | None = None
        self._is_ended = False
        # Held while a process is started, so that `end` misses none.
        self._starting = threading.Lock()
        self._thread = threading.Thread(target=self._provide, daemon=True)
        self._thread.start()

    @property
    def bin_folder(self) -> Path:
        """Where its programs are, once `wait` has returned."""
        return self._venv / "bin"

    def wait(self) -> None:
        """Wait until everything is installed. Raises `RehearsalError` (setup-failed)."""
        self._thread.join()
        if self._error:
            raise self._error
        if self._code:
            raise RehearsalError(
                Verdict.SETUP_FAILED,
                f"The tests' requirements could not be installed from {self._requirements.name} "
                f"(exit code {self._code}).",
                hint=end_of_log(self._log),
                excerpt=self._log.tail(EXCERPT_LINES),
                source=self._log.name,
            )

    def end(self) -> None:
        """End the installation if it still runs; what it has made so far is not kept."""
        self._is_ended = True
        with self._starting:
            process = self._process
        if process:
            process.end()
        self._thread.join(END_TIMEOUT)
        if self._cache and self._kept and not self._kept.used:
            with suppress(OSError):  # Then the next rehearsal removes it.
                self._cache.discard(self._kept)

    def _provide(self) -> None:
        begun = time.monotonic()
        try:
            if not (self._cache and self._provide_kept(self._cache)):
                self._install()
        except Exception as error:  # noqa: BLE001  (`wait` raises it)
            self._error = error
        self.seconds = time.monotonic() - begun

    def _provide_kept(self, cache: VenvCache) -> bool:
        """Provide an environment of the cache; return False if none can be kept."""
        try:
            key, undescribed = self._find_key(cache)
            if undescribed:
                self._say(f"No virtual environment is kept: {undescribed}.")
                return False
            if self._take(cache, key):
                return True
            self._kept = cache.create(key)
        except OSError as error:
            self._say_not_kept(error)
            return False
        self._venv = self._kept.path
        self._install()
        if not self._code and not self._is_ended:
            try:
                self._keep(cache, self._kept, key)
            except OSError as error:
                self._say_not_kept(error)
        return True

    def _find_key(self, cache: VenvCache) -> tuple[str, str]:
        """Return the key, and why nothing that is made with it may be kept, or ""."""
        requirements = read_requirements(self._requirements, read_text)
        installer = find_installer(self._env, self._requirements.parent)
        own = (INSTALL_SCRIPT, COMPILE_SCRIPT, PTH, str(cache.folder))
        return venv_key(requirements, installer, self._env, own=own), requirements.undescribed

    def _take(self, cache: VenvCache, key: str) -> bool:
        """Take an environment that was kept, unless something is wrong with it."""
        kept = cache.find(key)
        if not kept:
            return False
        if fault := kept.find_fault():
            self._say(f"The kept virtual environment {kept.path} is made anew: {fault}.")
            cache.discard(kept)
            return False
        kept.note_use()
        self._kept, self._venv = kept, kept.path
        self._say(f"The requirements have not changed: {kept.path} is used again.")
        return True

    def _install(self) -> None:
        file = self._requirements
        uv = find_installer(self._env, file.parent).uv
        hashes = "has hashes" if read_requirements(file, read_text).has_hashes else ""
        self._code = self._run(INSTALL_SCRIPT, sys.executable, self._venv, file, uv, hashes)
        for packages in self._venv.glob("lib/python*/site-packages"):
            # Without it there is still the PYTHONPATH.
            with suppress(OSError):
                (packages / PTH_NAME).write_text(PTH, encoding="utf-8")

    def _keep(self, cache: VenvCache, kept: KeptVenv, key: str) -> None:
        """Keep the environment, unless it is too large, or the requirements are others by now."""
        self._run(COMPILE_SCRIPT, kept.path)
        files, size = read_content(kept.path, MAX_SIZE)
        if size > MAX_SIZE:
            self._say(
                "The virtual environment is not kept: it has more than the "
                f"{MAX_SIZE // MEGABYTE} MB that all together may have."
            )
        elif self._find_key(cache) == (key, "") and not self._is_ended:
            cache.publish(kept, files, size)

    def _run(self, script: str, *arguments: str | Path) -> int | None:
        """Run a script of ours to its end; return its exit code, or None after `end`."""
        with self._starting:
            if self._is_ended:
                return None
            self._process = Process(
                ["sh", "-ec", script, "sh", *map(str, arguments)],
                env=self._env,
                out=self._log.stream(),
                cwd=self._requirements.parent,
            )
        return self._process.wait()

    def _say(self, text: str) -> None:
        self.said.append(text)
        self._out(f"{text}\n".encode())

    def _say_not_kept(self, error: OSError) -> None:
        self._say(f"No virtual environment is kept: {error.strerror or error}.")
