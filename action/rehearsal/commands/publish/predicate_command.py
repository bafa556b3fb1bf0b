"""The sub-command `predicate`: write the predicate of an attestation."""

import argparse
from collections.abc import Mapping
from pathlib import Path

from rehearsal.commands.command import Command
from rehearsal.commands.publish.digest_lines import read_digests
from rehearsal.commands.publish.predicate import PREDICATE_TYPE, predicate_json
from rehearsal.commands.publish.reference import split_repository
from rehearsal.commands.workflow.digest_spelling import read_digest
from rehearsal.config.inputs import quoted
from rehearsal.evidence.require_passed import require_passed
from rehearsal.outside.github import Console
from rehearsal.verdict import MisconfiguredError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    parser.add_argument(
        "--evidence-path",
        metavar="FOLDER",
        required=True,
        help="the folder with the rehearsal's verdict.json",
    )
    parser.add_argument(
        "--verdict-digest",
        metavar="DIGEST",
        default="",
        help="the digest that verdict.json must have",
    )
    parser.add_argument(
        "--digests",
        metavar="LINES",
        required=True,
        help="the output digests of action/publish",
    )
    parser.add_argument(
        "--into",
        metavar="FILE",
        required=True,
        help="where to write the predicate",
    )
    parser.add_argument(
        "--subjects",
        metavar="FILE",
        default="",
        help="where to write actions/attest's subject-checksums",
    )


def subject_lines(digests: Mapping[str, str]) -> str:
    """Return one line for each repository and digest, without tags, in the format of sha256sum.

    Source: actions/attest 4, its input subject-checksums.
    """
    lines = set()
    for reference, digest in digests.items():
        registry, repository = split_repository(reference.rpartition(":")[0])
        lines.add(f"{digest.removeprefix('sha256:')}  {registry}/{repository}\n")
    return "".join(sorted(lines))


def run(options: argparse.Namespace, _: Mapping[str, str], console: Console) -> int:
    """Write the predicate, and set the outputs `predicate-path` and `predicate-type`.

    With --subjects also write the subjects and set `subjects-path`. Raises `MisconfiguredError`
    when an argument is invalid, `RehearsalError` (publish-failed) when the rehearsal did not pass.
    """
    digests = read_digests(options.digests)
    rehearsal = require_passed(
        Path(options.evidence_path),
        given=f"--evidence-path is {quoted(options.evidence_path)}",
        otherwise="Nothing is attested.",
        digest=_read_verdict_digest(options.verdict_digest),
    )
    text = predicate_json(rehearsal, digests)
    into = _write("--into", options.into, text)
    console.output("predicate-path", str(into))
    console.output("predicate-type", PREDICATE_TYPE)
    if options.subjects:
        subjects = _write("--subjects", options.subjects, subject_lines(digests))
        console.output("subjects-path", str(subjects))
    console.info(f"wrote the predicate {PREDICATE_TYPE} to {into}")
    return 0


def _read_verdict_digest(given: str) -> str:
    digest = read_digest(given)
    if given and not digest:
        raise MisconfiguredError(
            f"--verdict-digest is {given[:100]!r}, which is no digest.",
            hint="Pass the output verdict-digest of the rehearsal as it is.",
        )
    return digest


def _write(flag: str, path: str, text: str) -> Path:
    """Write a file and return its absolute path. Raises `MisconfiguredError`."""
    file = Path(path)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", errors="replace")
    except OSError as error:
        raise MisconfiguredError(
            f"{flag} is {path!r}, which cannot be written: {error.strerror or error}.",
            hint="Name a file in a writable folder, for example below RUNNER_TEMP.",
        ) from None
    return file.resolve()


COMMAND = Command(
    add_arguments=add_arguments,
    run=run,
)
