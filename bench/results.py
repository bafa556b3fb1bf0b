"""The results of a run as JSON: of the last run, and of the baseline."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.measure import Row


@dataclass(frozen=True, kw_only=True)
class Results:
    """The rows of one run, and the machine and the versions that it was on."""

    machine: Mapping[str, str]
    rows: Sequence[Row]

    @classmethod
    def read(cls, file: Path) -> "Results":
        """Read what `write` has written."""
        found = json.loads(file.read_text())
        return cls(machine=found["machine"], rows=[Row(**row) for row in found["rows"]])

    def write(self, file: Path) -> None:
        """Write one number a line, so that git shows what has changed."""
        file.parent.mkdir(parents=True, exist_ok=True)
        rows = [{**asdict(row), "values": _rounded(row)} for row in self.rows]
        content = {"machine": dict(self.machine), "rows": rows}
        file.write_text(json.dumps(content, indent=1) + "\n")


def _rounded(row: Row) -> dict[str, list[float]]:
    """Return the numbers with six digits that count: no more were measured."""
    return {
        name: [float(f"{value:.6g}") for value in values] for name, values in row.values.items()
    }
