"""`rehearse merge`: read the evidence of all shards, and write the merged evidence."""

import argparse
import re
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from rehearsal.commands.command import Command
from rehearsal.commands.merge.folders import read_shards
from rehearsal.commands.merge.merging import SUCCESS, MergeResult, merge
from rehearsal.commands.merge.page import page
from rehearsal.commands.merge.shards import latest_attempts
from rehearsal.commands.merge.summary import summary, total
from rehearsal.commands.workflow.digest_spelling import SPELLINGS, spell
from rehearsal.evidence.folder import Evidence
from rehearsal.outside.folder import Folder
from rehearsal.outside.github import Console
from rehearsal.pipeline.since_baseline import SinceBaseline
from rehearsal.redaction.redactor import Redactor
from rehearsal.regex import regex
from rehearsal.report.annotations import MAX_ANNOTATIONS
from rehearsal.report.closing import closing
from rehearsal.results.file_names import PAGE_FILE, SUMMARY_FILE, VERDICT_FILE
from rehearsal.results.verdict_json import write_json
from rehearsal.verdict import MisconfiguredError, Verdict

NUMBER = regex(r"[1-9][0-9]{0,3}\Z", re.ASCII)
# Source: GitHub's documentation of the `needs` context.
JOB_RESULTS = ("", SUCCESS, "failure", "cancelled", "skipped")
REPLACED = "{} is left out: a later attempt of the workflow run replaced it."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the flags."""
    parser.add_argument(
        "folder",
        metavar="FOLDER",
        help="a folder for each artifact, or one artifact",
    )
    parser.add_argument(
        "--expect",
        metavar="N",
        required=True,
        help="how many rehearsals: shards times browsers",
    )
    parser.add_argument(
        "--into",
        metavar="FOLDER",
        required=True,
        help="where to write; an existing folder must be empty",
    )
    parser.add_argument(
        "--artifact-name",
        metavar="NAME",
        default="",
        help="the artifact's name for the merged evidence",
    )
    parser.add_argument(
        "--baseline",
        metavar="FOLDER",
        default="",
        help="the evidence of an earlier rehearsal to compare with",
    )
    parser.add_argument(
        "--jobs",
        metavar="RESULT",
        choices=JOB_RESULTS,
        default="",
        help=f"needs.JOB.result of the jobs: {', '.join(filter(None, JOB_RESULTS))}",
    )
    parser.add_argument(
        "--spelling",
        choices=SPELLINGS,
        default="hex",
        help="of the output verdict-digest: letters, where a secret has lines of digits",
    )


def run(options: argparse.Namespace, environ: Mapping[str, str], console: Console) -> int:
    """Merge and report; return the exit code of the merged verdict. Raises `MisconfiguredError`."""
    expected = _parse_number(options.expect)
    source, into = Path(options.folder), Path(options.into)
    _check_folders(source, into)
    baseline = _baseline(options.baseline)
    run_id, attempt = environ.get("GITHUB_RUN_ID"), environ.get("GITHUB_RUN_ATTEMPT")
    # Renamed at the end, so that `into` appears complete or not at all.
    with tempfile.TemporaryDirectory(prefix=".merge-", dir=into.parent) as folder:
        warnings: list[str] = []
        evidence = Evidence(Folder(Path(folder)), Redactor(), warnings.append)
        found = list(read_shards(source, evidence))
        latest, replaced = latest_attempts(shard for _, shard in found)
        names = {shard.name for shard in latest}
        for path, shard in found:
            if shard.name in names:
                try:
                    evidence.copy_folder(Folder(path), shard.folder)
                except OSError as error:
                    warnings.append(f"{path} could not be read: {error.strerror}.")
        merged = merge(
            latest,
            expected=expected,
            name="-".join(filter(None, (run_id, attempt, "merged"))),
            jobs=options.jobs,
        )
        since = SinceBaseline(baseline, str, warnings.append)
        compared = since.add_pictures(since.add_to(merged.result), evidence.folder)
        notices = (*(REPLACED.format(shard.name) for shard in replaced), *warnings)
        result = replace(
            compared,
            evidence_path=str(into.resolve()),
            artifact_name=options.artifact_name,
            notices=merged.result.notices + notices,
        )
        _report(replace(merged, result=result), evidence, console, options.spelling)
        evidence.folder.path.replace(into)
    return result.verdict.exit_code


def _parse_number(text: str) -> int:
    if not NUMBER.match(text):
        raise MisconfiguredError(
            f"--expect is {text[:40]!r}, which is not a number from 1 to 9999.",
            hint="Set it to the number of rehearsals: the number of shards multiplied by the "
            "number of browsers.",
        )
    return int(text)


def _baseline(text: str) -> Path | None:
    """Return the folder of the baseline, which may be missing. Raises `MisconfiguredError`."""
    if not text:
        return None
    path = Path(text)
    try:
        path = path.resolve()
        is_other = path.exists() and not path.is_dir()
    except (OSError, RuntimeError):  # The name is too long, or links form a circle.
        is_other = True
    if is_other:
        raise MisconfiguredError(
            f"--baseline is {text!r}, which is not a folder.",
            hint="Name the folder of the evidence of an earlier rehearsal.",
        )
    return path


def _check_folders(source: Path, into: Path) -> None:
    if into.resolve().is_relative_to(source.resolve()):
        raise MisconfiguredError(
            f"--into is {str(into)!r}, which is inside the folder to merge ({str(source)!r}).",
            hint="Name a folder outside of it.",
        )
    try:
        into.parent.mkdir(parents=True, exist_ok=True)
        occupied = any(into.iterdir()) if into.exists() else False
    except OSError as error:
        raise MisconfiguredError(
            f"--into is {str(into)!r}, where nothing can be written: {error.strerror}.",
            hint="Name a folder that does not exist yet, in a folder that you may write to.",
        ) from error
    if occupied:
        raise MisconfiguredError(
            f"--into is {str(into)!r}, which is not empty.",
            hint="Name a folder that does not exist yet, or remove its content.",
        )


def _report(merged: MergeResult, evidence: Evidence, console: Console, spelling: str) -> None:
    result = merged.result
    # The outputs come first: later steps need them even if a report cannot be written.
    for name, value in result.outputs().items():
        console.output(name, value)
    name = result.artifact_name
    markdown = summary(merged, evidence=f"the artifact {name}" if name else "the merged evidence")
    digest = evidence.write_document(VERDICT_FILE, write_json(result))
    console.output("verdict-digest", spell(digest, spelling))
    evidence.write(SUMMARY_FILE, markdown)
    evidence.write_parts(PAGE_FILE, page(merged).parts)
    console.summary(markdown)
    # Each shard's own job has already reported the problems of that shard.
    for problem in merged.matrix_problems[:MAX_ANNOTATIONS]:
        message = "\n".join(filter(None, (problem.message, problem.hint)))
        console.error(message, title=f"Dress rehearsal: {problem.verdict}")
    text = closing(result, evidence=result.evidence_path, counts=total(result))
    console.verdict(text, ok=result.verdict is Verdict.PASSED)


COMMAND = Command(
    add_arguments=add_arguments,
    run=run,
)
