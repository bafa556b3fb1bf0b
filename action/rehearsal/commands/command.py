"""A verb with flags of its own, apart from those of a rehearsal."""

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rehearsal.outside.github import Console


@dataclass(frozen=True, kw_only=True)
class Command:
    """`flags` declares its flags, `run` does its work and returns the exit code.

    `does` is one line of help, which leaves it out unless `listed`. What `run` raises as `Problem`
    is told by the command line.
    """

    name: str
    summary: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace, Mapping[str, str], Console], int]
    listed: bool = True
