"""What the tests' Python may import of ours: rehearsal_capture and rehearsal_testing."""

from collections.abc import Iterator
from pathlib import Path

from rehearsal.evidence.folder import Evidence

# The folder that holds this package and those two.
PACKAGES_FOLDER = Path(__file__).resolve().parents[3]
NAMES = ("rehearsal_capture", "rehearsal_testing")


def python_path(evidence: Evidence, *, capture: bool) -> Iterator[Path]:
    """Yield the folders for the tests' PYTHONPATH."""
    # The sitecustomize in it has to be found before any other.
    if capture:
        yield PACKAGES_FOLDER / "rehearsal_capture/python_path"
    yield packages_folder(evidence)


def packages_folder(evidence: Evidence) -> Path:
    """Return the folder that holds the two packages.

    If this package is installed, they are links: the tests get no other package from there.
    """
    if (PACKAGES_FOLDER / "__main__.py").is_file():
        return PACKAGES_FOLDER
    folder = evidence.staging_folder("packages")
    for name in NAMES:
        if not (folder / name).is_symlink():
            (folder / name).symlink_to(PACKAGES_FOLDER / name)
    return folder
