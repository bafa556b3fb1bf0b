"""What is known of a failure, as lines by where they come from."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from rehearsal.results.file_names import CONTAINER_LOG
from rehearsal.verdict import Verdict

# What the app had said when the tests began.
LOG_BEFORE_TESTS = f"{CONTAINER_LOG} before the tests"
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
