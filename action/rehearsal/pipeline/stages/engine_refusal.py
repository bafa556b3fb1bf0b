"""Errors for a container that the engine refuses to create or start."""

from rehearsal.config.rehearsal_plan import ContainerPlan
from rehearsal.verdict import MisconfiguredError

# Texts in messages of the engine, and the input that causes them. The first match counts.
INPUTS_BY_ENGINE_ERROR = (
    ("is already allocated", "host-port"),
    ("address already in use", "host-port"),
    ("invalid mount config", "volumes"),
    ("mount", "volumes"),
    ("unknown flag", "run-options"),
    ("unknown shorthand flag", "run-options"),
    ("invalid argument", "run-options"),
    ("network", "network"),
    ("exec:", "command"),
)


def refusal_error(message: str, plan: ContainerPlan) -> MisconfiguredError:
    """Return the error for a message of the engine; its hint names the input to look at."""
    unknown = "run-options" if plan.run_options else ""
    name = next((name for text, name in INPUTS_BY_ENGINE_ERROR if text in message), unknown)
    if name == "host-port":
        return port_taken_error(plan.host_port)
    return MisconfiguredError(
        f"The engine refused to run the container: {message}",
        hint=f"Look at the input {name}." if name else "",
    )


def port_taken_error(port: int) -> MisconfiguredError:
    """Return the error for a fixed host port that another process holds."""
    return MisconfiguredError(
        f"The input host-port is {port}, and port {port} on 127.0.0.1 is already allocated.",
        hint=f"Stop what listens there (docker ps, or: ss -ltnp 'sport = :{port}'), name another "
        "port, or leave host-port out: the engine then chooses a free one.",
    )
