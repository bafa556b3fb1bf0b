"""The hidden sub-command `watch`: the process that removes what a killed rehearsal leaves."""

import argparse
import sys
from collections.abc import Mapping

from rehearsal.commands.command import Command
from rehearsal.commands.watchdog import watch
from rehearsal.outside.github import Console
from rehearsal.outside.watchdog_process import exit_now
from rehearsal.pipeline.run_folder import RunReference


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the reference of the run to watch."""
    parser.add_argument("run")


def run(options: argparse.Namespace, environ: Mapping[str, str], _: Console) -> int:
    """Watch until the rehearsal ends, remove what it leaves, and end this process at once."""
    if reference := RunReference.parse(options.run):
        watch(reference, environ, sys.stdin.buffer)
    exit_now()


COMMAND = Command(add_arguments=add_arguments, run=run)
