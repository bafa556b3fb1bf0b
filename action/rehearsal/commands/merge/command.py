"""`rehearse merge`: read the folders, write one out of them, say how it ended."""

import argparse
import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from rehearsal.commands.command import Command
from rehearsal.commands.merge.folders import read_shards
from rehearsal.commands.merge.merging import SUCCESS, Merged, merge
from rehearsal.commands.merge.page import page
from rehearsal.commands.merge.shards import latest_attempts
from rehearsal.commands.merge.summary import summary, total
from rehearsal.evidence.folder import Evidence
from rehearsal.outside.github import Console
from rehearsal.redaction.redactor import Redactor
from rehearsal.report.annotations import LONGEST, MOST
from rehearsal.results.file_names import PAGE, SUMMARY, VERDICT
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.results.verdict_json import write_json
from rehearsal.verdict import MisconfiguredError, Verdict

NUMBER = re.compile(r"[1-9][0-9]{0,3}\Z", re.ASCII)
# Source: GitHub's documentation of the `needs` context.
RESULTS = ("", SUCCESS, "failure", "cancelled", "skipped")
REPLACED = "{} is left out: a later attempt of the workflow run did it again."


def flags(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    parser.add_argument(
        "folder",
        metavar="FOLDER",
        help="holds one folder for each downloaded artifact (or one artifact itself)",
    )
    parser.add_argument(
        "--expect",
        metavar="N",
        required=True,
        help="how many rehearsals there have to be: the shards, times the browsers",
    )
    parser.add_argument(
        "--into", metavar="FOLDER", required=True, help="the merged evidence; it must not exist yet"
    )
    parser.add_argument(
        "--artifact-name", metavar="NAME", default="", help="what it will be uploaded as"
    )
    parser.add_argument(
        "--jobs",
        metavar="RESULT",
        choices=RESULTS,
        default="",
        help=f"how their jobs ended, needs.JOB.result: {', '.join(filter(None, RESULTS))}",
    )


def run(options: argparse.Namespace, environ: Mapping[str, str], console: Console) -> int:
    """Merge, tell, and return the exit code of the merged verdict. Raises `MisconfiguredError`."""
    expected = _number(options.expect)
    source, into = Path(options.folder), Path(options.into)
    _check(source, into)
    numbers = (environ.get("GITHUB_RUN_ID"), environ.get("GITHUB_RUN_ATTEMPT"), "merged")
    # Beside its place: it appears there whole, or not at all.
    with tempfile.TemporaryDirectory(prefix=".merge-", dir=into.parent) as room:
        complaints: list[str] = []
        evidence = Evidence(Path(room), Redactor(), complaints.append)
        found = list(read_shards(source, evidence))
        legs, replaced = latest_attempts(leg for _, leg in found)
        counting = {leg.name for leg in legs}
        for path, leg in found:
            if leg.name in counting:
                evidence.copy_folder(path, leg.folder)
        name = "-".join(filter(None, numbers))
        merged = merge(legs, expected=expected, name=name, jobs=options.jobs)
        result = replace(
            merged.result,
            evidence=str(into.resolve()),
            artifact_name=options.artifact_name,
            notices=(
                *merged.result.notices,
                *(REPLACED.format(leg.name) for leg in replaced),
                *complaints,
            ),
        )
        _tell(replace(merged, result=result), evidence, console)
        evidence.folder.replace(into)
    return result.verdict.exit_code


def _number(text: str) -> int:
    if not NUMBER.match(text):
        raise MisconfiguredError(
            f"--expect is {text[:40]!r}.",
            hint="It takes a number from 1 to 9999: the shards, times the browsers.",
        )
    return int(text)


def _check(source: Path, into: Path) -> None:
    if into.resolve().is_relative_to(source.resolve()):
        raise MisconfiguredError(
            f"--into is {str(into)!r}, which lies in the folder that is read ({str(source)!r}).",
            hint="Name a folder beside it.",
        )
    try:
        into.parent.mkdir(parents=True, exist_ok=True)
        taken = any(into.iterdir()) if into.exists() else False
    except OSError as error:
        raise MisconfiguredError(
            f"--into is {str(into)!r}, where nothing can be written: {error.strerror}.",
            hint="Name a folder that does not exist yet, in one that may be written to.",
        ) from error
    if taken:
        raise MisconfiguredError(
            f"--into is {str(into)!r}, and there is something in it.",
            hint="Name a folder that does not exist yet, or remove what it holds.",
        )


def _tell(merged: Merged, evidence: Evidence, console: Console) -> None:
    result = merged.result
    # Before the reports: a fault of ours in one of them must not cost what later steps rely on.
    for name, value in result.outputs().items():
        console.output(name, value)
    name = result.artifact_name
    told = summary(merged, rest=f"the artifact {name}" if name else "the merged evidence")
    evidence.write(VERDICT, write_json(result))
    evidence.write(SUMMARY, told)
    evidence.write(PAGE, page(merged))
    console.summary(told)
    # Of what happened in a shard, that shard's own job has told.
    for problem in merged.problems[:MOST]:
        message = "\n".join(filter(None, (problem.message, problem.hint)))
        console.error(message[:LONGEST], title=f"Dress rehearsal: {problem.verdict}")
    console.verdict("\n".join(_closing(result)), ok=result.verdict is Verdict.PASSED)


def _closing(result: RehearsalResult) -> Iterator[str]:
    # On one line each, and never at its start: a line of its own could be a workflow command.
    for shard in result.shards:
        tests = "?" if shard.tests is None else shard.tests
        ended = f"{shard.verdict}, {tests} ran, {shard.failures} failed"
        yield f"shard:    {' '.join(shard.title.split())}: {ended}"
    yield f"tests:    {total(result)}"
    yield from (f"notice:   {' '.join(notice.split())}" for notice in result.notices)
    yield f"evidence: {result.evidence}"
    yield f"verdict:  {result.verdict}"


MERGE = Command(
    name="merge",
    summary="Make one verdict, summary and page of those of all shards.",
    add_arguments=flags,
    run=run,
)
