"""The clean-up step: remove everything that the rehearsal started, and set the outputs."""

import json
from collections.abc import Mapping

from rehearsal.commands.remove_everything import attempt, end_helper, remove_everything
from rehearsal.config.input_table import INPUTS
from rehearsal.evidence.changed_verdict import drop_changed_verdict
from rehearsal.evidence.folder import MAX_FILE_SIZE
from rehearsal.evidence.left_out import MEGABYTE
from rehearsal.evidence.policy import should_keep
from rehearsal.evidence.sanitize import sanitize_folder
from rehearsal.outside.github import Console
from rehearsal.outside.signals import ignore_cancellation
from rehearsal.pipeline.run_folder import (
    RunReference,
    default_artifact_name,
    newest_ended_run,
)
from rehearsal.redaction.redactor import Redactor
from rehearsal.results.file_names import EVIDENCE, VERDICT_FILE
from rehearsal.verdict import Verdict

# The action sets it to the outputs of its first step. The runner keeps them, so the tests cannot
# change them once that step has ended.
OUTPUTS_VARIABLE = "REHEARSAL_OUTPUTS"
# In seconds, for each step of the clean-up.
SEARCH_TIMEOUT = 10.0
HELPER_TIMEOUT = 10.0
SANITIZE_TIMEOUT = 300.0


def clean_up(
    inputs: Mapping[str, object],
    known: Mapping[str, str],
    environ: Mapping[str, str],
    console: Console,
    redactor: Redactor,
) -> None:
    """Clean up after the first step, and set the outputs of this step.

    `known` are the outputs of the first step, and `environ` is for the engine's client. `redactor`
    knows the secrets of the step, but not those that were generated for a run.
    """
    ignore_cancellation()

    def warn(message: str) -> None:
        console.warning(message, title="Clean-up incomplete")

    run = RunReference.parse(known.get("run", ""))
    # A run that ended without a folder has told its verdict, but no name.
    if not run and not known.get("verdict"):
        run = attempt("look for the run", SEARCH_TIMEOUT, lambda: newest_ended_run(environ), warn)
    if not run:
        return
    attempt(
        "end the rehearsal's own process", HELPER_TIMEOUT, lambda: end_helper(run, environ), warn
    )
    remove_everything(run, environ, warn)
    verdict = known.get("verdict") or str(Verdict.CANCELLED)
    limit = int(_valid(inputs, "evidence-limit")) * MEGABYTE
    upload = should_keep(_valid(inputs, "evidence"), {**known, "verdict": verdict}) and attempt(
        "check the evidence, so it stays on this machine",
        SANITIZE_TIMEOUT,
        lambda: _has_clean_evidence(
            run, environ, redactor, console, limit, digest=known.get("verdict-digest", "")
        ),
        warn,
    )
    name = known.get("artifact-name") or _valid(inputs, "artifact-name")
    console.output("verdict", verdict)
    console.output("evidence-path", str(run.path(environ) / EVIDENCE))
    console.output("artifact-name", name or default_artifact_name(run, environ))
    console.output("upload", str(bool(upload)).lower())


def read_first_outputs(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the outputs of the action's first step, as far as there are any."""
    try:
        found = json.loads(environ.get(OUTPUTS_VARIABLE, ""))
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    return {name: value for name, value in found.items() if isinstance(value, str)}


def _valid(inputs: Mapping[str, object], name: str) -> str:
    """Return an input, or its default if it is not valid."""
    value = str(inputs.get(name) or "")
    return value if INPUTS[name].type.accepts(value) else INPUTS[name].default


def _has_clean_evidence(
    run: RunReference,
    environ: Mapping[str, str],
    redactor: Redactor,
    console: Console,
    limit: int,
    *,
    digest: str,
) -> bool:
    """Sanitize the evidence once more; return whether there is any. Raises OSError.

    `limit` is what the files of the tests may have, in bytes. `digest` is that of the verdict.json
    that the first step wrote, if it wrote one.
    """
    parent = run.open(environ)
    if not parent.exists(EVIDENCE):
        return False
    if run.evidence:
        parent.require(EVIDENCE, run.evidence)
    folder = parent.folder(EVIDENCE)
    for name in sanitize_folder(folder, redactor, max_size=max(limit, MAX_FILE_SIZE)):
        console.warning(
            f"{name} held a secret, had an unsafe name or was not a regular file; it was cleaned "
            "or removed.",
            title="Evidence cleaned before its upload",
        )
    if digest and drop_changed_verdict(folder, digest):
        # `merge` reads it in another job, which cannot know the digest.
        console.warning(
            f"{VERDICT_FILE} was not the file that the rehearsal wrote: something has changed it "
            "since, like a process that the tests left. It was removed.",
            title="Evidence changed before its upload",
        )
    return any(entry.is_file for entry in folder.walk(lambda *_: None))
