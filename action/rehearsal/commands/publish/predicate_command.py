"""`rehearse predicate`: write what is to be attested of a published image."""

import argparse
from collections.abc import Mapping
from pathlib import Path

from rehearsal.commands.command import Command
from rehearsal.commands.publish.predicate import TYPE, predicate, read_digests
from rehearsal.commands.publish.reference import split_repository
from rehearsal.config.inputs import shown
from rehearsal.evidence.require_passed import require_passed
from rehearsal.outside.github import Console
from rehearsal.verdict import Misconfigured


def flags(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    parser.add_argument(
        "--evidence-path",
        metavar="FOLDER",
        required=True,
        help="holds the verdict.json of the rehearsal, or of the merged ones",
    )
    parser.add_argument(
        "--digests",
        metavar="JSON",
        required=True,
        help="what was published: the output digests of action/publish",
    )
    parser.add_argument(
        "--into", metavar="FILE", required=True, help="where to write it; replaced if it is there"
    )
    parser.add_argument(
        "--subjects",
        metavar="FILE",
        default="",
        help="where to write what it is about, as actions/attest reads subject-checksums",
    )


def subjects(digests: Mapping[str, str]) -> str:
    """Return a line for each repository and digest, as sha256sum writes it; tags are left out.

    Source: actions/attest 4, its input subject-checksums.
    """
    lines = set()
    for reference, digest in digests.items():
        registry, repository = split_repository(reference.rpartition(":")[0])
        lines.add(f"{digest.removeprefix('sha256:')}  {registry}/{repository}\n")
    return "".join(sorted(lines))


def run(options: argparse.Namespace, _: Mapping[str, str], console: Console) -> int:
    """Write the predicate, and set the outputs `predicate-path` and `predicate-type`.

    Where subjects are asked for, `subjects-path` is another. Raises `Misconfigured` where an
    argument is wrong, `Problem` (publish-failed) where the rehearsal did not pass.
    """
    digests = read_digests(options.digests)
    record = require_passed(
        Path(options.evidence_path),
        given=f"--evidence-path is {shown(options.evidence_path)}",
        otherwise="Nothing is attested.",
    )
    text = predicate(record, digests)
    into = _write("--into", options.into, text)
    console.output("predicate-path", str(into))
    console.output("predicate-type", TYPE)
    if options.subjects:
        about = _write("--subjects", options.subjects, subjects(digests))
        console.output("subjects-path", str(about))
    console.say(f"wrote the predicate {TYPE} to {into}")
    return 0


def _write(flag: str, path: str, text: str) -> Path:
    """Write a file and return its absolute path. Raises `Misconfigured`."""
    file = Path(path)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", errors="replace")
    except OSError as error:
        raise Misconfigured(
            f"{flag} is {path!r}, which cannot be written: {error.strerror or error}.",
            hint="Name a file in a folder that may be written to, below RUNNER_TEMP say.",
        ) from None
    return file.resolve()


PREDICATE = Command(
    name="predicate",
    summary="State what is to be attested of an image that was published.",
    add_arguments=flags,
    run=run,
)
