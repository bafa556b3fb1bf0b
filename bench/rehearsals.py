"""A whole rehearsal of superlists, beside the same work by hand in sequence."""

import re
from collections.abc import Callable, Iterator
from functools import partial

from bench.helper import BARE
from bench.measure import Contender, Row, row
from bench.programs import PYTHON, ROOT, free_port, memory_of_bare_python, number_in, run
from bench.superlists_copy import FLAGS, Project, copied

# In a round it is all done three times, and two times.
WARM_SECONDS, COLD_SECONDS = 90, 60
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
        audits = {"rehearse, audit off": "off", "rehearse, with its audit": "enforce"}
        cpu: dict[str, list[float]] = {name: [] for name in audits}
        memory: dict[str, list[float]] = {name: [] for name in audits}

        def ours(name: str, _: int) -> float:
            seconds, text = _rehearse(project, audits[name])
            cpu[name].append(number_in(r"own CPU (\S+)", text))
            memory[name].append(number_in(r"own CPU \S+ peak (\S+)", text))
            return seconds

        # What the first one downloads and builds is not measured.
        _rehearse(project, "off")
        yield row(
            "whole-warm", "A whole rehearsal run again, nothing changed", "s",
            [
                *(Contender(name=name, run=partial(ours, name)) for name in audits),
                Contender(name=BY_HAND, run=partial(_by_hand, project), command="bench/by_hand.sh"),
            ], WARM_SECONDS, goal="0.60 of the work by hand; under 9 s",
        )  # fmt: skip
        # Without the programs that it starts, in the same runs.
        yield Row(
            id="helper-cpu", title="The helper's own CPU in these rehearsals", unit="s",
            values=cpu, goal="0.4 s",
        )  # fmt: skip
        measured = memory["rehearse, audit off"]
        yield Row(
            id="helper-memory", title="The helper's peak memory in these rehearsals", unit="MiB",
            values={**memory, BARE: [memory_of_bare_python() for _ in measured]},
            goal="40 MiB",
        )  # fmt: skip
        yield row(
            "whole-cold", "A whole rehearsal, requirements.txt changed", "s",
            [
                Contender(name="rehearse, audit off", run=partial(_changed, project, _ours)),
                Contender(name=BY_HAND, run=partial(_changed, project, _by_hand),
                          command="bench/by_hand.sh"),
            ], COLD_SECONDS, goal="0.75 of the work by hand",
        )  # fmt: skip


def _ours(project: Project, _: int) -> float:
    return _rehearse(project, "off")[0]


def _by_hand(project: Project, _: int) -> float:
    command = [ROOT / "bench/by_hand.sh", str(free_port())]
    return run(command, cwd=project.path, environ=project.environ)[0]


def _changed(project: Project, work: Callable[[Project, int], float], number: int) -> float:
    project.change_requirements(f"round {number} of {work.__name__}")
    return work(project, number)


def _rehearse(project: Project, audit: str) -> tuple[float, str]:
    """Return the seconds of a rehearsal, and what it and its own measurement printed."""
    flags = [*FLAGS, "--audit", audit, "--build-args", f"PYTHON_IMAGE={project.base_image}"]
    command = [PYTHON, "-I", "-c", _WITH_USAGE, ROOT / "action", "rehearse", *flags]
    seconds, text = run(command, cwd=project.path, environ=project.environ)
    return seconds, re.sub(r"\x1b\[[0-9;]*m", "", text)
