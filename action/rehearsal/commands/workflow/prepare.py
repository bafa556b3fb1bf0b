"""The first step of the reusable workflow: check the inputs, set outputs for later steps."""

import json
import math
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from rehearsal.commands.workflow.matrix import read_matrix
from rehearsal.config.default_image_tag import image_tag
from rehearsal.config.given_inputs import GivenInputs
from rehearsal.config.inputs import Inputs, from_action
from rehearsal.config.parser import extract_secrets, plan_of
from rehearsal.config.rehearsal_plan import BuildPlan, Plan
from rehearsal.config.workflow_inputs import SECRET_BECOMES, action_inputs, read_inputs
from rehearsal.outside.github import Console
from rehearsal.redaction.redactor import Redactor
from rehearsal.redaction.secret import Secret, parse_variables
from rehearsal.report.markdown import paragraph
from rehearsal.verdict import MisconfiguredError, RehearsalError

# The environment variables that hold the secrets of the workflow.
SECRET_VARIABLES: Mapping[str, str] = {
    name: name.upper().replace("-", "_") for name in SECRET_BECOMES
}
# What a job needs besides the rehearsal: to download the image and upload the evidence.
EXTRA_MINUTES = 15


def prepare(environ: Mapping[str, str], console: Console) -> int:
    """Check the inputs, and set outputs for the later steps and jobs.

    The values of build secrets go into files that only this user can read. Raises `RehearsalError`,
    which is also shown in the job summary.
    """
    secrets = {name: environ.get(variable, "") for name, variable in SECRET_VARIABLES.items()}
    rest = {name: value for name, value in environ.items() if name not in SECRET_VARIABLES.values()}
    by_input = {SECRET_BECOMES[name]: text for name, text in secrets.items()}
    console.redactor = Redactor(extract_secrets(by_input, {}))
    try:
        inputs = read_inputs(from_action(rest))
        inputs.text("artifact-name")
        inputs.boolean("cache")
        inputs.number("image-retention-days")
        jobs = read_matrix(inputs)
        check_secrets("build-secrets", secrets["build-secrets"])
        generated = frozenset(inputs.lines("generate-secrets"))
        check_secrets("container-secrets", secrets["container-secrets"], generated)
        plan = plan_of(
            GivenInputs(inputs=action_inputs(inputs, secrets), environ=rest, top=Path.cwd())
        )
    except RehearsalError as error:
        problem = error.problem
        console.output("verdict", str(problem.verdict))
        text = "\n\n".join(filter(None, map(paragraph, (problem.message, problem.hint))))
        console.summary(f"## Dress rehearsal: {problem.verdict}\n\n{text}\n")
        raise
    console.redactor = _mask_secrets(plan, console)
    matrix = {"include": [job.entry(inputs.text("artifact-name")) for job in jobs]}
    outputs = {
        "matrix": json.dumps(matrix),
        "job-count": str(len(jobs)),
        "timeout-minutes": str(math.ceil(plan.timeout / 60) + EXTRA_MINUTES),
        "tag": _tag(inputs, rest),
        **dict(_build_outputs(plan.build, rest)),
    }
    for name, value in outputs.items():
        console.output(name, value)
    console.info(f"{len(jobs)} jobs: {', '.join(entry['title'] for entry in matrix['include'])}")
    return 0


def check_secrets(source: str, text: str, generated: frozenset[str] = frozenset()) -> None:
    """Raise `MisconfiguredError` when a secret has no value and its name is not in `generated`.

    `source` is the name of the workflow's secret that holds the lines of `text`.
    """
    syntax_hint = (
        f"Write NAME=${{{{ secrets.NAME }}}} under {source}: a reusable workflow does not get the "
        "env: of its caller. A value of several lines stands between NAME<<END and END, each on a "
        "line of its own."
    )
    try:
        found = parse_variables(text, source=source, environ={})
    except MisconfiguredError as problem:
        raise MisconfiguredError(problem.problem.message, hint=syntax_hint) from None
    for name, variable in found.items():
        if name in generated:
            continue
        if variable.inherited:
            raise MisconfiguredError(
                f"{source}, line {variable.line}: a name without a value (the line is not shown, "
                "since it may be part of a secret).",
                hint=syntax_hint,
            )
        if variable.blank:
            raise _empty_secret(source, variable.line)


def _empty_secret(source: str, line: int) -> MisconfiguredError:
    random = "If any value will do, list its name in generate-secrets. "
    return MisconfiguredError(
        f"{source}, line {line}: the secret is empty.",
        hint="Pull requests from forks and from Dependabot get no secrets. "
        + (random if source == "container-secrets" else "")
        + f"In any other case, set it in the repository's settings and pass it on: {source}: "
        "NAME=${{ secrets.NAME }}.",
    )


def _mask_secrets(plan: Plan, console: Console) -> Redactor:
    for secret in plan.secrets:
        for value in secret.masks():
            console.mask(value)
    return Redactor(plan.secrets)


def _tag(inputs: Inputs, environ: Mapping[str, str]) -> str:
    run = [environ.get(f"GITHUB_RUN_{name}") or "0" for name in ("ID", "ATTEMPT")]
    return image_tag(inputs.text("artifact-name"), "-".join(run))


def _build_outputs(build: BuildPlan, environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the inputs of docker/build-push-action."""
    folder = tempfile.mkdtemp(prefix="build-secrets-", dir=environ.get("RUNNER_TEMP"))
    yield "context", str(build.context)
    yield "dockerfile", str(build.dockerfile)
    yield "target", build.target
    yield "platform", build.platform
    yield "build-args", _csv_lines(f"{name}={value}" for name, value in build.args.items())
    yield "secrets-folder", folder
    yield "secret-files", _csv_lines(_write_secret_files(build.secrets, Path(folder)))


def _write_secret_files(secrets: tuple[Secret, ...], folder: Path) -> Iterator[str]:
    """Write each secret to a file that only this user can read, and yield NAME=PATH."""
    for secret in secrets:
        path = folder / secret.name
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secret.value.encode(errors="surrogateescape"))
        yield f"{secret.name}={path}"


def _csv_lines(items: Iterable[str]) -> str:
    """Return a list as docker/build-push-action parses it: CSV, quoted for commas and newlines."""
    return "\n".join('"' + item.replace('"', '""') + '"' for item in items)
