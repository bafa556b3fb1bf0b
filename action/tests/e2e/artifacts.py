"""Artifacts as they arrived at act's artifact server."""

import zipfile
from collections.abc import Mapping
from pathlib import Path


def unpack(server: Path, into: Path) -> Mapping[str, Path]:
    """Unpack every uploaded artifact and return name → folder.

    The server keeps `RUN/NAME/NAME.zip`. Raises zipfile.BadZipFile when one did not arrive whole.
    """
    unpacked: dict[str, Path] = {}
    for archive in sorted(server.glob("*/*/*.zip")):
        folder = into / archive.stem
        with zipfile.ZipFile(archive) as opened:
            opened.extractall(folder)
        unpacked[archive.stem] = folder
    return unpacked
