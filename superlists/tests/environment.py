"""Run superlists' Python in a fresh process with an environment of the test's choosing."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "DJANGO_DEBUG_FALSE": "1",
    "DJANGO_SECRET_KEY": "planted-key-nobody-may-see-0123456789-abcdefghijklmnop",
    "DJANGO_ALLOWED_HOST": "localhost",
}


def python(*arguments: str, environ: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run Python in the repository with nothing but `environ`; never raises for its exit code."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=dict(environ),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
