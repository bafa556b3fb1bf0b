"""Find the line of the project's code that sent a command."""

from __future__ import annotations

import os
import sys
import sysconfig
from pathlib import Path
from typing import Any

_LIBRARIES = ("site-packages", "dist-packages")
# This package, and the one beside it that tests may use.
_PACKAGES = Path(__file__).parents[2]
_OUTSIDE = (
    "<",
    sysconfig.get_paths()["stdlib"],
    *(str(_PACKAGES / name) + os.sep for name in ("rehearsal_capture", "rehearsal_testing")),
    *([sys.prefix + os.sep] if sys.prefix != sys.base_prefix else ()),
)
# A cache by file: each step asks.
_is_ours: dict[str, bool] = {}


def calling_place() -> str | None:
    """Return `FILE:LINE` of the innermost frame of the project, relative to the working folder."""
    frame: Any = sys._getframe(1)  # noqa: SLF001
    while frame is not None:
        file = frame.f_code.co_filename
        known = _is_ours.get(file)
        if known is None:
            known = _is_ours[file] = _is_of_the_project(file)
        if known:
            return f"{os.path.relpath(file)}:{frame.f_lineno}"
        frame = frame.f_back
    return None


def _is_of_the_project(file: str) -> bool:
    is_library = file.startswith(_OUTSIDE) or any(each in Path(file).parts for each in _LIBRARIES)
    return not is_library and Path(file).exists()
