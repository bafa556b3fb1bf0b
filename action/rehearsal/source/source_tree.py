"""The project's source code in its checkout."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

# A path like this is not the project's, even if the project has a file of the same name.
INSTALLED_CODE = re.compile(
    r"/(?:site|dist)-packages/|/lib/python3|/node_modules/|/rehearsal_testing/|^<"
)


@dataclass(frozen=True, kw_only=True)
class SourceTree:
    """The checkout (`top`), and the rehearsal's working directory in it.

    `dockerfile` is the path of the Dockerfile relative to `top`, empty if it is not in there.
    """

    top: Path
    directory: Path
    dockerfile: str = ""

    def locate(self, path: str) -> str:
        """Return the project's file that a path from a log or a report means, or an empty string.

        The path may be one of the container. The file is the longest end of the path that exists
        below the working directory; its path is relative to the checkout.
        """
        if INSTALLED_CODE.search(path):
            return ""
        parts = PurePosixPath(path).parts
        if path.startswith(f"{self.directory}/"):
            parts = PurePosixPath(path).relative_to(self.directory).parts
        ends = (parts[start:] for start in range(len(parts)) if ".." not in parts)
        return next(filter(None, map(self._find, ends)), "")

    def relative(self, file: Path) -> str:
        """Return the path in the checkout, empty if it is outside or cannot be printed."""
        try:
            path = str(file.resolve().relative_to(self.top.resolve()))
        except (OSError, ValueError):
            return ""
        return path if path.isprintable() else ""

    def _find(self, parts: Iterable[str]) -> str:
        if list(parts)[:1] == ["/"]:
            return ""
        try:
            file = self.directory.joinpath(*parts).resolve()
            if file.is_file() and file.is_relative_to(self.directory.resolve()):
                return str(file.relative_to(self.top.resolve()))
        except (OSError, ValueError):
            pass  # No valid file name, or the working directory is outside the checkout.
        return ""
