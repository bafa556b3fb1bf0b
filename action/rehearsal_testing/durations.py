"""How long each test takes, as recorded in `.test_durations`, to balance shards by.

`python -m rehearsal_testing.durations FOLDER…` records what JUnit files below the folders say.
"""

import json
import math
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from rehearsal_testing.errors import RehearsalSettingsError
from rehearsal_testing.names import own_name

FILE = ".test_durations"
"""In the working directory, as pytest-split has it: a JSON object of test names and seconds."""
_GIT_SECONDS = 60
_HERE = "rehearsal_testing.durations"


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
        seconds = {name: _seconds(value) for name, value in found.items()}
    except (ValueError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        warn(
            f"{FILE} does not balance the shards ({error}). Expected: a JSON object of test names "
            f"and seconds, as `python -m {_HERE} FOLDER` writes it."
        )
        return {}
    renamed = {own_name(name): value for name, value in seconds.items()}
    return renamed | {name: value for name, value in seconds.items() if name in renamed}


def record(folders: Iterable[Path], file: Path) -> int:
    """Put the seconds of each passed test below `folders` into `file`; return how many there are.

    What the file says of other tests stays. Raises ValueError for one that is something else.
    """
    known = json.loads(file.read_bytes()) if file.exists() else {}
    if not isinstance(known, dict):
        raise ValueError("it is no JSON object")  # noqa: TRY004
    found = dict(chain.from_iterable(_recorded(folder.rglob("*.xml")) for folder in folders))
    document = json.dumps(known | found, indent=4, sort_keys=True)
    file.write_text(f"{document}\n", encoding="utf-8")
    return len(found)


def main(arguments: Sequence[str]) -> int:
    """Record the durations of the JUnit files below the folders in `arguments`."""
    folders = [Path(each) for each in arguments]
    if not folders or not all(folder.is_dir() for folder in folders):
        sys.stderr.write(f"usage: python -m {_HERE} FOLDER…  (with JUnit XML below)\n")
        return 2
    try:
        number = record(folders, Path(FILE))
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{FILE} is not written: {error}\n")
        return 1
    sys.stdout.write(f"{FILE} has the seconds of {number} tests from {', '.join(arguments)}.\n")
    return 0 if number else 1


def _committed() -> bytes | None:
    # A shard that took no answer for none would be alone with that.
    listed = _git("ls-tree", "HEAD", "--", FILE)
    if listed is None or not listed.stdout:
        return None
    found = _git("cat-file", "blob", f"HEAD:./{FILE}")
    return None if found is None else found.stdout


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


def _seconds(value: object) -> float:
    if not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        raise ValueError(f"{value!r} is no number of seconds")
    return float(value)


def _recorded(files: Iterable[Path]) -> Iterator[tuple[str, float]]:
    for file in files:
        try:
            # Written by the project's own tests; expat bounds what entities expand to.
            cases = list(ET.parse(file).iter("testcase"))  # noqa: S314
        except (ET.ParseError, OSError, ValueError, LookupError):
            continue
        for case in cases:
            name = ".".join(filter(None, (case.get("classname"), case.get("name"))))
            went_wrong = any(case.find(tag) is not None for tag in ("failure", "error", "skipped"))
            if name and not went_wrong:
                try:
                    yield name, _seconds(float(case.get("time") or ""))
                except ValueError:
                    continue


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
