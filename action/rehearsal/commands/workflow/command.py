"""The hidden sub-command `workflow`: steps of the reusable workflows."""

import argparse
from collections.abc import Mapping
from pathlib import Path

from rehearsal.commands.command import Command
from rehearsal.commands.workflow.digest_spelling import SPELLINGS
from rehearsal.commands.workflow.explain_skipped import explain_skipped
from rehearsal.commands.workflow.image_transfer import identify, restore
from rehearsal.commands.workflow.matrix_job import count_jobs, matrix_job
from rehearsal.commands.workflow.prepare import prepare
from rehearsal.outside.github import Console

STEPS = ("prepare", "identify", "matrix-job", "restore", "count-jobs", "explain-skipped")


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("step", choices=STEPS)
    parser.add_argument(
        "file", nargs="?", type=Path, default=Path(), help="the archive of the image"
    )
    parser.add_argument(
        "--config", default="", help="the digest that the image's configuration must have"
    )
    parser.add_argument("--spelling", default="hex", choices=SPELLINGS, help="of the digest")
    parser.add_argument("--shard", default="", help="the number of the shard in the matrix")
    parser.add_argument("--browser", default="", help="the browser, as the matrix names it")


def _run(options: argparse.Namespace, environ: Mapping[str, str], console: Console) -> int:
    match options.step:
        case "prepare":
            return prepare(environ, console)
        case "identify":
            return identify(options.file, options.spelling, console)
        case "restore":
            return restore(options.file, options.config, environ, console)
        case "matrix-job":
            return matrix_job(options.shard, options.browser, environ, console)
        case "count-jobs":
            return count_jobs(environ, console)
        case _:
            return explain_skipped(environ, console)


COMMAND = Command(
    add_arguments=_add_arguments,
    run=_run,
)
