"""`rehearse predicate`: write what is to be attested of a published image."""

import argparse
from collections.abc import Mapping
from pathlib import Path

from rehearsal.account import read_account
from rehearsal.fields import Unexpected
from rehearsal.outside.github import Console
from rehearsal.predicate import TYPE, predicate, read_digests
from rehearsal.verb import Verb
from rehearsal.verdict import Misconfigured

FILE = "verdict.json"


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


def run(options: argparse.Namespace, _: Mapping[str, str], console: Console) -> int:
    """Write the predicate, and set the outputs `predicate-path` and `predicate-type`.

    Raises `Misconfigured` where an argument is wrong, `Problem` (publish-failed) where the
    rehearsal did not pass.
    """
    digests = read_digests(options.digests)
    file = Path(options.evidence_path) / FILE
    try:
        record, _exhibits = read_account(file)
    except (Unexpected, OSError) as error:
        found = error if isinstance(error, Unexpected) else error.strerror or error
        raise Misconfigured(
            f"--evidence-path is {options.evidence_path!r}, whose {FILE} cannot be read: {found}.",
            advice="Name the folder of the output evidence-path, or of the downloaded artifact "
            "(evidence: always uploads it for what passed, too).",
        ) from None
    text = predicate(record, digests)
    into = Path(options.into)
    try:
        into.parent.mkdir(parents=True, exist_ok=True)
        into.write_text(text, encoding="utf-8", errors="replace")
    except OSError as error:
        raise Misconfigured(
            f"--into is {options.into!r}, which cannot be written: {error.strerror or error}.",
            advice="Name a file in a folder that may be written to, below RUNNER_TEMP say.",
        ) from None
    console.output("predicate-path", str(into.resolve()))
    console.output("predicate-type", TYPE)
    console.say(f"wrote the predicate {TYPE} to {into}")
    return 0


VERB = Verb(
    name="predicate",
    does="what to attest of an image that was published after it passed",
    flags=flags,
    run=run,
)
