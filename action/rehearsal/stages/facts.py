"""Collect the facts of a failure: what was seen, as lines, and what the logs say."""

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from rehearsal import slices
from rehearsal.diagnosis import Facts
from rehearsal.junit import Failure
from rehearsal.outside.sockets import Listener
from rehearsal.outside.web import Answer
from rehearsal.plan import ContainerPlan, ProbePlan
from rehearsal.stages.readiness import seen
from rehearsal.tally import COLOUR
from rehearsal.verdict import Problem, Verdict

APPS_LOG = "container.log"
LOGS = ("build.log", "test-setup.log", "setup.log", APPS_LOG, "tests/output.log")
# What the app had said when the tests began.
BEFORE = "container.log before the tests"
# How much of a log's beginning and end is searched, in bytes: an app says at its start why it
# cannot run, and at its end why it stopped.
HEAD = 1 << 16
TAIL = 1 << 18
# What BuildKit puts before each line: the step, and the seconds since it began.
BUILDKIT = re.compile(r"^#\d+ (?:\d+\.\d+ )?")
MIB = 1 << 20


def of_inputs(plan: ContainerPlan) -> tuple[str, ...]:
    """Tell what the inputs give the container, as far as everyone may know it."""
    setup = "given" if plan.setup_command else "none"
    return (f"setup-command {setup}", *(f"variable {name}" for name in plan.env))


def of_question(probe: ProbePlan, port: int, host: str) -> tuple[str, ...]:
    """Tell what the app was asked."""
    return f"port {port}", f"path {probe.path}", f"host {host}"


def of_answer(probe: ProbePlan, answer: Answer) -> tuple[str, ...]:
    """Tell one answer: what it was, then how its page begins."""
    return (seen(probe, answer), *answer.body.splitlines()[:20])


def of_listeners(found: Iterable[Listener] | None, port: int) -> tuple[str, ...]:
    """Tell who listens, seen from outside the container; nothing where that is not known."""
    if found is None:
        return ()
    return tuple(f"{_reach(each, port)} {each}" for each in found) or ("nobody",)


def of_container(found: Mapping[str, Any]) -> tuple[str, ...]:
    """Tell what the engine knows of a container: how it ended, and what bounds it."""
    state, config, host = (found.get(part) or {} for part in ("State", "Config", "HostConfig"))
    restarts = found.get("RestartCount") or 0
    policy = (host.get("RestartPolicy") or {}).get("Name") or "no"
    memory = host.get("Memory") or 0
    health = state.get("Health") or {}
    command = [found.get("Path") or "", *(found.get("Args") or ())]
    lines = [
        f"command {' '.join(command)}",
        f"user {config.get('User') or 'root'}",
        f"memory limit {f'{memory // MIB} MiB' if memory else 'none'}",
        f"restart policy {policy}",
    ]
    if state.get("Status") in {"exited", "dead", "restarting"}:
        lines.append(f"exit code {state.get('ExitCode')}")
    if state.get("OOMKilled"):
        lines.append("killed for memory")
    if restarts:
        lines.append(f"restarted {restarts} time{'s' if restarts > 1 else ''}")
    if health.get("Status"):
        last = ((health.get("Log") or [{}])[-1].get("Output") or "").strip().splitlines()
        lines.append(f"health {health['Status']}" + (f": {last[-1]}" if last else ""))
    return tuple(line.rstrip() for line in lines)


def gathered(
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
    logs = {name: lines_of(folder / name) for name in LOGS}
    if problem.verdict is Verdict.TESTS_FAILED and tested:
        logs |= _parted(folder, tested)
    return Facts(
        verdict=problem.verdict,
        lines={
            "problem": (problem.what,),
            **seen_lines,
            **logs,
            "failures": tuple(f"{failure.name}: {failure.message}" for failure in failed),
        },
    )


def _parted(folder: Path, when: float) -> dict[str, tuple[str, ...]]:
    index = slices.read_index(folder / f"{APPS_LOG}.index")
    if not index.total:
        return {}
    try:
        before, after = slices.parted(folder / APPS_LOG, index, when)
    except OSError:
        return {}
    return {BEFORE: _lines(before), APPS_LOG: _lines(after)}


def lines_of(path: Path) -> tuple[str, ...]:
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
    return tuple(line.rstrip() for line in COLOUR.sub("", text).splitlines())


def _reach(listener: Listener, port: int) -> str:
    if listener.port != port:
        return "elsewhere"
    return "loopback" if listener.loopback else "reachable"
