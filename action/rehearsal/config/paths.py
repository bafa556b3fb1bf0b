"""Files and folders that inputs name."""

from pathlib import Path

from rehearsal.config.inputs import Inputs, quoted


def read_folder(inputs: Inputs, name: str, start: Path) -> Path:
    """Return the folder that an input names; `start` is where its relative paths start.

    Raises `MisconfiguredError`.
    """
    path = start / inputs.text(name)
    try:
        folder = path.resolve()
        found = folder.is_dir()
    except (OSError, RuntimeError):  # The name is too long, or links form a circle.
        folder, found = path, False
    if not found:
        raise inputs.error_for(
            name,
            f"a folder; looked for {quoted(folder)}",
            "Check out the repository before this step.",
        )
    return folder


def is_file(path: Path) -> bool:
    """Whether a path is a file; a path that is too long is none."""
    try:
        return path.is_file()
    except OSError:
        return False
