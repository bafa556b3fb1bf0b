"""Read the inputs about what the app is not alone with: services, a command before it, workers."""

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from rehearsal.config.compose_input import read_compose
from rehearsal.config.grid import SHARED_MEMORY, read_grid
from rehearsal.config.inputs import Inputs
from rehearsal.config.named_lines import (
    NO_COMMENTS,
    TAKEN_NAMES,
    NamedLine,
    check_free,
    read_named_lines,
)
from rehearsal.config.rehearsal_plan import (
    CompanionsPlan,
    ContainerPlan,
    ServicePlan,
    WorkerPlan,
)
from rehearsal.config.service_env import read_service_env
from rehearsal.config.services import read_images, read_ready
from rehearsal.redaction.secret import Secret
from rehearsal.verdict import MisconfiguredError

WORKERS_FORM = "NAME=ARGUMENTS, like worker=celery -A config worker"
# What a shell would understand; here it would reach the program as an argument.
SHELL_WORD = re.compile(r"(?<!\S)(&&|\|\|?|;|&|[0-9]?>>?|<)(?!\S)")


def read_companions(
    inputs: Inputs,
    environ: Mapping[str, str],
    container: ContainerPlan,
    build_secrets: tuple[Secret, ...],
    *,
    directory: Path,
    job_services: tuple[ServicePlan, ...] = (),
) -> CompanionsPlan:
    """Return what the app is not alone with.

    `environ` is the calling step's environment; `container` has the values that the app and the
    services share. `directory` is the working directory, `job_services` are those of a workflow's
    job. Raises `MisconfiguredError`.
    """
    images = read_images(inputs)
    compose = read_compose(inputs, directory)
    workers = read_named_lines(inputs, "workers", WORKERS_FORM)
    check_free("services", images)
    check_free("workers", workers)
    _check_job_services(job_services, workers)
    _check_workers(images, workers)
    _check_composed(compose.lines, images, workers)
    if (images or compose.files) and (container.network or job_services):
        raise MisconfiguredError(
            f"Both {'services' if images else 'compose-file'} and network are given, and services "
            "get a network of their own.",
            hint="Remove network. If services that are started elsewhere are needed as well, start "
            "all of them there, and keep only network.",
        )
    ports, commands = read_ready(inputs, {**images, **compose.lines})
    grid = read_grid(inputs, images)
    variables = read_service_env(
        inputs,
        environ,
        container,
        services=images,
        composed=compose.lines,
        secrets=(*container.secrets, *build_secrets),
    )
    return CompanionsPlan(
        services=job_services
        or tuple(
            ServicePlan(
                name=name,
                image=each.text,
                env=variables[name].env,
                secrets=tuple(variables[name].secrets),
                ready_port=ports.get(name, 0),
                ready_command=commands.get(name, ""),
                options=SHARED_MEMORY if name == grid else (),
                on_host_network=name == grid,
            )
            for name, each in images.items()
        ),
        timeout=inputs.number("service-timeout"),
        before_command=inputs.block("before-command").strip(),
        workers=tuple(_workers(workers)),
        compose=replace(
            compose,
            ports={name: port for name, port in ports.items() if name in compose.lines},
            commands={name: each for name, each in commands.items() if name in compose.lines},
        ),
    )


def _check_job_services(
    services: tuple[ServicePlan, ...], workers: Mapping[str, NamedLine]
) -> None:
    for service in services:
        reason = TAKEN_NAMES.get(service.name, "")
        if service.name in workers:
            reason = f"workers, line {workers[service.name].line}, has it, too"
        if reason:
            raise MisconfiguredError(
                f"The job's service {service.name} cannot have this name: {reason}.",
                hint="Rename one of them: each is a host name in the same network.",
            )


def _check_workers(services: Mapping[str, NamedLine], workers: Mapping[str, NamedLine]) -> None:
    for name, worker in workers.items():
        if name in services:
            raise MisconfiguredError(
                f"workers, line {worker.line}: services, line {services[name].line}, has the same "
                f"name, {name}.",
                hint="Rename one of them: each is a host name in the same network.",
            )


def _check_composed(
    composed: Mapping[str, int],
    services: Mapping[str, NamedLine],
    workers: Mapping[str, NamedLine],
) -> None:
    for name, line in composed.items():
        for source, lines in (("services", services), ("workers", workers)):
            if name in lines:
                raise MisconfiguredError(
                    f"compose-services, line {line}: {source}, line {lines[name].line}, has the "
                    f"same name, {name}.",
                    hint="Remove one of them: each is a host name in the same network.",
                )


def _workers(lines: Mapping[str, NamedLine]) -> Iterator[WorkerPlan]:
    for name, each in lines.items():
        where = f"workers, line {each.line}"
        try:
            words = shlex.split(each.text)
        except ValueError:
            raise MisconfiguredError(
                f"{where}: the arguments of {name} cannot be split into words.",
                hint="A quote is not closed, or a backslash stands at the end.",
            ) from None
        if len(words) == 1 and re.search(r"\s", words[0]):
            raise MisconfiguredError(
                f"{where}: all arguments of {name} are in quotes, so they are one word, the name "
                "of a program.",
                hint="Remove the quotes around them.",
            )
        if any(word.startswith("#") for word in words) and re.search(r"\s#", each.text):
            raise MisconfiguredError(
                f"{where}: a # begins a comment, which would reach {name} as arguments.",
                hint=NO_COMMENTS,
            )
        if (found := SHELL_WORD.search(each.text)) and found[1] in words:
            raise MisconfiguredError(
                f"{where}: no shell reads the arguments of {name}, so {found[1]} would be one of "
                "them.",
                hint=f"If a shell has to read them, write {name}=sh -c '…'.",
            )
        yield WorkerPlan(name=name, command=tuple(words))
