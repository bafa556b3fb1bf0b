"""The folders in which pytest-playwright keeps a failed test's screenshot, trace and video.

Source: pytest-playwright 0.10, whose option --output names the folder above them. From this version
on, a JUnit report names the files, too.
"""

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

from rehearsal.regex import regex

# What python-slugify replaces, and what is added for a test that runs again.
NOT_IN_SLUG = regex(r"[^a-z0-9]+")
RETRY = regex(r"-retry\d+$")
# Each name has the test's file, and so its suffix.
SUFFIX = "-py-"
# How far below the working directory they may be; by default, it is test-results/NAME.
DEPTH = 3
MAX_FOLDERS = 5000
OF_OTHERS = frozenset({"node_modules", "venv", "__pycache__"})


def find_folders(tops: Iterable[Path]) -> Mapping[str, Sequence[Path]]:
    """Return the folders at or below these, by the names that `folder_names` returns."""
    found: dict[str, list[Path]] = defaultdict(list)
    for top in tops:
        for folder in islice(_below(top), MAX_FOLDERS):
            if SUFFIX in folder.name:
                found[RETRY.sub("", folder.name)].append(folder)
    return found


def folder_names(test: str) -> tuple[str, ...]:
    """Return what the folder of a test may be called, by its dotted name or node ID.

    A dotted name does not tell where the name of the file ends.
    """
    head, bracket, parameters = test.partition("[")
    parts = head.split(".")
    ids = [test] if "::" in head else []
    ids += [
        f"{'/'.join(parts[:end])}.py::{'::'.join(parts[end:])}{bracket}{parameters}"
        for end in range(1, len(parts))
    ]
    return tuple(NOT_IN_SLUG.sub("-", each.lower()).strip("-") for each in ids)


def _below(top: Path) -> Iterator[Path]:
    """Yield the folders below one, the nearest first; not what is hidden, nor where links lead."""
    level = [top]
    for _ in range(DEPTH):
        level = [each for folder in level for each in _folders_in(folder)]
        yield from level


def _folders_in(folder: Path) -> Sequence[Path]:
    if SUFFIX in folder.name:
        return ()
    try:
        with os.scandir(folder) as entries:
            return sorted(
                Path(each.path)
                for each in entries
                if not each.name.startswith(".")
                and each.name not in OF_OTHERS
                and each.is_dir(follow_symlinks=False)
            )
    except OSError:
        return ()
