"""The tree of the checkout: the project's own texts of a kind, as far as that is quickly read."""

import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from stat import S_ISREG

# Of other people's code, or made by a build: nobody mends anything there.
EXCLUDED_FOLDERS = {"node_modules", "site-packages", "staticfiles", "venv", "env", "__pycache__"}
# Written by venv into the folder of a virtual environment, whatever that is called.
ENVIRONMENT = "pyvenv.cfg"
MOST_FOLDERS = 5000
MOST_TEXTS = 500
# In bytes. What is written by hand is smaller.
LARGEST = 256 << 10


def text_files(folder: Path, ending: str) -> Iterator[tuple[Path, str]]:
    """Yield path and text of the files with this ending, nearest to the folder's top first.

    Hidden folders, links, and whatever cannot be read are passed over.
    """
    paths = (path for path in _files(folder) if path.name.endswith(ending))
    for path in islice(paths, MOST_TEXTS):
        text = read_text(path)
        if text is not None:
            yield path, text


def read_text(path: Path) -> str | None:
    """Return the text of a file, nothing where it is none, too large, or not to be read."""
    try:
        # A link may lead out of the checkout, and a pipe would never end.
        found = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with open(found, "rb") as file:  # noqa: PTH123  (it is open already)
            state = os.fstat(found)
            if not S_ISREG(state.st_mode) or state.st_size > LARGEST:
                return None
            return file.read(LARGEST).decode(errors="replace")
    except (OSError, ValueError):
        return None


def _files(folder: Path) -> Iterator[Path]:
    for place, folders, names in islice(os.walk(folder), MOST_FOLDERS):
        if ENVIRONMENT in names:
            folders.clear()
            continue
        folders[:] = sorted(
            each for each in folders if each not in EXCLUDED_FOLDERS and not each.startswith(".")
        )
        yield from (Path(place, name) for name in sorted(names))
