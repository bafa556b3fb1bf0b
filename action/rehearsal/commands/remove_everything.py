"""Remove what a rehearsal started, in steps that do not depend on each other."""

import signal
import time
from collections.abc import Callable, Mapping

from rehearsal.config import child_environment
from rehearsal.outside.engine import EngineError
from rehearsal.outside.find_engine import find_engine
from rehearsal.outside.processes import end_processes_with_env, processes_holding, send_signal
from rehearsal.outside.remove_tree import PATIENCE, remove_tree
from rehearsal.outside.time_limit import Result, within
from rehearsal.pipeline.run_folder import RunReference, temp_folder
from rehearsal.pipeline.stages.container import removal_advice
from rehearsal.results.file_names import STAGING
from rehearsal.verdict import RehearsalError

# In seconds. On SIGTERM a rehearsal removes its container within 5 s.
SIGTERM_GRACE = 6.0
SIGKILL_GRACE = 1.0
# In seconds, for each step.
ENGINE_TIMEOUT = 60.0
PROCESSES_TIMEOUT = 10.0
# In characters: an engine may quote anything.
LONGEST_REASON = 500

Warn = Callable[[str], None]


def remove_everything(run: RunReference, environ: Mapping[str, str], warn: Warn) -> None:
    """Remove the containers, networks, volumes, processes and staged files of a run.

    `warn` gets a sentence for each step that failed; the others follow all the same.
    """

    def use_engine() -> None:
        find_engine(child_environment.for_children(environ, ())).remove_labelled(run.label)

    attempt(
        "remove the containers, networks and volumes",
        ENGINE_TIMEOUT,
        use_engine,
        lambda warning: warn(f"{warning}\n{removal_advice(run.label)}"),
    )
    attempt(
        "end the processes",
        PROCESSES_TIMEOUT,
        lambda: end_processes_with_env(run.env_marker),
        warn,
    )
    remove_files(run, environ, warn)


def remove_files(
    run: RunReference,
    environ: Mapping[str, str],
    warn: Warn,
    *,
    whole: bool = False,
    seconds: float = PATIENCE,
) -> None:
    """Remove the staged files of a run, or its `whole` folder, as `remove_everything` does."""
    attempt(
        "remove the private folder of the tests",
        seconds + 1,
        lambda: (_remove_folder if whole else _remove_staging)(run, environ, seconds),
        warn,
    )


def end_helper(run: RunReference, environ: Mapping[str, str]) -> None:
    """End the process that rehearses, which holds the folder of its run. Raises OSError."""
    try:
        folder = run.open(environ)
    except FileNotFoundError:
        return
    for number, grace in ((signal.SIGTERM, SIGTERM_GRACE), (signal.SIGKILL, SIGKILL_GRACE)):
        limit = time.monotonic() + grace
        for pid in processes_holding(folder):
            send_signal(pid, number)
        while processes_holding(folder) and time.monotonic() < limit:
            time.sleep(0.05)


def attempt(what: str, seconds: float, action: Callable[[], Result], warn: Warn) -> Result | None:
    """Return what `action` returns; if it raises anything or takes too long, warn and go on."""
    try:
        return within(seconds, action)
    except (RehearsalError, EngineError) as error:
        reason = str(error)
    except OSError as error:
        reason = error.strerror or str(error)
    except BaseException as error:  # noqa: BLE001  (whatever it is, the other steps must follow)
        reason = f"{type(error).__name__}: {error}"
    warn(f"The clean-up could not {what}: {' '.join(reason.split())[:LONGEST_REASON]}")
    return None


def _remove_folder(run: RunReference, environ: Mapping[str, str], seconds: float) -> None:
    if left := remove_tree(temp_folder(environ), run.folder_name, seconds=seconds):
        raise OSError(left)


def _remove_staging(run: RunReference, environ: Mapping[str, str], seconds: float) -> None:
    try:
        folder = run.open(environ)
        if run.staging:
            folder.require(STAGING, run.staging)
    except FileNotFoundError:
        return  # It has been removed before.
    if left := remove_tree(folder, STAGING, seconds=seconds):
        raise OSError(left)
