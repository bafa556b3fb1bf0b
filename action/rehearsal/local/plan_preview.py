"""What would be done, for `--plan`: every stage and input, no secret."""

from collections.abc import Iterator

from rehearsal.config.input_table import INPUTS
from rehearsal.config.input_types import SECRETS, VARIABLES
from rehearsal.config.plan import Plan
from rehearsal.config.request import Request
from rehearsal.redaction.redactor import REPLACEMENT
from rehearsal.redaction.secret import LINE_END, parse_variables

HIDDEN = REPLACEMENT.decode()


def plan_preview(plan: Plan, request: Request, *, tag: str) -> str:
    """Return the plan for people; `tag` is what a built image is called."""
    return "\n".join(_lines(plan, request, tag))


def _lines(plan: Plan, request: Request, tag: str) -> Iterator[str]:
    yield f"step:    {request.origin or 'none; the flags alone'}"
    yield f"folder:  {plan.directory}"
    yield f"image:   {plan.image or tag}"
    yield ""
    yield "stages"
    yield from (f"  {name:7} {what}" for name, what in _stages(plan, tag))
    yield ""
    yield "inputs"
    for name in INPUTS:
        if name in request.given:
            yield from _input(name, str(request.given[name]), request)
    others = len(INPUTS) - len(request.given)
    yield f"  ({others} others have their defaults)"
    yield ""
    yield "not done on a laptop"
    if request.ignored_inputs:
        yield f"  {', '.join(request.ignored_inputs)}: of use on GitHub alone"
    yield "  the upload: evidence stays in a folder here, and the last lines name it"
    yield "  masks, annotations, job summary: the same is said in the terminal"
    yield "  the job's other steps, its if: and its container:"


def _stages(plan: Plan, tag: str) -> Iterator[tuple[str, str]]:
    container, suite = plan.container, plan.suite
    if plan.image:
        yield "build", f"nothing: {plan.image} is taken from the engine"
    else:
        yield "build", f"{plan.build.dockerfile} in {plan.build.context}, as {tag}"
    secrets = ", ".join(f"{secret.name}={HIDDEN}" for secret in container.secrets)
    where = f"port {container.host_port}" if container.host_port else "a free port"
    yield (
        "start",
        f"port {container.port} of the app on {where} of 127.0.0.1"
        + (f", with {secrets}" if secrets else ""),
    )
    if container.setup_command:
        yield "setup", _short(container.setup_command)
    yield "ready", f"GET {plan.probe.path} until it answers, {plan.probe.timeout} s at the most"
    if suite.requirements:
        yield "test", f"in a virtual environment with {suite.requirements}"
    yield "test", _short(suite.command) if suite.command else "nothing: there is no test-command"
    yield "stop", "SIGTERM, then the container and its volumes are removed"


def _input(name: str, text: str, request: Request) -> Iterator[str]:
    if INPUTS[name].type in (SECRETS, VARIABLES):
        lines = [*_variables(name, text, request)]
    else:
        lines = _hidden(text, request).rstrip("\n").split("\n")
    yield f"  {name}: {lines[0] if len(lines) == 1 else ''}".rstrip()
    if len(lines) > 1:
        yield from (f"    {line}" for line in lines)


def _variables(name: str, text: str, request: Request) -> Iterator[str]:
    bare = {line.strip() for line in LINE_END.split(text)}
    for variable, value in parse_variables(text, source=name, environ=request.environ).items():
        if INPUTS[name].type is SECRETS:
            yield f"{variable}={HIDDEN}"
        elif variable in bare:
            yield f"{variable} (from the environment)"
        else:
            yield f"{variable}={_hidden(value or '', request)}"


def _hidden(text: str, request: Request) -> str:
    """Hide what came out of a secret, too short for the redactor or not."""
    for value in request.extra_secrets.values():
        if value and value in text:
            text = text.replace(value, HIDDEN) if len(value) > 1 else HIDDEN
    return text


def _short(script: str) -> str:
    first, *more = script.splitlines()
    return f"{first} …" if more else first
