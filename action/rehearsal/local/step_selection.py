"""Select the step to rehearse: the only one, or the one that the command line names."""

import os
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from pathlib import Path

from rehearsal.dataclass import dataclass
from rehearsal.local.workflow_file import (
    WORKFLOWS_FOLDER,
    ActionUse,
    find_uses,
    path_from_top,
    require_inside,
    workflow_files,
)
from rehearsal.local.yaml_file import YamlMissingError
from rehearsal.verdict import MisconfiguredError

ACTION_EXAMPLE = "OWNER/dress-rehearsal/action@REF"
WORKFLOW_EXAMPLE = "OWNER/dress-rehearsal/.github/workflows/rehearsal.yml@REF"
ADD_A_STEP = "Add one, or give the inputs as flags: rehearse --help lists them."


@dataclass(frozen=True, kw_only=True)
class StepSelector:
    """What the command line says about the step; an empty text matches any."""

    workflow: str = ""
    job: str = ""
    step: str = ""

    def __bool__(self) -> bool:
        return bool(self.workflow or self.job or self.step)


class StepNotFoundError(MisconfiguredError):
    """No workflow uses the action."""


def select_step(selector: StepSelector, *, top: Path, cwd: Path, repository: str) -> ActionUse:
    """Return the step that uses the action, or the job that calls its workflow.

    A call of release-image.yml is selected only if there is nothing else, or if it is named. Raises
    `StepNotFoundError` if no workflow of the checkout uses the action, and `MisconfiguredError` if
    several steps match or none does.
    """
    if selector.workflow:
        files = [_find_workflow(selector.workflow, top, cwd)]
    else:
        files = workflow_files(top)
    if not files:
        raise StepNotFoundError(
            f"There is no workflow in {top / WORKFLOWS_FOLDER}, so there is no step to rehearse.",
            hint=ADD_A_STEP,
        )
    uses = _uses_in(files, selector, top, repository)
    if not uses:
        names = ", ".join(path_from_top(file, top) for file in files)
        raise StepNotFoundError(
            f"No step uses the action in {names}, and no job calls its workflow.",
            hint=f"A step uses the action if its uses: is {ACTION_EXAMPLE}, or a folder of this "
            "repository that holds the action, like ./action. A job calls its workflow if its "
            f"uses: is {WORKFLOW_EXAMPLE}. {ADD_A_STEP}",
        )
    not_releases = [use for use in uses if not use.calls_release_workflow]
    return _choose(uses if selector else not_releases or uses, selector)


def _find_workflow(name: str, top: Path, cwd: Path) -> Path:
    folder = top / WORKFLOWS_FOLDER
    for path in (
        cwd / name, top / name, folder / name, folder / f"{name}.yml", folder / f"{name}.yaml",
    ):  # fmt: skip
        if path.is_file():
            require_inside(Path(os.path.normpath(path)), top)
            return path.resolve()
    existing = [path.name for path in workflow_files(top)]
    raise MisconfiguredError(
        f"There is no workflow {name!r}.{_suggestion(name, existing)}",
        hint=f"The workflows in {WORKFLOWS_FOLDER} are: {', '.join(existing) or 'none'}.",
    )


def _uses_in(
    files: Sequence[Path], selector: StepSelector, top: Path, repository: str
) -> list[ActionUse]:
    """Return the uses in all files that can be read; raise an error only if no use is found."""
    uses: list[ActionUse] = []
    errors: list[MisconfiguredError] = []
    for file in files:
        try:
            uses += find_uses(
                file,
                top=top,
                repository=repository,
                include_reusable=bool(selector.workflow),
                include_forks=bool(selector.step),
            )
        except YamlMissingError:
            raise
        except MisconfiguredError as error:
            errors.append(error)
    if errors and not uses:
        raise errors[0]
    return uses


def _choose(uses: Sequence[ActionUse], selector: StepSelector) -> ActionUse:
    in_job = [use for use in uses if selector.job in ("", use.job, use.job_name)]
    if not in_job:
        raise _no_match("job", selector.job, {use.job for use in uses}, uses)
    matching = [use for use in in_job if selector.step in ("", *_step_names(use))]
    if not matching:
        names = {use.step_name or use.step_id or str(use.step_number) for use in in_job}
        raise _no_match("step", selector.step, names, in_job)
    if len(matching) > 1:
        raise MisconfiguredError(
            f"{len(matching)} {_kinds(matching)} use the action, and only one can be rehearsed at "
            "a time.",
            hint=f"Say which:\n{_list_uses(matching)}",
        )
    return matching[0]


def _kinds(uses: Sequence[ActionUse]) -> str:
    kinds = {"steps" if use.step_number else "jobs" for use in uses}
    return " and ".join(sorted(kinds, reverse=True))


def _step_names(use: ActionUse) -> Iterable[str]:
    return filter(None, (str(use.step_number), use.step_name, use.step_id, use.uses))


def _no_match(
    kind: str, name: str, existing: Iterable[str], uses: Sequence[ActionUse]
) -> MisconfiguredError:
    return MisconfiguredError(
        f"No {kind} {name!r} uses the action.{_suggestion(name, existing)}",
        hint=f"These do:\n{_list_uses(uses)}",
    )


def _list_uses(uses: Sequence[ActionUse]) -> str:
    """List the steps, each with the flags that select it."""
    files = {use.file for use in uses}
    jobs = {(use.file, use.job) for use in uses}
    lines = []
    for use in uses:
        flags = [f"--workflow {Path(use.file).name}"] if len(files) > 1 else []
        same_file = [job for file, job in jobs if file == use.file]
        flags += [f"--job {use.job}"] if len(same_file) > 1 else []
        same_job = [other for other in uses if (other.file, other.job) == (use.file, use.job)]
        flags += [f"--step {use.step_number}"] if len(same_job) > 1 or not flags else []
        name = f"  {use.step_name!r}" if use.step_name else ""
        lines.append(f"  {' '.join(flags)}   ({use}, line {use.line}){name}")
    return "\n".join(lines)


def _suggestion(name: str, existing: Iterable[str]) -> str:
    near = get_close_matches(name, list(existing), n=1)
    return f" Did you mean {near[0]!r}?" if near else ""
