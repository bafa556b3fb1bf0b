"""Create the container as production would, attach to its logs, start it; stop and remove it."""

import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from rehearsal.config.plan import ContainerPlan
from rehearsal.evidence.log import Log
from rehearsal.outside.engine import Engine, EngineError
from rehearsal.outside.process import Process
from rehearsal.results.tests import Failure, Span
from rehearsal.source.tracebacks import SERVER_NOISE, tracebacks
from rehearsal.verdict import MisconfiguredError, RehearsalError, Verdict

# How long the engine may take from "start" to a published port, in seconds; it takes about 0.3.
START_TIMEOUT = 60.0
EXCERPT = 25
# What a client needs to learn that its container has ended, in seconds: milliseconds as a rule.
END_DELAY = 0.2
# What a report's rounded times leave open, in seconds.
ROUNDING = 1.0
# As many tests may run side by side on a runner of four cores.
MOST_NAMES = 4

# An end for good.
GONE = ("exited", "dead")

# Restarts that end like the start before them: what then still changes is not the app.
LOOP = 3

# How many lines from the end the exception is looked for.
SEARCHED = 500
# The closing line of a Python traceback.
EXCEPTION = re.compile(r"[\w.]*(Error|Exception|Exit|ImproperlyConfigured|Warning)\b(: |$)")

# The engine's words, and the input they come from.
REFUSALS = (
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


@dataclass(kw_only=True)
class Container:
    """A started container: `port` on 127.0.0.1 leads to the app, `attached` ends when it ends.

    Both change when its restart policy brings it back. `found` is what the engine knows of it once
    it has ended for good.
    """

    id: str
    port: int
    attached: Process
    started: float
    inspected: dict[str, Any] | None = None

    @property
    def ended(self) -> bool:
        """Whether the container has ended."""
        return self.attached.ended

    def ended_by_now(self, patience: float = END_DELAY) -> bool:
        """Whether it ends within `patience` seconds; by default just the client's delay."""
        return self.attached.wait(patience) is not None


@dataclass(frozen=True, kw_only=True)
class ContainerEnd:
    """How a container ended, by itself or stopped by us; `at` is in seconds since 1970."""

    exit_code: int
    out_of_memory: bool
    at: float
    restarted: bool = False

    def __str__(self) -> str:
        words = [f"exit code {self.exit_code}"]
        if self.out_of_memory:
            words.append("killed for memory")
        if self.restarted:
            words.append("and its restart policy starts it again")
        return ", ".join(words)


def container_name(label: str) -> str:
    """Return the name of the container that carries a label (`name=value`)."""
    return label.replace("=", "-")


def keep_running(container: Container, label: str, volumes: Sequence[str]) -> tuple[str, str]:
    """Return where a container that is left up is, and the command that removes it."""
    name = container_name(label)
    where = f"http://localhost:{container.port} (the app still runs)"
    if container.ended:
        where = f"{name} (it has ended; docker logs {name} shows why)"
    commands = [f"docker rm --force --volumes {name}"]
    commands += [f"docker volume rm {volume}" for volume in volumes]
    return where, " && ".join(commands)


def create_arguments(
    plan: ContainerPlan, *, image: str, name: str, label: str, directory: Path
) -> list[str]:
    """Return the arguments after `docker create`; secrets stand there by name alone."""
    arguments = ["--name", name, "--label", label, "--log-driver", "json-file"]
    arguments += ["--publish", f"127.0.0.1:{plan.host_port or ''}:{plan.port}"]
    for secret in plan.secrets:
        arguments += ["--env", secret.name]
    for variable, value in plan.env.items():
        arguments += ["--env", f"{variable}={value}"]
    for volume in plan.volumes:
        arguments += ["--mount", mount(volume, directory)]
    if plan.network:
        arguments += ["--network", plan.network]
    return [*arguments, *plan.run_options, image, *plan.command]


def mount(volume: str, directory: Path) -> str:
    """Turn SOURCE:TARGET[:ro] into a --mount value.

    `--volume` would make a missing source folder, owned by root; `--mount` refuses.
    """
    source, target, *options = volume.split(":")
    if is_path(source):
        source = str((directory / Path(source).expanduser()).resolve())
        kind = "bind"
    else:
        kind = "volume"
    read_only = ",readonly" if "ro" in options else ""
    return f"type={kind},source={source},target={target}{read_only}"


def makes_volumes(plan: ContainerPlan) -> bool:
    """Whether the container wants named volumes, which are made where they are missing."""
    return any(not is_path(volume.split(":")[0]) for volume in plan.volumes)


def is_path(source: str) -> bool:
    """Whether a volume's source is a path on the host and not the name of a volume."""
    return source.startswith(("/", ".", "~"))


def create_container(
    plan: ContainerPlan, engine: Engine, *, image: str, name: str, label: str, directory: Path
) -> str:
    """Create the container and the named volumes that are missing; return its ID."""
    for volume in plan.volumes:
        source = volume.split(":")[0]
        if not is_path(source):
            engine.ensure_volume(source, label)
    arguments = create_arguments(plan, image=image, name=name, label=label, directory=directory)
    secrets = {secret.name: secret.value for secret in plan.secrets}
    try:
        identity = engine.create(arguments, secrets=secrets)
    except EngineError as refusal:
        raise _refused(str(refusal), plan) from None
    if plan.run_options and engine.inspect(identity)["Image"] != image:
        raise MisconfiguredError(
            "The client took one of the run-options for the image to run.",
            hint="Each line is one argument; a value needs an option that takes one before it.",
        )
    return identity


def start_container(identity: str, plan: ContainerPlan, engine: Engine, log: Log) -> Container:
    """Attach, start, and return once the port is published.

    Raises `RehearsalError` when it never is.
    """
    started = time.monotonic()
    attached = engine.start(identity, out=log.stream("out"), err=log.stream("err"))
    while time.monotonic() - started < START_TIMEOUT:
        # In this order: an end that is seen first is known to the engine too.
        ended = attached.ended
        found = engine.inspect(identity)
        port = _published(found, plan.port)
        if found["State"]["Status"] == "created" and ended:
            attached.wait()
            raise _refused(found["State"]["Error"] or "\n".join(log.tail(3)), plan)
        if port or ended:
            return Container(id=identity, port=port, attached=attached, started=started)
        time.sleep(0.02)
    attached.end()
    raise RehearsalError(
        Verdict.ENGINE_FAILED, f"The engine did not start it in {START_TIMEOUT:.0f} s."
    )


def has_restart_policy(plan: ContainerPlan) -> bool:
    """Whether the engine starts the container again when it has ended."""
    return any(option.startswith("--restart") for option in plan.run_options)


def reattach_after_restart(
    container: Container, plan: ContainerPlan, engine: Engine, log: Log
) -> bool:
    """Attach again to a container that its restart policy brings back; False when none does.

    The engine waits before each restart, 0.1 s first and twice as long each time, and publishes
    another port. One that it has restarted `LOOP` times and that has ended again is left alone.
    """
    if not has_restart_policy(plan):
        return False
    begun = time.monotonic()
    while time.monotonic() - begun < START_TIMEOUT:
        found = engine.inspect(container.id)
        state, restarts = found["State"]["Status"], found.get("RestartCount") or 0
        port = _published(found, plan.port)
        if state == "running" and port:
            container.port = port
            container.attached = engine.attach(
                container.id, out=log.stream("out"), err=log.stream("err")
            )
            return True
        # A moment after its end it is "running" still, without a port; "exited" is for good.
        if state in GONE or (state == "restarting" and restarts >= LOOP):
            return False
        time.sleep(0.02)
    return False


def read_end(container: Container, engine: Engine) -> ContainerEnd:
    """Return how the container ended."""
    code = container.attached.wait(5.0)
    found = engine.inspect(container.id)
    state = found["State"]
    if state["Status"] in GONE:
        container.inspected = found
    # For a moment after the end the engine has not heard of it yet: the client, which waited for
    # the end, passes its code on. On a container that runs again its state is overwritten, and the
    # client may have read the new one: the engine's record of events has the code.
    if code is None or state["Status"] != "running":
        code = int(state["ExitCode"])
    elif found.get("RestartCount"):
        recorded = engine.last_exit_code(container.id)
        code = code if recorded is None else recorded
    return ContainerEnd(
        exit_code=code,
        out_of_memory=bool(state["OOMKilled"]),
        at=datetime.fromisoformat(state["FinishedAt"]).timestamp(),
        restarted=state["Status"] == "restarting"
        or (state["Status"] == "running" and bool(found.get("RestartCount"))),
    )


def crash_error(
    container: Container, engine: Engine, log: Log, *, when: str, failed: Iterable[Failure] = ()
) -> RehearsalError:
    """Return the problem of a container that ended by itself.

    Of the tests that have `failed` it names those that ran at that moment.
    """
    end = read_end(container, engine)
    if names := [each.name for each in failed if each.span and _covers(each.span, end.at)]:
        when += f", while {' and '.join(names[:MOST_NAMES])} ran"
    raised = _raised(log.tail(SEARCHED))
    return RehearsalError(
        Verdict.CRASHED,
        f"The container ended {when}: {end}." + (f" It raised {raised}" if raised else ""),
        hint="Its last lines are in the log and the summary; container.log holds all of them.",
        excerpt=log.tail(EXCERPT),
        source=log.name,
    )


def _covers(span: Span, moment: float) -> bool:
    before, after = (0.0, END_DELAY) if span.exact else (ROUNDING, ROUNDING)
    return span.start - before <= moment <= span.end + after


def _raised(lines: Sequence[str]) -> str:
    """Return the exception that ended the app, and not what the server over it made of that."""
    found = [traceback.error for traceback in tracebacks("\n".join(lines))]
    found = found or [line for line in lines if EXCEPTION.match(line)]
    return next((error for error in reversed(found) if not SERVER_NOISE.search(error)), "")


def without_secrets(found: dict[str, object], plan: ContainerPlan) -> dict[str, object]:
    """Return what the engine knows of the container with the secrets' values taken out."""
    names = {secret.name for secret in plan.secrets}
    config = found.get("Config")
    if not isinstance(config, dict):
        return found
    env = [_hidden(entry, names) for entry in config.get("Env") or ()]
    return {**found, "Config": {**config, "Env": env}}


def _hidden(entry: str, names: set[str]) -> str:
    name = entry.partition("=")[0]
    return f"{name}=***" if name in names else entry


def _published(found: dict[str, object], port: int) -> int:
    settings = found.get("NetworkSettings")
    ports = settings.get("Ports") if isinstance(settings, dict) else None
    bindings = (ports or {}).get(f"{port}/tcp") or [{}]
    return int(bindings[0].get("HostPort") or 0)


def _refused(words: str, plan: ContainerPlan) -> MisconfiguredError:
    unknown = "run-options" if plan.run_options else ""
    source = next((name for text, name in REFUSALS if text in words), unknown)
    if source == "host-port":
        return port_taken(plan.host_port)
    return MisconfiguredError(
        f"The engine refused to run the container: {words}",
        hint=f"Look at the input {source}." if source else "",
    )


def port_taken(port: int) -> MisconfiguredError:
    """Return the problem of a fixed host port that something else holds."""
    return MisconfiguredError(
        f"The input host-port is {port}, and port {port} on 127.0.0.1 is already allocated.",
        hint=f"Stop what listens there (docker ps, or: ss -ltnp 'sport = :{port}'), name another "
        "port, or leave host-port out: a free one is chosen then.",
    )
