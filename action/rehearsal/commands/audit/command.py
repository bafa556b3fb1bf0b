"""`rehearse audit IMAGE`: start an image as its inputs say, audit it, and report."""

import argparse
import shutil
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from rehearsal.commands.audit.document import FORMATS, find_dockerfile, make_document
from rehearsal.commands.audit.request import FLAGS, read_request
from rehearsal.commands.command import Command
from rehearsal.commands.input_flags import add_input_flags, add_step_flags
from rehearsal.commands.rehearse import run_rehearsal
from rehearsal.outside.github import Console
from rehearsal.report.audit_table import audit_table
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.verdict import Verdict

NOT_STARTED = (Verdict.CRASHED, Verdict.NOT_READY, Verdict.SETUP_FAILED)
GIVE_INPUTS = """\

What the app needs to start is given by flags: --port, --env NAME=VALUE, --secrets NAME=VALUE,
--volumes, --services, --setup-command … (rehearse audit --help lists them all).
If a step of a workflow has these inputs already, name it: --workflow ci.yml

"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the image, the format, and the inputs that say how the image is started."""
    parser.add_argument(
        "image", metavar="IMAGE", nargs="?", default="", help="the image's name or ID in the engine"
    )
    parser.add_argument(
        "--format",
        choices=FORMATS,
        default="",
        help="print only json, markdown or sarif",
        metavar="WORD",
    )
    parser.add_argument(
        "--dockerfile",
        metavar="FILE",
        # No input: nothing is built.
        dest="location",
        default="Dockerfile",
        help="the file that SARIF points to [Dockerfile]",
    )
    add_step_flags(
        parser,
        "Start the image with the inputs of this step; else no workflow is read.",
    )
    add_input_flags(
        parser,
        FLAGS,
        "The action's inputs that start the image. The default of audit is enforce.",
    )
    parser.set_defaults(no_workflow=False)


def run(options: argparse.Namespace, environ: Mapping[str, str], console: Console) -> int:
    """Audit an image, report, and return the exit code. Raises `MisconfiguredError`."""
    request = read_request(options, environ, Path.cwd())
    describe = None if options.format else partial(describe_audit, colours=console.has_colours)
    ending = run_rehearsal(lambda: request, environ, console, local=True, describe_audit=describe)
    if options.format:
        dockerfile = find_dockerfile(options.location, environ, Path.cwd())
        text = make_document(ending, options.format, dockerfile)
        sys.stdout.buffer.write(text.encode(errors="replace"))
        sys.stdout.buffer.flush()
    return ending.result.verdict.exit_code


def describe_audit(result: RehearsalResult, *, colours: bool) -> str:
    """Return the table of the findings, or what to do if the app did not start."""
    if result.audit:
        width = shutil.get_terminal_size().columns
        return audit_table(result.audit, width=width, colours=colours)
    return GIVE_INPUTS if result.verdict in NOT_STARTED else ""


COMMAND = Command(
    add_arguments=add_arguments,
    run=run,
    draws_stages=True,
    prints_document=lambda options: bool(options.format),
)
