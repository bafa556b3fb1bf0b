"""The helper by itself: how much of the processor and of memory it takes, and how fast it reads.

Each number is of a program of its own (`bench/inside.py`), so that none profits from what another
has left in memory. The flood and the sweep go through the same code as in a rehearsal.
"""

from collections.abc import Iterator, Sequence
from functools import partial

from bench.measure import Contender, Row, row
from bench.programs import PYTHON, ROOT, cpu_of, number_in, run

ROUNDS = 5
INSIDE = ROOT / "bench/inside.py"


def rows() -> Iterator[Row]:
    """Measure each of them."""
    yield row(
        "version", "Start: `rehearse --version`", "s CPU",
        [
            Contender(name="rehearse", run=lambda _: _cpu("-I", "action", "--version")),
            Contender(name="a bare Python", run=lambda _: _cpu("-I", "-c", "pass")),
        ], rounds=9, goal="twice a bare Python",
    )  # fmt: skip
    yield from _inside("flood", "Log of 1 GiB", "MB/s", goals=("150 MB/s", "64 MiB"))
    yield from _inside(
        "redaction", "Redaction", "MB/s",
        ("1 secret", "10 secrets", "100 secrets", "1000 secrets"),
        goals=("60 MB/s with 1,000 secrets", ""),
    )  # fmt: skip
    yield from _inside("merge", "100 shards of 1,000 tests", "s", goals=("1 s", ""))
    yield from _inside("tests", "100,000 tests, 5,000 failed", "s", goals=("3 s", "64 MiB"))
    yield from _inside("page", "The page of 10,000 tests, 500 failed", "s")
    yield from _inside("sweep", "The sweep of 20,000 files", "s")


def _cpu(*arguments: str) -> float:
    return cpu_of([PYTHON, *arguments])


def _inside(
    name: str,
    title: str,
    unit: str,
    variants: Sequence[str] = ("rehearse",),
    *,
    goals: tuple[str, str] = ("", ""),
) -> Iterator[Row]:
    """Yield a row of the speed, and one of the largest memory that it took; each has a goal."""
    memory: dict[str, list[float]] = {each: [] for each in variants}

    def measured(variant: str, _: int) -> float:
        numbers = [word for word in variant.split() if word.isdigit()]
        text = run([PYTHON, INSIDE, name, *numbers], timeout=600)[1]
        memory[variant].append(number_in(r"peak ([0-9.]+)", text))
        return number_in(r"measured ([0-9.]+)", text)

    contenders = [Contender(name=each, run=partial(measured, each)) for each in variants]
    more_is_better = unit.endswith("/s")
    yield row(name, title, unit, contenders, ROUNDS, goal=goals[0], more_is_better=more_is_better)
    yield Row(
        id=f"{name}-memory", title=f"{title}: peak memory", unit="MiB", values=memory,
        goal=goals[1],
    )  # fmt: skip
