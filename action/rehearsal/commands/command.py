"""A sub-command: how the command line finds it, and what it needs to run it."""

import argparse
import importlib
from collections.abc import Callable, Mapping

from rehearsal.dataclass import dataclass
from rehearsal.outside.github import Console


def _prints_none(_: argparse.Namespace) -> bool:
    return False


@dataclass(frozen=True, kw_only=True)
class Command:
    """What the command line needs to run a sub-command.

    `run` returns the exit code; it may raise `RehearsalError`, which the command line reports. One
    that has stages draws them on a terminal (`draws_stages`). Where `prints_document` holds,
    standard output is for the document alone, and progress goes to standard error.
    """

    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace, Mapping[str, str], Console], int]
    draws_stages: bool = False
    prints_document: Callable[[argparse.Namespace], bool] = _prints_none


@dataclass(frozen=True, kw_only=True)
class CommandEntry:
    """One sub-command in the list of all; `summary` is its line in `--help` if it is `listed`.

    `operand` names what is written after its name, before the flags, like IMAGE.
    `module` has its `COMMAND`. Only the module of the sub-command that runs is imported: a
    rehearsal starts two further processes of ours, which need few of the modules.
    """

    name: str
    summary: str
    module: str
    operand: str = ""
    listed: bool = True

    def load(self) -> Command:
        command = importlib.import_module(self.module).COMMAND
        assert isinstance(command, Command)  # noqa: S101  (a fault of the list, not of a user)
        return command
