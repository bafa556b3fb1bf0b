"""Which step to rehearse: the only one, or the one that was named."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from rehearsal.local.workflow_file import FOLDER, Use, find_uses, shown_path, workflow_files
from rehearsal.local.yaml_file import YamlMissingError
from rehearsal.verdict import Misconfigured

EXAMPLE = "OWNER/dress-rehearsal/action@REF"
CALL = "OWNER/dress-rehearsal/.github/workflows/rehearsal.yml@REF"


@dataclass(frozen=True, kw_only=True)
class StepSelector:
    """What the command line says of the step; what is empty is left open."""

    workflow: str = ""
    job: str = ""
    step: str = ""

    def __bool__(self) -> bool:
        return bool(self.workflow or self.job or self.step)


class StepNotFoundError(Misconfigured):
    """No workflow uses the action."""


def select_step(wanted: StepSelector, *, top: Path, cwd: Path, repository: str) -> Use:
    """Return the step, or the call of our workflow, that is meant.

    A release counts where nothing else is there, or when it is asked for. Raises `NothingFound`
    when no workflow of the checkout uses the action, `Misconfigured` when several steps do, or the
    one that was named is not there.
    """
    files = [_file(wanted.workflow, top, cwd)] if wanted.workflow else workflow_files(top)
    if not files:
        raise StepNotFoundError(
            f"There is no workflow in {top / FOLDER}, so there is no step to rehearse.",
            hint=_add_one(),
        )
    uses, broken = [], []
    for file in files:
        try:
            uses += find_uses(
                file,
                top=top,
                repository=repository,
                called=bool(wanted.workflow),
                forks=bool(wanted.step),
            )
        except YamlMissingError:
            raise
        except Misconfigured as problem:
            broken.append(problem)
    if not uses and broken:
        raise broken[0]
    if not uses:
        names = ", ".join(shown_path(file, top) for file in files)
        raise StepNotFoundError(
            f"No step uses the action in {names}, and no job calls its workflow.",
            hint=f"A step counts when its uses: is {EXAMPLE}, or a folder of this repository "
            f"that holds the action, like ./action; a job when its uses: is {CALL}. {_add_one()}",
        )
    everyday = [use for use in uses if not use.publishes]
    return _choose(uses if wanted else everyday or uses, wanted)


def _file(name: str, top: Path, cwd: Path) -> Path:
    places = [cwd / name, top / name, top / FOLDER / name]
    places += [top / FOLDER / f"{name}.{suffix}" for suffix in ("yml", "yaml")]
    for place in places:
        if place.is_file():
            return place.resolve()
    there = [path.name for path in workflow_files(top)]
    raise Misconfigured(
        f"There is no workflow {name!r}.{_nearest(name, there)}",
        hint=f"The workflows in {FOLDER} are: {', '.join(there) or 'none'}.",
    )


def _choose(uses: Sequence[Use], wanted: StepSelector) -> Use:
    of_job = [use for use in uses if wanted.job in ("", use.job, use.job_name)]
    if not of_job:
        raise _not_there("job", wanted.job, {use.job for use in uses}, uses)
    of_step = [use for use in of_job if wanted.step in ("", *_names(use))]
    if not of_step:
        named = {use.name or use.id or str(use.number) for use in of_job}
        raise _not_there("step", wanted.step, named, of_job)
    if len(of_step) > 1:
        raise Misconfigured(
            f"{len(of_step)} {_kinds(of_step)} use the action, and one can be rehearsed at a time.",
            hint=f"Say which:\n{_listed(of_step)}",
        )
    return of_step[0]


def _kinds(uses: Sequence[Use]) -> str:
    kinds = dict.fromkeys("steps" if use.number else "jobs" for use in uses)
    return " and ".join(sorted(kinds, reverse=True))


def _names(use: Use) -> Iterable[str]:
    return filter(None, (str(use.number), use.name, use.id, use.uses))


def _not_there(kind: str, name: str, there: Iterable[str], uses: Sequence[Use]) -> Misconfigured:
    return Misconfigured(
        f"No {kind} {name!r} uses the action.{_nearest(name, there)}",
        hint=f"These do:\n{_listed(uses)}",
    )


def _listed(uses: Sequence[Use]) -> str:
    """List the steps, each with the options that tell it from the others."""
    files = {use.file for use in uses}
    jobs = {(use.file, use.job) for use in uses}
    lines = []
    for use in uses:
        options = [f"--workflow {Path(use.file).name}"] if len(files) > 1 else []
        same_file = [job for file, job in jobs if file == use.file]
        options += [f"--job {use.job}"] if len(same_file) > 1 else []
        same_job = [other for other in uses if (other.file, other.job) == (use.file, use.job)]
        options += [f"--step {use.number}"] if len(same_job) > 1 or not options else []
        title = f"  {use.name!r}" if use.name else ""
        lines.append(f"  {' '.join(options)}   ({use}, line {use.line}){title}")
    return "\n".join(lines)


def _nearest(name: str, there: Iterable[str]) -> str:
    near = get_close_matches(name, list(there), n=1)
    return f" Did you mean {near[0]!r}?" if near else ""


def _add_one() -> str:
    return "Add one, or give the inputs as flags: rehearse --help lists them."
