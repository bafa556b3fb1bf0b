"""Read the inputs about what runs beside the app: services, before-command, workers."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from rehearsal.config.compose_input import read_compose
from rehearsal.config.grid import SHARED_MEMORY, read_grid
from rehearsal.config.inputs import Inputs
from rehearsal.config.named_lines import (
    RESERVED_NAMES,
    NamedLine,
    check_reserved_names,
)
from rehearsal.config.rehearsal_plan import (
    CompanionsPlan,
    ContainerPlan,
    ServicePlan,
)
from rehearsal.config.service_env import read_service_env
from rehearsal.config.services import read_images, read_ready
from rehearsal.config.workers import read_worker, read_worker_lines
from rehearsal.redaction.secret import Secret
from rehearsal.verdict import MisconfiguredError


def read_companions(
    inputs: Inputs,
    environ: Mapping[str, str],
    container: ContainerPlan,
    build_secrets: tuple[Secret, ...],
    *,
    directory: Path,
    job_services: tuple[ServicePlan, ...] = (),
) -> CompanionsPlan:
    """Return what runs beside the app.

    `environ` is the calling step's environment; `container` has the values that the app and the
    services share. `directory` is the working directory, `job_services` are those of a workflow's
    job. Raises `MisconfiguredError`.
    """
    images = read_images(inputs)
    compose = read_compose(inputs, directory)
    workers = read_worker_lines(inputs)
    check_reserved_names("services", images)
    check_reserved_names("workers", workers)
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
    ports, commands = read_ready(inputs, images, composed=bool(compose.files))
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
        workers=tuple(map(read_worker, workers.values())),
        compose=replace(
            compose,
            ports={name: port for name, port in ports.items() if name not in images},
            commands={name: each for name, each in commands.items() if name not in images},
        ),
    )


def _check_job_services(
    services: tuple[ServicePlan, ...], workers: Mapping[str, NamedLine]
) -> None:
    for service in services:
        reason = RESERVED_NAMES.get(service.name, "")
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
