"""The text of `--plan`: the stages and inputs of a rehearsal, with secrets hidden."""

import shlex
from collections.abc import Iterator

from rehearsal.config.given_inputs import HIDDEN, GivenInputs
from rehearsal.config.input_table import INPUTS
from rehearsal.config.input_types import SECRETS, SERVICE_VARIABLES, VARIABLES
from rehearsal.config.rehearsal_plan import AuditPlan, CompanionsPlan, Plan, ServicePlan
from rehearsal.config.service_env import parse_service_env
from rehearsal.redaction.secret import ANY_NAME, parse_variables


def plan_preview(plan: Plan, request: GivenInputs, *, tag: str) -> str:
    """Return the plan as text for people; `tag` is the name of the image that is built."""
    return "\n".join(_lines(plan, request, tag))


def _lines(plan: Plan, request: GivenInputs, tag: str) -> Iterator[str]:
    yield f"step:    {request.origin or 'none, only the flags are used'}"
    yield f"folder:  {plan.directory}"
    yield f"image:   {plan.image or tag}"
    yield ""
    yield "stages"
    yield from (f"  {name:7} {what}" for name, what in _stages(plan, request, tag))
    yield ""
    yield "inputs"
    for name in INPUTS:
        if name in request.inputs:
            yield from _input(name, str(request.inputs[name]), request, plan.companions)
    yield f"  (the other {len(INPUTS) - len(request.inputs)} have their defaults)"
    yield ""
    yield "not done on a laptop"
    if request.ignored_inputs:
        yield f"  {', '.join(request.ignored_inputs)}: used on GitHub only"
    yield "  the upload: evidence stays in a local folder, which the last lines name"
    yield "  masks, annotations, job summary: the terminal shows the same"
    yield "  the job's other steps, its if: and its container:"


def _stages(plan: Plan, request: GivenInputs, tag: str) -> Iterator[tuple[str, str]]:
    container, suite, companions = plan.container, plan.suite, plan.companions
    has_services = bool(companions.services or companions.compose.files)
    for service in companions.services:
        yield "service", request.hide(_service(service))
    for name in companions.compose.lines:
        files = ", ".join(each.name for each in companions.compose.files)
        yield "service", f"{name}: from {files}, with what it depends on"
    if plan.image:
        yield "build", f"nothing: the image {plan.image} is used"
    else:
        yield "build", f"{plan.build.dockerfile} in {plan.build.context}, as {tag}"
    if has_services:
        yield "ready", f"all services, at most {companions.timeout} s"
    if companions.before_command:
        yield "before", _first_line(companions.before_command)
    secrets = ", ".join(f"{secret.name}={HIDDEN}" for secret in container.secrets)
    where = f"port {container.host_port}" if container.host_port else "a free port"
    port = (
        f"port {container.port} of the app" if container.port else "the port that the image exposes"
    )
    yield (
        "start",
        f"{port} on {where} of {container.address}" + (f", with {secrets}" if secrets else ""),
    )
    for worker in companions.workers:
        yield "worker", request.hide(f"{worker.name}: {shlex.join(worker.command)}")
    if container.setup_command:
        yield "setup", _first_line(container.setup_command)
    yield "ready", f"GET {plan.probe.path} until it answers, at most {plan.probe.timeout} s"
    if suite.requirements:
        yield "test", f"in a virtual environment with {suite.requirements}"
    command = _first_line(suite.command) if suite.command else "nothing: test-command is empty"
    yield "test", command
    if plan.audit.is_on:
        yield "audit", _audit(plan.audit)
    yield (
        "stop",
        "SIGTERM, then the container and its volumes are removed"
        + (", the services and the network last" if has_services else ""),
    )


def _audit(audit: AuditPlan) -> str:
    where = "the container and its image" + (", and further containers" if audit.active else "")
    waived = f"; waived: {', '.join(audit.waivers)}" if audit.waivers else ""
    return f"{audit.mode}: {where}{waived}"


def _service(service: ServicePlan) -> str:
    given = [*service.env, *(f"{secret.name}={HIDDEN}" for secret in service.secrets)]
    if service.ready_port:
        ready = f"it listens on port {service.ready_port}"
    elif service.ready_command:
        ready = f"this succeeds in it: {service.ready_command}"
    elif any(option.startswith("--health-cmd") for option in service.options):
        ready = "its health check succeeds"
    else:
        ready = "its image's health check or port says so"
    variables = f", with {', '.join(given)}" if given else ""
    return f"{service.name}: {service.image}{variables}; ready when {ready}"


def _input(name: str, text: str, request: GivenInputs, companions: CompanionsPlan) -> Iterator[str]:
    if INPUTS[name].type is SERVICE_VARIABLES:
        lines = [*_service_variables(text, request, companions)]
    elif INPUTS[name].type in (SECRETS, VARIABLES):
        lines = [*_variables(name, text, request)]
    else:
        lines = request.hide(text).rstrip("\n").split("\n")
    yield f"  {name}: {lines[0] if len(lines) == 1 else ''}".rstrip()
    if len(lines) > 1:
        yield from (f"    {line}" for line in lines)


def _variables(name: str, text: str, request: GivenInputs) -> Iterator[str]:
    found = parse_variables(text, source=name, environ=request.environ, names=ANY_NAME)
    for variable, each in found.items():
        if INPUTS[name].type is SECRETS:
            yield f"{variable}={HIDDEN}"
        elif each.inherited:
            yield f"{variable} (from the environment)"
        else:
            yield f"{variable}={request.hide(each.value or '')}"


def _service_variables(
    text: str, request: GivenInputs, companions: CompanionsPlan
) -> Iterator[str]:
    services = {service.name: service for service in companions.services}
    for key, each in parse_service_env(text).items():
        service, _, variable = key.partition(".")
        if any(secret.name == variable for secret in services[service].secrets):
            yield f"{key}={HIDDEN}"
        elif each.inherited:
            yield f"{key} (the app's, or from the environment)"
        else:
            yield f"{key}={request.hide(each.value or '')}"


def _first_line(script: str) -> str:
    first, *more = script.splitlines()
    return f"{first} …" if more else first
