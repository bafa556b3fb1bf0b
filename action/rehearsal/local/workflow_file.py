"""Find the steps in a workflow file that use the action, and the jobs that call its workflow."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from functools import partial
from pathlib import Path
from typing import Any

from rehearsal.config.input_table import INPUTS
from rehearsal.config.inputs import INPUTS_VARIABLE
from rehearsal.config.workflow_inputs import OWN_INPUTS, SECRET_BECOMES
from rehearsal.dataclass import dataclass
from rehearsal.local.yaml_file import YamlMapping, as_mapping, read_yaml
from rehearsal.regex import regex
from rehearsal.verdict import MisconfiguredError

WORKFLOWS_FOLDER = Path(".github/workflows")
# The action that publishes reads its inputs from the same variable, but rehearses nothing.
PUBLISH_COMMAND = regex(r"GITHUB_ACTION_PATH\S* publish\b")
ACTION_REFERENCE = regex(r"([^/]+|[.$])/(.+/)?dress-rehearsal/action", re.IGNORECASE)
# A fork may have any name, so its steps count only when one is named on the command line.
FORK_REFERENCE = regex(r"[^/.$]+/[^/]+/action", re.IGNORECASE)
WORKFLOW_REFERENCE = regex(
    r"([.$]|[^/]+/dress-rehearsal)/\.github/workflows/(rehearsal|release-image)\.ya?ml",
    re.IGNORECASE,
)
# Other inputs of release-image.yml are about publishing, which a laptop does not do.
CALL_INPUTS = {*INPUTS, *OWN_INPUTS}


@dataclass(frozen=True, kw_only=True)
class ActionUse:
    """A step that uses the action, or a job that calls one of our workflows.

    `step_number` counts the steps of the job from 1; it is 0 for a job that calls a workflow.
    `uses` is the text after `uses:`. `inputs` is what `with:` holds; `secret_inputs` are the inputs
    that a call gives under `secrets:`. `env` holds the variables of the workflow, of the job and of
    the step, in this order. `services` are the job's, by id.
    """

    file: str
    line: int
    workflow_name: str
    job: str
    job_name: str
    step_number: int
    uses: str
    step_id: str = ""
    step_name: str = ""
    inputs: Mapping[str, Any] = field(default_factory=dict, repr=False)
    secret_inputs: Mapping[str, Any] = field(default_factory=dict, repr=False)
    env: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)
    matrix: Mapping[str, Any] = field(default_factory=dict)
    services: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def calls_release_workflow(self) -> bool:
        """Whether the job calls release-image.yml, which rehearses an image and publishes it."""
        called = WORKFLOW_REFERENCE.fullmatch(self.uses.partition("@")[0])
        return called is not None and called[2].lower() != "rehearsal"

    def __str__(self) -> str:
        step = f", step {self.step_number}" if self.step_number else ""
        return f"{self.file}, job {self.job}{step}"


def workflow_files(top: Path) -> list[Path]:
    """Return the workflow files of a checkout."""
    folder = top / WORKFLOWS_FOLDER
    return sorted([*folder.glob("*.yml"), *folder.glob("*.yaml")])


def path_from_top(file: Path, top: Path) -> str:
    """Return the path from the top of the checkout, or the whole path of a file outside it."""
    return str(file.relative_to(top)) if file.is_relative_to(top) else str(file)


def require_inside(file: Path, top: Path) -> None:
    """Raise `MisconfiguredError` for a path in the checkout that a link leads out of it.

    The repository may come from anybody, and GitHub has not what the link leads to.
    """
    if file.is_relative_to(top) and not file.resolve().is_relative_to(top.resolve()):
        raise MisconfiguredError(
            f"{path_from_top(file, top)} is not read: a symbolic link leads out of the repository, "
            f"to {file.resolve()}.",
            hint="Put the workflow itself into the repository: GitHub does not follow the link.",
        )


def find_uses(
    file: Path,
    *,
    top: Path,
    repository: str,
    include_reusable: bool = False,
    include_forks: bool = False,
) -> list[ActionUse]:
    """Return the uses of the action in one file.

    `repository` is the OWNER/NAME of the checkout. A workflow that runs only when another one calls
    it is read with `include_reusable` alone: its inputs come from the caller. With `include_forks`,
    OWNER/ANY/action counts as this action, too. Raises `MisconfiguredError` if the file cannot be
    read, or is a link out of the checkout.
    """
    path = path_from_top(file, top)
    require_inside(file, top)
    workflow = as_mapping(read_yaml(file, display_path=path))
    if not include_reusable and _triggers(workflow.get("on")) == {"workflow_call"}:
        return []
    return [
        use
        for name, job in as_mapping(workflow.get("jobs")).items()
        for use in _all_uses(as_mapping(job), name, workflow, path)
        if not use.step_number
        or is_our_action(use.uses, top=top, repository=repository)
        or (include_forks and FORK_REFERENCE.fullmatch(use.uses.partition("@")[0]))
    ]


def is_our_action(uses: str, *, top: Path, repository: str) -> bool:
    """Whether `uses:` names this action: a folder of the checkout, or OWNER/REPO/action@REF."""
    path, _, _ = uses.partition("@")
    if path.startswith(("./", "$/")):
        folder = top / path[2:]
        return _is_action_folder(folder) or (
            not folder.exists() and ACTION_REFERENCE.fullmatch(path) is not None
        )
    if repository and path.lower().startswith(f"{repository.lower()}/"):
        return _is_action_folder(top / path[len(repository) + 1 :])
    return ACTION_REFERENCE.fullmatch(path) is not None


def _all_uses(
    job: YamlMapping, job_id: str, workflow: YamlMapping, file: str
) -> Iterator[ActionUse]:
    """Yield every step of a job that has `uses:`, and the job itself if it calls our workflow."""
    use_in_job = partial(
        ActionUse,
        file=file,
        workflow_name=str(workflow.get("name") or ""),
        job=job_id,
        job_name=str(job.get("name") or ""),
        matrix=as_mapping(as_mapping(job.get("strategy")).get("matrix")),
    )
    called = str(job.get("uses") or "")
    if WORKFLOW_REFERENCE.fullmatch(called.partition("@")[0]):
        inputs, secrets = as_mapping(job.get("with")), as_mapping(job.get("secrets"))
        # No env: GitHub does not hand the caller's variables to a called workflow.
        yield use_in_job(
            line=job.line,
            step_number=0,
            uses=called,
            inputs={name: value for name, value in inputs.items() if name in CALL_INPUTS},
            secret_inputs={
                input_name: secrets[secret]
                for secret, input_name in SECRET_BECOMES.items()
                if secret in secrets
            },
        )
    steps = job.get("steps")
    for number, item in enumerate(steps if isinstance(steps, list) else (), start=1):
        step = as_mapping(item)
        if "uses" in step:
            yield use_in_job(
                line=step.line,
                step_number=number,
                uses=str(step["uses"]),
                step_id=str(step.get("id") or ""),
                step_name=str(step.get("name") or ""),
                inputs=as_mapping(step.get("with")),
                env=tuple(as_mapping(owner.get("env")) for owner in (workflow, job, step)),
                services=as_mapping(job.get("services")),
            )


def _triggers(on: object) -> set[str]:
    if isinstance(on, str):
        return {on}
    return {str(trigger) for trigger in on} if isinstance(on, list | dict) else set()


def _is_action_folder(folder: Path) -> bool:
    """Whether a folder holds this action, whatever its name is."""
    for name in ("action.yml", "action.yaml"):
        try:
            text = (folder / name).read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        return INPUTS_VARIABLE in text and not PUBLISH_COMMAND.search(text)
    return False
