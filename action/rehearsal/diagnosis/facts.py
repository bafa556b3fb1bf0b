"""What is known of a failure, as lines by where they come from."""

import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rehearsal.ansi import COLOUR_CODE
from rehearsal.evidence import log_slices
from rehearsal.results.tests import Failure
from rehearsal.verdict import Problem, Verdict

CONTAINER_LOG = "container.log"
LOGS = ("build.log", "test-setup.log", "setup.log", CONTAINER_LOG, "tests/output.log")
# What the app had said when the tests began.
LOG_BEFORE_TESTS = "container.log before the tests"
# How much of a log's beginning and end is searched, in bytes: an app says at its start why it
# cannot run, and at its end why it stopped.
HEAD = 1 << 16
TAIL = 1 << 18
# What BuildKit puts before each line: the step, and the seconds since it began.
BUILDKIT = re.compile(r"^#\d+ (?:\d+\.\d+ )?")
# Where facts name what any cause may speak of: a place and its value, one a line.
LOCATIONS = "places"


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known, as lines by where they come from: a log's name, or what was looked at."""

    verdict: Verdict
    lines: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def text(self, source: str) -> str:
        """Return all lines of a source as one text, empty when it is not known."""
        return "\n".join(self.lines.get(source, ()))

    def locations(self) -> dict[str, str]:
        """Return what fills places of any cause, by their names."""
        found = (line.partition(" ") for line in self.lines.get(LOCATIONS, ()))
        return {name: value for name, _, value in found if value}

    def to_json(self, longest: int) -> str:
        """Return them as JSON, with the last `longest` lines of each source."""
        lines = {source: list(found[-longest:]) for source, found in self.lines.items() if found}
        content = {"verdict": str(self.verdict), "lines": lines}
        return json.dumps(content, indent=1, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> "Facts":
        """Read what `to_json` wrote."""
        content = json.loads(text)
        (verdict,) = (each for each in Verdict if str(each) == content["verdict"])
        return cls(
            verdict=verdict,
            lines={source: tuple(found) for source, found in content["lines"].items()},
        )


def gather_facts(
    problem: Problem,
    seen_lines: Mapping[str, tuple[str, ...]],
    failed: Iterable[Failure],
    folder: Path,
    *,
    tested: float = 0.0,
) -> Facts:
    """Return everything that is known of a problem; the logs are those of the evidence folder.

    Of failed tests the app's log begins when they did, at `tested` (in seconds since 1970): what a
    health check met before the migrations had run, say, is not why they failed.
    """
    logs = {name: read_log_lines(folder / name) for name in LOGS}
    if problem.verdict is Verdict.TESTS_FAILED and tested:
        logs |= _split_at(folder, tested)
    return Facts(
        verdict=problem.verdict,
        lines={
            "problem": (problem.message,),
            **seen_lines,
            **logs,
            "failures": tuple(f"{failure.name}: {failure.message}" for failure in failed),
        },
    )


def _split_at(folder: Path, when: float) -> dict[str, tuple[str, ...]]:
    index = log_slices.read_index(folder / f"{CONTAINER_LOG}.index")
    if not index.total:
        return {}
    try:
        before, after = log_slices.split_log(folder / CONTAINER_LOG, index, when)
    except OSError:
        return {}
    return {LOG_BEFORE_TESTS: _lines(before), CONTAINER_LOG: _lines(after)}


def read_log_lines(path: Path) -> tuple[str, ...]:
    """Return the lines of a log's beginning and end, without colours and a build's numbering."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(0)
            data = file.read(HEAD + TAIL)
            if size > HEAD + TAIL:
                file.seek(size - TAIL)
                data = data[:HEAD] + b"\n" + file.read(TAIL)
    except OSError:
        return ()
    lines = _lines(data.decode(errors="replace"))
    if path.name == "build.log":
        lines = tuple(BUILDKIT.sub("", line) for line in lines)
    return lines


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.rstrip() for line in COLOUR_CODE.sub("", text).splitlines())
