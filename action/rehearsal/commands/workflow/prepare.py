"""The first step of the called workflow: everything checked, and what its other steps need."""

import json
import math
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from rehearsal.commands.workflow.matrix import read_matrix
from rehearsal.config.image_tag import image_tag
from rehearsal.config.inputs import Inputs, from_action
from rehearsal.config.parser import extract_secrets, make_plan
from rehearsal.config.plan import BuildPlan, Plan
from rehearsal.config.workflow_inputs import SECRETS, action_inputs, read_inputs
from rehearsal.outside.github import Console
from rehearsal.redaction.redactor import Redactor
from rehearsal.redaction.secret import LINE_END, Secret, parse_variables
from rehearsal.report.markdown import part
from rehearsal.verdict import Misconfigured, Problem

# Where the workflow's secrets are handed over; none of them is an input.
VARIABLES: Mapping[str, str] = {name: name.upper().replace("-", "_") for name in SECRETS}
# What a job needs besides the rehearsal, in minutes: the runner, the image, the evidence.
AROUND = 15
# A dot would let the legs of one call pass for those of another.
ARTIFACT = (r"[A-Za-z0-9_-]{1,100}", "made of letters, digits, '_' and '-'")


def prepare(environ: Mapping[str, str], console: Console) -> int:
    """Check the inputs and set what the later steps and jobs need as outputs.

    The values of build secrets go into files that only this user can read. Raises `Problem`, which
    the summary tells, too.
    """
    given = {name: environ.get(variable, "") for name, variable in VARIABLES.items()}
    rest = {name: value for name, value in environ.items() if name not in VARIABLES.values()}
    console.redactor = Redactor(extract_secrets({SECRETS[name]: given[name] for name in given}, {}))
    try:
        inputs = read_inputs(from_action(rest))
        inputs.matching("artifact-name", *ARTIFACT)
        inputs.boolean("cache")
        inputs.number("image-retention-days", 1, 400, "days")
        legs = read_matrix(inputs)
        check_secrets("build-secrets", given["build-secrets"])
        generated = frozenset(inputs.lines("generate-secrets"))
        check_secrets("container-secrets", given["container-secrets"], generated)
        plan = make_plan(action_inputs(inputs, given), environ=rest, top=Path.cwd())
    except Problem as problem:
        console.output("verdict", str(problem.verdict))
        told = "\n\n".join(filter(None, map(part, (problem.message, problem.hint))))
        console.summary(f"## Dress rehearsal: {problem.verdict}\n\n{told}\n")
        raise
    console.redactor = _masked(plan, console)
    matrix = {"include": [leg.entry(inputs.text("artifact-name")) for leg in legs]}
    outputs = {
        "matrix": json.dumps(matrix),
        "legs": str(len(legs)),
        "minutes": str(math.ceil(plan.timeout / 60) + AROUND),
        "tag": _tag(inputs, rest),
        **dict(_of_the_build(plan.build, rest)),
    }
    for name, value in outputs.items():
        console.output(name, value)
    console.say(f"{len(legs)} legs: {', '.join(leg['title'] for leg in matrix['include'])}")
    return 0


def check_secrets(source: str, text: str, generated: frozenset[str] = frozenset()) -> None:
    """Refuse a secret without a value, unless its name is among those `generated`.

    Raises `Misconfigured`, in the words of a caller.
    """
    several = (
        f"Write NAME=${{{{ secrets.NAME }}}} under {source}: a called workflow sees nothing of its "
        "caller's env:. A value of several lines stands between NAME<<END and END, each on a line "
        "of its own."
    )
    try:
        found = parse_variables(text, source=source, environ={})
    except Misconfigured as problem:
        raise Misconfigured(problem.message, hint=several) from None
    for name, value in found.items():
        if name in generated:
            continue
        if value is None:
            lines = enumerate(LINE_END.split(text), start=1)
            number = next(number for number, line in lines if line.strip() == name)
            raise Misconfigured(
                f"{source}, line {number}: a name alone has no value in a called workflow (the "
                "line itself is not shown, it may be part of a secret).",
                hint=several,
            )
        if not value.strip():
            raise _empty(source, name)


def _empty(source: str, name: str) -> Misconfigured:
    random = f"Where any value will do, list {name} in generate-secrets. "
    return Misconfigured(
        f"The secret {name} in {source} is empty.",
        hint="Pull requests from forks and from Dependabot are given no secrets. "
        + (random if source == "container-secrets" else "")
        + f"Otherwise set it in the repository's settings, and hand it on: {source}: "
        f"{name}=${{{{ secrets.{name} }}}}.",
    )


def _masked(plan: Plan, console: Console) -> Redactor:
    for secret in plan.secrets:
        for value in secret.masks():
            console.mask(value)
    return Redactor(plan.secrets)


def _tag(inputs: Inputs, environ: Mapping[str, str]) -> str:
    run = [environ.get(f"GITHUB_RUN_{name}") or "0" for name in ("ID", "ATTEMPT")]
    return image_tag(inputs.text("artifact-name"), "-".join(run))


def _of_the_build(build: BuildPlan, environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield what docker/build-push-action is given."""
    folder = tempfile.mkdtemp(prefix="build-secrets-", dir=environ.get("RUNNER_TEMP"))
    yield "context", str(build.context)
    yield "dockerfile", str(build.dockerfile)
    yield "target", build.target
    yield "platform", build.platform
    yield "build-args", _lines(f"{name}={value}" for name, value in build.args.items())
    yield "secrets-folder", folder
    yield "secret-files", _lines(_in_files(build.secrets, Path(folder)))


def _in_files(secrets: tuple[Secret, ...], folder: Path) -> Iterator[str]:
    for secret in secrets:
        path = folder / secret.name
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secret.value.encode(errors="surrogateescape"))
        yield f"{secret.name}={path}"


def _lines(items: Iterable[str]) -> str:
    """Return items as the action reads lists: as CSV, where quotes keep commas and lines."""
    return "\n".join('"' + item.replace('"', '""') + '"' for item in items)
