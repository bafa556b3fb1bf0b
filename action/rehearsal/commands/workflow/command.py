"""The hidden sub-command `workflow`: steps of the reusable workflows."""

import argparse
from collections.abc import Mapping
from pathlib import Path

from rehearsal.commands.command import Command
from rehearsal.commands.workflow.explain_skipped import explain_skipped
from rehearsal.commands.workflow.image_transfer import identify, restore
from rehearsal.commands.workflow.prepare import prepare
from rehearsal.outside.github import Console


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("step", choices=("prepare", "identify", "restore", "explain-skipped"))
    parser.add_argument(
        "file", nargs="?", type=Path, default=Path(), help="the archive of the image"
    )
    parser.add_argument(
        "--config", default="", help="the digest that the image's configuration must have"
    )


def _run(options: argparse.Namespace, environ: Mapping[str, str], console: Console) -> int:
    match options.step:
        case "prepare":
            return prepare(environ, console)
        case "identify":
            return identify(options.file, console)
        case "restore":
            return restore(options.file, options.config, environ, console)
        case _:
            return explain_skipped(environ, console)


WORKFLOW = Command(
    name="workflow",
    summary="Run a step of the reusable workflows (they call it themselves).",
    add_arguments=_add_arguments,
    run=_run,
    listed=False,
)
