"""A sub-command with flags of its own, such as `rehearse publish`."""

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rehearsal.outside.github import Console


def _prints_none(_: argparse.Namespace) -> bool:
    return False


@dataclass(frozen=True, kw_only=True)
class Command:
    """What the command line needs to run a sub-command.

    `summary` is its line in `--help`, which leaves it out unless `listed`. `run` returns the exit
    code; it may raise `RehearsalError`, which the command line reports. What it prints is drawn on
    a terminal if it `draws_stages`. Where `prints_document` holds, it goes to standard error, since
    standard output is for a program or a file.
    """

    name: str
    summary: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace, Mapping[str, str], Console], int]
    listed: bool = True
    draws_stages: bool = False
    prints_document: Callable[[argparse.Namespace], bool] = _prints_none
