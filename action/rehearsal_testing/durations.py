"""How long the tests take, as the commit has it in `.test_durations`, to balance shards by."""

import json
import math
import os
import re
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from rehearsal_testing.dotted_names import own_name
from rehearsal_testing.errors import RehearsalSettingsError

FILE = ".test_durations"
"""In the working directory, as pytest-split has it: a JSON object of test names and seconds."""
_GIT_SECONDS = 60


def read_durations(warn: Callable[[str], None]) -> Mapping[str, float]:
    """Return the seconds that `.test_durations` here has, as it is committed; none without it.

    Only what git has committed is the same for all shards: by anything else each might balance in
    a way of its own, and a test belong to none. Every test goes by our name; where pytest's is
    there too, ours counts. What cannot be read is told by `warn`, and ignored.
    Raises RehearsalSettingsError where git is here, and gives no answer.
    """
    committed = _committed()
    if committed is None:
        if Path(FILE).exists():
            warn(f"{FILE} is not committed, so it does not balance the shards: commit it.")
        return {}
    try:
        found: Any = json.loads(committed)
        seconds = {name: seconds_of(value) for name, value in found.items()}
    except (ValueError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        warn(
            f"{FILE} does not balance the shards ({error}). Expected: a JSON object of test names "
            "and seconds, as `python -m rehearsal_testing.record_durations FOLDER` writes it."
        )
        return {}
    renamed = {own_name(name): value for name, value in seconds.items()}
    return renamed | {name: value for name, value in seconds.items() if name in renamed}


def seconds_of(value: object) -> float:
    """Return a number of seconds as it stands in a file. Raises ValueError for anything else."""
    if not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        raise ValueError(f"{value!r} is no number of seconds")
    return float(value)


def _committed() -> bytes | None:
    # A shard that took no answer for none would be alone with that.
    listed = _git("ls-tree", "HEAD", "--", FILE)
    if listed is None or not listed.stdout:
        return None
    found = _git("cat-file", "blob", f"HEAD:./{FILE}")
    if found is None:
        raise RehearsalSettingsError(f"{FILE} is committed, but git does not say what is in it.")
    return found.stdout


def _git(*arguments: str) -> "subprocess.CompletedProcess[bytes] | None":
    """Ask git; None where there is no git, no repository, or nothing that it could tell of."""
    # A container job's checkout often belongs to another user; nothing of it is executed here.
    command = ["git", "-c", "safe.directory=*", *arguments]
    environ = os.environ | {"LC_ALL": "C"}
    try:
        done = subprocess.run(
            command, env=environ, capture_output=True, timeout=_GIT_SECONDS, check=False
        )
    except FileNotFoundError:
        return None
    except (OSError, subprocess.TimeoutExpired) as error:
        raise RehearsalSettingsError(f"Whether {FILE} is committed is unknown: {error}") from None
    said = done.stderr.decode(errors="replace").strip()
    if done.returncode == 0:
        return done
    if re.search("not a git repository|Not a valid object name HEAD", said):
        return None
    if done.returncode > 0 and not Path(FILE).exists():
        # An older git trusts no checkout of another user's, whatever it is told.
        return None
    why = said or f"git ended with {done.returncode}"
    raise RehearsalSettingsError(f"Whether {FILE} is committed is unknown: {why}")
