"""Record how long each test takes: `python -m rehearsal_testing.record_durations FOLDER…`.

Writes the times from the JUnit files in these folders into `.test_durations`.
"""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from xml.etree import ElementTree as ET

from rehearsal_testing.durations import FILE, parse_seconds


def record(folders: Iterable[Path], file: Path) -> int:
    """Write the seconds of each passed test in `folders` into `file`; return how many there are.

    Other tests in the file are kept. Raises ValueError if it is not a JSON object.
    """
    known = json.loads(file.read_bytes()) if file.exists() else {}
    if not isinstance(known, dict):
        raise ValueError("it is not a JSON object")  # noqa: TRY004
    found = dict(chain.from_iterable(_passed_tests(folder.rglob("*.xml")) for folder in folders))
    document = json.dumps(known | found, indent=4, sort_keys=True)
    file.write_text(f"{document}\n", encoding="utf-8")
    return len(found)


def main(arguments: Sequence[str]) -> int:
    """Record the durations in the folders in `arguments`; return the exit code."""
    folders = [Path(each) for each in arguments]
    if not folders or not all(folder.is_dir() for folder in folders):
        sys.stderr.write(
            "usage: python -m rehearsal_testing.record_durations FOLDER…  (with JUnit XML files)\n"
        )
        return 2
    try:
        number = record(folders, Path(FILE))
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{FILE} is not written: {error}\n")
        return 1
    sys.stdout.write(f"{FILE} has the seconds of {number} tests from {', '.join(arguments)}.\n")
    return 0 if number else 1


def _passed_tests(files: Iterable[Path]) -> Iterator[tuple[str, float]]:
    for file in files:
        try:
            # The project's own tests wrote it, and expat limits the expansion of entities.
            cases = list(ET.parse(file).iter("testcase"))  # noqa: S314
        except (ET.ParseError, OSError, ValueError, LookupError):
            continue
        for case in cases:
            name = ".".join(filter(None, (case.get("classname"), case.get("name"))))
            not_passed = any(case.find(tag) is not None for tag in ("failure", "error", "skipped"))
            if name and not not_passed:
                try:
                    yield name, parse_seconds(float(case.get("time") or ""))
                except ValueError:
                    continue


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
