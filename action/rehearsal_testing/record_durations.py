"""Record how long each test takes: `python -m rehearsal_testing.record_durations FOLDER…`.

What JUnit files below the folders say goes into `.test_durations`, by which shards are balanced.
"""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from xml.etree import ElementTree as ET

from rehearsal_testing.durations import FILE, seconds_of

_HERE = "rehearsal_testing.record_durations"


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
                    yield name, seconds_of(float(case.get("time") or ""))
                except ValueError:
                    continue


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
