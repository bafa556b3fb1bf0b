"""The first step of the reusable workflow: check the inputs, set outputs for later steps."""

import math
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from rehearsal.commands.rehearse import mask_secrets
from rehearsal.commands.workflow.check_secrets import check_secrets
from rehearsal.commands.workflow.digest_spelling import choose_spelling
from rehearsal.commands.workflow.dropped_outputs import (
    ONE_LINE,
    hidden_texts,
    require_kept,
    short_lines,
)
from rehearsal.commands.workflow.matrix import matrix_outputs, read_matrix
from rehearsal.config.default_image_tag import image_tag
from rehearsal.config.extract_secrets import extract_secrets
from rehearsal.config.given_inputs import GivenInputs
from rehearsal.config.inputs import Inputs, from_action
from rehearsal.config.parser import plan_of
from rehearsal.config.rehearsal_plan import BuildPlan
from rehearsal.config.workflow_inputs import SECRET_BECOMES, action_inputs, read_inputs
from rehearsal.outside.github import Console
from rehearsal.redaction.redactor import Redactor
from rehearsal.redaction.secret import Secret
from rehearsal.report.markdown import paragraph
from rehearsal.report.words import join_names
from rehearsal.verdict import RehearsalError

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
        request = GivenInputs(inputs=action_inputs(inputs, secrets), environ=rest, top=Path.cwd())
        plan = plan_of(request)
        matrix = matrix_outputs(jobs)
        hidden = hidden_texts(secrets, plan.secrets)
        require_kept(matrix | {"image-attempt": rest.get("GITHUB_RUN_ATTEMPT", "")}, hidden)
        spelling = choose_spelling(hidden)
    except RehearsalError as error:
        problem = error.problem
        console.output("verdict", str(problem.verdict))
        text = "\n\n".join(filter(None, map(paragraph, (problem.message, problem.hint))))
        console.summary(f"## Dress rehearsal: {problem.verdict}\n\n{text}\n")
        raise
    console.redactor = mask_secrets(plan, request, console)
    if places := short_lines(hidden):
        console.warning(
            f"Lines of secrets are so short that they occur in outputs by chance: "
            f"{join_names(places)}. GitHub drops such outputs, like image-id or tests. {ONE_LINE}",
            title="Dress rehearsal",
        )
    outputs = {
        **matrix,
        "spelling": spelling,
        "timeout-minutes": str(math.ceil(plan.timeout / 60) + EXTRA_MINUTES),
        "tag": _tag(inputs, rest),
        **dict(_build_outputs(plan.build, rest)),
    }
    for name, value in outputs.items():
        console.output(name, value)
    console.info(f"{len(jobs)} jobs: {', '.join(job.title for job in jobs)}")
    return 0


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
