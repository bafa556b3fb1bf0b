"""One rehearsal from what is asked for to its exit code."""

import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import replace

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
from rehearsal.outside.engine import EngineNeeds, find_engine
from rehearsal.outside.github import Console
from rehearsal.outside.process import end_processes_with_env
from rehearsal.outside.signals import interruptible
from rehearsal.pipeline.pipeline import PACKAGES, RunContext, rehearse
from rehearsal.pipeline.run import RUN_VARIABLE, new_run
from rehearsal.redaction.redactor import Redactor
from rehearsal.redaction.secret import Secret
from rehearsal.results.rehearsal import Rehearsal
from rehearsal.verdict import RehearsalError, own_fault


def run_rehearsal(
    ask: Callable[[], Request],
    environ: Mapping[str, str],
    console: Console,
    *,
    local: bool,
    keep: bool = False,
) -> int:
    """Hold the rehearsal that is asked for, tell how it ended, and return its exit code."""
    run = new_run(environ)
    record = Rehearsal(
        name=run.id,
        evidence=str(run.path / "evidence"),
        artifact_name=run.artifact_name,
        observer=console,
        origin=read_origin(environ),
    )
    evidence = Evidence(run.path, console.redactor, record.notices.append)
    policy = "on-failure"
    try:
        with interruptible():
            request = ask()
            # What is wrong with another input is told, and may be a secret in the wrong place.
            known = Redactor(extract_secrets(request.inputs, request.environ))
            console.redactor = evidence.redactor = known
            plan = make_plan(request.inputs, environ=request.environ, top=request.top)
            policy = plan.evidence
            name = plan.artifact_name or run.artifact_name
            run = replace(run, evidence=policy, artifact_name=name)
            run.write()
            record.artifact_name = name
            record.request = summarize_request(plan)
            record.directory = str(plan.directory)
            record.checkout = environ.get("GITHUB_WORKSPACE") or str(request.top)
            record.workflow = request.file or workflow_file(environ)
            console.redactor = evidence.redactor = mask_secrets(plan, request, console)
            announce(request, console)
            env = child_environment.for_children(
                request.environ, (secret.name for secret in plan.secrets)
            )
            env[RUN_VARIABLE] = run.id
            engine = find_engine(env, _needs(plan))
            preflight.check_build_context(plan, run.path)
            preflight.check_environment(
                plan,
                environ,
                commit=git.head_commit(plan.directory, env),
                engine_host=engine.host(),
            )
            context = RunContext(
                engine=engine,
                console=console,
                evidence=evidence,
                env=env,
                label=run.label,
                tag=image_tag_for(plan, environ, run.id if console.on_github else ""),
                keep=keep,
            )
        # The watchdog is not marked as the run's: it has to outlive what it ends.
        watcher = {name: value for name, value in env.items() if name != RUN_VARIABLE}
        with watchdog([*_own_command(), "watch", run.folder], watcher):
            rehearse(plan, context, record)
            end_processes_with_env(run.env_mark)
    except RehearsalError as problem:
        record.problems.append(problem)
    except Exception:  # noqa: BLE001  (the one place where a fault of ours is caught)
        record.problems.append(own_fault(traceback.format_exc()))
    finally:
        evidence.drop_staging()
    finish(record, evidence, console, run, policy=policy, local=local)
    return record.verdict.exit_code


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
        console.say(f"rehearsing {request.origin}")
    for note in request.notes:
        console.say(f"note: {note}")


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
