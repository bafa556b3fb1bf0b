"""A rehearsal (the arguments are the flags) that prints how long each look of its audit took."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import ModuleType
from typing import Any

from rehearsal.cli import main
from rehearsal.pipeline.audit import further_starts, judge, observe, stop_record


def _say(name: str, begun: float) -> None:
    # One write: the looks run in several threads.
    sys.stdout.write(f"\nlook {name} {time.perf_counter() - begun:.6f}\n")
    sys.stdout.flush()


def _timed(name: str, look: Callable[..., Any]) -> Callable[..., Any]:
    def timed(*arguments: Any, **named: Any) -> Any:
        begun = time.perf_counter()
        try:
            return look(*arguments, **named)
        finally:
            _say(name, begun)

    return timed


def _timed_container(start: Callable[..., Any]) -> Callable[..., Any]:
    """Time a further container from its start until it is removed."""

    @contextmanager
    def timed(*arguments: Any, log_name: str, **named: Any) -> Iterator[Any]:
        begun = time.perf_counter()
        try:
            with start(*arguments, log_name=log_name, **named) as container:
                yield container
        finally:
            _say(f"start-{log_name}", begun)

    return timed


# Where the functions are called that look at the image and its container.
LOOKS: tuple[tuple[ModuleType, str, Callable[[Callable[..., Any]], Callable[..., Any]]], ...] = (
    (observe, "observe_pages", partial(_timed, "pages")),
    (observe, "list_processes", partial(_timed, "processes")),
    (observe, "run_healthcheck", partial(_timed, "healthcheck")),
    (observe, "ask_django", partial(_timed, "django")),
    (observe, "read_packages", partial(_timed, "packages")),
    (observe, "observe_idle_clients", partial(_timed, "idle")),
    (observe, "read_content", partial(_timed, "layers")),
    (observe, "start_further", partial(_timed, "starts")),
    (further_starts, "started_container", _timed_container),
    (stop_record, "observe_stop", partial(_timed, "stop")),
    (judge, "evaluate", partial(_timed, "checks")),
)

if __name__ == "__main__":
    for module, name, timed in LOOKS:
        setattr(module, name, timed(getattr(module, name)))
    sys.exit(main(sys.argv[1:]))
