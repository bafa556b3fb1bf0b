"""One rehearsal from what is asked for to its exit code."""

import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from rehearsal.commands.finish import finish
from rehearsal.commands.origin import read_origin, summarize_request, workflow_file
from rehearsal.commands.watchdog import watchdog
from rehearsal.config import child_environment, preflight
from rehearsal.config.image_tag import image_tag
from rehearsal.config.parser import extract_secrets, make_plan
from rehearsal.config.plan import Plan
from rehearsal.config.request import Request
from rehearsal.evidence.folder import Evidence
from rehearsal.outside import git
from rehearsal.outside.find_engine import EngineNeeds, find_engine
from rehearsal.outside.github import Console
from rehearsal.outside.marked_processes import end_processes_with_env
from rehearsal.outside.signals import interruptible
from rehearsal.pipeline.context import RunContext
from rehearsal.pipeline.functional_tests import PACKAGES
from rehearsal.pipeline.pipeline import rehearse
from rehearsal.pipeline.result import RunDescription
from rehearsal.pipeline.run import RUN_VARIABLE, Run, new_run
from rehearsal.pipeline.state import RunState
from rehearsal.redaction.redactor import Redactor
from rehearsal.redaction.secret import Secret
from rehearsal.source.source_tree import SourceTree
from rehearsal.verdict import RehearsalError, own_fault


def run_rehearsal(
    ask: Callable[[], Request],
    environ: Mapping[str, str],
    console: Console,
    *,
    local: bool,
    keep: bool = False,
) -> int:
    """Run the rehearsal that `ask` returns, report how it ended, and return its exit code."""
    run = new_run(environ)
    state = RunState(observer=console)
    evidence = Evidence(run.path, console.redactor, state.notices.append)
    described = RunDescription(
        name=run.id,
        evidence=str(evidence.folder),
        artifact_name=run.artifact_name,
        origin=read_origin(environ),
    )
    try:
        with interruptible():
            request = ask()
            # An error about another input may quote a secret that stands in the wrong place.
            known = Redactor(extract_secrets(request.inputs, request.environ))
            console.redactor = evidence.redactor = known
            plan = make_plan(request.inputs, environ=request.environ, top=request.top)
            described = _describe(described, plan, request, environ)
            run = replace(run, evidence=plan.evidence_policy, artifact_name=described.artifact_name)
            run.write()
            console.redactor = evidence.redactor = mask_secrets(plan, request, console)
            announce(request, console)
            context = _make_context(
                plan, request, environ, run=run, console=console, evidence=evidence, keep=keep
            )
        # The watchdog does not carry the run's mark: it has to outlive the processes it ends.
        env = {name: value for name, value in context.env.items() if name != RUN_VARIABLE}
        with watchdog([*_own_command(), "watch", run.folder], env):
            rehearse(plan, context, state)
            end_processes_with_env(run.env_mark)
    except RehearsalError as error:
        state.problems.append(error.problem)
    except Exception:  # noqa: BLE001  (the one place where a fault of ours is caught)
        state.problems.append(own_fault(traceback.format_exc()))
    finally:
        evidence.drop_staging()
    return finish(state, described, evidence, console, run, local=local).exit_code


def _describe(
    known: RunDescription, plan: Plan, request: Request, environ: Mapping[str, str]
) -> RunDescription:
    """Return the description with what the plan adds to it."""
    checkout = environ.get("GITHUB_WORKSPACE") or str(request.top)
    return replace(
        known,
        artifact_name=plan.artifact_name or known.artifact_name,
        request=summarize_request(plan),
        shard=plan.suite.shard,
        source=SourceTree(top=Path(checkout), directory=plan.directory),
        workflow=request.file or workflow_file(environ),
    )


def _make_context(
    plan: Plan,
    request: Request,
    environ: Mapping[str, str],
    *,
    run: Run,
    console: Console,
    evidence: Evidence,
    keep: bool,
) -> RunContext:
    """Find the engine and check that the rehearsal may run here. Raises `RehearsalError`."""
    env = child_environment.for_children(request.environ, (secret.name for secret in plan.secrets))
    env[RUN_VARIABLE] = run.id
    engine = find_engine(env, _needs(plan))
    preflight.check_build_context(plan, run.path)
    preflight.check_environment(
        plan, environ, commit=git.head_commit(plan.directory, env), engine_host=engine.host()
    )
    return RunContext(
        engine=engine,
        console=console,
        evidence=evidence,
        env=env,
        label=run.label,
        tag=image_tag_for(plan, environ, run.id if console.on_github else ""),
        keep=keep,
    )


def mask_secrets(plan: Plan, request: Request, console: Console) -> Redactor:
    """Have the runner mask every secret, and return what replaces them everywhere else."""
    for secret in plan.secrets:
        for value in secret.masks():
            console.mask(value)
        if secret.too_short:
            console.warning(
                f"The secret {secret.name} is too short to be replaced in logs.",
                title="Short secret",
            )
    others = (Secret(name=name, value=value) for name, value in request.extra_secrets.items())
    return Redactor([*plan.secrets, *others])


def announce(request: Request, console: Console, *, origin: bool = True) -> None:
    """Say where the inputs come from, and what is worth knowing about them."""
    if request.origin and origin:
        console.info(f"rehearsing {request.origin}")
    for note in request.notes:
        console.info(f"note: {note}")


def image_tag_for(plan: Plan, environ: Mapping[str, str], version: str) -> str:
    """Return the name of the image that is built.

    A laptop keeps one name for the newest build; a shared engine has a version for each.
    """
    project = environ.get("GITHUB_REPOSITORY", "").rpartition("/")[2] or plan.directory.name
    return image_tag(project, version or "latest")


def _needs(plan: Plan) -> EngineNeeds:
    if plan.image:
        return EngineNeeds.NOTHING
    return EngineNeeds.BUILDX if plan.build.needs_buildx else EngineNeeds.BUILDKIT


def _own_command() -> list[str]:
    """Return the command that starts this program again: from the action's folder, or installed."""
    if (PACKAGES / "__main__.py").is_file():
        return [sys.executable, "-I", str(PACKAGES)]
    return [sys.executable, "-I", "-m", "rehearsal"]
