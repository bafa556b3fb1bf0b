"""A test that is to be run alone, and the files around it."""

from collections.abc import Callable

from rehearsal.dataclass import dataclass


@dataclass(frozen=True, kw_only=True)
class SuiteTest:
    """A test by its `name` and `file`, as its report has them.

    `exists` tells whether a path is there, from the folder in which the command runs.
    """

    name: str
    file: str
    exists: Callable[[str], bool]
