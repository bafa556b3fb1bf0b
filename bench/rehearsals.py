"""A whole rehearsal of superlists, beside the same work by hand in sequence."""

import re
from collections.abc import Iterator
from functools import partial

from bench.measure import Contender, Row, row
from bench.programs import PYTHON, ROOT, free_port, number_in, run
from bench.superlists_copy import FLAGS, Project, copied

WARM_ROUNDS, COLD_ROUNDS = 5, 3
BY_HAND = "by hand, in sequence"
# Python's own resource module says what the process took without its children.
_WITH_USAGE = """
import atexit, resource, runpy, sys
def say():
    own = resource.getrusage(resource.RUSAGE_SELF)
    print(f"own CPU {own.ru_utime + own.ru_stime} peak {own.ru_maxrss / 1024}")
atexit.register(say)
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def rows() -> Iterator[Row]:
    """Measure with what earlier runs have left, without it, and the helper's own share."""
    with copied() as project:
        yield row(
            "whole-warm", "A whole rehearsal, nothing changed since the last one", "s",
            [
                Contender(name="rehearse, audit off", run=partial(_ours, project, "off")),
                Contender(name="rehearse, with its audit", run=partial(_ours, project, "enforce")),
                Contender(name=BY_HAND, run=partial(_by_hand, project), command="bench/by_hand.sh"),
            ], WARM_ROUNDS, goal="0.60 of the work by hand; under 9 s",
        )  # fmt: skip
        yield row(
            "whole-cold", "A whole rehearsal, requirements.txt changed", "s",
            [
                Contender(name="rehearse, audit off", run=partial(_changed, project, _ours, "off")),
                Contender(name=BY_HAND, run=partial(_changed, project, _by_hand)),
            ], COLD_ROUNDS, goal="0.75 of the work by hand",
        )  # fmt: skip
        yield from _own_share(project)


def _ours(project: Project, audit: str, _: int) -> float:
    return _rehearse(project, audit)[0]


def _by_hand(project: Project, _: int) -> float:
    command = [ROOT / "bench/by_hand.sh", str(free_port())]
    return run(command, cwd=project.path, environ=project.environ)[0]


def _changed(project: Project, work: object, *arguments: object) -> float:
    *before, number = arguments
    project.change_requirements(f"round {number} of {getattr(work, '__name__', '')}")
    return float(work(project, *before, number))  # type: ignore[operator]


def _own_share(project: Project) -> Iterator[Row]:
    """Yield the helper's own CPU and memory, without what it starts."""
    memory: dict[str, list[float]] = {}

    def measured(audit: str, _: int) -> float:
        text = _rehearse(project, audit, "-c", _WITH_USAGE)[1]
        memory.setdefault(f"audit {audit}", []).append(number_in(r"own CPU \S+ peak (\S+)", text))
        return number_in(r"own CPU (\S+)", text)

    yield row(
        "helper-cpu", "The helper's own CPU in a rehearsal", "s",
        [
            Contender(name=f"audit {each}", run=partial(measured, each))
            for each in ("off", "enforce")
        ],
        WARM_ROUNDS, goal="0.4 s",
    )  # fmt: skip
    yield Row(
        id="helper-memory", title="The helper's peak memory in a rehearsal", unit="MiB",
        values=memory, goal="40 MiB",
    )  # fmt: skip


def _rehearse(project: Project, audit: str, *before: str) -> tuple[float, str]:
    flags = [*FLAGS, "--audit", audit, "--build-args", f"PYTHON_IMAGE={project.base_image}"]
    command = [PYTHON, "-I", *before, ROOT / "action", "rehearse", *flags]
    seconds, text = run(command, cwd=project.path, environ=project.environ)
    return seconds, re.sub(r"\x1b\[[0-9;]*m", "", text)
