"""The clean-up step: remove everything that the rehearsal started, and set the outputs."""

import os
import shutil
import signal
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

from rehearsal.config import child_environment
from rehearsal.evidence.policy import should_keep
from rehearsal.evidence.sanitize import sanitize_folder
from rehearsal.outside.engine import EngineError
from rehearsal.outside.find_engine import find_engine
from rehearsal.outside.folder import Folder
from rehearsal.outside.github import Console
from rehearsal.outside.marked_processes import end_processes_with_env
from rehearsal.pipeline.run_folder import RunRecord, unfinished_runs
from rehearsal.redaction.redactor import Redactor
from rehearsal.results.file_names import EVIDENCE, STAGING
from rehearsal.verdict import RehearsalError, Verdict

# In seconds. On SIGTERM a rehearsal removes its container within 5 s.
SIGTERM_GRACE = 6.0


def clean_up(environ: Mapping[str, str], console: Console, redactor: Redactor) -> None:
    """Clean up every unfinished run of this job, and set the outputs of the step.

    `redactor` knows the secrets of the step, but not those that were generated for a run.
    """
    for run in unfinished_runs(environ):
        _end_rehearsal_process(run)
        try:
            remove_everything(run, environ)
        except (RehearsalError, EngineError) as error:
            console.warning(str(error), title="Clean-up could not use the engine")
        outputs = dict(run.outputs or _outputs_of_killed_run(run))
        upload = should_keep(run.evidence_policy, outputs) and _has_clean_evidence(
            run, redactor, console
        )
        for name, value in (*outputs.items(), ("upload", str(upload).lower())):
            console.output(name, value)
        replace(run, outputs=outputs, cleaned_up=True).write()


def remove_everything(run: RunRecord, environ: Mapping[str, str]) -> None:
    """Remove the processes, containers, volumes and staged files of a run.

    Raises `RehearsalError` or `EngineError` when the engine does not answer.
    """
    end_processes_with_env(run.env_marker)
    shutil.rmtree(run.path / STAGING, ignore_errors=True)
    find_engine(child_environment.for_children(environ, ())).remove_labelled(run.label)


def _end_rehearsal_process(run: RunRecord) -> None:
    if not run.is_alive():
        return
    for number, grace in ((signal.SIGTERM, SIGTERM_GRACE), (signal.SIGKILL, 1.0)):
        with suppress(ProcessLookupError):
            os.kill(run.pid, number)
        limit = time.monotonic() + grace
        while run.is_alive() and time.monotonic() < limit:
            time.sleep(0.05)


def _outputs_of_killed_run(run: RunRecord) -> dict[str, str]:
    return {
        "verdict": str(Verdict.CANCELLED),
        "evidence-path": str(run.path / EVIDENCE),
        "artifact-name": run.artifact_name,
    }


def _has_clean_evidence(run: RunRecord, redactor: Redactor, console: Console) -> bool:
    """Sanitize the evidence once more; return whether there is any that can be uploaded."""
    folder = run.path / EVIDENCE
    try:
        for name in sanitize_folder(Folder(folder), redactor):
            console.warning(
                f"{name} held a secret, had an unsafe name or was not a regular file; it was "
                "cleaned or removed.",
                title="Evidence cleaned before its upload",
            )
    except OSError as error:
        console.warning(
            f"The evidence could not be checked ({error.strerror}), so it stays on this machine.",
            title="Evidence not uploaded",
        )
        return False
    return any(path.is_file() for path in folder.rglob("*"))
