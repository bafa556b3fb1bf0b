"""The checkout: which commit it is."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

from rehearsal.outside.process import run


def commit(directory: Path, env: Mapping[str, str]) -> str:
    """Return the commit that is checked out, or nothing where that cannot be told."""
    try:
        code, out, _ = run(["git", "-C", str(directory), "rev-parse", "HEAD"], env=env, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return out.strip() if code == 0 else ""
