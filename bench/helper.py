"""The helper by itself: how much of the processor and of memory it takes, and how fast it reads.

Each number is of a program of its own (`bench/inside.py`), so that none profits from what another
has left in memory. The log and the files go through the same code as in a rehearsal.
"""

import tempfile
from collections.abc import Iterator

from bench.measure import Contender, Row, row
from bench.programs import PYTHON, cpu_of, memory_of_bare_python, number_in, run

# Of a row, in seconds: a round takes about two, one with a log of 1 GiB about ten.
SECONDS, FLOOD_SECONDS = 12, 30
INSIDE = ("-m", "bench.inside")
BARE = "a bare Python"
# What a rehearsal imports before it does anything.
_IMPORTS = (
    "import gc, sys; sys.path.insert(0, 'action'); import rehearsal.cli; "
    "gc.set_threshold(rehearsal.cli.GARBAGE_THRESHOLD); "
    "import rehearsal.run_command, rehearsal.commands.rehearse_command"
)
_PARSER = ("xml.etree, which only reads them", "-read")


def rows() -> Iterator[Row]:
    """Measure each of them, beside what others use or the least that anybody needs."""
    bare = Contender(
        name=BARE, run=lambda _: _cpu("-I", "-c", "pass"), command="python3 -I -c pass"
    )
    yield row(
        "version", "`rehearse --version`, which imports no sub-command", "s CPU",
        [Contender(name="rehearse", run=lambda _: _cpu("-I", "action", "--version")), bare],
        SECONDS, goal="twice a bare Python",
    )  # fmt: skip
    yield row(
        "start", "All that a rehearsal imports at its start", "s CPU",
        [Contender(name="rehearse", run=lambda _: _cpu("-I", "-c", _IMPORTS)), bare],
        SECONDS,
    )  # fmt: skip
    yield from _inside("flood", "A log of 1 GiB kept, 10 secrets replaced", "MB/s",
                       ("sed, of 64 MiB of it", "-sed"), goals=("150 MB/s", "64 MiB"),
                       seconds=FLOOD_SECONDS)  # fmt: skip
    for count, goal in {1: "", 10: "", 100: "", 1000: "60 MB/s"}.items():
        yield from _inside(
            "redaction", f"Redaction, {count:,} secret{'s' * (count > 1)} in all spellings", "MB/s",
            ("one regular expression, the values only", "-re"), count=count,
            goals=(goal, None),
        )  # fmt: skip
    yield from _inside("merge", "Merging 100 shards of 1,000 tests", "s",
                       ("json, which only reads them", "-read"), goals=("1 s", ""))  # fmt: skip
    yield from _inside("tests", "100,000 tests, 5,000 failed: counted and reported", "s", _PARSER,
                       goals=("3 s", "64 MiB"))  # fmt: skip
    yield from _inside("page", "10,000 tests, 500 failed: counted and reported", "s",
                       _PARSER)  # fmt: skip
    yield from _inside("sweep", "20,000 files searched for 10 secrets", "s",
                       ("only reading them", "-read"))  # fmt: skip


def _cpu(*arguments: str) -> float:
    return cpu_of([PYTHON, *arguments])


def _inside(
    name: str,
    title: str,
    unit: str,
    other: tuple[str, str],
    *,
    count: int | None = None,
    goals: tuple[str, str | None] = ("", ""),
    seconds: float = SECONDS,
) -> Iterator[Row]:
    """Yield a row of the speed, and one of the largest memory that ours took; each has a goal.

    There is none of the memory if its goal is None: the text that is read would be most of it.
    `other` has the name of the other contender, and how its part of inside.py ends.
    """
    memory: list[float] = []
    numbers = [] if count is None else [str(count)]
    identity = "-".join([name, *numbers])
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:

        def ours(_: int) -> float:
            text = run([PYTHON, *INSIDE, name, folder, *numbers])[1]
            memory.append(number_in(r"peak ([0-9.]+)", text))
            return number_in(r"measured ([0-9.]+)", text)

        def theirs(_: int) -> float:
            text = run([PYTHON, *INSIDE, name + other[1], folder, *numbers])[1]
            return number_in(r"measured ([0-9.]+)", text)

        contenders = [Contender(name="rehearse", run=ours), Contender(name=other[0], run=theirs)]
        more_is_better = unit.endswith("/s")
        yield row(identity, title, unit, contenders, seconds, goal=goals[0],
                  more_is_better=more_is_better)  # fmt: skip
    if goals[1] is not None:
        yield Row(
            id=f"{identity}-memory", title=f"{title}: peak memory", unit="MiB",
            values={"rehearse": memory, BARE: [memory_of_bare_python() for _ in memory]},
            goal=goals[1],
        )  # fmt: skip
