"""Workflow files: the steps in them that use the action, and the jobs that call its workflow."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rehearsal.config.input_table import INPUTS
from rehearsal.config.workflow_inputs import OWN_INPUTS, SECRET_BECOMES
from rehearsal.local.yaml_file import Table, read_yaml, table

FOLDER = Path(".github/workflows")
# An action that reads its inputs so is ours, whatever its folder is called.
OUR_MARK = "REHEARSAL_INPUTS"
# The second action reads its inputs so, too, and rehearses nothing.
PUBLISHES = re.compile(r"GITHUB_ACTION_PATH\S* publish\b")
OUR_ACTION = re.compile(r"([^/]+|[.$])/(.+/)?dress-rehearsal/action", re.IGNORECASE)
# A fork may have another name: its steps count when one is asked for by name.
A_FORK = re.compile(r"[^/.$]+/[^/]+/action", re.IGNORECASE)
OUR_WORKFLOW = re.compile(
    r"([.$]|[^/]+/dress-rehearsal)/\.github/workflows/(rehearsal|release-image)\.ya?ml",
    re.IGNORECASE,
)
# What counts of a call: the action's inputs, and those of the workflow alone; no publishing.
OF_A_CALL = {*INPUTS, *OWN_INPUTS}


@dataclass(frozen=True, kw_only=True)
class Use:
    """A step that uses the action, or a job that calls our workflow.

    `number` counts the job's steps from 1, and is 0 for a call. `given` is its `with:`, `secrets`
    the inputs that a call gives as secrets. `env` holds the variables of the workflow, the job and
    the step, in this order.
    """

    file: str
    line: int
    workflow: str
    job: str
    job_name: str
    number: int
    uses: str
    id: str = ""
    name: str = ""
    given: Mapping[str, Any] = field(default_factory=dict, repr=False)
    secrets: Mapping[str, Any] = field(default_factory=dict, repr=False)
    env: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)
    matrix: Mapping[str, Any] = field(default_factory=dict)
    services: tuple[str, ...] = ()

    @property
    def publishes(self) -> bool:
        """Whether it is the call of a release, which rehearses what is published then."""
        called = OUR_WORKFLOW.fullmatch(self.uses.partition("@")[0])
        return called is not None and called[2].lower() != "rehearsal"

    def __str__(self) -> str:
        step = f", step {self.number}" if self.number else ""
        return f"{self.file}, job {self.job}{step}"


def workflow_files(top: Path) -> list[Path]:
    """Return the workflow files of a checkout."""
    return sorted(path for suffix in ("yml", "yaml") for path in (top / FOLDER).glob(f"*.{suffix}"))


def shown_path(file: Path, top: Path) -> str:
    """Return how people name the file: from the top of the checkout."""
    return str(file.relative_to(top)) if file.is_relative_to(top) else str(file)


def find_uses(
    file: Path, *, top: Path, repository: str, called: bool = False, forks: bool = False
) -> list[Use]:
    """Return the uses of the action in one file.

    `repository` is the checkout's OWNER/NAME. Unless `called`, a workflow that can only be called
    has none: it is read through its callers, who give its inputs. With `forks`, OWNER/ANY/action is
    taken for this action, too. Raises `Misconfigured` where the file cannot be read.
    """
    shown = shown_path(file, top)
    workflow = table(read_yaml(file, shown=shown))
    if not called and _triggers(workflow.get("on")) == {"workflow_call"}:
        return []
    return [
        use
        for name, job in table(workflow.get("jobs")).items()
        for use in _uses(table(job), name, workflow, shown)
        if not use.number
        or is_our_action(use.uses, top=top, repository=repository)
        or (forks and A_FORK.fullmatch(use.uses.partition("@")[0]))
    ]


def is_our_action(uses: str, *, top: Path, repository: str) -> bool:
    """Whether `uses:` names this action: a folder of the checkout, or OWNER/REPO/action@REF."""
    path, _, _ = uses.partition("@")
    if path.startswith(("./", "$/")):
        folder = top / path[2:]
        return _reads_our_inputs(folder) or (
            not folder.exists() and OUR_ACTION.fullmatch(path) is not None
        )
    if repository and path.lower().startswith(f"{repository.lower()}/"):
        return _reads_our_inputs(top / path[len(repository) + 1 :])
    return OUR_ACTION.fullmatch(path) is not None


def _uses(job: Table, name: str, workflow: Table, file: str) -> Iterator[Use]:
    """Yield every step that uses anything, and the call of our workflow."""
    matrix = table(table(job.get("strategy")).get("matrix"))
    title, job_title = str(workflow.get("name") or ""), str(job.get("name") or "")
    called = str(job.get("uses") or "")
    if OUR_WORKFLOW.fullmatch(called.partition("@")[0]):
        # A called workflow sees nothing of its caller's env.
        secrets = table(job.get("secrets"))
        yield Use(
            file=file,
            line=job.line,
            workflow=title,
            job=name,
            job_name=job_title,
            number=0,
            uses=called,
            given={key: each for key, each in table(job.get("with")).items() if key in OF_A_CALL},
            secrets={
                ours: secrets[theirs]
                for theirs, ours in SECRET_BECOMES.items()
                if theirs in secrets
            },
            matrix=matrix,
        )
    steps = job.get("steps")
    for number, each in enumerate(steps if isinstance(steps, list) else (), start=1):
        step = table(each)
        if "uses" not in step:
            continue
        yield Use(
            file=file,
            line=step.line,
            workflow=title,
            job=name,
            job_name=job_title,
            number=number,
            uses=str(step["uses"]),
            id=str(step.get("id") or ""),
            name=str(step.get("name") or ""),
            given=table(step.get("with")),
            env=tuple(table(owner.get("env")) for owner in (workflow, job, step)),
            matrix=matrix,
            services=tuple(table(job.get("services"))),
        )


def _triggers(on: object) -> set[str]:
    if isinstance(on, str):
        return {on}
    return {str(each) for each in on} if isinstance(on, list | dict) else set()


def _reads_our_inputs(folder: Path) -> bool:
    for name in ("action.yml", "action.yaml"):
        try:
            text = (folder / name).read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        return OUR_MARK in text and not PUBLISHES.search(text)
    return False
