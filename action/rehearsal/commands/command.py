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

    `summary` is its line in `--help`, which leaves it out unless `listed`. `operand` names what is
    written after it, before the flags, like IMAGE. `run` returns the exit
    code; it may raise `RehearsalError`, which the command line reports. One that has stages draws
    them on a terminal (`draws_stages`). Where `prints_document` holds, standard output is for the
    document alone, and progress goes to standard error.
    """

    name: str
    summary: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace, Mapping[str, str], Console], int]
    operand: str = ""
    listed: bool = True
    draws_stages: bool = False
    prints_document: Callable[[argparse.Namespace], bool] = _prints_none
