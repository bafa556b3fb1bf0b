"""Collect the facts of a failure: what was seen, as lines, and what the logs say."""

from collections.abc import Iterable, Mapping
from typing import Any

from rehearsal.config.plan import ContainerPlan, ProbePlan
from rehearsal.outside.http_probe import Answer
from rehearsal.outside.sockets import Listener
from rehearsal.pipeline.stages.probe import describe_answer

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
    return (describe_answer(probe, answer), *answer.body.splitlines()[:20])


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


def _reach(listener: Listener, port: int) -> str:
    if listener.port != port:
        return "elsewhere"
    return "loopback" if listener.loopback else "reachable"
