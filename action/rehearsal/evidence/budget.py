"""Which files of the tests are kept: in the order of their worth, as far as there is room."""

import re
from collections.abc import Iterable
from enum import IntEnum, auto
from pathlib import PurePosixPath
from typing import Protocol, TypeVar

from rehearsal.regex import regex
from rehearsal.results.file_names import JUNIT_FOLDER

# What a browser shows as a picture without running anything.
PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".gif")
PAGES = (".html",)
TEXTS = (".log", ".txt", ".md", ".jsonl")
# What rehearsal_capture writes of a test's steps. A page is made of it, with the logs of that time:
# it needs this many times the size of the trace, and so much more.
TRACE = regex(r"trace(?:-retry\d{1,3})?\.jsonl", re.ASCII)
PAGE_FACTOR, PAGE_SIZE = 3, 100_000
# In bytes. A larger file shows less of a failure than its name says, and goes with the rest.
MAX_WORTHY = 16 << 20
# The tests' files may have this part of what is free on the disk: others need it, too.
SHARE = 3


class Worth(IntEnum):
    """What a file tells about a failed test, the most first."""

    REPORT = auto()
    PICTURE = auto()
    PAGE = auto()
    CONSOLE = auto()
    OTHER = auto()


class SizedFile(Protocol):
    """A file that may be kept: its path in the evidence, and its size in bytes."""

    @property
    def target(self) -> str:
        """Its path in the evidence."""

    @property
    def size(self) -> int:
        """Its size in bytes."""


AnyFile = TypeVar("AnyFile", bound=SizedFile)


def worth(file: SizedFile) -> Worth:
    """Return what a file is worth, by its path and its size."""
    path = PurePosixPath(file.target)
    suffix = path.suffix.lower()
    if file.size > MAX_WORTHY:
        return Worth.OTHER
    if suffix == ".xml" and path.is_relative_to(JUNIT_FOLDER):
        return Worth.REPORT
    for suffixes, found in (
        (PICTURES, Worth.PICTURE),
        (PAGES, Worth.PAGE),
        (TEXTS, Worth.CONSOLE),
    ):
        if suffix in suffixes:
            return found
    return Worth.OTHER


def room(limit: int, free: int) -> int:
    """Return how many bytes may be copied where `free` are free on the disk."""
    return min(limit, free // SHARE)


def choose(files: Iterable[AnyFile], room: int) -> tuple[list[AnyFile], list[AnyFile]]:
    """Return the files that fit into `room` bytes, in their order, and those that do not.

    Of equal worth the smaller goes first, so that a file that is too large leaves room for others.
    """
    taken, left_out = [], []
    for file in sorted(files, key=lambda each: (worth(each), each.size, each.target)):
        if file.size <= room:
            room -= min(room, _needs(file))
            taken.append(file)
        else:
            left_out.append(file)
    return taken, left_out


def _needs(file: SizedFile) -> int:
    """Return the room that a file needs in the evidence, in bytes."""
    is_trace = TRACE.fullmatch(PurePosixPath(file.target).name)
    return PAGE_FACTOR * file.size + PAGE_SIZE if is_trace else file.size
