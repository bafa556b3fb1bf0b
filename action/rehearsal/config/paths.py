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
    """Whether a path is a file; False for a path that is too long."""
    try:
        return path.is_file()
    except OSError:
        return False


def read_baseline(inputs: Inputs, directory: Path) -> Path | None:
    """Return the folder that the input baseline names, which may be missing; None without one.

    Raises `MisconfiguredError` if there is something else.
    """
    value = inputs.text("baseline")
    if not value:
        return None
    path = directory / value
    try:
        path = path.resolve()
        is_other = path.exists() and not path.is_dir()
    except (OSError, RuntimeError):  # The name is too long, or links form a circle.
        is_other = True
    if is_other:
        raise inputs.error_for(
            "baseline",
            f"a folder; looked for {quoted(path)}",
            "Name the folder with the downloaded artifact, the evidence of an earlier rehearsal.",
        )
    return path
