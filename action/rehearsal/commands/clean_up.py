"""The clean-up step: whatever became of the rehearsal, nothing stays and everything is kept."""

import os
import shutil
import signal
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

from rehearsal.config import child_environment
from rehearsal.evidence.folder import sanitize_folder
from rehearsal.evidence.policy import should_keep
from rehearsal.outside.engine import EngineError
from rehearsal.outside.find_engine import find_engine
from rehearsal.outside.github import Console
from rehearsal.outside.marked_processes import end_processes_with_env
from rehearsal.pipeline.run import Run, unfinished_runs
from rehearsal.redaction.redactor import Redactor
from rehearsal.results.file_names import EVIDENCE, STAGING
from rehearsal.verdict import RehearsalError, Verdict

# A helper that hears SIGTERM takes its container down within 5 s.
GRACE = 6.0


def clean_up(environ: Mapping[str, str], console: Console, redactor: Redactor) -> None:
    """End and sweep every open run of this job, and say whether there is evidence to upload.

    `redactor` knows the secrets of the step, those generated for a run excepted.
    """
    for run in unfinished_runs(environ):
        _end(run)
        try:
            remove_everything(run, environ)
        except (RehearsalError, EngineError) as error:
            console.warning(str(error), title="Clean-up could not ask the engine")
        outputs = dict(run.outputs or _outputs_of_a_killed(run))
        upload = should_keep(run.evidence, outputs) and _is_clean(run, redactor, console)
        for name, value in (*outputs.items(), ("upload", str(upload).lower())):
            console.output(name, value)
        replace(run, outputs=outputs, cleaned_up=True).write()


def remove_everything(run: Run, environ: Mapping[str, str]) -> None:
    """Remove whatever the run has started: its processes, containers, volumes, staged files.

    Raises `RehearsalError` or `EngineError` when the engine cannot be asked.
    """
    end_processes_with_env(run.env_mark)
    shutil.rmtree(run.path / STAGING, ignore_errors=True)
    find_engine(child_environment.for_children(environ, ())).remove_labelled(run.label)


def _end(run: Run) -> None:
    if not run.is_alive():
        return
    for number, grace in ((signal.SIGTERM, GRACE), (signal.SIGKILL, 1.0)):
        with suppress(ProcessLookupError):
            os.kill(run.pid, number)
        limit = time.monotonic() + grace
        while run.is_alive() and time.monotonic() < limit:
            time.sleep(0.05)


def _outputs_of_a_killed(run: Run) -> dict[str, str]:
    return {
        "verdict": str(Verdict.CANCELLED),
        "evidence-path": str(run.path / EVIDENCE),
        "artifact-name": run.artifact_name,
    }


def _is_clean(run: Run, redactor: Redactor, console: Console) -> bool:
    """Sweep the evidence once more; whether there is any, and nothing speaks against its upload."""
    folder = run.path / EVIDENCE
    try:
        for name in sanitize_folder(folder, redactor):
            console.warning(
                f"{name} held what does not belong there; it was taken out.",
                title="Evidence cleaned before its upload",
            )
    except OSError as error:
        console.warning(
            f"The evidence could not be looked through ({error.strerror}), so it stays here.",
            title="Evidence not uploaded",
        )
        return False
    return any(path.is_file() for path in folder.rglob("*"))
