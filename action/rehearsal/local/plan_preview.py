"""The text of `--plan`: the stages and inputs of a rehearsal, with secrets hidden."""

from collections.abc import Iterator

from rehearsal.config.given_inputs import HIDDEN, GivenInputs
from rehearsal.config.input_table import INPUTS
from rehearsal.config.input_types import SECRETS, VARIABLES
from rehearsal.config.rehearsal_plan import Plan
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
    yield from (f"  {name:7} {what}" for name, what in _stages(plan, tag))
    yield ""
    yield "inputs"
    for name in INPUTS:
        if name in request.inputs:
            yield from _input(name, str(request.inputs[name]), request)
    yield f"  (the other {len(INPUTS) - len(request.inputs)} have their defaults)"
    yield ""
    yield "not done on a laptop"
    if request.ignored_inputs:
        yield f"  {', '.join(request.ignored_inputs)}: used on GitHub only"
    yield "  the upload: evidence stays in a local folder, which the last lines name"
    yield "  masks, annotations, job summary: the terminal shows the same"
    yield "  the job's other steps, its if: and its container:"


def _stages(plan: Plan, tag: str) -> Iterator[tuple[str, str]]:
    container, suite = plan.container, plan.suite
    if plan.image:
        yield "build", f"nothing: the image {plan.image} is used"
    else:
        yield "build", f"{plan.build.dockerfile} in {plan.build.context}, as {tag}"
    secrets = ", ".join(f"{secret.name}={HIDDEN}" for secret in container.secrets)
    where = f"port {container.host_port}" if container.host_port else "a free port"
    yield (
        "start",
        f"port {container.port} of the app on {where} of {container.address}"
        + (f", with {secrets}" if secrets else ""),
    )
    if container.setup_command:
        yield "setup", _first_line(container.setup_command)
    yield "ready", f"GET {plan.probe.path} until it answers, at most {plan.probe.timeout} s"
    if suite.requirements:
        yield "test", f"in a virtual environment with {suite.requirements}"
    command = _first_line(suite.command) if suite.command else "nothing: test-command is empty"
    yield "test", command
    yield "stop", "SIGTERM, then the container and its volumes are removed"


def _input(name: str, text: str, request: GivenInputs) -> Iterator[str]:
    if INPUTS[name].type in (SECRETS, VARIABLES):
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


def _first_line(script: str) -> str:
    first, *more = script.splitlines()
    return f"{first} …" if more else first
