"""The services of a compose file that are started: which they are, and what is refused in them."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from rehearsal.config.compose_values import Model
from rehearsal.config.named_lines import RESERVED_NAMES, unknown_name_hint
from rehearsal.config.rehearsal_plan import ComposedService, ComposePlan, Plan, ServicePlan
from rehearsal.verdict import MisconfiguredError

# The conditions of depends_on.
STARTED = "service_started"
HEALTHY = "service_healthy"
COMPLETED = "service_completed_successfully"
# A service with one of these is meant to run all the time.
LASTING_RESTARTS = ("always", "unless-stopped")
BY_ANOTHER_FILE = (
    "Write a second compose file that changes it (with !reset or !override), and name it in "
    "compose-file below the first."
)
# What only Compose itself would do when it starts a service, or what reaches out of the rehearsal.
REFUSED_PARTS = {
    "network_mode": "all services of a rehearsal are in one network of its own",
    "post_start": "Compose does not start the services, so nothing would run it",
    "pre_stop": "Compose does not stop the services, so nothing would run it",
    "provider": "only Compose could start it",
    "models": "only Compose could start them",
    "external_links": "what is started elsewhere is not in the rehearsal's network",
}


def kept_services(model: Model, plan: Plan) -> dict[str, Model]:
    """Return the services that are asked for and those that they depend on, by name.

    `model` is what `docker compose config` prints. Raises `MisconfiguredError`.
    """
    services: Mapping[str, Model] = model.get("services") or {}
    kept: dict[str, Model] = {}
    for name, line in plan.companions.compose.lines.items():
        where = f"compose-services, line {line}"
        if name not in services:
            near = get_close_matches(name, services, n=1)
            raise MisconfiguredError(
                f"{where}: compose-file has no service named {name}."
                + (f" Did you mean {near[0]}?" if near else ""),
                hint=f"Its services are: {', '.join(services)}.",
            )
        todo = [(name, "")]
        while todo:
            each, asked_by = todo.pop()
            if each not in kept:
                _check_not_app(each, asked_by, services[each], plan, where)
                kept[each] = services[each]
                todo += [(other, each) for other in _needs(services[each]) if other in services]
    _check_names(kept, plan)
    _check_ready(kept, plan)
    for name, service in kept.items():
        _check_parts(name, service, model)
    return kept


def image_of(name: str, service: Model, model: Model) -> str:
    """Return the image of a service: without image:, the name that Compose gives what it builds."""
    return str(service.get("image") or f"{model['name']}-{name}")


def is_built(service: Model) -> bool:
    """Whether only a build makes the image of a service: no registry has it."""
    return not service.get("image")


def service_plan(
    name: str, model: Model, kept: Mapping[str, Model], plan: ComposePlan
) -> ServicePlan:
    """Return the plan of a kept service, still without its variables."""
    service = kept[name]
    conditions = _needs(service)
    wanted = {_needs(each).get(name) for each in (model.get("services") or {}).values()}
    checked = name in plan.ports or name in plan.commands or _has_healthcheck(service)
    lasting = service.get("restart") in LASTING_RESTARTS
    return ServicePlan(
        name=name,
        image=image_of(name, service, model),
        ready_port=plan.ports.get(name, 0),
        ready_command=plan.commands.get(name, ""),
        composed=ComposedService(
            after_started=tuple(
                each for each in conditions if each in kept and conditions[each] == STARTED
            ),
            after_ready=tuple(
                each for each in conditions if each in kept and conditions[each] != STARTED
            ),
            completes=COMPLETED in wanted,
            may_end=COMPLETED in wanted or not (checked or lasting or HEALTHY in wanted),
        ),
    )


def _needs(service: Model) -> dict[str, str]:
    """Return the condition of each service that a service depends on."""
    return {
        name: str((each or {}).get("condition") or STARTED)
        for name, each in (service.get("depends_on") or {}).items()
    }


def _has_healthcheck(service: Model) -> bool:
    test = (service.get("healthcheck") or {}).get("test") or ["NONE"]
    return test != ["NONE"]


def _check_not_app(name: str, asked_by: str, service: Model, plan: Plan, where: str) -> None:
    """Raise `MisconfiguredError` for a service that is made from what is rehearsed."""
    build = service.get("build") or {}
    context = Path(build.get("context") or "/")
    same_build = context == plan.build.context and plan.build.dockerfile in (
        context / (build.get("dockerfile") or "Dockerfile"),
        Path(build.get("dockerfile") or ""),
    )
    if (plan.image and service.get("image") == plan.image) or (build and same_build):
        needed = f"{asked_by} depends on {name}, which is" if asked_by else f"{name} is"
        raise MisconfiguredError(
            f"{where}: {needed} the app itself: it is made from the Dockerfile that is rehearsed.",
            hint="Name only what the app needs, like its database. A worker of the same image "
            "belongs in workers, a command like migrate in before-command.",
        )


def _check_names(kept: Mapping[str, Model], plan: Plan) -> None:
    companions = plan.companions
    taken = {
        **RESERVED_NAMES,
        **{each.name: "services has the same name" for each in companions.services},
        **{each.name: "workers has the same name" for each in companions.workers},
    }
    for name, service in kept.items():
        networks = (service.get("networks") or {}).values()
        aliases = [alias for each in networks for alias in (each or {}).get("aliases") or ()]
        for host in (name, *aliases):
            if host in taken:
                raise MisconfiguredError(
                    f"compose-file: the service {name} cannot have the name {host} in the "
                    f"rehearsal's network: {taken[host]}.",
                    hint="Rename one of them, or leave the service out of compose-services.",
                )


def _check_ready(kept: Mapping[str, Model], plan: Plan) -> None:
    compose = plan.companions.compose
    if unknown := next(
        (name for name in (*compose.ports, *compose.commands) if name not in kept), ""
    ):
        raise MisconfiguredError(
            f"service-ready: there is no service named {unknown}.",
            hint=unknown_name_hint(
                {**{each.name: each for each in plan.companions.services}, **kept}
            ),
        )


def _check_parts(name: str, service: Model, model: Model) -> None:
    for part, reason in REFUSED_PARTS.items():
        if service.get(part):
            raise MisconfiguredError(
                f"compose-file: the service {name} has {part}, which a rehearsal refuses: "
                f"{reason}.",
                hint=BY_ANOTHER_FILE,
            )
    for what, reason in _outside_sources(service, model):
        raise MisconfiguredError(
            f"compose-file: the service {name} uses {what}, which a rehearsal refuses: {reason}.",
            hint=BY_ANOTHER_FILE,
        )


def _outside_sources(service: Model, model: Model) -> Iterator[tuple[str, str]]:
    """Yield what a service uses that is not made from the files of the repository, and why not."""
    volumes = [each["source"] for each in service.get("volumes") or () if _is_named(each)]
    for part, names in (
        ("volumes", volumes),
        ("networks", service.get("networks") or {}),
        ("secrets", [each["source"] for each in service.get("secrets") or ()]),
        ("configs", [each["source"] for each in service.get("configs") or ()]),
    ):
        known = model.get(part) or {}
        for each in names:
            source = known.get(each) or {}
            what = f"{each} of {part}"
            if source.get("external"):
                yield f"{what} (external)", "it is not the rehearsal's own"
            if part in ("secrets", "configs") and not source.get("file"):
                found = next(
                    (key for key in ("environment", "content") if key in source), "no file"
                )
                yield f"{what} ({found})", "only a file can be mounted before the start"


def _is_named(volume: Mapping[str, Any]) -> bool:
    return volume.get("type") == "volume" and bool(volume.get("source"))
