"""The verb `called`: the steps of rehearsal.yml that are ours."""

import argparse
from collections.abc import Mapping
from pathlib import Path

from rehearsal.commands.command import Verb
from rehearsal.commands.workflow.explain_skipped import unbuilt
from rehearsal.commands.workflow.image_transfer import identify, restore
from rehearsal.commands.workflow.prepare import prepare
from rehearsal.outside.github import Console


def _flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("step", choices=("prepare", "identify", "restore", "unbuilt"))
    parser.add_argument("file", nargs="?", type=Path, default=Path(), help="the image's archive")
    parser.add_argument("--config", default="", help="the digest that what is restored has to have")


def _run(options: argparse.Namespace, environ: Mapping[str, str], console: Console) -> int:
    match options.step:
        case "prepare":
            return prepare(environ, console)
        case "identify":
            return identify(options.file, console)
        case "restore":
            return restore(options.file, options.config, environ, console)
        case _:
            return unbuilt(environ, console)


VERB = Verb(
    name="called",
    does="Take a step of the reusable workflow, which does so itself.",
    flags=_flags,
    run=_run,
    listed=False,
)
