"""Errors for a container that the engine refuses to create or start."""

from rehearsal.config.rehearsal_plan import ContainerPlan
from rehearsal.regex import regex
from rehearsal.verdict import MisconfiguredError, RehearsalError, Verdict

# In messages of the engines 20.10 to 29 about the published port. "Address already in use", with a
# capital letter, is about the container's own address.
PORT_TAKEN = regex(
    r"port is already allocated|address already in use|all ports are allocated"
    r"|[Pp]orts are not available"
)
# Docker's words, and those of Podman's crun.
NO_PROGRAM = regex("exec:|executable file")
# Patterns in messages of Docker 20.10 to 28 and Podman 5.8, and the input that may cause them. The
# first match counts. Docker from 28 on names networking in its message about a taken port, too.
INPUTS_BY_ENGINE_ERROR = (
    (regex("mount|statfs"), "volumes"),
    (regex("unknown (shorthand )?flag|invalid argument"), "run-options"),
    (regex(r"network (\S+ )?not found|config for network|endpoint settings"), "network"),
    (NO_PROGRAM, "command"),
)


def refusal_error(
    message: str,
    plan: ContainerPlan,
    subject: str = "the container",
    *,
    command_input: str = "command",
) -> MisconfiguredError:
    """Return the error for a message of the engine; its hint names the input to look at.

    An input that was not given is not the cause. The plan's command is from `command_input`.
    """
    # After an unknown option a client from 28 on explains how it is used.
    message = message.partition("\n\n")[0]
    if plan.host_port and PORT_TAKEN.search(message):
        return port_taken_error(plan)
    given = {
        "volumes": plan.volumes,
        "run-options": plan.run_options,
        "network": plan.network,
        "command": plan.command,
    }
    found = (
        name for pattern, name in INPUTS_BY_ENGINE_ERROR if pattern.search(message) and given[name]
    )
    name = next(found, "run-options" if plan.run_options else "")
    hint = f"Look at the input {command_input if name == 'command' else name}." if name else ""
    if NO_PROGRAM.search(message) and name != "command":
        hint = f"The image has no such program: look at its CMD and ENTRYPOINT. {hint}".rstrip()
    return MisconfiguredError(f"The engine refused to run {subject}: {message}", hint=hint)


def port_taken_error(plan: ContainerPlan) -> MisconfiguredError:
    """Return the error for a fixed host port that another process holds."""
    port = plan.host_port
    return MisconfiguredError(
        f"The input host-port is {port}, and port {port} on {plan.address} is already allocated.",
        hint=f"Stop what listens there (docker ps, or: ss -ltnp 'sport = :{port}'), name another "
        "port, or leave host-port out: the engine then chooses a free one.",
    )


def lost_ports_error(message: str, attempts: int) -> RehearsalError:
    """Return the error for an engine whose own choices of a port were all taken."""
    return RehearsalError(
        Verdict.ENGINE_FAILED,
        f"The engine chose a free port {attempts} times, and each was taken when it started the "
        f"container: {message}",
        hint="This is not the app's fault. Rehearse again. If it stays so, look for a program that "
        "takes many ports of this machine (ss -ltn).",
    )
